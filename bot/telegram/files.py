"""Pictures and documents from a chat: fetched, kept or refused; an album is one thing to its sender."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from telegram import Document, Message, PhotoSize
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.evidence import MAX_BYTES
from bot.uploads import NotKeptError, Uploads

ALBUM_PAUSE = 1.0
"""Seconds after which no more of an album is waited for: Telegram brings its pictures one by one."""
_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. ``problem`` is the wording key of why it was not kept, told once for an album."""

    problem: str | None
    kept: int
    """How many of this album, or of this message."""
    is_last: bool


@dataclass(slots=True)
class _Album:
    """The pictures of one album so far."""

    at_work: int = 0
    kept: int = 0
    problems: set[str] = field(default_factory=set)


class Files:
    """Takes the files of messages."""

    def __init__(self, uploads: Uploads, bot: ExtBot[int]) -> None:
        self._uploads = uploads
        self._bot = bot
        self._albums: OrderedDict[tuple[int, str], _Album] = OrderedDict()

    async def take(self, message: Message, conversation_id: str) -> Outcome:
        """Keep the file of a message; returns once it is known whether more of its album follow."""
        album = self._album(message)
        album.at_work += 1
        problem = await self._keep(message, conversation_id)
        is_news = problem is not None and problem not in album.problems
        if problem is None:
            album.kept += 1
        else:
            album.problems.add(problem)
        if message.media_group_id is not None:
            await asyncio.sleep(ALBUM_PAUSE)
        # Whoever ends last answers for all.
        album.at_work -= 1
        return Outcome(problem if is_news else None, album.kept, is_last=not album.at_work)

    def _album(self, message: Message) -> _Album:
        if message.media_group_id is None:
            return _Album()
        album = self._albums.setdefault((message.chat.id, message.media_group_id), _Album())
        while len(self._albums) > _REMEMBERED:
            self._albums.popitem(last=False)
        return album

    async def _keep(self, message: Message, conversation_id: str) -> str | None:
        chosen = _chosen(message)
        if chosen is None or (chosen.file_size or 0) > MAX_BYTES:
            return "gateway_problem_file_too_large"
        try:
            file = await self._bot.get_file(chosen.file_id)
            if (file.file_size or 0) > MAX_BYTES:
                return "gateway_problem_file_too_large"
            content = bytes(await file.download_as_bytearray())
        except TelegramError:
            return "telegram_file_trouble"
        name = (message.document.file_name or "") if message.document is not None else ""
        try:
            await self._uploads.keep(conversation_id, content, name)
        except NotKeptError as error:
            return f"gateway_problem_file_{error.reason}"
        return None


def has_file(message: Message) -> bool:
    """Whether a message brings something that may be kept. Animations are documents to Telegram, and films to us."""
    return bool(message.photo) or (message.document is not None and message.animation is None)


def _chosen(message: Message) -> PhotoSize | Document | None:
    """The document, or the largest size of the picture that is not too large."""
    if message.document is not None:
        return message.document
    fitting = [size for size in message.photo if (size.file_size or 0) <= MAX_BYTES]
    return max(fitting, key=lambda size: size.width * size.height, default=None)
