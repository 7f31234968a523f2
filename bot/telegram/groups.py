"""What the bot does in groups, which is to keep silent.

Two things make it speak, each with a single line and nothing private in it: a command that names the bot, and a message
that so clearly is a trick that it is worth saying unasked. Nothing of a group reaches the assistant or is kept.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram import Message as TelegramMessage
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.content.wording import Wording
from bot.language import guess_language
from bot.messages import Language
from bot.screening import Finding
from bot.telegram.languages import language_of
from bot.telegram.pacing import GROUP_PER_SECOND, Clock, Lane

CHECK = "check"
"""What a private chat that was opened from a line begins with (``/start check``)."""
_BURST = 3
_MOST_GROUPS = 1000

log = structlog.get_logger()


class Screening(Protocol):
    """What groups need of screening (``bot.screening.Screener`` fits)."""

    def screen(self, text: str) -> Finding:
        """Screen one text."""

    def bare(self, text: str) -> str:
        """The plain form in which copies of a text are equal."""


class Said(Protocol):
    """Which texts were spoken of already (``bot.storage.group_lines.GroupLines`` fits)."""

    def claim(self, group: str, text: str, now: datetime) -> bool:
        """Whether nothing was said of this text in this group yet; from now on something was."""


class Groups:
    """One for all groups of a bot."""

    def __init__(  # noqa: PLR0913, PLR0917 - its ports, each once
        self,
        screening: Screening,
        said: Said,
        wording: Wording,
        bot: ExtBot[int],
        now: Callable[[], datetime],
        clock: Clock,
    ) -> None:
        self._screening = screening
        self._said = said
        self._wording = wording
        self._bot = bot
        self._now = now
        self._clock = clock
        self._lanes: dict[int, Lane] = {}

    async def on_message(self, message: TelegramMessage) -> None:
        """Look at one message of a group, and most likely say nothing."""
        text = message.text or message.caption or ""
        if not text or _is_from_a_bot(message):
            return
        if not self._lane(message.chat.id).is_free:
            # A line that would have to wait comes when nobody knows any more what it is about.
            log.info("group_line_withheld")
        elif self._names_the_bot(text) and not message.is_automatic_forward:
            person = message.from_user
            language = language_of(person.language_code if person else None) or Language.ZH
            await self._answer(message, self._wording.say("telegram_group_private", language), self._link)
        elif not text.startswith("/"):
            await self._warn(message, text)

    async def _warn(self, message: TelegramMessage, text: str) -> None:
        finding = await asyncio.to_thread(self._screening.screen, text)
        if not finding.is_strong or finding.distress:
            # Somebody in despair is not to be spoken of before others.
            return
        bare = await asyncio.to_thread(self._screening.bare, text)
        # Claimed before it is sent: a line that gets lost is a smaller harm than one that comes twice.
        if await asyncio.to_thread(self._said.claim, str(message.chat.id), bare, self._now()):
            language = guess_language(text) or Language.ZH
            family = finding.families[0].name.of(language)
            line = self._wording.say("telegram_group_warning", language, family=family)
            await self._answer(message, line, f"{self._link}?start={CHECK}")

    async def _answer(self, message: TelegramMessage, line: str, link: str) -> None:
        lane = self._lane(message.chat.id)
        if not lane.is_free:
            # Others were answered while this one was looked at.
            return
        lane.wait()
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Mingbai 明白", url=link)]])
        try:
            await self._bot.send_message(
                message.chat.id, line, reply_to_message_id=message.message_id, reply_markup=keyboard
            )
        except BadRequest:
            # Deleted meanwhile, or bots may not write here: nothing is left to be said.
            log.info("group_line_refused")

    @property
    def _link(self) -> str:
        """Where the bot's private chat opens."""
        return f"https://t.me/{self._bot.username}"

    def _names_the_bot(self, text: str) -> bool:
        command = text.split(maxsplit=1)[0].casefold()
        return command.startswith("/") and command.endswith(f"@{self._bot.username}".casefold())

    def _lane(self, group: int) -> Lane:
        if len(self._lanes) > _MOST_GROUPS:
            self._lanes = {id_: lane for id_, lane in self._lanes.items() if not lane.idle}
        return self._lanes.setdefault(group, Lane(GROUP_PER_SECOND, _BURST, self._clock))


def _is_from_a_bot(message: TelegramMessage) -> bool:
    """Whether another bot wrote it. Anonymous admins and people who write as a channel look like bots but are none."""
    if message.via_bot is not None:
        return True
    return message.sender_chat is None and (message.from_user is None or message.from_user.is_bot)
