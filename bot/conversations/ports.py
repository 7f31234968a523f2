"""What conversations need from Rasa, the store, the key ring and the outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.conversations.model import Conversation, Feed, Speech, Taken, Turn
from bot.messages import Channel, Language, Message, Reply


class Assistant(Protocol):
    """Rasa. Every method raises ``AssistantUnavailableError`` when it does not answer."""

    async def send(self, sender: str, text: str, channel: Channel) -> list[Reply]:
        """Say something; what comes back."""

    async def set_language(self, sender: str, language: Language) -> None:
        """Choose the language of what it says from now on."""

    async def forget(self, sender: str) -> None:
        """Forget everything about a sender."""


class ConversationSecrets(Protocol):
    """Keyed hashes (``bot.storage.keys.KeyRing`` fits)."""

    def lookup_hash(self, purpose: str, value: str) -> str:
        """A hash to find something again by, without keeping it."""

    def sender_id(self, conversation_id: str) -> str:
        """What Rasa knows a conversation as."""


class ConversationStore(Protocol):
    """Where conversations are kept. Every method is one transaction."""

    def add(self, conversation: Conversation, at: datetime) -> None:
        """Write a new conversation. Raises ``AddressTakenError``."""

    def find(self, conversation_id: str) -> Conversation | None:
        """One conversation."""

    def of_address(self, channel: Channel, address_hash: str) -> Conversation | None:
        """The conversation of an address."""

    def of_sender(self, sender: str) -> Conversation | None:
        """The conversation Rasa knows by this name."""

    def greet(self, conversation_id: str, greeting: Sequence[Message], speech: Speech) -> None:
        """Keep the first messages."""

    def begin_turn(self, conversation_id: str, client_message_id: str, now: datetime, until: datetime) -> Turn:
        """Claim the conversation for one turn, unless that turn was taken or another one is being taken.

        Raises ``ConversationNotFoundError``.
        """

    def end_turn(self, claim_until: datetime, conversation_id: str, taken: Taken) -> list[Message]:
        """Keep a finished turn and give the conversation free; returns the answer that stands.

        That is the earlier one when the claim ran out and another process took the same turn.
        Raises ``ConversationNotFoundError`` when it was forgotten meanwhile.
        """

    def abandon_turn(self, claim_until: datetime, conversation_id: str) -> None:
        """Give the conversation free without a trace of the turn."""

    def offered(self, conversation_id: str, payload: str) -> str | None:
        """The title of the last button with this payload that the conversation was shown."""

    def history(self, conversation_id: str, after: str | None, limit: int) -> list[Message]:
        """Messages of both sides, oldest first: those after one, or the latest."""

    def cursor(self, conversation_id: str, after: str | None) -> int:
        """Where ``feed`` starts for somebody who knows everything up to a message, or up to now."""

    def feed(self, conversation_id: str, cursor: int, now: datetime) -> Feed | None:
        """What is new; ``None`` when the conversation was forgotten."""

    def push(self, conversation_id: str, message: Message, notice_id: int) -> bool:
        """Append a notice and mark it delivered; ``False`` when it was delivered before, and nothing is appended."""

    def forget(self, conversation_id: str) -> str | None:
        """Delete a conversation, and note that Rasa has yet to forget the sender, which is returned."""

    def idle(self, since: datetime, limit: int) -> list[str]:
        """Conversations in which nothing happened since then."""

    def unforgotten(self, limit: int) -> list[str]:
        """Senders that Rasa has yet to forget."""

    def forgotten(self, sender: str) -> None:
        """Rasa has forgotten a sender."""


class CaseNotice(Protocol):
    """A notice of the complaint desk (``bot.storage.outbox.OutboxItem`` fits)."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def sender(self) -> str:
        """The conversation it is for, as Rasa knows it."""

    @property
    def notice(self) -> str:
        """``answered``, ``status_changed`` or ``expiring``."""

    @property
    def status(self) -> str:
        """The case's state."""

    @property
    def text(self) -> str:
        """The desk's answer, the day (ISO) a case expires, or nothing."""

    @property
    def attempts(self) -> int:
        """How often it was handed out, this time included."""


class Outbox(Protocol):
    """Where notices wait (``bot.storage.outbox.Outbox`` fits)."""

    def due(self, channel: Channel, limit: int, now: datetime) -> Sequence[CaseNotice]:
        """Hand out what is due, to nobody else for a while."""

    def delivered(self, item_id: int, now: datetime) -> None:
        """It reached the person, or nobody is there to be reached."""

    def failed(self, item_id: int, retry_at: datetime) -> None:
        """It did not; hand it out again then."""
