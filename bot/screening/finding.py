"""What screening finds."""

from dataclasses import dataclass
from enum import StrEnum

from bot.content.base import Bilingual
from bot.content.fraud import FraudFamily


class Verdict(StrEnum):
    """How dangerous. There is no "safe": that no sign was found proves nothing."""

    DANGER = "danger"
    CAUTION = "caution"
    UNSURE = "unsure"
    NO_SIGN = "no_sign"


class Reason(StrEnum):
    """Why there is no clear answer."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    ONLY_LINK = "only_link"
    ONLY_DIGITS = "only_digits"
    WEAK_SIGNS = "weak_signs"


@dataclass(frozen=True, slots=True)
class FoundSign:
    """The person's own words, and why they matter."""

    id: str
    family: str
    quote: str
    why: Bilingual
    weight: int


@dataclass(frozen=True, slots=True)
class Emergency:
    """It has already happened: first aid comes before everything else, 110 first."""

    kinds: tuple[str, ...]
    quote: str
    steps: tuple[Bilingual, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one text. ``families`` has the likeliest first."""

    verdict: Verdict
    families: tuple[FraudFamily, ...] = ()
    signs: tuple[FoundSign, ...] = ()
    advice: tuple[Bilingual, ...] = ()
    rule_of_thumb: Bilingual | None = None
    how_it_goes_on: Bilingual | None = None
    """Absent when nobody has confirmed it yet."""
    emergency: Emergency | None = None
    reason: Reason | None = None
    is_warning: bool = False
    """The text itself warns of or explains fraud."""

    @property
    def lesson(self) -> str | None:
        """The id of the lesson behind it."""
        return self.families[0].lesson if self.families else None
