"""The audit log: append-only and hash-chained under a key that is not in the database.

Entries made during a transaction are written at its very end: the chain is locked only while it commits, and an entry
exists exactly when what it speaks of does.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.audit import Details
from bot.storage.audit_tables import AuditRow
from bot.storage.base import keys_of
from bot.storage.locks import hold

_START = "start"
_WAITING = "mingbai_audit"
_READ_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What verifying found. ``broken`` is the number of the first entry that was changed, put in or is missing."""

    entries: int
    head: str
    """The digest of the last entry. Noted elsewhere, it later shows whether the end was cut off."""
    broken: int | None = None
    holds_expected: bool = True


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as it is read."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Details


class SqlAuditReader:
    """What an auditor does with the log. Whoever asks writes down themselves that it was read."""

    def __init__(self, readers: sessionmaker[Session]) -> None:
        self._readers = readers

    def newest(
        self, limit: int, *, actor: str = "", action: str = "", subject: str = "", before: int | None = None
    ) -> list[AuditEntry]:
        """The newest entries, last first, of this actor, action and subject where given; ``before`` a number."""
        query = select(AuditRow).order_by(AuditRow.number.desc()).limit(limit)
        for column, wanted in ((AuditRow.actor, actor), (AuditRow.action, action), (AuditRow.subject, subject)):
            if wanted:
                query = query.where(column == wanted)
        if before is not None:
            query = query.where(AuditRow.number < before)
        with self._readers.begin() as session:
            return [
                AuditEntry(row.number, row.at, row.actor, row.action, row.subject, json.loads(row.details))
                for row in session.scalars(query)
            ]

    def check(self) -> AuditCheck:
        """Follow the whole chain."""
        with self._readers.begin() as session:
            return verify(session)


class SqlAuditLog:
    """``AuditLog`` on SQLAlchemy: each record is a transaction."""

    def __init__(self, writers: sessionmaker[Session], clock: Callable[[], datetime]) -> None:
        self._writers = writers
        self._clock = clock

    def record(self, actor: str, action: str, subject: str, details: Details | None = None) -> None:
        """Add one entry."""
        with self._writers.begin() as session:
            append(session, actor, action, subject, self._clock(), details)


def append(  # noqa: PLR0913, PLR0917 - an entry's own fields
    session: Session, actor: str, action: str, subject: str, at: datetime, details: Details | None = None
) -> None:
    """Add an entry to the caller's transaction; it is written when that commits."""
    # Begins the transaction, if nothing has yet: only then does an undoing reach what waits here.
    session.connection()
    row = AuditRow(at=at, actor=actor, action=action, subject=subject, details=_canonical(details or {}))
    session.info.setdefault(_WAITING, []).append(row)


def write_down(session: Session) -> None:
    """Before a commit: put what was appended at the end of the chain."""
    waiting: list[AuditRow] = session.info.pop(_WAITING, [])
    if not waiting:
        return
    session.flush()
    # Two entries must not follow the same one.
    hold(session, "audit log")
    last = session.execute(
        select(AuditRow.number, AuditRow.digest).order_by(AuditRow.number.desc()).limit(1)
    ).one_or_none()
    number, digest = (0, _START) if last is None else last
    key = chain_key(session)
    for row in waiting:
        number += 1
        row.number = number
        row.digest = digest = digest_of(key, digest, row)
        session.add(row)


def give_up(session: Session) -> None:
    """After a rollback: nothing happened."""
    session.info.pop(_WAITING, None)


def verify(session: Session, expected: str | None = None) -> AuditCheck:
    """Follow the chain from its start. ``expected`` is a head noted earlier, which must still stand in it.

    The chain alone cannot show that its end was cut off; an expected head can.
    """
    key = chain_key(session)
    number, digest, seen = 0, _START, expected is None
    query = select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=_READ_AT_ONCE)
    with closing(session.scalars(query)) as rows:
        for row in rows:
            number += 1
            if row.number != number or not hmac.compare_digest(row.digest, digest_of(key, digest, row)):
                return AuditCheck(number - 1, digest, broken=number, holds_expected=seen)
            digest = row.digest
            seen = seen or digest == expected
            session.expunge(row)
    return AuditCheck(number, digest, holds_expected=seen)


def last_at(session: Session, action: str) -> datetime | None:
    """When something was last done."""
    return session.scalar(
        select(AuditRow.at).where(AuditRow.action == action).order_by(AuditRow.number.desc()).limit(1)
    )


def chain_key(session: Session) -> bytes:
    """What the chain is keyed with."""
    return keys_of(session.get_bind().dialect).derive("audit log")


def digest_of(key: bytes, previous: str, row: AuditRow) -> str:
    """The digest of an entry that follows another."""
    line = _canonical(
        {
            "previous": previous,
            "number": row.number,
            "at": f"{row.at.timestamp():.6f}",
            "actor": row.actor,
            "action": row.action,
            "subject": row.subject,
            "details": row.details,
        }
    )
    return hmac.new(key, line.encode(), hashlib.sha256).hexdigest()


def _canonical(values: Details) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
