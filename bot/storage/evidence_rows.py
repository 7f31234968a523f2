"""Rows of evidence: how they are read without their contents, and how they come into a case."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.complaints.evidence import EvidenceItem
from bot.evidence import FileKind
from bot.storage.evidence_tables import EvidenceRow, UnclaimedRow


def claim(session: Session, sender: str, case_id: int) -> int:
    """Move what somebody sent into a case, sealed under the key of the case from now on; how many files it were."""
    files = 0
    keys = session.execute(
        select(UnclaimedRow.file_id, UnclaimedRow.page)
        .where(UnclaimedRow.sender == sender)
        .order_by(UnclaimedRow.at, UnclaimedRow.file_id, UnclaimedRow.page)
        .with_for_update()
    ).all()
    for file_id, page in keys:
        # One page in memory at a time.
        row = session.get_one(UnclaimedRow, (file_id, page))
        moved = EvidenceRow(
            file_id=file_id,
            page=page,
            case_id=case_id,
            pages=row.pages,
            kind=row.kind,
            media_type=row.media_type,
            size=row.size,
            digest=row.digest,
            name=row.name,
            content=row.content,
            at=row.at,
        )
        session.add(moved)
        session.flush()
        session.expunge(moved)
        session.expunge(row)
        # This page only: another file may be coming in at this moment.
        session.execute(delete(UnclaimedRow).where(UnclaimedRow.file_id == file_id, UnclaimedRow.page == page))
        files += page == 1
    return files


def drop(session: Session, sender: str) -> None:
    """Delete what somebody sent that belongs to no case."""
    session.execute(delete(UnclaimedRow).where(UnclaimedRow.sender == sender))


def items(session: Session, table: type[EvidenceRow | UnclaimedRow], *which: Any) -> tuple[EvidenceItem, ...]:
    """Files, oldest first, without their contents."""
    query = (
        select(table.file_id, table.kind, table.pages, table.size, table.at, table.name)
        .where(table.page == 1, *which)
        .order_by(table.at, table.file_id)
    )
    return tuple(
        EvidenceItem(row.file_id, FileKind(row.kind), row.pages, row.size, row.at, row.name)
        for row in session.execute(query)
    )
