"""What a queue can be narrowed to and sorted by."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.complaints.model import Case, ClockState, Kind, Severity, Status


class Assigned(StrEnum):
    """Whose cases a queue shows."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    ANY = "any"


class Age(StrEnum):
    """How long ago a case was received."""

    WEEK = "week"
    MONTH = "month"
    OLDER = "older"


AGES = {Age.WEEK: (0, 7), Age.MONTH: (7, 30), Age.OLDER: (30, 36_500)}
"""Each age in days: from, and up to but not including."""


class Sort(StrEnum):
    """The order of a queue. ``DUE``: what is due first, then what waits for residents, then what is closed."""

    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"
    CHANGED = "changed"


OPEN = tuple(status for status in Status if not status.is_closed)

_NUMBER = re.compile(r"(?:C-(?P<year>\d{4})-)?0*(?P<id>\d{1,9})", re.IGNORECASE)


def id_of_number(text: str) -> int | None:
    """The id that a case number names, whole or only its last part; ``None`` when it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found["id"]) if found else None


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a queue is narrowed to. ``search`` is a case number, whole or only its last part, or words of the case."""

    status: Status | None = None
    kind: Kind | None = None
    assigned: Assigned = Assigned.ANY
    search: str = field(default="", repr=False)
    only_open: bool = False
    severity: Severity | None = None
    clock: ClockState | None = None
    age: Age | None = None
    institution: str = field(default="", repr=False)
    tag: str = field(default="", repr=False)
    escalated: bool = False
    sort: Sort = Sort.DUE

    @property
    def searched_id(self) -> int | None:
        """The id that ``search`` names as a number; ``None`` when it holds words or nothing."""
        return id_of_number(self.search)

    @property
    def words(self) -> str:
        """What is searched in the texts of cases; empty when ``search`` is a number or nothing."""
        return "" if self.searched_id is not None else self.search.strip()


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments a filter is held against."""

    now: datetime
    warn_until: datetime

    def opened_between(self, age: Age) -> tuple[datetime, datetime]:
        """When a case of that age was received: after the first moment, up to the second."""
        least, below = AGES[age]
        return self.now - timedelta(days=below), self.now - timedelta(days=least)


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases of a queue. Pages count from 1. ``is_cut``: so many cases hold the words that not all were read."""

    items: tuple[Case, ...]
    number: int
    size: int
    total: int
    is_cut: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))
