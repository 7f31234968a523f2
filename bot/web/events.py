"""Server-sent events of one conversation."""

import json
import time
from collections.abc import AsyncIterator

from bot.conversations import Conversations

_LOOK_SECONDS = 1.5
"""How late what another process did is noticed; what this one did is noticed at once."""
_HEARTBEAT_SECONDS = 15.0
_RECONNECT_MILLISECONDS = 3000


async def events(conversations: Conversations, conversation_id: str, after: str | None) -> AsyncIterator[str]:
    """``typing``, ``message`` for what was pushed, ``gone`` when the conversation was forgotten; and heartbeats.

    Answers to a turn are not repeated here: whoever took the turn has them.
    """
    async with conversations.listening(conversation_id) as listener:
        cursor = await conversations.cursor(conversation_id, after)
        yield f"retry: {_RECONNECT_MILLISECONDS}\n\n"
        was_busy, spoke = False, time.monotonic()
        while True:
            feed = await conversations.feed(conversation_id, cursor)
            if feed is None:
                yield _event("gone", "{}")
                return
            cursor = feed.cursor
            said = []
            if feed.is_busy is not was_busy:
                was_busy = feed.is_busy
                said.append(_event("typing", json.dumps({"typing": was_busy})))
            said += [_event("message", message.model_dump_json(), message.id) for message in feed.pushed]
            if not said and time.monotonic() - spoke > _HEARTBEAT_SECONDS:
                said.append(": still here\n\n")
            if said:
                spoke = time.monotonic()
                yield "".join(said)
            await listener.wait(_LOOK_SECONDS)


def _event(name: str, data: str, event_id: str = "") -> str:
    # JSON never holds a bare line end, so one data line is enough.
    numbered = f"id: {event_id}\n" if event_id else ""
    return f"event: {name}\n{numbered}data: {data}\n\n"
