"""Whether the desk keeps its promises: what is overdue goes to a supervisor; how many first answers were on time."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

AT_ONCE = 200
"""Cases escalated in one transaction: no writer is kept waiting for long."""
LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OnTime:
    """First answers of cases received in a while. Withdrawn or closed unanswered before they were due: not counted."""

    kept: int
    late: int
    """Answered too late, or still not answered although due."""

    @property
    def percent(self) -> int | None:
        """The share that was on time, rounded down so that 100 means all; ``None`` when nothing was due."""
        due = self.kept + self.late
        return 100 * self.kept // due if due else None


class PunctualityUnit(Protocol):
    """One transaction."""

    def escalate(self, now: datetime, limit: int) -> int:
        """Write an event into at most so many cases whose due moment passed and was not escalated; how many."""

    def on_time(self, since: datetime, now: datetime) -> OnTime:
        """First answers of cases received since."""


class PunctualityStore(Protocol):
    """Where promises are kept."""

    def unit(self) -> AbstractContextManager[PunctualityUnit]:
        """A transaction: committed at its end, undone by any exception."""

    def reading(self) -> AbstractContextManager[PunctualityUnit]:
        """The same for reading only."""


class Punctuality:
    """The clock's own work."""

    def __init__(self, store: PunctualityStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def escalate(self) -> int:
        """Escalate what became overdue, each due moment once, however often this runs; how many cases it were."""
        total = 0
        while True:
            with self._store.unit() as unit:
                done = unit.escalate(self._clock(), AT_ONCE)
            total += done
            if done < AT_ONCE:
                return total

    def on_time(self, back: timedelta = LOOKED_BACK) -> OnTime:
        """How many first answers of cases received within ``back`` were given by the day that was promised."""
        now = self._clock()
        with self._store.reading() as unit:
            return unit.on_time(now - back, now)
