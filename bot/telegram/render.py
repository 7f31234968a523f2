"""From channel-neutral messages to what a Telegram chat can show: texts cut well, rows of buttons, a picture."""

from collections.abc import Callable
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages import (
    AnyCard,
    CaseCard,
    LessonCard,
    LetterCard,
    LoanCostCard,
    Message,
    ReceiptCard,
    SummaryCard,
    TableCard,
    VerdictCard,
)
from bot.telegram.chart import draw

MAX_TEXT = 4096
MAX_CAPTION = 1024
_SHORT_TITLE = 16
_MOST_IN_ROW = 2


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to send after the text, with the words that say the same."""

    png: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one message becomes. The keyboard belongs under the last text."""

    texts: list[str]
    keyboard: InlineKeyboardMarkup | None
    photo: Photo | None = None


def render(message: Message) -> Rendered:
    """Everything a chat shows for one message. The text carries the meaning; a card adds only what text lacks."""
    photo = None if message.card is None else PICTURES[type(message.card)](message.card)
    return Rendered(split(message.text), keyboard(message), photo)


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Buttons whose data is "<message id>:<position>": short enough for Telegram, and worthless in another chat."""
    if not message.buttons:
        return None
    rows: list[list[InlineKeyboardButton]] = []
    for position, button in enumerate(message.buttons):
        key = InlineKeyboardButton(button.title, callback_data=f"{message.id}:{position}")
        row_has_room = rows and len(rows[-1]) < _MOST_IN_ROW and len(rows[-1][-1].text) <= _SHORT_TITLE
        if row_has_room and len(button.title) <= _SHORT_TITLE:
            rows[-1].append(key)
        else:
            rows.append([key])
    return InlineKeyboardMarkup(rows)


def split(text: str, limit: int = MAX_TEXT) -> list[str]:
    """Pieces no longer than the limit, cut at a blank line, else a line end, else a sentence, else a space."""
    pieces = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def _cut(text: str, limit: int) -> int:
    for mark in ("\n\n", "\n", "。", "！", "？", ". ", "；", "，", " "):
        found = text.rfind(mark, limit // 2, limit - len(mark) + 1)
        if found > 0:
            return found + len(mark)
    return limit


def _no_picture(_card: AnyCard) -> Photo | None:
    return None


def _cost_chart(card: LoanCostCard) -> Photo:
    return Photo(draw(card.chart), card.chart.description[:MAX_CAPTION])


# What a card adds to the text, which says everything already. A card type without a line here fails a test.
PICTURES: dict[type[AnyCard], Callable[..., Photo | None]] = {
    LoanCostCard: _cost_chart,
    TableCard: _no_picture,
    VerdictCard: _no_picture,
    LessonCard: _no_picture,
    SummaryCard: _no_picture,
    ReceiptCard: _no_picture,
    CaseCard: _no_picture,
    LetterCard: _no_picture,
}
