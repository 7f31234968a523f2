"""The desk's own clock: what it promised, until when, and whether that is near or past.

It is our promise, not the time limit of an institution or an authority (regulation-cn section 5.1 has those).
"""

from datetime import datetime, time, timedelta, timezone

from bot.complaints.model import ClockState, Kind, Status
from bot.content.desk import DeskContent

CHINA = timezone(timedelta(hours=8))
"""One time zone, no summer time."""

WAITING = datetime(9998, 1, 1, tzinfo=CHINA)
"""Due never, because the resident has the word; sorts after everything that is due."""

ENDED = datetime(9999, 1, 1, tzinfo=CHINA)
"""Due never, because the case is closed or answered with another; sorts last."""


class Promises:
    """When something is due, over the working days of the desk's calendar."""

    def __init__(self, desk: DeskContent) -> None:
        self._desk = desk

    def due(  # noqa: PLR0913 - all named
        self, kind: Kind, status: Status, *, unanswered: bool, opened_at: datetime, now: datetime, owed: datetime | None
    ) -> datetime:
        """When the next thing is due: an answer whenever the resident spoke last, else the end of the case.

        ``owed`` is the answer already promised: writing again does not push it back.
        """
        if status.is_closed:
            return ENDED
        if status is Status.WAITING:
            return WAITING
        clock = self._desk.clocks[kind]
        if not unanswered:
            return self._end_of(opened_at, clock.close)
        return owed or self._end_of(now, clock.answer)

    def warn_until(self, now: datetime) -> datetime:
        """What is due up to this moment is due soon."""
        return self._end_of(now, self._desk.warn_working_days)

    def state(self, due_at: datetime | None, now: datetime) -> ClockState:
        """How a due moment stands to now."""
        if due_at is None:
            return ClockState.STOPPED
        if due_at <= now:
            return ClockState.OVERDUE
        return ClockState.SOON if due_at <= self.warn_until(now) else ClockState.IN_TIME

    def _end_of(self, since: datetime, working_days: int) -> datetime:
        # A working day ends at midnight in China; the day something happened on does not count.
        day = self._desk.days.after(since.astimezone(CHINA).date(), working_days)
        return datetime.combine(day + timedelta(days=1), time(), CHINA)


def running(due_at: datetime | None) -> datetime | None:
    """A stored due moment as people see it: ``None`` while nothing is due."""
    return None if due_at is None or due_at >= WAITING else due_at
