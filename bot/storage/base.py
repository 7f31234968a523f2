"""What every table is made of: the declarative base, moments in UTC, and sealed text."""

from datetime import UTC, datetime
from typing import Any, Protocol, Self

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from bot.storage.keys import KeyRing

_KEYS_ATTRIBUTE = "mingbai_keys"


class Sealing(Protocol):
    """What sealed columns need (``bot.storage.data_keys.DataKeys`` fits)."""

    ring: KeyRing

    def seal(self, value: bytes, aad: str, key_id: int | None = None) -> bytes:
        """Encrypt under a data key, or the general one in force."""

    def open(self, sealed: bytes, aad: str) -> bytes:
        """The value again. Raises ``SealBrokenError``."""


class Keyed(str):
    """A text that knows which data key it is to be sealed under; otherwise the text it is."""

    __slots__ = ("key_id",)

    def __new__(cls, text: str, key_id: int) -> Self:
        """The text with its key."""
        keyed = super().__new__(cls, text)
        keyed.key_id = key_id
        return keyed

    key_id: int


class KeyedBytes(bytes):
    """The same for bytes."""

    key_id: int

    def __new__(cls, value: bytes, key_id: int) -> Self:
        """The bytes with their key."""
        keyed = super().__new__(cls, value)
        keyed.key_id = key_id
        return keyed


class Base(DeclarativeBase):
    """Base of every table. Constraints have predictable names, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment; SQLite, which has no time zones, stores its UTC reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC. A naive moment is a programmer's mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again, in UTC whatever the server's zone is."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class SealedText(TypeDecorator[str]):
    """Text that is encrypted on its way into the database. ``aad`` is ``table.column``."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, aad: str) -> None:
        super().__init__()
        self.aad = aad

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal."""
        if value is None:
            return None
        sealed: bytes = sealing_of(dialect).seal(value.encode(), self.aad, getattr(value, "key_id", None))
        return sealed

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Open."""
        return None if value is None else sealing_of(dialect).open(bytes(value), self.aad).decode()


class SealedBytes(TypeDecorator[bytes]):
    """The same for bytes: the content of a file, at most some megabytes, sealed in one piece."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, aad: str) -> None:
        super().__init__()
        self.aad = aad

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Seal."""
        if value is None:
            return None
        sealed: bytes = sealing_of(dialect).seal(value, self.aad, getattr(value, "key_id", None))
        return sealed

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:
        """Open."""
        if value is None:
            return None
        opened: bytes = sealing_of(dialect).open(bytes(value), self.aad)
        return opened


def give_keys(dialect: Dialect, sealing: Sealing) -> None:
    """Let an engine's sealed columns use keys. A dialect object belongs to one engine, so nothing is global."""
    setattr(dialect, _KEYS_ATTRIBUTE, sealing)


def sealing_of(dialect: Dialect) -> Any:
    """The data keys an engine was made with, as they were given."""
    sealing = getattr(dialect, _KEYS_ATTRIBUTE, None)
    if sealing is None:
        raise RuntimeError("this engine was made without keys")
    return sealing


def keys_of(dialect: Dialect) -> KeyRing:
    """The ring an engine was made with."""
    ring: KeyRing = sealing_of(dialect).ring
    return ring
