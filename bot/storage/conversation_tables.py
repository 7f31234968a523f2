"""Tables of conversations. Whatever a person or the assistant said is sealed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, SealedText, UTCDateTime


class ConversationRow(Base):
    """One conversation. Its token and its address are found by keyed hashes; the address itself is sealed."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "address_hash"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(SealedText("conversations.address"))
    language: Mapped[str] = mapped_column(String(2))
    language_source: Mapped[str] = mapped_column(String(10))
    language_told: Mapped[str | None] = mapped_column(String(2))
    busy_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """A process is taking a turn; past this moment it has died."""
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class SpokenRow(Base):
    """One message of a conversation. ``number`` is the order, ``id`` what the outside knows."""

    __tablename__ = "conversation_messages"
    __table_args__ = (
        Index("ix_conversation_messages_conversation_id_number", "conversation_id", "number"),
        # A cursor must never meet a number again.
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("conversation_turns.id", ondelete="CASCADE"), index=True)
    pushed: Mapped[bool] = mapped_column(default=False)
    author: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(SealedText("conversation_messages.body"))


class TurnRow(Base):
    """A message that was taken and answered, so that the same one again is answered the same."""

    __tablename__ = "conversation_turns"
    __table_args__ = (UniqueConstraint("conversation_id", "client_message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    client_message_id: Mapped[str] = mapped_column(String(80))


class OfferedRow(Base):
    """A payload that a conversation was offered as a button, and the title it was last shown under."""

    __tablename__ = "conversation_buttons"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    payload_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(SealedText("conversation_buttons.title"))


class UnforgottenRow(Base):
    """A sender whose conversation is gone here, and whom Rasa has yet to forget."""

    __tablename__ = "unforgotten_senders"

    sender: Mapped[str] = mapped_column(String(64), primary_key=True)
