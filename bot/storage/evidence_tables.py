"""Tables of what people handed in to show what happened. One row is one page; a picture and a text have one."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, SealedBytes, SealedText, UTCDateTime


class EvidenceRow(Base):
    """A page of a file that belongs to a case; its name and content are sealed under the key of the case."""

    __tablename__ = "evidence"

    file_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    pages: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    """Bytes of all pages."""
    digest: Mapped[str] = mapped_column(String(64))
    """Keyed hash of the file as it was sent: the same one again is not kept twice."""
    name: Mapped[str] = mapped_column(SealedText("evidence.name"))
    content: Mapped[bytes] = mapped_column(SealedBytes("evidence.content"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class UnclaimedRow(Base):
    """A page of a file that belongs to no case yet: to a complaint being told, or to nothing at all."""

    __tablename__ = "unclaimed_evidence"

    file_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sender: Mapped[str] = mapped_column(String(64), index=True)
    """Rasa's sender id, a keyed hash."""
    pages: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(SealedText("unclaimed_evidence.name"))
    content: Mapped[bytes] = mapped_column(SealedBytes("unclaimed_evidence.content"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
