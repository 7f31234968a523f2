"""The store of evidence."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.complaints.evidence import EvidenceItem, EvidencePage
from bot.evidence import Accepted
from bot.storage import evidence_rows
from bot.storage.base import keys_of
from bot.storage.complaints import SqlComplaintUnit
from bot.storage.evidence_tables import EvidenceRow, UnclaimedRow
from bot.storage.locks import hold

_ID_BYTES = 16


class SqlEvidenceStore:
    """``EvidenceStore`` on SQLAlchemy."""

    def __init__(self, writers: sessionmaker[Session], readers: sessionmaker[Session]) -> None:
        self._writers = writers
        self._readers = readers

    @contextmanager
    def unit(self) -> Iterator["SqlEvidenceUnit"]:
        """A transaction."""
        with self._writers.begin() as session:
            yield SqlEvidenceUnit(session, writes=True)

    @contextmanager
    def reading(self) -> Iterator["SqlEvidenceUnit"]:
        """A transaction that only reads."""
        with self._readers.begin() as session:
            yield SqlEvidenceUnit(session, writes=False)


class SqlEvidenceUnit(SqlComplaintUnit):
    """``EvidenceUnit`` on one session."""

    def __init__(self, session: Session, *, writes: bool) -> None:
        super().__init__(session)
        self._writes = writes

    def unclaimed(self, sender: str) -> tuple[EvidenceItem, ...]:
        """What somebody sent that belongs to no case; nobody else adds to it until the unit ends."""
        if self._writes:
            hold(self._session, f"evidence of {sender}")
        return evidence_rows.items(self._session, UnclaimedRow, UnclaimedRow.sender == sender)

    def unclaimed_like(self, sender: str, digest: str) -> EvidenceItem | None:
        """The same file, sent before and not yet claimed."""
        found = evidence_rows.items(
            self._session, UnclaimedRow, UnclaimedRow.sender == sender, UnclaimedRow.digest == self._digest(digest)
        )
        return found[0] if found else None

    def keep(self, sender: str, accepted: Accepted, at: datetime) -> EvidenceItem:
        """Write a file, page by page."""
        file_id = secrets.token_hex(_ID_BYTES)
        for number, content in enumerate(accepted.pages, 1):
            self._session.add(
                UnclaimedRow(
                    file_id=file_id,
                    page=number,
                    sender=sender,
                    pages=len(accepted.pages),
                    kind=accepted.kind,
                    media_type=accepted.media_type,
                    size=accepted.size,
                    digest=self._digest(accepted.digest),
                    name=accepted.name,
                    content=content,
                    at=at,
                )
            )
        self._session.flush()
        return EvidenceItem(file_id, accepted.kind, len(accepted.pages), accepted.size, at, accepted.name)

    def drop_unclaimed(self, sender: str) -> int:
        """Delete what somebody sent that belongs to no case; how many files."""
        files = len(self.unclaimed(sender))
        evidence_rows.drop(self._session, sender)
        return files

    def evidence_of(self, case_id: int) -> tuple[EvidenceItem, ...]:
        """The files of a case, oldest first."""
        return evidence_rows.items(self._session, EvidenceRow, EvidenceRow.case_id == case_id)

    def evidence_page(self, case_id: int, file_id: str, number: int) -> EvidencePage | None:
        """One page of a file of a case."""
        row = self._session.execute(
            select(EvidenceRow.media_type, EvidenceRow.content).where(
                EvidenceRow.case_id == case_id, EvidenceRow.file_id == file_id, EvidenceRow.page == number
            )
        ).one_or_none()
        return None if row is None else EvidencePage(row.media_type, row.content)

    def _digest(self, digest: str) -> str:
        # Keyed: whoever holds the database cannot test it for a picture they know.
        return keys_of(self._session.get_bind().dialect).lookup_hash("evidence", digest)
