"""What the gateway does with an update: private chats talk with the assistant; groups see ``groups``."""

from collections import OrderedDict

import structlog
from telegram import (
    BotCommand,
    CallbackQuery,
    Chat,
    ChatMember,
    Update,
)
from telegram import Message as TelegramMessage
from telegram.constants import ChatAction
from telegram.error import Forbidden, TelegramError
from telegram.ext import ContextTypes, ExtBot

from bot.content.wording import Wording
from bot.conversations import (
    MENU,
    AddressGoneError,
    AssistantUnavailableError,
    ConversationNotFoundError,
    Conversations,
    Delivery,
    Opened,
)
from bot.messages import Channel, Inbound, Language, Message, SentFiles, TappedButton, TypedText
from bot.telegram.files import Files, has_file
from bot.telegram.groups import CHECK, Groups
from bot.telegram.languages import language_of
from bot.telegram.render import render
from bot.uploads import Uploads

_REMEMBERED = 5000
_START_COMMAND = "start"
_LANGUAGE_COMMAND = "language"
_FORGET_COMMAND = "forget"

# Commands of the bot's own menu and the buttons they stand for.
COMMANDS = {
    "menu": MENU,
    "loan": "/ask_loan_cost",
    CHECK: "/check_message",
    "learn": "/learn",
    "complain": "/start_complaint",
    "case": "/follow_case",
}

log = structlog.get_logger()


def bot_commands(wording: Wording, language: Language) -> list[BotCommand]:
    """The commands menu in one language."""
    names = [*COMMANDS, _LANGUAGE_COMMAND, _FORGET_COMMAND]
    return [BotCommand(name, wording.say(f"telegram_command_{name}", language)) for name in names]


class Gateway:
    """Between Telegram and the conversations."""

    def __init__(
        self, conversations: Conversations, uploads: Uploads, wording: Wording, bot: ExtBot[int], groups: Groups
    ) -> None:
        self._groups = groups
        self._conversations = conversations
        self._files = Files(uploads, bot)
        self._wording = wording
        self._bot = bot
        self._done: OrderedDict[int, None] = OrderedDict()

    async def on_update(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Act on an update once, however often it is delivered."""
        if update.update_id in self._done:
            return
        self._done[update.update_id] = None
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)
        try:
            if update.callback_query is not None:
                await self._on_tap(update, update.callback_query)
            elif update.message is not None:
                await self._on_message(update, update.message)
        except Forbidden:
            log.info("telegram_blocked_by_person")

    async def _on_tap(self, update: Update, query: CallbackQuery) -> None:
        try:
            # Answered first and always: an unanswered tap keeps a clock turning on the person's screen.
            await query.answer()
        except TelegramError as error:
            log.info("telegram_tap_too_old", error=type(error).__name__)
        chat = query.message.chat if query.message is not None else None
        if chat is None or chat.type != Chat.PRIVATE:
            return
        message_id, _, position = (query.data or "").rpartition(":")
        opened = await self._conversations.open_for(
            Channel.TELEGRAM, str(chat.id), language_of(query.from_user.language_code)
        )
        payload = await self._payload(opened.conversation_id, message_id, position)
        await self._talk(chat.id, opened.conversation_id, opened.language, TappedButton(payload), update.update_id)

    async def _payload(self, conversation_id: str, message_id: str, position: str) -> str:
        for message in await self._conversations.history(conversation_id):
            if message.id == message_id and position.isdecimal() and int(position) < len(message.buttons):
                return message.buttons[int(position)].payload
        # Of an older or forgotten message: the conversation says kindly that the button is gone.
        return ""

    async def _on_message(self, update: Update, message: TelegramMessage) -> None:
        if message.chat.type != Chat.PRIVATE:
            await self._groups.on_message(message)
            return
        chat_id = message.chat.id
        code = message.from_user.language_code if message.from_user else None
        opened = await self._conversations.open_for(Channel.TELEGRAM, str(chat_id), language_of(code))
        if opened.is_new:
            await self._send_all(chat_id, opened.messages)
        command = _command_of(message)
        if command == _FORGET_COMMAND:
            await self._conversations.forget(opened.conversation_id)
            await self._bot.send_message(chat_id, self._wording.say("telegram_forgotten", opened.language))
            return
        inbound = self._inbound(message, command, opened.language)
        if has_file(message):
            await self._take_file(message, opened, inbound, update.update_id)
        elif inbound is None:
            await self._bot.send_message(chat_id, self._wording.say("telegram_only_text", opened.language))
        elif not (opened.is_new and command == _START_COMMAND):
            await self._talk(chat_id, opened.conversation_id, opened.language, inbound, update.update_id)

    @staticmethod
    def _inbound(message: TelegramMessage, command: str | None, language: Language) -> Inbound | None:
        if command in COMMANDS:
            return TappedButton(COMMANDS[command])
        if command == _START_COMMAND:
            return TappedButton(MENU)
        if command == _LANGUAGE_COMMAND:
            other = Language.EN if language is Language.ZH else Language.ZH
            return TappedButton(f'/set_language{{"language": "{other}"}}')
        text = message.text or message.caption
        return TypedText(text) if text else None

    async def _take_file(
        self, message: TelegramMessage, opened: Opened, caption: Inbound | None, update_id: int
    ) -> None:
        """Keep a picture or document, and answer: an album once, after its last; a caption as if it were typed."""
        chat_id, language = message.chat.id, opened.language
        await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
        outcome = await self._files.take(message, opened.conversation_id)
        if caption is not None:
            await self._talk(chat_id, opened.conversation_id, language, caption, update_id)
        if outcome.problem is not None:
            await self._bot.send_message(chat_id, self._wording.say(outcome.problem, language))
        if outcome.is_last and outcome.kept:
            try:
                answer = await self._conversations.say(
                    opened.conversation_id, SentFiles(), f"telegram-files-{update_id}"
                )
            except (AssistantUnavailableError, ConversationNotFoundError):
                kept = self._wording.say("telegram_files_kept", language, count=outcome.kept)
                await self._bot.send_message(chat_id, kept)
                return
            await self._send_all(chat_id, answer)

    async def _talk(
        self, chat_id: int, conversation_id: str, language: Language, inbound: Inbound, update_id: int
    ) -> None:
        await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
        try:
            answer = await self._conversations.say(conversation_id, inbound, f"telegram-{update_id}")
        except (AssistantUnavailableError, ConversationNotFoundError):
            await self._bot.send_message(chat_id, self._wording.say("telegram_trouble", language))
            return
        await self._send_all(chat_id, answer)

    async def deliver(self, delivery: Delivery) -> None:
        """Bring a notice of the desk to the chat it is for. Raises ``AddressGoneError`` when it cannot be reached."""
        if delivery.address is None:
            raise AddressGoneError("no address")
        try:
            await self._send_all(int(delivery.address), [delivery.message])
        except Forbidden as error:
            raise AddressGoneError(ChatMember.BANNED) from error

    async def _send_all(self, chat_id: int, messages: list[Message]) -> None:
        for message in messages:
            await self._send(chat_id, message)

    async def _send(self, chat_id: int, message: Message) -> None:
        shown = render(message)
        for number, text in enumerate(shown.texts, 1):
            is_last = number == len(shown.texts) and shown.photo is None
            await self._bot.send_message(chat_id, text, reply_markup=shown.keyboard if is_last else None)
        if shown.photo is not None:
            # The keyboard goes under whatever comes last, where the thumb is.
            await self._bot.send_photo(
                chat_id, shown.photo.png, caption=shown.photo.caption, reply_markup=shown.keyboard
            )


def _command_of(message: TelegramMessage) -> str | None:
    """The command a message begins with, without slash and bot name; one of ours or ``None``.

    A link into the chat (``?start=check``) arrives as ``/start check`` and is the command it names.
    """
    first, *rest = (message.text or "").split() or [""]
    if not first.startswith("/"):
        return None
    name = first[1:].split("@")[0].lower()
    if name == _START_COMMAND and len(rest) == 1 and rest[0] in COMMANDS:
        return rest[0]
    return name if name in {*COMMANDS, _START_COMMAND, _LANGUAGE_COMMAND, _FORGET_COMMAND} else None
