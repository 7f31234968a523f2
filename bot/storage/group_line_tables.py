"""What was said in groups: not what, and not where; only that this text was spoken of in this group already."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UTCDateTime


class GroupLineRow(Base):
    """One line that was said. ``line_hash`` is a keyed hash of the group and the plain form of the text."""

    __tablename__ = "group_lines"

    line_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
