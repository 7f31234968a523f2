"""Walking through the lessons: which page or question comes next, and whether an answer was right."""

from dataclasses import dataclass
from enum import StrEnum

from bot.content.base import Bilingual
from bot.content.lessons import Lesson, Question


class Stage(StrEnum):
    """What a learner is looking at."""

    PAGE = "page"
    QUESTION = "question"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a learner is: a lesson, and the how-manieth of its pages followed by its questions (from 0)."""

    lesson: Lesson
    step: int

    @property
    def stage(self) -> Stage:
        """Pages come first, then questions, then the end."""
        if self.step < len(self.lesson.pages):
            return Stage.PAGE
        if self.step < self.steps:
            return Stage.QUESTION
        return Stage.DONE

    @property
    def steps(self) -> int:
        """Pages and questions together."""
        return len(self.lesson.pages) + len(self.lesson.quiz)

    @property
    def page(self) -> Bilingual:
        """The present page. Only while ``stage`` is ``PAGE``."""
        return self.lesson.pages[self.step]

    @property
    def question(self) -> Question:
        """The present question. Only while ``stage`` is ``QUESTION``."""
        return self.lesson.quiz[self.step - len(self.lesson.pages)]

    def onward(self) -> "Place":
        """The next place; the end stays the end."""
        return Place(self.lesson, min(self.step + 1, self.steps))


@dataclass(frozen=True, slots=True)
class Grade:
    """Whether an answer was right, and why."""

    correct: bool
    right_option: Bilingual
    explanation: Bilingual


class Course:
    """All lessons, in the order they are offered."""

    def __init__(self, lessons: tuple[Lesson, ...]) -> None:
        self.lessons = tuple(sorted(lessons, key=lambda lesson: lesson.order))
        self._by_id = {lesson.id: lesson for lesson in lessons}

    def place(self, lesson_id: str, step: int) -> Place | None:
        """A place in a lesson, or ``None`` when there is no such lesson or step."""
        lesson = self._by_id.get(lesson_id)
        if lesson is None or step < 0:
            return None
        place = Place(lesson, step)
        return place if step <= place.steps else None

    def after(self, lesson: Lesson) -> Lesson | None:
        """The lesson that follows, or ``None`` after the last."""
        position = self.lessons.index(lesson)
        return self.lessons[position + 1] if position + 1 < len(self.lessons) else None

    @staticmethod
    def grade(question: Question, option: int) -> Grade:
        """Hold an answer (the option's position from 0) against the right one."""
        return Grade(option == question.answer, question.options[question.answer], question.explanation)
