"""What a complaint is asked, by kind: a few questions of its own beside those that fit every kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bot.content.base import Bilingual, ContentError, Pack, read_pack

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
LoanFigure = Literal["principal", "received", "payment", "fees"]

RESERVED = frozenset({"kind", "behalf", "leave", "story", "contact", "consent", "review", "loan", "message"})
"""Ids the form uses itself."""

COMMON = ("against", "when", "amount", "wish")
"""What any complaint may say; a kind asks the ones it needs, the others can be added in the summary."""

_FEWEST, _MOST = 2, 4
_LONGEST_LABEL = {"zh": 8, "en": 24}
_LONGEST_TITLE = {"zh": 20, "en": 48}
_LONGEST_ASK = {"zh": 100, "en": 240}


class Option(Pack):
    """An answer to tap. ``words`` mean it too, typed in answer or told in the story."""

    id: Id
    title: Bilingual
    words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_a_button(self) -> "Option":
        _short(self.title, _LONGEST_TITLE, f"title of {self.id}")
        return self


class OnlyIf(Pack):
    """Another question, and the answers to it that make this one worth asking."""

    question: Id
    options: tuple[Id, ...]


class Question(Pack):
    """One question. What is typed is an answer too, up to ``limit`` characters."""

    id: Id
    label: Bilingual
    """What it is called in the summary."""
    ask: Bilingual
    options: tuple[Option, ...] = ()
    limit: Annotated[int, Field(ge=20, le=2000)] = 300
    optional: bool = True
    from_loan: LoanFigure | None = None
    """The figure of a loan worked out in the chat that answers it."""
    only_if: OnlyIf | None = None

    @model_validator(mode="after")
    def _is_short(self) -> "Question":
        _short(self.label, _LONGEST_LABEL, f"label of {self.id}")
        _short(self.ask, _LONGEST_ASK, f"question {self.id}")
        if len({option.id for option in self.options}) < len(self.options):
            raise ValueError(f"an option of {self.id} is given twice")
        return self

    def option(self, option_id: str) -> Option | None:
        """One of its options."""
        return next((option for option in self.options if option.id == option_id), None)


class ComplaintKind(Pack):
    """One kind's own questions. A question with a common id asks the common one in this kind's words."""

    version: Annotated[int, Field(ge=1)]
    """Counted up whenever a question changes its meaning; a case keeps it beside the texts it was asked."""
    words: tuple[str, ...] = ()
    """Typed instead of tapped, these choose the kind."""
    asks: tuple[Id, ...]
    """What is asked, in order."""
    questions: tuple[Question, ...]
    takes_loan: bool = False
    """The loan worked out in the chat belongs into it."""
    takes_message: bool = False
    """The message looked at last belongs into it."""

    @model_validator(mode="after")
    def _agrees(self) -> "ComplaintKind":
        ids = [question.id for question in self.questions]
        own = [one for one in ids if one not in COMMON]
        if len(set(ids)) < len(ids) or len(set(self.asks)) < len(self.asks):
            raise ValueError("an id is given twice")
        if RESERVED & set(ids):
            raise ValueError(f"the id {min(RESERVED & set(ids))!r} is the form's own")
        if not _FEWEST <= len(own) <= _MOST:
            raise ValueError(f"a kind has {_FEWEST} to {_MOST} questions of its own")
        if unasked := set(ids) - set(self.asks):
            raise ValueError(f"{min(unasked)!r} is not in `asks`")
        if unknown := set(self.asks) - set(ids) - set(COMMON):
            raise ValueError(f"there is no question {min(unknown)!r}")
        for question in self.questions:
            self._condition_holds_before(question)
        return self

    def _condition_holds_before(self, question: Question) -> None:
        needed = question.only_if
        if needed is None:
            return
        asked = next((one for one in self.questions if one.id == needed.question), None)
        if asked is None or self.asks.index(asked.id) >= self.asks.index(question.id):
            raise ValueError(f"{question.id}: {needed.question!r} is not asked before it")
        if unknown := set(needed.options) - {option.id for option in asked.options}:
            raise ValueError(f"{question.id}: {needed.question!r} has no option {min(unknown)!r}")


class _Common(Pack):
    behalf: Question
    leave: Question
    questions: tuple[Question, ...]

    @model_validator(mode="after")
    def _all_there(self) -> "_Common":
        if tuple(question.id for question in self.questions) != COMMON:
            raise ValueError(f"the common questions are {', '.join(COMMON)}, in this order")
        return self


@dataclass(frozen=True, slots=True)
class ComplaintForms:
    """Everything under ``data/complaints``."""

    behalf: Question
    """For whom it is made."""
    leave: Question
    """Whether that person knows and agrees."""
    common: Mapping[str, Question]
    kinds: Mapping[str, ComplaintKind]

    def asked(self, kind: str) -> tuple[Question, ...]:
        """What a kind asks, in order."""
        return tuple(self.question(kind, one) for one in self.kinds[kind].asks)

    def every(self, kind: str) -> tuple[Question, ...]:
        """What a complaint of a kind can say: what is asked, then what can be added."""
        pack = self.kinds[kind]
        return self.asked(kind) + tuple(one for name, one in self.common.items() if name not in pack.asks)

    def question(self, kind: str, question_id: str) -> Question:
        """A question as a kind asks it. Raises ``KeyError`` when it never does."""
        own = next((one for one in self.kinds[kind].questions if one.id == question_id), None)
        return own or self.common[question_id]


def load_complaints(folder: Path) -> ComplaintForms:
    """The packs of the form. Raises ``ContentError`` on the first mistake."""
    common = read_pack(folder / "common.yml", _Common)
    kinds = {file.stem: read_pack(file, ComplaintKind) for file in sorted((folder / "kinds").glob("*.yml"))}
    if not kinds:
        raise ContentError("complaints/kinds: there is not one pack in this folder")
    return ComplaintForms(
        behalf=common.behalf,
        leave=common.leave,
        common=MappingProxyType({question.id: question for question in common.questions}),
        kinds=MappingProxyType(kinds),
    )


def _short(text: Bilingual, longest: Mapping[str, int], what: str) -> None:
    if len(text.zh) > longest["zh"] or len(text.en) > longest["en"]:
        raise ValueError(f"{what} is too long: at most {longest['zh']} Chinese or {longest['en']} English letters")
