"""Tables of the complaint desk and of the notices it sends."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.storage.base import Base, SealedText, UTCDateTime
from bot.storage.staff_tables import StaffRow


class CaseRow(Base):
    """A complaint. What it says is sealed; what the queue sorts and filters by is not."""

    __tablename__ = "complaints"
    __table_args__ = (
        Index("ix_complaints_status_opened_at", "status", "opened_at"),
        Index("ix_complaints_due_at_id", "due_at", "id"),
        # All that the counts above the queue ask for: they never read a row of 100,000 sealed ones.
        Index(
            "ix_complaints_counts",
            "status",
            "due_at",
            "assignee_id",
            "escalated_due_at",
            "kind",
            "severity",
            "opened_at",
        ),
        Index("ix_complaints_opened_at_id", "opened_at", "id"),
        # Numbers of cases that were erased are never given out again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    draft_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    status: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    channel: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str | None] = mapped_column(String(64), index=True)
    """Rasa's sender id, a keyed hash; empty once the conversation was forgotten."""
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    unanswered: Mapped[bool] = mapped_column(default=True)
    key_id: Mapped[int | None] = mapped_column(BigInteger)
    """The data key of the case's own texts, messages and notes; empty on cases from before there were such keys.

    No foreign key: backups hold the case without its key.
    """

    story: Mapped[str] = mapped_column(SealedText("complaints.story"))
    against: Mapped[str] = mapped_column(SealedText("complaints.against"))
    happened: Mapped[str] = mapped_column(SealedText("complaints.happened"))
    amount: Mapped[str] = mapped_column(SealedText("complaints.amount"))
    wish: Mapped[str] = mapped_column(SealedText("complaints.wish"))
    contact: Mapped[str | None] = mapped_column(SealedText("complaints.contact"))
    figures: Mapped[str | None] = mapped_column(SealedText("complaints.figures"))
    answers: Mapped[str | None] = mapped_column(SealedText("complaints.answers"))
    """What the kind's own questions were answered, with the questions as asked; JSON."""
    pack_version: Mapped[int | None]
    """The version of those questions."""
    on_behalf: Mapped[str | None] = mapped_column(String(20))
    """For whom it was made; empty is the resident's own."""

    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the next thing is due; a year far off while nothing is, so that one index sorts the queue."""
    first_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Until when the first answer was promised."""
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the first answer was given."""
    escalated_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """The due moment that was last escalated to a supervisor."""
    severity: Mapped[str | None] = mapped_column(String(10))
    merged_into: Mapped[int | None] = mapped_column(index=True)
    """The case this one is answered with. Not a foreign key: SQLite cannot add one to a table that has rows."""

    assignee: Mapped[StaffRow | None] = relationship(lazy="select", viewonly=True)


class ReceiptRow(Base):
    """A receipt that opens a case. Several may: each filing of the same draft issues one."""

    __tablename__ = "complaint_receipts"

    receipt_hash: Mapped[str] = mapped_column(String(80), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MessageRow(Base):
    """A message between resident and desk."""

    __tablename__ = "complaint_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(SealedText("complaint_messages.text"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    staff: Mapped[StaffRow | None] = relationship(lazy="joined", viewonly=True)


class NoteRow(Base):
    """An internal note."""

    __tablename__ = "complaint_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(SealedText("complaint_notes.text"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    staff: Mapped[StaffRow] = relationship(lazy="joined", innerjoin=True, viewonly=True)


class EventRow(Base):
    """A line of a case's history. The code only ever adds."""

    __tablename__ = "complaint_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    from_status: Mapped[str | None] = mapped_column(String(20))
    to_status: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(SealedText("complaint_events.reason"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    staff: Mapped[StaffRow | None] = relationship(lazy="joined", foreign_keys=[staff_id], viewonly=True)
    assignee: Mapped[StaffRow | None] = relationship(lazy="joined", foreign_keys=[assignee_id], viewonly=True)


class ReceiptMissRow(Base):
    """A receipt that opened nothing, for the limit on guessing."""

    __tablename__ = "receipt_misses"
    __table_args__ = (Index("ix_receipt_misses_caller_hash_at", "caller_hash", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    caller_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class OutboxRow(Base):
    """A notice for a resident that a gateway has to deliver."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_channel_delivered_at_due_at", "channel", "delivered_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int | None]
    """The message it tells of."""
    body: Mapped[str] = mapped_column(SealedText("outbox.body"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
