"""What makes two complaints alike: the institution, a number or link, or much the same words.

A case leaves keyed marks only; cases that share a mark belong together. For words the marks are bands of a min-hash
signature (Broder 1997): of two texts whose sets of three-letter pieces overlap by a share s, at least one of b bands of
r rows agrees with probability 1 - (1 - s^r)^b. With 8 bands of 4 rows: 9 % at s = 0.33, 57 % at 0.56, 98 % at 0.8.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from bot.complaints.search import folded

_PIECE = 3
_BANDS = 8
_ROWS = 4
_LEAST_PIECES = 12
"""A text shorter than this is like too many others."""
# 32 orders of the pieces from one keyed hash each: SplitMix64 with a constant of the row's own, modulo 2^64.
_ORDERS = np.arange(1, _BANDS * _ROWS + 1, dtype=np.uint64)[:, None] * np.uint64(0x9E3779B97F4A7C15)

_NUMBER = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|400[0-9]{7}|0[0-9]{9,11}|[0-9]{7,19})(?![0-9])")
_DIGITS = re.compile(r"[0-9](?:[ -]?[0-9]){6,}")
_GAPS = re.compile(r"(?<=[0-9])[ -](?=[0-9])")
_LINK = re.compile(r"(?:https?://|www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,12})(?:/[^\s，。、；]*)?", re.IGNORECASE)
_HANDLE = re.compile(r"(?:微信|wechat|vx|v信|qq|telegram|飞机)[号：: ]{0,3}([a-z0-9_-]{5,20})", re.IGNORECASE)
_FORM = re.compile(
    r"(?:(?:网络|信息)?(?:科技|技术))?(?:股份)?有限(?:责任)?公司|(?:分公司|支行|分行)$|^(?:中国|某)|(?:app|软件|平台|公司)$"
    r"|\b(?:co|ltd|inc|limited|company|corp)\b"
)


class Shared(StrEnum):
    """What cases have in common."""

    PARTY = "party"
    NUMBER = "number"
    LINK = "link"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing a case may share with others; ``value`` is a keyed 63-bit hash."""

    shared: Shared
    value: int


Keyed = Callable[[str], int]
"""A keyed 64-bit hash."""


def marks_of(story: str, against: str, keyed: Keyed) -> set[Mark]:
    """Everything a case may share."""
    both = f"{story}\n{against}"
    found = {Mark(Shared.WORDS, band) for band in _bands(story, keyed)}
    found |= {Mark(Shared.NUMBER, _hash(keyed, "number", number)) for number in numbers_in(both)}
    found |= {Mark(Shared.LINK, _hash(keyed, "link", link)) for link in links_in(both)}
    party = party_mark(against, keyed)
    return found | {party} if party else found


def party_mark(against: str, keyed: Keyed) -> Mark | None:
    """The mark of an institution's name, however it was written; ``None`` when no name is left."""
    name = party_name(against)
    return Mark(Shared.PARTY, _hash(keyed, "party", name)) if name else None


def party_name(against: str) -> str:
    """A name without legal form, branch, spaces and signs. Empty for names of one letter."""
    bare = re.sub(r"\s", "", _FORM.sub("", folded(against)))
    return bare if len(bare) > 1 else ""


def numbers_in(text: str) -> set[str]:
    """Telephone, account and card numbers, and the names of chat accounts."""
    plain = _GAPS.sub("", text)
    return set(_NUMBER.findall(plain)) | {handle.casefold() for handle in _HANDLE.findall(text)}


def without_numbers(text: str) -> str:
    """The text with telephone and account numbers and names of chat accounts made unreadable, as long as before."""
    letters = list(text)
    for start, stop in [found.span(1) for found in _HANDLE.finditer(text)] + [
        found.span() for found in _DIGITS.finditer(text)
    ]:
        letters[start:stop] = "*" * (stop - start)
    return "".join(letters)


def links_in(text: str) -> set[str]:
    """The hosts of links: what follows the host is often made anew for each victim."""
    return {host.casefold() for host in _LINK.findall(text)}


def _bands(story: str, keyed: Keyed) -> Iterator[int]:
    text = folded(story).replace(" ", "")
    pieces = {text[at : at + _PIECE] for at in range(len(text) - _PIECE + 1)}
    if len(pieces) < _LEAST_PIECES:
        return
    hashed = np.fromiter((keyed(f"piece\0{piece}") for piece in pieces), np.uint64, len(pieces))
    least = _mixed(hashed + _ORDERS).min(axis=1).tolist()
    for band in range(_BANDS):
        rows = least[band * _ROWS : (band + 1) * _ROWS]
        yield _hash(keyed, f"band {band}", ",".join(map(str, rows)))


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    # The finaliser of SplitMix64.
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _hash(keyed: Keyed, purpose: str, value: str) -> int:
    return keyed(f"{purpose}\0{value}") >> 1  # databases have signed integers
