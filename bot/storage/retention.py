"""The store of retention, and the one way a complaint is deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import Row, Select, delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from bot import audit as names
from bot.complaints import Kind, Notice, Status
from bot.complaints.retention import Kept, RetentionReport
from bot.messages import Language
from bot.storage import audit
from bot.storage.complaint_tables import CaseRow, EventRow, OutboxRow
from bot.storage.evidence_tables import UnclaimedRow
from bot.storage.key_tables import DataKeyRow
from bot.storage.outbox import body_of
from bot.storage.retention_tables import CaseRetentionRow
from bot.storage.sealed_tables import keys_in_use


class SqlRetentionStore:
    """``RetentionStore`` on SQLAlchemy."""

    def __init__(self, writers: sessionmaker[Session]) -> None:
        self._writers = writers

    @contextmanager
    def unit(self) -> Iterator["SqlRetentionUnit"]:
        """A transaction."""
        with self._writers.begin() as session:
            yield SqlRetentionUnit(session)


class SqlRetentionUnit:
    """``RetentionUnit`` on one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def kept(self, statuses: list[str], before: datetime, after_id: int, limit: int) -> list[Kept]:
        """Cases in these states that were opened before, by rising id."""
        query = _kept().where(CaseRow.status.in_(statuses), CaseRow.opened_at <= before, CaseRow.id > after_id)
        return [_of(row) for row in self._session.execute(query.order_by(CaseRow.id).limit(limit))]

    def locked(self, case_id: int) -> Kept | None:
        """One case, kept from others until the unit ends."""
        self._session.execute(select(CaseRow.id).where(CaseRow.id == case_id).with_for_update())
        row = self._session.execute(_kept().where(CaseRow.id == case_id)).one_or_none()
        return None if row is None else _of(row)

    def give_notice(self, case_id: int, ends_on: date, at: datetime) -> None:
        """Put a notice into the outbox and note that it was given. A forgotten conversation cannot be told."""
        row = self._session.execute(
            select(CaseRow.sender, CaseRow.channel, CaseRow.language, CaseRow.kind, CaseRow.status).where(
                CaseRow.id == case_id
            )
        ).one()
        if row.sender is not None:
            body = body_of(Language(row.language), Kind(row.kind), Status(row.status), ends_on.isoformat())
            self._session.add(
                OutboxRow(
                    sender=row.sender,
                    channel=row.channel,
                    kind=Notice.EXPIRING,
                    case_id=case_id,
                    body=body,
                    created_at=at,
                    due_at=at,
                )
            )
        self._row(case_id).notified_at = at
        self._session.flush()
        details: names.Details = {"ends_on": ends_on.isoformat(), "told": row.sender is not None}
        audit.append(self._session, names.SYSTEM, names.CASE_NOTICE_GIVEN, names.case(case_id), at, details)

    def postpone(self, case_id: int, until: datetime, staff_id: int, reason: str, at: datetime) -> None:
        """Write a postponement down; the notice has to be given again."""
        row = self._row(case_id)
        row.postponed_until, row.postponed_by, row.reason, row.notified_at = until, staff_id, reason, None
        self._session.flush()
        details = {"until": until.date().isoformat()}
        audit.append(self._session, names.staff(staff_id), names.CASE_POSTPONED, names.case(case_id), at, details)

    def purge(self, case_id: int, actor: str, why: str, at: datetime) -> None:
        """Delete everything of a case, and its key."""
        purge_case(self._session, case_id, at)
        audit.append(self._session, actor, names.CASE_PURGED, names.case(case_id), at, {"why": why})

    def shred_retired_keys(self, before: datetime, at: datetime) -> int:
        """Delete keys that nothing has used since; how many. One that is in use after all is taken back."""
        due = set(
            self._session.scalars(
                select(DataKeyRow.id).where(DataKeyRow.retired_at <= before, DataKeyRow.shredded_at.is_(None))
            )
        )
        if not due:
            return 0
        used, _ = keys_in_use(self._session.connection())
        self._session.execute(update(DataKeyRow).where(DataKeyRow.id.in_(due & used)).values(retired_at=None))
        _shred(self._session, due - used, at)
        audit.append(self._session, names.SYSTEM, names.KEYS_SHREDDED, "keys", at, {"count": len(due - used)})
        return len(due - used)

    def drop_unclaimed_files(self, before: datetime) -> int:
        """Delete files that came earlier and belong to no case; how many."""
        old = delete(UnclaimedRow).where(UnclaimedRow.at < before).returning(UnclaimedRow.page)
        return sum(page == 1 for page in self._session.scalars(old))

    def log_run(self, report: RetentionReport, at: datetime) -> None:
        """Write a run into the audit log."""
        details = {
            "noticed": report.noticed,
            "purged": report.purged,
            "shredded_keys": report.shredded_keys,
            "dropped_files": report.dropped_files,
        }
        audit.append(self._session, names.SYSTEM, names.RETENTION_RUN, "cases", at, details)

    def _row(self, case_id: int) -> CaseRetentionRow:
        row = self._session.get(CaseRetentionRow, case_id)
        if row is None:
            row = CaseRetentionRow(case_id=case_id)
            self._session.add(row)
        return row


def purge_case(session: Session, case_id: int, at: datetime) -> None:
    """Delete a case with everything that refers to it, and every key it was ever sealed under."""
    key_id = session.scalar(select(CaseRow.key_id).where(CaseRow.id == case_id))
    # Whatever belongs to a case refers to it with ON DELETE CASCADE; a test holds every table to that.
    session.execute(delete(CaseRow).where(CaseRow.id == case_id))
    shredded: set[int] = set()
    while key_id is not None and key_id not in shredded:
        shredded.add(key_id)
        key_id = session.scalar(select(DataKeyRow.replaces).where(DataKeyRow.id == key_id))
    _shred(session, shredded, at)


def _shred(session: Session, key_ids: set[int], at: datetime) -> None:
    session.execute(
        update(DataKeyRow).where(DataKeyRow.id.in_(key_ids)).values(wrapped=None, retired_at=at, shredded_at=at)
    )


def _kept() -> Select[int, str, datetime, datetime | None, datetime | None]:
    since = (
        select(func.max(EventRow.at))
        .where(
            EventRow.case_id == CaseRow.id,
            EventRow.to_status == CaseRow.status,
            func.coalesce(EventRow.from_status, "") != EventRow.to_status,
        )
        .correlate(CaseRow)
        .scalar_subquery()
    )
    return select(
        CaseRow.id,
        CaseRow.status,
        func.coalesce(since, CaseRow.updated_at, type_=CaseRow.updated_at.type).label("since"),
        CaseRetentionRow.notified_at,
        CaseRetentionRow.postponed_until,
    ).outerjoin(CaseRetentionRow, CaseRetentionRow.case_id == CaseRow.id)


def _of(row: Row[int, str, datetime, datetime | None, datetime | None]) -> Kept:
    case_id, status, since, notified_at, postponed_until = row
    return Kept(case_id, Status(status), since, notified_at, postponed_until)
