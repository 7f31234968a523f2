"""How a complaint ends for good: when its time is over, with notice before, unless a supervisor postpones it.

Personal data is kept no longer than its purpose needs (个人信息保护法, Art. 19). The days stand in
``data/retention/retention.yml``.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Protocol

from bot import audit
from bot.complaints.errors import BadTextError, CaseNotFoundError, ComplaintError, NotYoursError
from bot.complaints.model import StaffActor, Status
from bot.content.retention import RetentionRules
from bot.evidence import KEPT_UNCLAIMED

_BATCH = 100
_MAX_REASON = 2000

Clock = Callable[[], datetime]


class PostponementRefusedError(ComplaintError):
    """The day has passed or is too far ahead, or complaints in this state have no end to postpone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What decides how long a case is kept. ``since`` is when it came into its present state."""

    case_id: int
    status: Status
    since: datetime
    notified_at: datetime | None = None
    postponed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseEnd:
    """When a case is deleted, as far as is known now."""

    ends_at: datetime
    is_notified: bool
    is_postponed: bool


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What one run did, or would do."""

    noticed: int = 0
    purged: int = 0
    shredded_keys: int = 0
    dropped_files: int = 0
    """Files that never came into a case."""


class Step(Enum):
    """What is due for a case."""

    NOTHING = "nothing"
    NOTICE = "notice"
    PURGE = "purge"


class RetentionUnit(Protocol):
    """One transaction."""

    def kept(self, statuses: list[str], before: datetime, after_id: int, limit: int) -> list[Kept]:
        """Cases in these states that were opened before, by rising id."""

    def locked(self, case_id: int) -> Kept | None:
        """One case, kept from others until the unit ends."""

    def give_notice(self, case_id: int, ends_on: date, at: datetime) -> None:
        """Put a notice into the outbox and note that it was given."""

    def postpone(self, case_id: int, until: datetime, staff_id: int, reason: str, at: datetime) -> None:
        """Write a postponement down; the notice has to be given again."""

    def purge(self, case_id: int, actor: str, why: str, at: datetime) -> None:
        """Delete everything of a case, and its key."""

    def shred_retired_keys(self, before: datetime, at: datetime) -> int:
        """Delete keys that nothing has used since; how many."""

    def drop_unclaimed_files(self, before: datetime) -> int:
        """Delete files that came earlier and belong to no case; how many."""

    def log_run(self, report: RetentionReport, at: datetime) -> None:
        """Write a run into the audit log."""


class RetentionStore(Protocol):
    """Where retention works."""

    def unit(self) -> AbstractContextManager[RetentionUnit]:
        """A transaction: committed at its end, undone by any exception."""


def end_of(kept: Kept, rules: RetentionRules) -> CaseEnd | None:
    """When a case is deleted; ``None`` while it is not. The whole notice always passes first, however late it was."""
    days = rules.days_of(kept.status)
    if days is None:
        return None
    ends_at = kept.since + timedelta(days=days)
    is_postponed = kept.postponed_until is not None and kept.postponed_until > ends_at
    if kept.postponed_until is not None:
        ends_at = max(ends_at, kept.postponed_until)
    # A notice from before the case was opened again told of another end.
    is_notified = kept.notified_at is not None and kept.notified_at >= kept.since
    if kept.notified_at is not None and is_notified:
        ends_at = max(ends_at, kept.notified_at + timedelta(days=rules.notice_days))
    return CaseEnd(ends_at, is_notified, is_postponed)


def due_step(kept: Kept, rules: RetentionRules, now: datetime) -> Step:
    """What is to be done for a case now."""
    end = end_of(kept, rules)
    if end is None:
        return Step.NOTHING
    if not end.is_notified:
        return Step.NOTICE if now >= end.ends_at - timedelta(days=rules.notice_days) else Step.NOTHING
    return Step.PURGE if now >= end.ends_at else Step.NOTHING


class Retention:
    """The end of complaints. Every case is a transaction of its own; running twice does nothing twice."""

    def __init__(self, store: RetentionStore, rules: RetentionRules, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    def end(self, case_id: int) -> CaseEnd | None:
        """When a case is deleted; ``None`` while it is not. Raises ``CaseNotFoundError``."""
        with self._store.unit() as unit:
            return end_of(_existing(unit, case_id), self._rules)

    def postpone(self, actor: StaffActor, case_id: int, until: datetime, reason: str) -> CaseEnd:
        """Keep a case longer; for supervisors, with a reason, and not for ever.

        Raises ``NotYoursError``, ``BadTextError``, ``PostponementRefusedError`` or ``CaseNotFoundError``.
        """
        if not actor.is_supervisor:
            raise NotYoursError("only a supervisor postpones")
        reason = reason.strip()
        if not reason or len(reason) > _MAX_REASON:
            raise BadTextError(f"a reason has 1 to {_MAX_REASON} characters")
        now = self._clock()
        if not now < until <= now + timedelta(days=self._rules.longest_postponement_days):
            raise PostponementRefusedError(f"at most {self._rules.longest_postponement_days} days ahead")
        with self._store.unit() as unit:
            if end_of(_existing(unit, case_id), self._rules) is None:
                raise PostponementRefusedError("a case in this state has no end")
            unit.postpone(case_id, until, actor.id, reason, now)
            postponed = end_of(_existing(unit, case_id), self._rules)
        assert postponed is not None  # noqa: S101 - the state was locked
        return postponed

    def erase(self, case_id: int, actor: str, why: str) -> None:
        """Delete a case at once, as a resident may ask (PIPL, Art. 47). ``actor`` as in ``bot.audit``."""
        with self._store.unit() as unit:
            _existing(unit, case_id)
            unit.purge(case_id, actor, why, self._clock())

    def run(self, *, dry_run: bool = False) -> RetentionReport:
        """Give the notices and delete the cases that are due, and keys retired long enough."""
        now = self._clock()
        noticed = purged = after_id = 0
        timed = [rule.status for rule in self._rules.statuses if rule.days is not None]
        shortest = min((rule.days for rule in self._rules.statuses if rule.days is not None), default=0)
        before = now - timedelta(days=max(0, shortest - self._rules.notice_days))
        while True:
            with self._store.unit() as unit:
                batch = unit.kept(timed, before, after_id, _BATCH)
            for kept in batch:
                step = due_step(kept, self._rules, now) if dry_run else self._take(kept.case_id, now)
                noticed += step is Step.NOTICE
                purged += step is Step.PURGE
            if len(batch) < _BATCH:
                break
            after_id = batch[-1].case_id
        if dry_run:
            return RetentionReport(noticed, purged)
        with self._store.unit() as unit:
            retired_before = now - timedelta(days=self._rules.retired_keys_days)
            report = RetentionReport(
                noticed,
                purged,
                unit.shred_retired_keys(retired_before, now),
                unit.drop_unclaimed_files(now - KEPT_UNCLAIMED),
            )
            unit.log_run(report, now)
        return report

    def _take(self, case_id: int, now: datetime) -> Step:
        with self._store.unit() as unit:
            kept = unit.locked(case_id)
            # Looked at again under lock: it may have been opened again meanwhile.
            step = Step.NOTHING if kept is None else due_step(kept, self._rules, now)
            if kept is not None and step is Step.NOTICE:
                told = Kept(case_id, kept.status, kept.since, now, kept.postponed_until)
                end = end_of(told, self._rules)
                assert end is not None  # noqa: S101 - it has one, or nothing were due
                unit.give_notice(case_id, end.ends_at.date(), now)
            if step is Step.PURGE:
                unit.purge(case_id, audit.SYSTEM, "retention", now)
            return step


def _existing(unit: RetentionUnit, case_id: int) -> Kept:
    kept = unit.locked(case_id)
    if kept is None:
        raise CaseNotFoundError("no such case")
    return kept
