"""What casework needs from the store, and what it gets."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.complaints.likeness import Shared
from bot.complaints.model import Case, Severity, StaffActor
from bot.complaints.ports import ComplaintUnit
from bot.complaints.queue import Moments, QueueFilter
from bot.complaints.redaction import Span


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter somebody keeps; ``query`` is that of the queue's address."""

    id: int
    name: str = field(repr=False)
    query: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Alike:
    """Another case, and what it has in common."""

    case: Case
    shared: tuple[Shared, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cases that have one thing in common. ``example`` is the newest of them."""

    shared: Shared
    mark: int
    count: int
    newest_at: datetime
    example_id: int
    institution: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Spike:
    """An institution that is complained about more than it was. ``before`` counts the four weeks before."""

    institution: str = field(repr=False)
    mark: int
    last_week: int
    before: int


@dataclass(frozen=True, slots=True)
class Extras:
    """What the desk added to a case."""

    tags: tuple[str, ...] = field(repr=False)
    checked: dict[str, str]
    """Items of the checklist, and who looked."""
    spans: tuple[Span, ...]
    merged: tuple[Case, ...]
    leader: Case | None
    looking: tuple[str, ...]
    """Who else has the case open."""
    alike: tuple[Alike, ...]


class CaseworkUnit(ComplaintUnit, Protocol):
    """One transaction, with what casework needs beside ``ComplaintUnit``."""

    def rate(self, case_id: int, severity: Severity) -> None:
        """Keep how much harm threatens."""

    def tag(self, case_id: int, tag: str) -> bool:
        """Put a tag on a case; ``False`` when it was there."""

    def untag(self, case_id: int, tag: str) -> bool:
        """Take a tag off; ``False`` when it was not there."""

    def check(self, case_id: int, item: str, staff_id: int, at: datetime) -> None:
        """Mark a point of the checklist as looked at."""

    def uncheck(self, case_id: int, item: str) -> None:
        """Take the mark away."""

    def look(self, case_id: int, staff_id: int, at: datetime, forget_before: datetime) -> None:
        """Note that somebody has a case open."""

    def merge(self, case_id: int, into_id: int | None) -> None:
        """Answer a case with another one, or by itself again."""

    def redact(self, case_id: int, spans: list[Span], staff_id: int, at: datetime) -> None:
        """Hide stretches in copies."""

    def unredact(self, case_id: int) -> None:
        """Hide nothing any more."""

    def spans(self, case_id: int) -> tuple[Span, ...]:
        """The stretches of a case that copies hide."""

    def extras(self, case_id: int, staff_id: int, looking_since: datetime) -> Extras:
        """What the desk added to a case."""

    def matching(self, actor: StaffActor, narrowed: QueueFilter, moments: Moments, limit: int) -> list[Case]:
        """The cases of a filter, oldest first."""

    def counts(self, actor: StaffActor, moments: Moments) -> dict[str, int]:
        """How many cases stand where."""

    def views(self, staff_id: int) -> tuple[SavedView, ...]:
        """Somebody's saved views."""

    def save_view(self, staff_id: int, name: str, query: str) -> None:
        """Keep a view; the name may be one that is there."""

    def drop_view(self, staff_id: int, view_id: int) -> None:
        """Forget one of one's own views."""

    def clusters(self, since: datetime, least: int, limit: int) -> tuple[Cluster, ...]:
        """What at least so many cases since then share, most first."""

    def of_cluster(self, shared: Shared, mark: int, limit: int) -> tuple[Case, ...]:
        """The cases that share this, newest first."""

    def parties(self, week_from: datetime, before_from: datetime) -> list[tuple[int, int, int, str]]:
        """Institutions complained about since ``week_from``: mark, count since then, count before, name."""


class CaseworkStore(Protocol):
    """Where casework is kept."""

    def unit(self) -> AbstractContextManager[CaseworkUnit]:
        """A transaction: committed at its end, undone by any exception."""

    def reading(self) -> AbstractContextManager[CaseworkUnit]:
        """The same for reading only."""
