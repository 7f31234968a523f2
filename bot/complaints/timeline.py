"""Everything that happened to a case, in one line of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.complaints.model import Action, CaseEvent, CaseFile, CaseMessage, Note

_SAID_ELSEWHERE = frozenset({Action.RESIDENT_WROTE, Action.ANSWERED, Action.NOTED})
"""What these events tell stands in the line as the message or note itself."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the three, and when."""

    at: datetime
    message: CaseMessage | None = None
    note: Note | None = None
    event: CaseEvent | None = None


def timeline_of(file: CaseFile) -> tuple[Moment, ...]:
    """Messages, notes and events, oldest first; of one moment, what was written comes before what was done."""
    return tuple(sorted(_moments(file), key=lambda moment: moment.at))


def _moments(file: CaseFile) -> Iterator[Moment]:
    # Sorting keeps this order within one moment.
    yield from (Moment(message.at, message=message) for message in file.messages)
    yield from (Moment(note.at, note=note) for note in file.notes)
    yield from (Moment(event.at, event=event) for event in file.events if event.action not in _SAID_ELSEWHERE)
