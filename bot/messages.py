"""What people say and what the assistant says back, independent of any channel.

A card is self-describing: it carries the labels it shows, in the language of the message, so that the web
widget and Telegram render the same words. Numbers in cards are decimal strings. ``text`` alone always carries the
whole meaning; a card only adds layout. Every card type must render on every channel (a test walks ``CARD_TYPES``).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Language(StrEnum):
    """The two languages, at full parity."""

    ZH = "zh"
    EN = "en"


class Channel(StrEnum):
    """Where a conversation takes place."""

    WEB = "web"
    TELEGRAM = "telegram"
    TERMINAL = "terminal"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Button(_Part):
    """A choice offered with a message. ``payload`` is what Rasa receives when it is tapped."""

    title: str
    payload: str


class Figure(_Part):
    """One labelled number or short text. ``unit`` tells a renderer how to dress the decimal string."""

    label: str
    value: str
    unit: Literal["yuan", "percent", "count", "text"] = "text"
    emphasis: bool = False
    note: str = ""


class Column(_Part):
    """A table column."""

    label: str
    unit: Literal["yuan", "percent", "count", "text"] = "text"


class Table(_Part):
    """A table of decimal strings or short texts."""

    caption: str
    columns: list[Column]
    rows: list[list[str]]


class Series(_Part):
    """One stacked series of a bar chart, decimal strings in yuan."""

    label: str
    values: list[str]


class BarChart(_Part):
    """Stacked bars, one bar a period; ``description`` is its equal in words."""

    title: str
    description: str
    x_label: str
    y_label: str
    x: list[str]
    series: list[Series]


class LegalLine(_Part):
    """One legal line a cost was held against."""

    label: str
    limit: str
    """Percent a year, decimal string."""
    crossed: bool
    verdict: str
    """One sentence: above or not above, in the wording the law allows us."""
    source: str
    as_of: str


class LoanCostCard(_Part):
    """What a loan costs: figures, legal lines, schedule and its picture."""

    type: Literal["loan_cost"] = "loan_cost"
    title: str
    figures: list[Figure]
    lines: list[LegalLine] = []
    schedule: Table
    chart: BarChart


class Sign(_Part):
    """Words of the person's own text that gave a pattern away."""

    quote: str
    why: str


class VerdictCard(_Part):
    """What was found in a message."""

    type: Literal["verdict"] = "verdict"
    level: Literal["danger", "caution", "unsure", "no_sign"]
    title: str
    families: list[str] = []
    signs_title: str = ""
    signs: list[Sign] = []
    advice_title: str = ""
    advice: list[str] = []
    rule_of_thumb: str = ""
    source: str = ""


class LessonCard(_Part):
    """One page of a lesson, one question of its check, or its result."""

    type: Literal["lesson"] = "lesson"
    stage: Literal["page", "question", "answer", "result"]
    title: str
    step: int
    steps: int
    paragraphs: list[str]
    rule_of_thumb: str = ""
    correct: bool | None = None
    source: str = ""


class TableCard(_Part):
    """Figures and tables side by side: offers compared, a plan, a table checked."""

    type: Literal["table"] = "table"
    title: str
    figures: list[Figure] = []
    tables: list[Table] = []
    notices: list[str] = []


class SummaryCard(_Part):
    """What is about to be sent, to be read and corrected first."""

    type: Literal["summary"] = "summary"
    title: str
    rows: list[Figure]
    notice: str = ""


class ReceiptCard(_Part):
    """The 16 digits that open a case again."""

    type: Literal["receipt"] = "receipt"
    title: str
    receipt: str
    """Four groups of four digits."""
    notes: list[str] = []


class LetterCard(_Part):
    """A letter to copy or print."""

    type: Literal["letter"] = "letter"
    title: str
    paragraphs: list[str]
    notice: str = ""


class CaseEntry(_Part):
    """One message of a case as its resident sees it."""

    author: str
    at: str
    text: str
    own: bool


class CaseCard(_Part):
    """Where a case stands."""

    type: Literal["case"] = "case"
    title: str
    status: str
    figures: list[Figure]
    entries: list[CaseEntry] = []
    notice: str = ""


Card = Annotated[
    LoanCostCard | TableCard | VerdictCard | LessonCard | SummaryCard | ReceiptCard | CaseCard | LetterCard,
    Field(discriminator="type"),
]
CARD_TYPES: tuple[type[BaseModel], ...] = get_args(get_args(Card)[0])
_CARD: TypeAdapter[Any] = TypeAdapter(Card)


def read_card(data: object) -> "AnyCard":
    """Validate a card's JSON. Raises ``pydantic.ValidationError`` when it fits no card type."""
    card: AnyCard = _CARD.validate_python(data)
    return card


AnyCard = LoanCostCard | TableCard | VerdictCard | LessonCard | SummaryCard | ReceiptCard | CaseCard | LetterCard


class Reply(_Part):
    """One thing the assistant says, before a conversation has given it an id."""

    text: str
    buttons: list[Button] = []
    card: Card | None = None


class Message(_Part):
    """One message of a conversation, from either side."""

    id: str
    author: Literal["user", "bot"] = "bot"
    text: str
    buttons: list[Button] = []
    card: Card | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TypedText:
    """Words a person typed, spoke or pasted. Never acts as a payload, whatever it begins with."""

    text: str


@dataclass(frozen=True, slots=True)
class TappedButton:
    """The payload of a button; obeyed only if that conversation really was offered it."""

    payload: str


@dataclass(frozen=True, slots=True)
class SentFiles:
    """Files were kept for this person just now (``bot.uploads``). The files themselves never go through Rasa."""


Inbound = TypedText | TappedButton | SentFiles
