"""Tables of the handlers' work on cases: tags, checks, likenesses, the index of words, views, redactions."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.storage.base import Base, SealedText, UTCDateTime
from bot.storage.staff_tables import StaffRow


def _of_case(*, primary_key: bool = False, index: bool = False) -> Mapped[int]:
    # Whatever is known of a case goes when the case goes.
    return mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=primary_key, index=index)


class TagRow(Base):
    """A word the desk put on a case. Sealed, because people write names; found by its keyed hash."""

    __tablename__ = "complaint_tags"

    tag_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_id: Mapped[int] = _of_case(primary_key=True, index=True)
    tag: Mapped[str] = mapped_column(SealedText("complaint_tags.tag"))


class CheckRow(Base):
    """A point of the checklist that somebody has looked at."""

    __tablename__ = "complaint_checks"

    case_id: Mapped[int] = _of_case(primary_key=True)
    item: Mapped[str] = mapped_column(String(30), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    staff: Mapped[StaffRow] = relationship(lazy="joined", innerjoin=True, viewonly=True)


class ViewerRow(Base):
    """Who has a case open, and when their page last said so."""

    __tablename__ = "complaint_viewers"

    case_id: Mapped[int] = _of_case(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    staff: Mapped[StaffRow] = relationship(lazy="joined", innerjoin=True, viewonly=True)


class SavedViewRow(Base):
    """A filter somebody keeps. Sealed whole: it may hold words of a case."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str] = mapped_column(SealedText("saved_views.name"))
    query: Mapped[str] = mapped_column(SealedText("saved_views.query"))


class PendingIndexRow(Base):
    """A case whose words are not in the index as they stand now."""

    __tablename__ = "complaint_index_pending"

    case_id: Mapped[int] = _of_case(primary_key=True)


class TermRow(Base):
    """A case has a word that hashes to this term: 16 bits of a keyed hash, shared by several words."""

    __tablename__ = "complaint_terms"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's way

    term: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = _of_case(primary_key=True, index=True)


class MarkRow(Base):
    """A case has something others may have too: ``bot.complaints.likeness``."""

    __tablename__ = "complaint_marks"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's way

    shared: Mapped[str] = mapped_column(String(10), primary_key=True)
    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = _of_case(primary_key=True, index=True)


class RedactionRow(Base):
    """A stretch of a text that copies hide."""

    __tablename__ = "complaint_redactions"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = _of_case(index=True)
    part: Mapped[str] = mapped_column(String(30))
    start: Mapped[int]
    stop: Mapped[int]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
