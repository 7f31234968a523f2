"""What a conversation is, to the service and to its store."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.messages import Channel, Language, Message


class LanguageSource(StrEnum):
    """How a conversation came by its language."""

    ASSUMED = "assumed"
    """Nobody said anything: the default."""
    GUESSED = "guessed"
    """From the client's locale or from what was typed."""
    CHOSEN = "chosen"
    """By the person. Never changed by guessing."""


@dataclass(frozen=True, slots=True)
class Speech:
    """The language of a conversation, and which one Rasa was last told."""

    language: Language
    source: LanguageSource
    told: Language | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation. ``address`` is where a channel other than the web reaches the person."""

    id: str
    channel: Channel
    sender: str
    """What Rasa knows it as: a keyed hash of the id."""
    speech: Speech
    token_hash: str = field(repr=False)
    address: str | None = field(default=None, repr=False)
    address_hash: str | None = field(default=None, repr=False)

    @property
    def language(self) -> Language:
        """The language it is held in."""
        return self.speech.language


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation that was opened, or found again (``messages`` is empty then)."""

    conversation_id: str
    token: str = field(repr=False)
    """Empty when it was found again: only its hash is kept."""
    language: Language
    messages: list[Message]
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    """A turn that was taken before."""

    messages: list[Message]


@dataclass(frozen=True, slots=True)
class Claimed:
    """The turn is ours until ``until``; ``conversation`` as it stands."""

    conversation: Conversation
    until: datetime


class Busy:
    """Another process is taking a turn of this conversation."""


Turn = Answered | Claimed | Busy


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished turn, to be kept whole or not at all."""

    client_message_id: str
    said: Message
    answer: list[Message]
    speech: Speech


@dataclass(frozen=True, slots=True)
class Feed:
    """What is new in a conversation for somebody who listens."""

    is_busy: bool
    """A turn is being taken: the assistant is typing."""
    pushed: list[Message]
    """Messages that answered no turn."""
    cursor: int
    """Where to go on from."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice for a gateway to bring to the person."""

    conversation_id: str
    address: str | None = field(repr=False)
    language: Language
    message: Message
