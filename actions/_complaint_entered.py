"""What has been entered of a complaint, over all its slots: they live in Rasa's tracker and outlast a restart."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions._complaint_chat import Loan, Message
from bot.complaints import OnBehalf
from bot.content.complaints import ComplaintForms, Option, Question
from bot.messages import Language

PREFIX = "complaint_"
WHICH = "?"
"""In ``asking``: the person wants to change something and has not said what."""
LONGEST_STORY = 4000
LEAVE_GIVEN = frozenset({"agreed", "guardian"})

_STEPS = ("kind", "behalf", "leave", "story", "contact", "consent", "review")
_TEXTS = ("story", "contact")
_PRIVATE = ("story", "answers", "contact", "consent", "leave", "details", "review", "story_known")


class Given(BaseModel):
    """One answer: an option, or other words; neither when it was skipped."""

    model_config = ConfigDict(frozen=True)

    option: str = ""
    text: str = ""
    known: bool = False
    """Taken from what was said before, and not confirmed yet."""

    def shown(self, question: Question, tongue: Language) -> str:
        """The answer in words; empty when it was skipped."""
        option = question.option(self.option)
        return option.title.of(tongue) if option is not None else self.text


class Entered:
    """The slots of the complaint as one thing to read and change."""

    def __init__(self, tracker: Tracker, forms: ComplaintForms) -> None:
        self._forms = forms
        self._before: dict[str, Any] = {
            name: value for name, value in tracker.slots.items() if name.startswith(PREFIX) and value is not None
        }
        self._now = dict(self._before)
        self.answers: dict[str, Given] = _answers(self._now.get(f"{PREFIX}answers"))

    # Reading.

    def get(self, field: str) -> str:
        """One of the plain fields; empty when it is open or was skipped."""
        return str(self._now.get(PREFIX + field) or "")

    def is_open(self, field: str) -> bool:
        """Whether a plain field has not been dealt with."""
        return self._now.get(PREFIX + field) is None

    @property
    def is_begun(self) -> bool:
        """Whether a complaint is under way."""
        return bool(self.get("draft_id"))

    @property
    def says_something(self) -> bool:
        """Whether anything would be lost if it were forgotten."""
        return self.is_begun and bool(self.get("kind") or self.get("story") or self.answers)

    @property
    def behalf(self) -> OnBehalf:
        """For whom it is made."""
        return OnBehalf(self.get("behalf") or OnBehalf.SELF)

    @property
    def leave_is_given(self) -> bool:
        """Whether it is the person's own, or whoever it is for agrees."""
        return self.behalf is OnBehalf.SELF or self.get("leave") in LEAVE_GIVEN

    @property
    def left_out(self) -> frozenset[str]:
        """What of the chat is not to go with it."""
        return frozenset(self._now.get(f"{PREFIX}left_out") or ())

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question it can answer, those that are asked first; those that do not apply are left out."""
        kind = self.get("kind")
        return tuple(filter(self._applies, self._forms.every(kind))) if kind in self._forms.kinds else ()

    @property
    def open_questions(self) -> list[Question]:
        """What is asked yet: the one to be corrected, then the kind's own in order."""
        kind = self.get("kind")
        if kind not in self._forms.kinds:
            return []
        asked = [one for one in self._forms.asked(kind) if one.id not in self.answers and self._applies(one)]
        corrected = [one for one in self.questions if one.id == self.get("asking")]
        return corrected + [one for one in asked if one not in corrected]

    def question(self, question_id: str) -> Question | None:
        """One of its questions."""
        return next((one for one in self.questions if one.id == question_id), None)

    @property
    def takes(self) -> frozenset[str]:
        """What of the chat can go with a complaint of its kind."""
        kind = self._forms.kinds.get(self.get("kind"))
        if kind is None:
            return frozenset()
        fits = {"loan": kind.takes_loan, "message": kind.takes_message}
        return frozenset(part for part, is_fit in fits.items() if is_fit)

    def loan(self, loan: Loan | None) -> Loan | None:
        """The loan, when it goes with this complaint."""
        return loan if "loan" in self.takes - self.left_out else None

    def message(self, message: Message | None) -> Message | None:
        """The message, when it goes with this complaint."""
        return message if "message" in self.takes - self.left_out else None

    def _applies(self, question: Question) -> bool:
        needed = question.only_if
        if needed is None:
            return True
        given = self.answers.get(needed.question)
        # Said in other words, it may well be one of those.
        return given is not None and (given.option in needed.options or (not given.option and bool(given.text)))

    # Changing.

    def put(self, field: str, value: object) -> None:
        """Set one of the plain fields; ``None`` opens it again."""
        self._now[PREFIX + field] = value

    def answer(self, question: Question, given: Given) -> None:
        """Take an answer."""
        self.answers[question.id] = given
        if self.get("asking") in {question.id, WHICH}:
            self.put("asking", None)

    def skip_rest(self) -> None:
        """Leave out whatever is open."""
        self.put("asking", None)
        while still := self.open_questions:
            self.answers[still[0].id] = Given()

    def correct(self, field: str) -> bool:
        """Open something again; whether there is such a thing."""
        if field == WHICH or (question := self.question(field)) is not None:
            if field != WHICH and question is not None:
                self.answers.pop(question.id, None)
            self.put("asking", field)
        elif field in {"loan", "message"}:
            self.put("left_out", sorted(self.left_out ^ {field}))
            self.put("asking", None)
        elif field in {"kind", "behalf", *_TEXTS}:
            self.put(field, None)
            self.put("asking", None)
            if field == "contact":
                # What was agreed to before was about another contact.
                self.put("consent", None)
            if field == "behalf":
                self.put("consent", None)
                self.put("leave", None)
        else:
            return False
        self.put("review", None)
        return True

    def forget(self, fields: tuple[str, ...] | None = None) -> None:
        """Empty these fields, or all."""
        for name in list(self._now):
            if fields is None or name.removeprefix(PREFIX) in fields:
                self._now[name] = None
        if fields is None or "answers" in fields:
            self.answers = {}

    def forget_private(self) -> None:
        """Empty whatever somebody said of themselves."""
        self.forget(_PRIVATE)

    def settle(self, loan: Loan | None) -> None:
        """Fill in what is known, and work out what follows from the rest."""
        if self.get("behalf") == OnBehalf.SELF:
            self.put("leave", "")
        kind = self.get("kind")
        known = {question.id for question in self._forms.every(kind)} if kind in self._forms.kinds else set()
        said = {name: given for name, given in self.answers.items() if not given.known}
        # While the kind is chosen anew, what was said waits to see whether it fits.
        self.answers = {name: given for name, given in said.items() if name in known or not known}
        asked = self._forms.asked(kind) if known else ()
        for question in asked:
            if question.id not in self.answers and question.id != self.get("asking"):
                given = _known(question, self.loan(loan), self.get("story"))
                if given is not None:
                    self.answers[question.id] = given
        self.put("details", "done" if known and not self.open_questions else None)

    def events(self) -> list[EventType]:
        """What has changed."""
        self._now[f"{PREFIX}answers"] = {name: given.model_dump() for name, given in self.answers.items()} or None
        return [SlotSet(name, value) for name, value in self._now.items() if value != self._before.get(name)]


def matching(question: Question, text: str, *, whole: bool = False) -> str:
    """The one option a text means, by its title or its words; empty when it is none, or more than one.

    With ``whole`` the text must be the words, not only hold them.
    """
    said = text.strip(" \t\n.!?。！？～~,，").casefold()
    same = [option.id for option in question.options if said in {word.casefold() for word in _names(option)}]
    if same or whole:
        return same[0] if len(same) == 1 else ""
    found = [option.id for option in question.options if any(says(said, word) for word in option.words)]
    return found[0] if len(found) == 1 else ""


def says(text: str, word: str) -> bool:
    """Whether a text holds a word; one of Latin letters must begin a word there."""
    boundary = r"\b" if word[0].isascii() and word[0].isalnum() else ""
    return re.search(boundary + re.escape(word.casefold()), text.casefold()) is not None


def _names(option: Option) -> tuple[str, ...]:
    return (option.title.zh, option.title.en, *option.words)


def _known(question: Question, loan: Loan | None, story: str) -> Given | None:
    if question.from_loan is not None:
        text = loan.said(question.from_loan) if loan is not None else ""
        return Given(text=text, known=True) if text else None
    option = matching(question, story) if story else ""
    return Given(option=option, known=True) if option else None


def _answers(value: object) -> dict[str, Given]:
    if not isinstance(value, Mapping):
        return {}
    try:
        return {str(name): Given.model_validate(given) for name, given in value.items()}
    except ValidationError:
        return {}
