"""Puts rules and likeness together into a verdict and a ranking. Pure arithmetic on scores; no text here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.content.fraud import Kind
from bot.screening.finding import FoundSign, Verdict
from bot.screening.likeness import Likeness

_RULE_DANGER = 5
_RULE_CAUTION = 3
_MOST_FAMILIES = 3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Likeness scores (log odds) from which on a verdict holds; measured on bench/screening/dev."""

    danger: float = 2.3
    """Alone, with a rule's weak sign or none."""
    caution: float = 0.35
    danger_with_rules: float = 0.6
    """Together with signs that the rules alone call dangerous."""
    caution_with_rules: float = -0.1
    nearly: float = 0.0
    """Too little for caution; not nothing either."""
    unasked: float = 1.8
    """With signs that the rules alone call dangerous, and both of one mind about which trick: enough to speak up in a
    group where nobody asked. Of 612 harmless texts of dev one comes this far, of 938 tricks every fourth."""
    unasked_share: float = 0.5
    """What the likeliest trick must have of all for that: it is called by its name before others."""


CHINESE = Thresholds()
ENGLISH = Thresholds(danger=2.3, caution=0.75, danger_with_rules=0.9, caution_with_rules=0.5, nearly=0.3)
"""English everyday messages come nearer to the tricks of our examples than Chinese ones do."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the families with the likeliest first."""

    verdict: Verdict
    families: tuple[str, ...]
    is_strong: bool = False
    """Rules and likeness are both sure, and of the same trick."""


def judge(signs: Iterable[FoundSign], discount: int, likeness: Likeness, lines: Thresholds) -> Judgement:
    """Danger and caution need the rules or the likeness to be sure, and neither to be against it."""
    points = _points(signs)
    general = points.pop(Kind.GENERAL, 0)
    best = max(points.values(), default=0)
    total = (best + general if best else general) - discount
    score = likeness.score
    if score >= lines.danger or (total >= _RULE_DANGER and score >= lines.danger_with_rules):
        verdict = Verdict.DANGER
    elif score >= lines.caution or (total >= _RULE_CAUTION and score >= lines.caution_with_rules):
        verdict = Verdict.CAUTION
    elif total >= _RULE_CAUTION or score >= lines.nearly:
        return Judgement(Verdict.UNSURE, ())
    else:
        return Judgement(Verdict.NO_SIGN, ())
    families = _ranked(points, likeness.families)
    is_strong = (
        total >= _RULE_DANGER
        and score >= lines.unasked
        and points.get(families[0], 0) == best > 0
        and likeness.families.get(families[0], 0.0) >= lines.unasked_share
    )
    return Judgement(verdict, families, is_strong)


def _points(signs: Iterable[FoundSign]) -> dict[str, int]:
    points: dict[str, int] = {}
    for sign in signs:
        points[sign.family] = points.get(sign.family, 0) + sign.weight
    return points


_POINT = 1.25
"""What one point of the rules multiplies a family's share with."""
_WORTH_NAMING = 0.06
"""Share of the likeliest family's standing from which another one is named too."""


def _ranked(points: Mapping[str, int], shares: Mapping[str, float]) -> tuple[str, ...]:
    names = shares.keys() | points.keys()
    standing = {name: max(shares.get(name, 0.0), 1e-3) * _POINT ** points.get(name, 0) for name in names}
    least = _WORTH_NAMING * max(standing.values(), default=0.0)
    worth = [name for name, of in standing.items() if of >= least] or [Kind.GENERAL.value]
    return tuple(sorted(worth, key=lambda name: (-standing.get(name, 0.0), name))[:_MOST_FAMILIES])
