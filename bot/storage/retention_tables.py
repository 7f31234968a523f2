"""The table of what is known of a case's end: the notice given, and a postponement."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, SealedText, UTCDateTime


class CaseRetentionRow(Base):
    """At most one row a case; gone with it."""

    __tablename__ = "case_retention"

    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True)
    notified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the resident was told of the coming end; counts only while the case has not been opened since."""
    postponed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    postponed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str | None] = mapped_column(SealedText("case_retention.reason"))
