"""Notices to residents, from the transaction that made them until a gateway has delivered them."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from bot.complaints import Kind, Notice, Status
from bot.messages import Channel, Language
from bot.storage.complaint_tables import CaseRow, OutboxRow
from bot.storage.evidence_tables import UnclaimedRow

LEASE = timedelta(seconds=60)
"""How long a gateway that was handed a notice has to deliver it before it is handed out again."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A notice to deliver. ``text`` is the desk's answer; empty when only the status changed."""

    id: int
    sender: str
    channel: Channel
    notice: Notice
    case_id: int
    language: Language
    kind: Kind
    status: Status
    text: str = field(repr=False)
    created_at: datetime
    attempts: int


class Outbox:
    """What gateways take notices from. At least once, and by one process at a time."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def due(self, channel: Channel, limit: int, now: datetime) -> list[OutboxItem]:
        """Hand out what is due, oldest first, for ``LEASE``: meanwhile nobody else gets it."""
        with self._sessions.begin() as session:
            rows = session.scalars(
                select(OutboxRow)
                .where(OutboxRow.channel == channel, OutboxRow.delivered_at.is_(None), OutboxRow.due_at <= now)
                .order_by(OutboxRow.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                row.attempts += 1
                row.due_at = now + LEASE
            return [_item(row) for row in rows]

    def delivered(self, item_id: int, now: datetime) -> None:
        """It reached the resident."""
        with self._sessions.begin() as session:
            mark_delivered(session, item_id, now)

    def failed(self, item_id: int, retry_at: datetime) -> None:
        """It did not; hand it out again then."""
        with self._sessions.begin() as session:
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == item_id, OutboxRow.delivered_at.is_(None))
                .values(due_at=retry_at)
            )


def mark_delivered(session: Session, item_id: int, now: datetime) -> bool:
    """Mark within the caller's transaction; ``False`` when it was delivered before, so that nothing is said twice."""
    marked = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == item_id, OutboxRow.delivered_at.is_(None))
        .values(delivered_at=now)
        .returning(OutboxRow.id)
    )
    return marked.first() is not None


def forget_sender(session: Session, sender: str) -> None:
    """Cut cases off from a conversation that is being forgotten: nothing more is sent, nothing points to it.

    The cases stay; their receipts still open them.
    """
    session.execute(delete(OutboxRow).where(OutboxRow.sender == sender))
    session.execute(update(CaseRow).where(CaseRow.sender == sender).values(sender=None))
    # Files that belong to no case were part of the conversation.
    session.execute(delete(UnclaimedRow).where(UnclaimedRow.sender == sender))


def body_of(language: Language, kind: Kind, status: Status, text: str) -> str:
    """The body of a notice as JSON."""
    return json.dumps({"language": language, "kind": kind, "status": status, "text": text}, ensure_ascii=False)


def _item(row: OutboxRow) -> OutboxItem:
    body = json.loads(row.body)
    return OutboxItem(
        id=row.id,
        sender=row.sender,
        channel=Channel(row.channel),
        notice=Notice(row.kind),
        case_id=row.case_id,
        language=Language(body["language"]),
        kind=Kind(body["kind"]),
        status=Status(body["status"]),
        text=body["text"],
        created_at=row.created_at,
        attempts=row.attempts,
    )
