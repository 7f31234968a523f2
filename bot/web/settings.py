"""What the web gateway needs of the settings, parsed."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from bot.evidence import MAX_BYTES
from bot.settings import Settings
from bot.web.limits import Rate

Network = IPv4Network | IPv6Network

_OPENINGS = Rate(burst=60, per_second=0.5)
_REQUESTS = Rate(burst=240, per_second=20)
_FILES = Rate(burst=60, per_second=0.1)
# Somebody who taps through a lesson and a complaint without reading much is still a person.
_TURNS = Rate(burst=40, per_second=0.5)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The gateway's own settings.

    The limits of an address are wide: a workshop of forty people, or a village, may share one.
    """

    embed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()
    is_https: bool = False
    max_body: int = 1024 * 1024
    """Room for 100,000 letters however they are escaped, so that they get an answer in words."""
    openings: Rate = _OPENINGS
    requests: Rate = _REQUESTS
    turns: Rate = _TURNS
    """Of one conversation."""
    max_file: int = MAX_BYTES
    files: Rate = _FILES
    """Of one address; each conversation has a limit of its own (``bot.uploads``)."""
    listeners: int = 5
    """Of one conversation in one process: tabs and devices."""

    @classmethod
    def of(cls, settings: Settings) -> "WebSettings":
        """From the environment's settings. Raises ``ValueError`` when a proxy is no address."""
        return cls(
            embed_origins=tuple(origin.rstrip("/") for origin in _list(settings.embed_origins)),
            trusted_proxies=tuple(ip_network(proxy, strict=False) for proxy in _list(settings.trusted_proxies)),
            is_https=settings.public_url.startswith("https://"),
        )


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
