"""Telegram's limits, kept by ourselves: 30 messages a second in all, 1 a second to a person, 20 a minute to a group.

The library's reference limiter knows no pace for a private chat, and one refusal halts every chat. Here each chat
waits alone, and a refusal (429) makes only the chat it was for wait the time Telegram asks.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram._utils.types import JSONDict
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

_OVERALL = 30.0
_PERSON = 1.0
GROUP_PER_SECOND = 20 / 60
_TRIES = 3
_LONGEST_WAIT = 300.0
_FORGET_AFTER = 1000

Clock = Callable[[], float]
Sleep = Callable[[float], Coroutine[Any, Any, None]]


class Lane:
    """A queue that lets one call through every ``1 / per_second`` seconds, after a burst of ``burst``."""

    def __init__(self, per_second: float, burst: int, clock: Clock) -> None:
        self._gap = 1 / per_second
        self._slack = (burst - 1) * self._gap
        self._clock = clock
        self._next = 0.0

    def wait(self) -> float:
        """Take the next place; returns how many seconds to wait for it."""
        now = self._clock()
        self._next = max(self._next, now - self._slack) + self._gap
        return max(0.0, self._next - self._gap - now)

    def halt(self, seconds: float) -> None:
        """Let nothing through for a while."""
        self._next = max(self._next, self._clock() + seconds + self._slack)

    @property
    def is_free(self) -> bool:
        """Whether a call would go through at once."""
        return self._next <= self._clock()

    @property
    def idle(self) -> bool:
        """Whether nobody waits here and the pace is fully recovered."""
        return self._next + self._slack <= self._clock()


class Pacer(BaseRateLimiter[int]):
    """Paces every call that sends something to a chat; other calls pass."""

    def __init__(self, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._all = Lane(_OVERALL, int(_OVERALL) - 5, clock)
        self._chats: dict[str, Lane] = {}

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | JSONDict | list[JSONDict]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,  # noqa: ARG002
    ) -> bool | JSONDict | list[JSONDict]:
        """Wait for this chat's turn, call, and try again after the time Telegram asks for."""
        chat = data.get("chat_id")
        if chat is None or not endpoint.startswith("send") or endpoint == "sendChatAction":
            return await callback(*args, **kwargs)
        lane = self._lane(str(chat))
        for attempt in range(1, _TRIES + 1):
            await self._pause(max(lane.wait(), self._all.wait()))
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as refusal:
                seconds = refusal.retry_after.total_seconds()  # type: ignore[union-attr] # PTB_TIMEDELTA is set
                if attempt == _TRIES or seconds > _LONGEST_WAIT:
                    raise
                lane.halt(seconds)
        raise AssertionError("unreachable: the last try returns or raises")

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            await self._sleep(seconds)

    def _lane(self, chat: str) -> Lane:
        if len(self._chats) > _FORGET_AFTER:
            self._chats = {name: lane for name, lane in self._chats.items() if not lane.idle}
        if chat not in self._chats:
            group = chat.startswith("-")
            self._chats[chat] = Lane(GROUP_PER_SECOND, 3, self._clock) if group else Lane(_PERSON, 2, self._clock)
        return self._chats[chat]
