"""Who is asking: the address behind trusted proxies, and the language a browser prefers. Pure."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from bot.messages import Language
from bot.web.settings import Network

_IPV6_HOME = 64
"""The prefix one household gets."""


def client_key(peer: str | None, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """What limits count by: the nearest address no trusted proxy vouches past. A claim of anybody else is ignored."""
    address = _parse(peer or "")
    for hop in reversed(forwarded_for.split(",")):
        claimed = _parse(hop)
        if address is None or claimed is None or not any(address in network for network in trusted):
            break
        address = claimed
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_HOME), strict=False))
    return str(address) if address is not None else "unknown"


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def preferred_language(accept_language: str) -> Language | None:
    """Which of our languages a browser asks for first; ``None`` when neither."""
    best: tuple[float, Language] | None = None
    for part in accept_language[:1000].split(","):
        tag, _, quality = part.partition(";")
        primary = tag.strip().lower().split("-")[0]
        if primary not in set(Language):
            continue
        weight = _weight(quality)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, Language(primary))
    return None if best is None else best[1]


def _weight(quality: str) -> float:
    try:
        return float(quality.strip().removeprefix("q=")) if quality.strip() else 1.0
    except ValueError:
        return 0.0
