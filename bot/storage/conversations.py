"""The conversations' store."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations import AddressTakenError, Conversation, ConversationNotFoundError, Feed, LanguageSource, Speech
from bot.conversations.model import Answered, Busy, Claimed, Taken, Turn
from bot.messages import Channel, Language, Message
from bot.storage.base import keys_of
from bot.storage.conversation_tables import ConversationRow, OfferedRow, SpokenRow, TurnRow, UnforgottenRow
from bot.storage.outbox import forget_sender, mark_delivered


class SqlConversationStore:
    """``ConversationStore`` on SQLAlchemy."""

    def __init__(self, writers: sessionmaker[Session], readers: sessionmaker[Session]) -> None:
        self._writers = writers
        self._readers = readers

    def add(self, conversation: Conversation, at: datetime) -> None:
        """Write a new conversation."""
        row = ConversationRow(
            id=conversation.id,
            channel=conversation.channel,
            sender=conversation.sender,
            token_hash=conversation.token_hash,
            address_hash=conversation.address_hash,
            address=conversation.address,
            language=conversation.speech.language,
            language_source=conversation.speech.source,
            language_told=conversation.speech.told,
            used_at=at,
        )
        try:
            with self._writers.begin() as session:
                session.add(row)
        except IntegrityError as error:
            # Ids are random; only the address can be there already.
            raise AddressTakenError(conversation.channel) from error

    def find(self, conversation_id: str) -> Conversation | None:
        """One conversation."""
        return self._find(ConversationRow.id == conversation_id)

    def of_address(self, channel: Channel, address_hash: str) -> Conversation | None:
        """The conversation of an address."""
        return self._find(ConversationRow.channel == channel, ConversationRow.address_hash == address_hash)

    def of_sender(self, sender: str) -> Conversation | None:
        """The conversation Rasa knows by this name."""
        return self._find(ConversationRow.sender == sender)

    def _find(self, *which: ColumnElement[bool]) -> Conversation | None:
        with self._readers.begin() as session:
            row = session.scalar(select(ConversationRow).where(*which))
            return None if row is None else _conversation(row)

    def greet(self, conversation_id: str, greeting: Sequence[Message], speech: Speech) -> None:
        """Keep the first messages."""
        with self._writers.begin() as session:
            row = session.get(ConversationRow, conversation_id)
            if row is not None:
                _speak(row, speech)
                _append(session, conversation_id, greeting)

    def begin_turn(self, conversation_id: str, client_message_id: str, now: datetime, until: datetime) -> Turn:
        """Claim the conversation for one turn, unless it was taken or another one is being taken."""
        with self._writers.begin() as session:
            row = session.get(ConversationRow, conversation_id, with_for_update=True)
            if row is None:
                raise ConversationNotFoundError(conversation_id)
            answer = _answer(session, conversation_id, client_message_id)
            if answer is not None:
                return Answered(answer)
            if row.busy_until is not None and row.busy_until > now:
                return Busy()
            row.busy_until = until
            row.used_at = now
            return Claimed(_conversation(row), until)

    def end_turn(self, claim_until: datetime, conversation_id: str, taken: Taken) -> list[Message]:
        """Keep a finished turn and give the conversation free; returns the answer that stands."""
        with self._writers.begin() as session:
            row = session.get(ConversationRow, conversation_id, with_for_update=True)
            if row is None:
                raise ConversationNotFoundError(conversation_id)
            if row.busy_until == claim_until:
                row.busy_until = None
            answer = _answer(session, conversation_id, taken.client_message_id)
            if answer is not None:
                return answer
            _speak(row, taken.speech)
            turn = TurnRow(conversation_id=conversation_id, client_message_id=taken.client_message_id)
            session.add(turn)
            session.flush()
            _append(session, conversation_id, [taken.said, *taken.answer], turn_id=turn.id)
            return taken.answer

    def abandon_turn(self, claim_until: datetime, conversation_id: str) -> None:
        """Give the conversation free without a trace of the turn."""
        with self._writers.begin() as session:
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id, ConversationRow.busy_until == claim_until)
                .values(busy_until=None)
            )

    def offered(self, conversation_id: str, payload: str) -> str | None:
        """The title of the last button with this payload that the conversation was shown."""
        with self._readers.begin() as session:
            row = session.get(OfferedRow, (conversation_id, _payload_hash(session, conversation_id, payload)))
            return None if row is None else row.title

    def history(self, conversation_id: str, after: str | None, limit: int) -> list[Message]:
        """Messages of both sides, oldest first: those after one (all, if it is unknown), or the latest."""
        query = select(SpokenRow).where(SpokenRow.conversation_id == conversation_id).limit(limit)
        with self._readers.begin() as session:
            if after is None:
                rows = session.scalars(query.order_by(SpokenRow.number.desc())).all()[::-1]
            else:
                start = _number(session, conversation_id, after) or 0
                rows = session.scalars(query.where(SpokenRow.number > start).order_by(SpokenRow.number)).all()
            return [_message(row) for row in rows]

    def cursor(self, conversation_id: str, after: str | None) -> int:
        """Where ``feed`` starts for somebody who knows everything up to a message, or up to now."""
        with self._readers.begin() as session:
            known = None if after is None else _number(session, conversation_id, after)
            return _last_number(session, conversation_id) if known is None else known

    def feed(self, conversation_id: str, cursor: int, now: datetime) -> Feed | None:
        """What is new; ``None`` when the conversation was forgotten."""
        with self._readers.begin() as session:
            row = session.execute(
                select(ConversationRow.busy_until).where(ConversationRow.id == conversation_id)
            ).one_or_none()
            if row is None:
                return None
            fresh = session.scalars(
                select(SpokenRow)
                .where(SpokenRow.conversation_id == conversation_id, SpokenRow.number > cursor)
                .order_by(SpokenRow.number)
            ).all()
            is_busy = row.busy_until is not None and row.busy_until > now
            pushed = [_message(message) for message in fresh if message.pushed]
            return Feed(is_busy, pushed, fresh[-1].number if fresh else cursor)

    def push(self, conversation_id: str, message: Message, notice_id: int) -> bool:
        """Append a notice and mark it delivered, or neither."""
        with self._writers.begin() as session:
            if not mark_delivered(session, notice_id, message.created_at):
                return False
            row = session.get(ConversationRow, conversation_id, with_for_update=True)
            if row is not None:
                row.used_at = message.created_at
                _append(session, conversation_id, [message], pushed=True)
            return True

    def forget(self, conversation_id: str) -> str | None:
        """Delete a conversation, and note that Rasa has yet to forget the sender, which is returned."""
        with self._writers.begin() as session:
            row = session.get(ConversationRow, conversation_id, with_for_update=True)
            if row is None:
                return None
            forget_sender(session, row.sender)
            session.merge(UnforgottenRow(sender=row.sender))
            session.execute(delete(ConversationRow).where(ConversationRow.id == conversation_id))
            return row.sender

    def idle(self, since: datetime, limit: int) -> list[str]:
        """Conversations in which nothing happened since then."""
        with self._readers.begin() as session:
            return list(
                session.scalars(
                    select(ConversationRow.id)
                    .where(ConversationRow.used_at < since)
                    .order_by(ConversationRow.used_at)
                    .limit(limit)
                )
            )

    def unforgotten(self, limit: int) -> list[str]:
        """Senders that Rasa has yet to forget."""
        with self._readers.begin() as session:
            return list(session.scalars(select(UnforgottenRow.sender).limit(limit)))

    def forgotten(self, sender: str) -> None:
        """Rasa has forgotten a sender."""
        with self._writers.begin() as session:
            session.execute(delete(UnforgottenRow).where(UnforgottenRow.sender == sender))


def _speak(row: ConversationRow, speech: Speech) -> None:
    row.language, row.language_source, row.language_told = speech.language, speech.source, speech.told


def _answer(session: Session, conversation_id: str, client_message_id: str) -> list[Message] | None:
    turn_id = session.scalar(
        select(TurnRow.id).where(
            TurnRow.conversation_id == conversation_id, TurnRow.client_message_id == client_message_id
        )
    )
    if turn_id is None:
        return None
    rows = session.scalars(
        select(SpokenRow).where(SpokenRow.turn_id == turn_id, SpokenRow.author == "bot").order_by(SpokenRow.number)
    )
    return [_message(row) for row in rows]


def _append(
    session: Session,
    conversation_id: str,
    messages: Sequence[Message],
    *,
    turn_id: int | None = None,
    pushed: bool = False,
) -> None:
    titles: dict[str, str] = {}
    for message in messages:
        session.add(
            SpokenRow(
                id=message.id,
                conversation_id=conversation_id,
                turn_id=turn_id,
                pushed=pushed,
                author=message.author,
                body=message.model_dump_json(),
            )
        )
        # One at a time, so that numbers follow the order.
        session.flush()
        titles |= {button.payload: button.title for button in message.buttons}
    for payload, title in titles.items():
        payload_hash = _payload_hash(session, conversation_id, payload)
        session.merge(OfferedRow(conversation_id=conversation_id, payload_hash=payload_hash, title=title))


def _payload_hash(session: Session, conversation_id: str, payload: str) -> str:
    return keys_of(session.get_bind().dialect).lookup_hash("payload", f"{conversation_id}\0{payload}")


def _number(session: Session, conversation_id: str, message_id: str) -> int | None:
    return session.scalar(
        select(SpokenRow.number).where(SpokenRow.conversation_id == conversation_id, SpokenRow.id == message_id)
    )


def _last_number(session: Session, conversation_id: str) -> int:
    return session.scalar(select(func.max(SpokenRow.number)).where(SpokenRow.conversation_id == conversation_id)) or 0


def _message(row: SpokenRow) -> Message:
    return Message.model_validate_json(row.body)


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(
        id=row.id,
        channel=Channel(row.channel),
        sender=row.sender,
        speech=Speech(
            Language(row.language),
            LanguageSource(row.language_source),
            None if row.language_told is None else Language(row.language_told),
        ),
        token_hash=row.token_hash,
        address=row.address,
        address_hash=row.address_hash,
    )
