"""The table of data keys: each wrapped by a master key that is not in the database."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UTCDateTime


class DataKeyRow(Base):
    """A key that seals values of other tables. Its id stands in every value it sealed.

    A shredded key leaves its row behind without the key, so that a restored backup knows that it is gone for good
    and not merely missing.
    """

    __tablename__ = "data_keys"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    purpose: Mapped[str] = mapped_column(String(10))
    """``general``, or ``case`` for the texts of one complaint."""
    generation: Mapped[int]
    """Which rotation made it."""
    wrapped: Mapped[bytes | None]
    replaces: Mapped[int | None] = mapped_column(BigInteger)
    """The key of the same complaint before a rotation: both go when the complaint goes."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Since when nothing uses it."""
    shredded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
