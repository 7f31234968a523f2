"""What screening finds."""

from dataclasses import dataclass, replace
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
class FollowUp:
    """A yes-or-no question whose answer would change the verdict (``None``: that answer leaves it as it is)."""

    id: str
    ask: Bilingual
    if_yes: Verdict | None
    if_no: Verdict | None
    advice: tuple[Bilingual, ...]
    """What to do when the answer makes it dangerous."""


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
    distress: bool = False
    """The person may not want to live: a human being's number comes before everything else."""
    claimed_caller: str | None = None
    """Id of ``data/fraud/callers.yml``: who somebody in the text says they are."""
    questions: tuple[FollowUp, ...] = ()
    """At most two, the more telling first; only when the verdict is caution or unsure."""
    is_strong: bool = False
    """The danger is so clear that it may be said unasked, before others."""

    @property
    def lesson(self) -> str | None:
        """The id of the lesson behind it."""
        return self.families[0].lesson if self.families else None


def with_answer(finding: Finding, question_id: str, *, yes: bool) -> Finding:
    """The finding after one of its questions was answered. Raises ``KeyError`` for a question it does not ask."""
    asked = next((question for question in finding.questions if question.id == question_id), None)
    if asked is None:
        raise KeyError(question_id)
    rest = tuple(question for question in finding.questions if question is not asked)
    verdict = asked.if_yes if yes else asked.if_no
    if verdict is None or verdict is finding.verdict:
        return replace(finding, questions=rest)
    if verdict is Verdict.UNSURE:
        return replace(finding, verdict=verdict, reason=Reason.WEAK_SIGNS, questions=rest)
    advice = dict.fromkeys((*asked.advice, *(finding.advice if finding.families else ())))
    questions = () if verdict is Verdict.DANGER else rest
    return replace(finding, verdict=verdict, reason=None, advice=tuple(advice), questions=questions)
