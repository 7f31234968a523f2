"""The hash-chained log of who read personal data."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.base import keys_of
from bot.storage.locks import hold
from bot.storage.staff_tables import AccessLogRow

_START = "start"


def append(session: Session, staff_id: int, what: str, case_id: int | None, at: datetime) -> None:
    """Add a line within the caller's transaction."""
    # Two lines must not follow the same one.
    hold(session, "access log")
    last = session.scalar(select(AccessLogRow.digest).order_by(AccessLogRow.id.desc()).limit(1))
    row = AccessLogRow(staff_id=staff_id, what=what, case_id=case_id, at=at)
    row.digest = _digest(session, last or _START, row)
    session.add(row)
    session.flush()


def first_broken(session: Session) -> int | None:
    """The id of the first line that was changed or follows a gap; ``None`` when the chain is whole.

    Lines cut off the end leave no trace here; compare the last digest with one noted elsewhere.
    """
    previous = _START
    for row in session.scalars(select(AccessLogRow).order_by(AccessLogRow.id)):
        if row.digest != _digest(session, previous, row):
            return row.id
        previous = row.digest
    return None


def _digest(session: Session, previous: str, row: AccessLogRow) -> str:
    line = "\0".join((previous, str(row.staff_id), row.what, str(row.case_id), f"{row.at.timestamp():.6f}"))
    return keys_of(session.get_bind().dialect).lookup_hash("access log", line)
