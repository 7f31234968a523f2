"""Rasa adapter for the lessons: which page or question comes next is the course's business, not ours."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._support import button, entity, language, say, services, today, word
from bot.content.lessons import Lesson
from bot.lessons import Course, Place, Stage
from bot.messages import Language, LessonCard

_OPTION_LETTERS = "ABCD"


def _course() -> Course:
    return services().course


def _source(lesson: Lesson, tongue: Language, day: date) -> str:
    """Where the lesson's facts come from; with a warning once its review date has passed."""
    line = word("lesson_source", tongue, source=lesson.source, as_of=lesson.as_of)
    return line if lesson.is_current(day) else f"{line} {word('lesson_stale', tongue, as_of=lesson.as_of)}"


class ActionOfferLessons(Action):
    """The list of lessons as buttons."""

    def name(self) -> str:
        return "action_offer_lessons"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:  # noqa: ARG002 - the SDK passes it
        tongue = language(tracker)
        buttons = [
            button(lesson.title.of(tongue), "lesson_open", lesson_id=lesson.id, lesson_step="0")
            for lesson in _course().lessons
        ]
        say(dispatcher, "utter_lessons_offer", buttons=buttons)
        return []


class ActionShowLesson(Action):
    """The page or question that a button asked for."""

    def name(self) -> str:
        return "action_show_lesson"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        step = entity(tracker, "lesson_step") or ""
        place = _course().place(entity(tracker, "lesson_id") or "", int(step) if step.isdecimal() else -1)
        if place is None:
            return await ActionOfferLessons().run(dispatcher, tracker, domain)
        return _show(place, dispatcher, language(tracker))


class ActionNextPage(Action):
    """The page or question after the present one, for "next" as typed."""

    def name(self) -> str:
        return "action_next_page"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        lesson_id, _, step = (tracker.get_slot("lesson_place") or "").partition(":")
        place = _course().place(lesson_id, int(step) if step.isdecimal() else -1)
        if place is None:
            return await ActionOfferLessons().run(dispatcher, tracker, domain)
        onward = place if place.stage is Stage.QUESTION else place.onward()
        return _show(onward, dispatcher, language(tracker))


class ActionGradeAnswer(Action):
    """Right or not, and why."""

    def name(self) -> str:
        return "action_grade_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        step, option = entity(tracker, "lesson_step") or "", entity(tracker, "lesson_option") or ""
        place = _course().place(entity(tracker, "lesson_id") or "", int(step) if step.isdecimal() else -1)
        if place is None or place.stage is not Stage.QUESTION or not option.isdecimal():
            return await ActionOfferLessons().run(dispatcher, tracker, domain)
        tongue = language(tracker)
        grade = _course().grade(place.question, int(option))
        explanation, right = grade.explanation.of(tongue), grade.right_option.of(tongue)
        onward = place.onward()
        label = "lesson_finish" if onward.stage is Stage.DONE else "lesson_next_question"
        say(
            dispatcher,
            "utter_lesson_right" if grade.correct else "utter_lesson_wrong",
            card=LessonCard(
                stage="answer",
                title=place.lesson.title.of(tongue),
                step=place.step + 1,
                steps=place.steps,
                paragraphs=[explanation] if grade.correct else [right, explanation],
                correct=grade.correct,
            ),
            buttons=[
                button(word(label, tongue), "lesson_open", lesson_id=place.lesson.id, lesson_step=str(onward.step))
            ],
            explanation=explanation,
            right=right,
        )
        return [_remember(onward)]


def _show(place: Place, dispatcher: CollectingDispatcher, tongue: Language) -> list[EventType]:
    show = {Stage.PAGE: _show_page, Stage.QUESTION: _show_question, Stage.DONE: _show_end}[place.stage]
    show(place, dispatcher, tongue)
    return [_remember(place)]


def _remember(place: Place) -> Any:
    return SlotSet("lesson_place", f"{place.lesson.id}:{place.step}")


def _show_page(place: Place, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    lesson, body = place.lesson, place.page.of(tongue)
    onward = place.onward()
    label = "lesson_next" if onward.stage is Stage.PAGE else "lesson_to_quiz"
    say(
        dispatcher,
        "utter_lesson_page",
        card=LessonCard(
            stage="page",
            title=lesson.title.of(tongue),
            step=place.step + 1,
            steps=place.steps,
            paragraphs=body.split("\n"),
            source=_source(lesson, tongue, today()) if onward.stage is not Stage.PAGE else "",
        ),
        buttons=[button(word(label, tongue), "lesson_open", lesson_id=lesson.id, lesson_step=str(onward.step))],
        title=lesson.title.of(tongue),
        step=str(place.step + 1),
        steps=str(place.steps),
        body=body,
    )


def _show_question(place: Place, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    question = place.question
    body = question.question.of(tongue)
    buttons = [
        button(
            f"{letter}. {option.of(tongue)}",
            "lesson_answer",
            lesson_id=place.lesson.id,
            lesson_step=str(place.step),
            lesson_option=str(number),
        )
        for number, (letter, option) in enumerate(zip(_OPTION_LETTERS, question.options, strict=False))
    ]
    title = place.lesson.title.of(tongue)
    card = LessonCard(stage="question", title=title, step=place.step + 1, steps=place.steps, paragraphs=[body])
    say(dispatcher, "utter_lesson_question", card=card, buttons=buttons, body=body)


def _show_end(place: Place, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    lesson = place.lesson
    rule = lesson.rule_of_thumb.of(tongue)
    following = _course().after(lesson)
    buttons = [button(word("lesson_again", tongue), "lesson_open", lesson_id=lesson.id, lesson_step="0")]
    if following is not None:
        title = word("lesson_following", tongue, title=following.title.of(tongue))
        buttons.insert(0, button(title, "lesson_open", lesson_id=following.id, lesson_step="0"))
    buttons.append({"title": word("lesson_others", tongue), "payload": "/learn"})
    card = LessonCard(
        stage="result",
        title=lesson.title.of(tongue),
        step=place.steps,
        steps=place.steps,
        paragraphs=[],
        rule_of_thumb=rule,
        source=_source(lesson, tongue, today()),
    )
    say(dispatcher, "utter_lesson_done", card=card, buttons=buttons, rule=rule)
