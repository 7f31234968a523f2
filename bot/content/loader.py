"""Reads every pack once, at start."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.affordability import RuleOfThumb, load_affordability
from bot.content.base import ContentError, Fact
from bot.content.complaints import ComplaintForms, load_complaints
from bot.content.desk import DeskContent, load_desk
from bot.content.disclosure import DisclosureRule, load_disclosure
from bot.content.fraud import FraudPack, load_fraud
from bot.content.hotlines import Hotline, load_hotlines
from bot.content.law import Law, load_law
from bot.content.lessons import Lesson, load_lessons
from bot.content.retention import RetentionRules, load_retention
from bot.content.rights import Rights, load_rights
from bot.content.wording import Wording, load_wording


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the product states as fact, and the words of its interface."""

    law: Law
    disclosure: DisclosureRule
    affordability: RuleOfThumb
    lessons: tuple[Lesson, ...]
    fraud: FraudPack
    hotlines: dict[str, Hotline]
    retention: RetentionRules
    rights: Rights
    desk: DeskContent
    complaints: ComplaintForms
    wording: Wording

    @property
    def facts(self) -> Iterator[tuple[str, Fact]]:
        """Everything with a review date, by a name an editor finds it under."""
        yield from ((f"law/lines.yml: {line.id}", line) for line in self.law.lines)
        yield "law/disclosure.yml", self.disclosure
        yield "law/disclosure.yml: new_loans_only", self.disclosure.new_loans_only
        yield "law/affordability.yml", self.affordability
        yield "retention/retention.yml", self.retention
        yield from ((f"desk/holidays.yml: {year.year}", year) for year in self.desk.days.years)
        yield from ((f"rights/bodies.yml: {body.id}", body) for body in self.rights.bodies.values())
        yield from ((f"lessons: {lesson.id}", lesson) for lesson in self.lessons)
        yield from ((f"fraud: {family.id}", family) for family in self.fraud.families)
        yield from ((f"hotlines.yml: {number}", hotline) for number, hotline in self.hotlines.items())


def load_content(root: Path) -> Content:
    """All packs below ``root`` (the ``data`` folder). Raises ``ContentError`` on the first mistake."""
    return Content(**{name: load(root) for name, load in _PACKS.items()})


def find_mistakes(root: Path) -> list[str]:
    """The first mistake of every pack, so that an editor sees them together. Empty when all packs are right."""
    mistakes = []
    for load in _PACKS.values():
        try:
            load(root)
        except ContentError as error:
            mistakes.append(str(error))
    return mistakes


_PACKS: dict[str, Callable[[Path], Any]] = {
    "law": lambda root: load_law(root / "law"),
    "disclosure": lambda root: load_disclosure(root / "law" / "disclosure.yml"),
    "affordability": lambda root: load_affordability(root / "law" / "affordability.yml"),
    "lessons": lambda root: load_lessons(root / "lessons"),
    "fraud": lambda root: load_fraud(root / "fraud"),
    "hotlines": lambda root: load_hotlines(root / "hotlines" / "hotlines.yml"),
    "retention": lambda root: load_retention(root / "retention"),
    "rights": lambda root: load_rights(root / "rights"),
    "desk": lambda root: load_desk(root / "desk"),
    "complaints": lambda root: load_complaints(root / "complaints"),
    "wording": lambda root: load_wording(root / "wording"),
}
