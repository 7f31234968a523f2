"""From a person's words to the assistant's answer, each turn once and in order; and what the desk has to say.

Typed text never acts as a payload, and a payload acts only when a button with it was offered in this conversation.
"""

import asyncio
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from bot.content.wording import Wording
from bot.conversations.errors import (
    AddressGoneError,
    AddressTakenError,
    AssistantUnavailableError,
    ConversationNotFoundError,
)
from bot.conversations.locks import Bells, Listener, NamedLocks
from bot.conversations.model import (
    Answered,
    Claimed,
    Conversation,
    Delivery,
    Feed,
    LanguageSource,
    Opened,
    Speech,
    Taken,
)
from bot.conversations.ports import Assistant, CaseNotice, ConversationSecrets, ConversationStore, Outbox
from bot.conversations.text import (
    FILES_SENT,
    FOLLOW_CASE,
    MENU,
    STANDING_PAYLOADS,
    Heard,
    follow_tapping,
    follow_typing,
    hear,
    tapped_by_typing,
)
from bot.messages import Button, Channel, Inbound, Language, Message, Reply, SentFiles, TappedButton

_START = "/start"
_ID_BYTES = 16
_TOKEN_BYTES = 32
_HISTORY = 200
_LAST_ANSWER = 8
_BATCH = 20
_CLAIM = timedelta(seconds=90)
"""Longer than the assistant's time-outs together: a claim that runs out belongs to a process that died."""
_BUSY_LOOKS = 300
_BUSY_PAUSE = 0.2
_FIRST_RETRY = timedelta(seconds=5)
_LONGEST_RETRY = timedelta(hours=1)
KEPT = timedelta(days=90)

Clock = Callable[[], datetime]
Send = Callable[[Delivery], Awaitable[None]]


class Conversations:
    """All conversations, for every gateway. Safe to have in several processes over one store."""

    def __init__(  # noqa: PLR0913, PLR0917 - its ports, each once
        self,
        store: ConversationStore,
        assistant: Assistant,
        wording: Wording,
        secret_hashes: ConversationSecrets,
        clock: Clock,
        outbox: Outbox,
        kept: timedelta = KEPT,
    ) -> None:
        self._store = store
        self._assistant = assistant
        self._wording = wording
        self._hashes = secret_hashes
        self._clock = clock
        self._outbox = outbox
        self._kept = kept
        self._turns = NamedLocks()
        self._bells = Bells()

    # Opening and finding.

    async def open(self, channel: Channel, language: Language | None, address: str | None = None) -> Opened:
        """Open a conversation and greet. ``address`` is where pushes reach the person, if not by listening.

        Greets in its own words when the assistant does not answer: the conversation is there all the same.
        Raises ``AddressTakenError``.
        """
        conversation_id = secrets.token_urlsafe(_ID_BYTES)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        source = LanguageSource.ASSUMED if language is None else LanguageSource.GUESSED
        conversation = Conversation(
            id=conversation_id,
            channel=channel,
            sender=self._hashes.sender_id(conversation_id),
            speech=Speech(language or Language.ZH, source),
            token_hash=self._token_hash(token),
            address=address,
            address_hash=None if address is None else self._address_hash(channel, address),
        )
        await asyncio.to_thread(self._store.add, conversation, self._clock())
        try:
            replies, speech = await self._ask(conversation, conversation.speech, _START)
        except AssistantUnavailableError:
            replies, speech = [self._own_words("gateway_greeting", conversation.language)], conversation.speech
        greeting = self._messages(replies)
        await asyncio.to_thread(self._store.greet, conversation_id, greeting, speech)
        return Opened(conversation_id, token, conversation.language, greeting)

    async def open_for(self, channel: Channel, address: str, language: Language | None) -> Opened:
        """The conversation of an address, opened when there is none yet (``is_new``)."""
        found = await self.at_address(channel, address)
        if found is None:
            try:
                return await self.open(channel, language, address)
            except AddressTakenError:
                found = await self.at_address(channel, address)
        if found is None:
            raise ConversationNotFoundError("forgotten at the same moment")
        return Opened(found.id, "", found.language, [], is_new=False)

    async def at_address(self, channel: Channel, address: str) -> Conversation | None:
        """The conversation of an address, if there is one."""
        return await asyncio.to_thread(self._store.of_address, channel, self._address_hash(channel, address))

    async def authenticate(self, conversation_id: str, token: str) -> Conversation | None:
        """The conversation its token opens. A wrong token and an unknown id look the same and take the same time."""
        found = await asyncio.to_thread(self._store.find, conversation_id)
        expected = self._token_hash("") if found is None else found.token_hash
        opens = hmac.compare_digest(expected, self._token_hash(token))
        return found if opens and found is not None else None

    def sender_of(self, conversation_id: str) -> str:
        """What Rasa and the desk know a conversation as."""
        return self._hashes.sender_id(conversation_id)

    # Talking.

    async def say(self, conversation_id: str, inbound: Inbound, client_message_id: str) -> list[Message]:
        """Take one message and answer it. The same ``client_message_id`` again: the same answer, nothing done twice.

        Raises:
            ConversationNotFoundError: there is no such conversation.
            AssistantUnavailableError: nothing was kept; the same message may be tried again.
        """
        async with self._turns.holding(conversation_id):
            turn = await self._claim(conversation_id, client_message_id)
            if isinstance(turn, Answered):
                return turn.messages
            self._bells.ring(conversation_id)
            try:
                said, replies, speech = await self._take(turn.conversation, inbound)
                taken = Taken(client_message_id, said, self._messages(replies), speech)
                return await asyncio.to_thread(self._store.end_turn, turn.until, conversation_id, taken)
            except ConversationNotFoundError:
                # Forgotten by another process meanwhile: what Rasa heard since must go too.
                await self._forget_at_assistant(turn.conversation.sender)
                raise
            except BaseException:
                # Cancelled as well as failed: the conversation must not stay claimed by a turn nobody takes.
                await asyncio.shield(asyncio.to_thread(self._store.abandon_turn, turn.until, conversation_id))
                raise
            finally:
                self._bells.ring(conversation_id)

    async def _claim(self, conversation_id: str, client_message_id: str) -> Answered | Claimed:
        for _ in range(_BUSY_LOOKS):
            now = self._clock()
            turn = await asyncio.to_thread(
                self._store.begin_turn, conversation_id, client_message_id, now, now + _CLAIM
            )
            if isinstance(turn, Answered | Claimed):
                return turn
            await asyncio.sleep(_BUSY_PAUSE)
        raise AssistantUnavailableError("another process does not finish its turn")

    async def _take(self, conversation: Conversation, inbound: Inbound) -> tuple[Message, list[Reply], Speech]:
        speech = conversation.speech
        if isinstance(inbound, SentFiles):
            shown = self._wording.say("gateway_sent_files", speech.language)
            replies, speech = await self._tap(conversation, FILES_SENT)
            return self._said(shown), replies, speech
        if isinstance(inbound, TappedButton):
            title = await asyncio.to_thread(self._title_of, conversation, inbound.payload)
            if title is None:
                refused = self._own_words("gateway_button_gone", speech.language)
                return self._said(self._wording.say("gateway_old_button", speech.language)), [refused], speech
            replies, speech = await self._tap(conversation, inbound.payload)
            return self._said(title), replies, speech
        heard = await asyncio.to_thread(hear, inbound.text)
        replies, speech = await self._answer(conversation, heard)
        if heard.is_masked:
            # Before the answer, whose buttons belong under the last word.
            replies = [Reply(text=self._wording.say("gateway_masked", speech.language)), *replies]
        return self._said(heard.shown), replies, speech

    async def _answer(self, conversation: Conversation, heard: Heard) -> tuple[list[Reply], Speech]:
        speech = conversation.speech
        if heard.refusal:
            return [self._own_words(heard.refusal, speech.language)], speech
        latest = await asyncio.to_thread(self._store.history, conversation.id, None, _LAST_ANSWER)
        payload = tapped_by_typing(latest, heard.shown)
        if payload is not None:
            return await self._tap(conversation, payload)
        return await self._ask(conversation, follow_typing(speech, heard.shown), heard.for_rasa)

    async def _tap(self, conversation: Conversation, payload: str) -> tuple[list[Reply], Speech]:
        return await self._ask(conversation, follow_tapping(conversation.speech, payload), payload)

    def _title_of(self, conversation: Conversation, payload: str) -> str | None:
        title = self._store.offered(conversation.id, payload)
        if title is None and payload in STANDING_PAYLOADS:
            return self._wording.say(STANDING_PAYLOADS[payload], conversation.language)
        return title

    async def _ask(self, conversation: Conversation, speech: Speech, text: str) -> tuple[list[Reply], Speech]:
        if speech.told is not speech.language:
            await self._assistant.set_language(conversation.sender, speech.language)
            speech = replace(speech, told=speech.language)
        replies = await self._assistant.send(conversation.sender, text, conversation.channel)
        if not replies:
            # Rasa answers nothing at all when a turn broke inside it.
            raise AssistantUnavailableError("no answer")
        return replies, speech

    # Reading and listening.

    async def history(self, conversation_id: str, after: str | None = None) -> list[Message]:
        """Both sides' messages, oldest first: those after one of them, or the latest."""
        return await asyncio.to_thread(self._store.history, conversation_id, after, _HISTORY)

    async def cursor(self, conversation_id: str, after: str | None = None) -> int:
        """Where a listener starts who has seen everything up to a message, or up to now."""
        return await asyncio.to_thread(self._store.cursor, conversation_id, after)

    async def feed(self, conversation_id: str, cursor: int) -> Feed | None:
        """What is new for a listener; ``None`` when the conversation was forgotten."""
        return await asyncio.to_thread(self._store.feed, conversation_id, cursor, self._clock())

    @asynccontextmanager
    async def listening(self, conversation_id: str) -> AsyncIterator[Listener]:
        """Be woken when something happens in this process."""
        async with self._bells.listening(conversation_id) as listener:
            yield listener

    def listeners(self, conversation_id: str) -> int:
        """How many listen in this process."""
        return self._bells.listeners(conversation_id)

    # Pushing.

    async def deliver_due(self, channel: Channel, send: Send) -> int:
        """Bring what the desk has to say to the people of one channel; returns how many notices were settled.

        On the web a notice is delivered when it stands in the conversation, in one transaction; ``send`` may do
        nothing. Elsewhere ``send`` brings it to the person first: at least once, a crash in between repeats it.
        ``send`` raises ``AddressGoneError`` when the person can never be reached, anything else to be asked again.
        """
        notices = await asyncio.to_thread(self._outbox.due, channel, _BATCH, self._clock())
        return sum([await self._deliver(notice, channel, send) for notice in notices])

    async def _deliver(self, notice: CaseNotice, channel: Channel, send: Send) -> bool:
        conversation = await asyncio.to_thread(self._store.of_sender, notice.sender)
        if conversation is None:
            # Forgotten. The receipt still opens the case.
            await asyncio.to_thread(self._outbox.delivered, notice.id, self._clock())
            return True
        message = self._notice(notice, conversation.language)
        delivery = Delivery(conversation.id, conversation.address, conversation.language, message)
        try:
            if channel is not Channel.WEB:
                await send(delivery)
            await asyncio.to_thread(self._store.push, conversation.id, message, notice.id)
            self._bells.ring(conversation.id)
        except AddressGoneError:
            await asyncio.to_thread(self._outbox.delivered, notice.id, self._clock())
        except Exception:  # noqa: BLE001 - whatever a channel fails with, the notice waits for its next try
            pause = min(_FIRST_RETRY * 2 ** min(notice.attempts, 12), _LONGEST_RETRY)
            await asyncio.to_thread(self._outbox.failed, notice.id, self._clock() + pause)
            return False
        if channel is Channel.WEB:
            await send(delivery)
        return True

    def _notice(self, notice: CaseNotice, language: Language) -> Message:
        if notice.notice == "answered":
            text = self._wording.say("gateway_case_answered", language, text=notice.text)
        elif notice.notice == "expiring":
            # A withdrawn case cannot be taken up again; of any other, a word of the resident does that.
            key = "gateway_case_expiring_withdrawn" if notice.status == "withdrawn" else "gateway_case_expiring"
            text = self._wording.say(key, language, date=notice.text)
        else:
            status = self._wording.say(f"case_status_{notice.status}", language)
            text = self._wording.say("gateway_case_moved", language, status=status)
        follow = Button(title=self._wording.say("gateway_follow_case", language), payload=FOLLOW_CASE)
        [message] = self._messages([Reply(text=text, buttons=[follow, self._menu(language)])])
        return message

    # Forgetting.

    async def forget(self, conversation_id: str) -> None:
        """Forget a conversation everywhere. Complaints that were sent stay; their receipts open them."""
        async with self._turns.holding(conversation_id):
            sender = await asyncio.to_thread(self._store.forget, conversation_id)
            self._bells.ring(conversation_id)
            if sender is not None:
                await self._forget_at_assistant(sender)

    async def forget_expired(self) -> int:
        """Forget what nobody used for long, and have Rasa forget what it could not when it was asked."""
        idle = await asyncio.to_thread(self._store.idle, self._clock() - self._kept, _BATCH)
        for conversation_id in idle:
            await self.forget(conversation_id)
        for sender in await asyncio.to_thread(self._store.unforgotten, _BATCH):
            await self._forget_at_assistant(sender)
        return len(idle)

    async def _forget_at_assistant(self, sender: str) -> None:
        try:
            await self._assistant.forget(sender)
        except AssistantUnavailableError:
            return
        await asyncio.to_thread(self._store.forgotten, sender)

    # Words.

    def _own_words(self, key: str, language: Language) -> Reply:
        return Reply(text=self._wording.say(key, language), buttons=[self._menu(language)])

    def _menu(self, language: Language) -> Button:
        return Button(title=self._wording.say("gateway_menu", language), payload=MENU)

    def _said(self, text: str) -> Message:
        return Message(id=_message_id(), author="user", text=text, created_at=self._clock())

    def _messages(self, replies: list[Reply]) -> list[Message]:
        now = self._clock()
        return [
            Message(id=_message_id(), text=reply.text, buttons=reply.buttons, card=reply.card, created_at=now)
            for reply in replies
        ]

    def _token_hash(self, token: str) -> str:
        return self._hashes.lookup_hash("conversation token", token)

    def _address_hash(self, channel: Channel, address: str) -> str:
        return self._hashes.lookup_hash("conversation address", f"{channel}\0{address}")


def _message_id() -> str:
    return secrets.token_urlsafe(_ID_BYTES)
