"""How many complaints there are, of what sort, without a word of any: counts in which nobody can be found.

A count below ``LEAST_SHOWN`` is hidden. Hiding it alone would not do, because every table sums up to the same total: so
further counts are hidden until whoever subtracts learns only what at least two lines have together, at least
``LEAST_SHOWN`` (cell suppression with complementary suppression, as statistical offices do it).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.complaints.model import Kind, StaffActor, Status
from bot.complaints.promises import CHINA
from bot.complaints.queue import AGES, Age
from bot.messages import Channel, Language

LEAST_SHOWN = 5
"""A count below this is hidden."""
MONTHS = 12
"""So many months have a line each; what is older has one together."""
PARTIES_SHOWN = 20
INDEXED_AT_ONCE = 500
EARLIER = "earlier"
OTHERS = "others"


class Topic(StrEnum):
    """What a table counts by."""

    KIND = "kind"
    STATUS = "status"
    AGE = "age"
    MONTH = "month"
    CHANNEL = "channel"
    LANGUAGE = "language"
    ANSWER = "answer"
    INSTITUTION = "institution"


class FirstAnswer(StrEnum):
    """How the first answer to a case stands to what was promised.

    ``LATE``: given after the promise, or the promise passed without one. ``PENDING``: not given, and not due yet.
    ``NONE``: the resident withdrew before there was one, or nothing was promised (cases of before there were promises).
    """

    ON_TIME = "on_time"
    LATE = "late"
    PENDING = "pending"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table. ``number`` is ``None`` where it is hidden; ``name`` is that of an institution."""

    key: str
    number: int | None
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """Cases by one thing. Every table of a report counts the same cases."""

    topic: Topic
    lines: tuple[Line, ...]

    @property
    def hides(self) -> bool:
        """Whether any count is hidden."""
        return any(line.number is None for line in self.lines)

    def percent(self, line: Line) -> int:
        """How long the line's bar is: percent of the longest one. A hidden line has none."""
        longest = max((other.number or 0 for other in self.lines), default=0)
        return 0 if line.number is None or longest == 0 else -(-100 * line.number // longest)


@dataclass(frozen=True, slots=True)
class Report:
    """All tables. ``total`` is ``None`` when it is too small to be shown, and then there are none.

    Cases that retention has erased are counted no more.
    """

    at: datetime
    total: int | None
    tables: tuple[Table, ...]
    on_time: int | None = None
    """First answers given in time, in whole percent (rounded down) of those given or due; ``None`` while hidden."""


@dataclass(frozen=True, slots=True)
class Periods:
    """The moments a report cuts time at. Cases received at ``until`` or later are left out."""

    now: datetime
    until: datetime | None = None

    def ages(self) -> list[tuple[Age, datetime]]:
        """Each age with the moment after which a case of it was received, youngest first."""
        return [(age, self.now - timedelta(days=below)) for age, (_, below) in AGES.items()]

    def months(self) -> list[tuple[str, datetime]]:
        """The last months in China's time as ``2026-03``, with the moment each began, newest first."""
        first = month_of(self.now if self.until is None else self.until - timedelta(microseconds=1))
        found = []
        for _ in range(MONTHS):
            found.append((f"{first:%Y-%m}", first))
            first = month_of(first - timedelta(days=1))
        return found


@dataclass(frozen=True, slots=True)
class Party:
    """How many cases are about one institution; ``example_id`` is the newest of them."""

    count: int
    example_id: int


Counted = Mapping[Topic, Mapping[str, int]]


class StatisticsUnit(Protocol):
    """One transaction."""

    def counted(self, periods: Periods) -> Counted:
        """How many cases there are by each topic but the institution, all at one moment."""

    def parties(self, least: int, limit: int) -> list[Party]:
        """The institutions that at least so many cases are about, most first."""

    def name_of(self, party: Party) -> str:
        """The institution's name, as the newest case writes it."""

    def index_pending(self, limit: int) -> int:
        """Bring at most so many new or changed cases into the index."""

    def log_access(self, actor: StaffActor, what: str, case_id: int | None, at: datetime) -> None:
        """Write down that a member of staff read personal data."""


class StatisticsStore(Protocol):
    """Where cases are counted."""

    def unit(self) -> AbstractContextManager[StatisticsUnit]:
        """A transaction: committed at its end, undone by any exception."""

    def reading(self) -> AbstractContextManager[StatisticsUnit]:
        """The same for reading only."""


class Statistics:
    """Counts for the desk, and fewer of them for everybody."""

    def __init__(self, store: StatisticsStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def desk(self, actor: StaffActor, *, names: bool) -> Report:
        """Everything there is. ``names``: institutions are named, which reads sealed texts and is logged."""
        now = self._clock()
        with self._store.unit() as unit:
            unit.index_pending(INDEXED_AT_ONCE)
            if names:
                unit.log_access(actor, "read names in statistics", None, now)
        # Counting many cases takes a while, in which nobody who files one should have to wait.
        with self._store.reading() as unit:
            counted = unit.counted(Periods(now))
            parties = unit.parties(LEAST_SHOWN, PARTIES_SHOWN)
            named = [(party.count, unit.name_of(party) if names else "") for party in parties]
        return report_of(now, counted, named)

    def public(self) -> Report:
        """For everybody: no institutions, and only cases from before this month.

        What a new complaint adds is seen with all others of its month, never from one day to the next. States and
        answers are as they stand now.
        """
        until = month_of(self._clock())
        with self._store.reading() as unit:
            return report_of(until, unit.counted(Periods(until, until)))


def report_of(now: datetime, counted: Counted, parties: list[tuple[int, str]] | None = None) -> Report:
    """The tables of what was counted. ``parties`` are counts and names, most first; ``None`` leaves them out."""
    total = sum(counted[Topic.KIND].values())
    if total < LEAST_SHOWN:
        return Report(now, None, ())
    made = {topic: Table(topic, _lines(topic, counted[topic])) for topic in Topic if topic in counted}
    # Ages and months cut the same time: what one of them hides could be worked out from the other.
    if made[Topic.AGE].hides or made[Topic.MONTH].hides:
        del made[Topic.AGE]
    tables = list(made.values())
    if parties is not None:
        tables.append(Table(Topic.INSTITUTION, _party_lines(parties, total)))
    answers = {line.key: line.number for table in tables if table.topic is Topic.ANSWER for line in table.lines}
    return Report(now, total, tuple(tables), _rate(answers))


def hidden_keys(counts: Mapping[str, int]) -> set[str]:
    """The lines that must not be shown when the sum of all is known.

    All below ``LEAST_SHOWN`` when any of them counts somebody: a nought among them hides which of them does. Then the
    smallest ones left, until what is hidden is at least two lines and at least ``LEAST_SHOWN`` together, and not just
    as many as its lines could hold, which would give them away.
    """
    hidden = {key for key, number in counts.items() if number < LEAST_SHOWN}
    if not any(counts[key] for key in hidden):
        return set()
    left = sorted(counts.keys() - hidden, key=lambda key: (counts[key], key))
    while left and not _is_safe([counts[key] for key in hidden]):
        hidden.add(left.pop(0))
    return hidden


def month_of(moment: datetime) -> datetime:
    """When the month of a moment began, in China's time."""
    return moment.astimezone(CHINA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _is_safe(numbers: list[int]) -> bool:
    together = sum(numbers)
    return len(numbers) > 1 and together >= LEAST_SHOWN and together != (LEAST_SHOWN - 1) * len(numbers)


_KEYS: dict[Topic, Iterable[str]] = {
    Topic.KIND: Kind, Topic.STATUS: Status, Topic.AGE: Age, Topic.CHANNEL: Channel, Topic.LANGUAGE: Language,
    Topic.ANSWER: FirstAnswer,
}  # fmt: skip


def _lines(topic: Topic, counts: Mapping[str, int]) -> tuple[Line, ...]:
    # Every line there could be is there: one that is missing would say nought. Months come with those that are counted.
    keys = list(_KEYS.get(topic, counts))
    full = {key: counts.get(key, 0) for key in keys}
    hidden = hidden_keys(full)
    return tuple(Line(key, None if key in hidden else full[key]) for key in keys)


def _party_lines(parties: list[tuple[int, str]], total: int) -> tuple[Line, ...]:
    # Whoever has few cases is not even listed. The rest together is one line, and must be no small count itself.
    shown = list(parties)
    rest = total - sum(count for count, _ in shown)
    while shown and 0 < rest < LEAST_SHOWN:
        rest += shown.pop()[0]
    lines = [Line(str(place), count, name) for place, (count, name) in enumerate(shown, 1)]
    return (*lines, Line(OTHERS, rest)) if rest else tuple(lines)


def _rate(answers: Mapping[str, int | None]) -> int | None:
    on_time, late = answers.get(FirstAnswer.ON_TIME), answers.get(FirstAnswer.LATE)
    if on_time is None or late is None or on_time + late == 0:
        return None
    return 100 * on_time // (on_time + late)
