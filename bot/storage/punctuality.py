"""The store of the clock's own work."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, sessionmaker

from bot import audit as names
from bot.complaints import Action
from bot.complaints.punctuality import OnTime
from bot.complaints.queue import OPEN
from bot.storage import audit
from bot.storage.case_rows import cases
from bot.storage.complaint_tables import CaseRow, EventRow


class SqlPunctualityStore:
    """``PunctualityStore`` on SQLAlchemy."""

    def __init__(self, writers: sessionmaker[Session], readers: sessionmaker[Session]) -> None:
        self._writers = writers
        self._readers = readers

    @contextmanager
    def unit(self) -> Iterator["SqlPunctualityUnit"]:
        """A transaction."""
        with self._writers.begin() as session:
            yield SqlPunctualityUnit(session)

    @contextmanager
    def reading(self) -> Iterator["SqlPunctualityUnit"]:
        """A transaction that only reads."""
        with self._readers.begin() as session:
            yield SqlPunctualityUnit(session)


class SqlPunctualityUnit:
    """``PunctualityUnit`` on one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def escalate(self, now: datetime, limit: int) -> int:
        """Write an event into at most so many overdue cases. Versions stay: nobody's typed answer becomes stale."""
        rows = self._session.scalars(
            cases()
            .where(
                CaseRow.due_at <= now,
                CaseRow.status.in_(OPEN),
                CaseRow.escalated_due_at.is_(None) | (CaseRow.escalated_due_at != CaseRow.due_at),
            )
            .order_by(CaseRow.due_at, CaseRow.id)
            .limit(limit)
            .with_for_update(of=CaseRow)
        ).all()
        for row in rows:
            row.escalated_due_at = row.due_at
            self._session.add(EventRow(case_id=row.id, action=Action.ESCALATED, at=now))
            audit.append(self._session, names.SYSTEM, f"case.{Action.ESCALATED}", names.case(row.id), now)
        return len(rows)

    def on_time(self, since: datetime, now: datetime) -> OnTime:
        """First answers of cases received since."""
        answered = CaseRow.answered_at.is_not(None)
        kept = answered & (CaseRow.answered_at <= CaseRow.first_due_at)
        late = (answered & (CaseRow.answered_at > CaseRow.first_due_at)) | (
            ~answered & (CaseRow.first_due_at <= now) & CaseRow.status.in_(OPEN) & CaseRow.merged_into.is_(None)
        )
        row = self._session.execute(
            select(
                func.coalesce(func.sum(case((kept, 1), else_=0)), 0),
                func.coalesce(func.sum(case((late, 1), else_=0)), 0),
            ).where(CaseRow.opened_at >= since, CaseRow.first_due_at.is_not(None))
        ).one()
        return OnTime(*row)
