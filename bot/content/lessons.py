"""The lesson packs: a few short pages, one rule of thumb, a check of two questions."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.content.base import Bilingual, Fact, Pack, read_packs


class Question(Pack):
    """A question with one right option; ``answer`` is its position from 0."""

    question: Bilingual
    options: Annotated[tuple[Bilingual, ...], Field(min_length=2, max_length=4)]
    answer: int
    explanation: Bilingual

    @model_validator(mode="after")
    def _answer_is_an_option(self) -> Self:
        if not 0 <= self.answer < len(self.options):
            raise ValueError(f"answer {self.answer} is none of the {len(self.options)} options")
        return self


class Lesson(Fact):
    """One lesson."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    order: int
    title: Bilingual
    summary: Bilingual
    pages: Annotated[tuple[Bilingual, ...], Field(min_length=1, max_length=6)]
    rule_of_thumb: Bilingual
    quiz: Annotated[tuple[Question, ...], Field(min_length=2, max_length=2)]


def load_lessons(folder: Path) -> tuple[Lesson, ...]:
    """Every lesson of a folder in the order it is offered. Raises ``ContentError`` naming file and field."""
    lessons = sorted(read_packs(folder, Lesson), key=lambda lesson: lesson.order)
    return tuple(lessons)
