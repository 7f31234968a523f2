"""The table of the audit log. Triggers of the migration refuse to change or delete what stands in it."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UTCDateTime


class AuditRow(Base):
    """Who did what to what, and when. Numbers have no gaps; each digest covers the one before it."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_subject_number", "subject", "number"),
        Index("ix_audit_log_action_number", "action", "number"),
        Index("ix_audit_log_actor_number", "actor", "number"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    """Not a foreign key: the log outlives what it speaks of."""
    details: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
