"""The real gateway against a Bot API that enforces Telegram's limits; only the assistant is scripted."""

import asyncio
import importlib.util
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import Engine

from bot.complaints import Complaints, Evidence
from bot.conversations import AssistantUnavailableError, Conversations
from bot.evidence import accept
from bot.messages import Button, Channel, Language, Reply
from bot.settings import ROOT, Settings
from bot.storage.complaints import SqlComplaintStore
from bot.storage.conversations import SqlConversationStore
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.evidence import SqlEvidenceStore
from bot.storage.group_lines import GroupLines
from bot.storage.keys import KeyRing
from bot.storage.outbox import Outbox
from bot.storage.receipts import Argon2ReceiptHasher
from bot.telegram.app import ALLOWED_UPDATES, build
from bot.uploads import Uploads
from tests.shipped_desk import PROMISES


def _load_fake() -> Any:
    spec = importlib.util.spec_from_file_location("fake_bot_api", ROOT / "tests" / "fakes" / "bot_api.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fake_bot_api"] = module
    spec.loader.exec_module(module)
    return module


bot_api = _load_fake()


class FastTime:
    """A clock that runs while we do, twenty times as fast; Telegram and the gateway count their seconds on it alike."""

    _SPEED = 20

    def __init__(self) -> None:
        self._began, self._at = self(), datetime.now(UTC)

    def __call__(self) -> float:
        return time.monotonic() * self._SPEED

    def date(self) -> datetime:
        return self._at + timedelta(seconds=self() - self._began)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._SPEED)


SOMEBODY = 4242
"""Who is in no test but to ask whether the gateway is through."""


@dataclass
class ScriptedAssistant:
    """Answers what it is told to; remembers what reached it."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    answers: list[Reply] = field(
        default_factory=lambda: [Reply(text="好的", buttons=[Button(title="菜单", payload="/menu")])]
    )
    is_down: bool = False

    async def send(self, sender: str, text: str, channel: Channel) -> list[Reply]:
        assert channel is Channel.TELEGRAM
        if self.is_down:
            raise AssistantUnavailableError("down")
        self.heard.append((sender, text))
        return self.answers

    async def set_language(self, sender: str, language: Language) -> None:
        self.heard.append((sender, f"language {language}"))

    async def forget(self, sender: str) -> None:
        self.heard.append((sender, "forget"))

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.heard if not text.startswith("language")]


@dataclass
class Room:
    """Everything a test looks at."""

    telegram: Any
    assistant: ScriptedAssistant
    conversations: Conversations
    services: Any
    time: FastTime
    application: Any = None

    async def start(self) -> None:
        """Start the gateway: for the first time, or anew over what the last one left on disk."""
        self.application = build(self.services, clock=self.time, sleep=self.time.sleep)
        await self.application.initialize()
        await self.application.post_init(self.application)
        await self.application.start()
        await self.application.updater.start_polling(allowed_updates=ALLOWED_UPDATES, poll_interval=0, timeout=1)

    async def stop(self) -> None:
        await self.application.updater.stop()
        await self.application.stop()
        await self.application.post_stop(self.application)
        await self.application.shutdown()

    async def until(self, condition: Callable[[], Any], seconds: float = 10) -> Any:
        """Wait for something the gateway does in its own time."""
        async with asyncio.timeout(seconds):
            while not (found := condition()):  # noqa: ASYNC110 - the state is another thread's
                await asyncio.sleep(0.01)
        return found

    async def settle(self) -> None:
        """Wait until everything sent so far has been acted on. Updates come in order, so one more shows the end."""
        before = len(self.texts(SOMEBODY))
        self.telegram.says(SOMEBODY, {"text": "在吗"})
        await self.until(lambda: len(self.texts(SOMEBODY)) > before)
        await self.application.update_queue.join()

    def texts(self, chat: int = 7) -> list[str]:
        return [m.get("text", m.get("caption", "")) for m in self.telegram.messages if m["chat"]["id"] == chat]


@pytest.fixture
def fast_time() -> FastTime:
    return FastTime()


@pytest.fixture
def api(fast_time: FastTime) -> Iterator[tuple[Any, str]]:
    telegram = bot_api.Telegram(clock=fast_time)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(bot_api.create_app(telegram), port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    yield telegram, f"http://127.0.0.1:{port}"
    server.should_exit = True
    server.force_exit = True
    thread.join(10)


@pytest.fixture
async def room(
    api: tuple[Any, str],
    fast_time: FastTime,
    tmp_path: Path,
    shipped: SimpleNamespace,
    bring_up: Callable[[Engine], None],
) -> AsyncIterator[Room]:
    telegram, url = api
    settings = Settings(
        state_dir=tmp_path, telegram_token=SecretStr(bot_api.TOKEN), telegram_base_url=url, _env_file=None
    )
    keys = KeyRing.ephemeral()
    engine = make_engine(settings.resolved_database_url, keys)
    bring_up(engine)
    writers, readers = session_factory(engine), reader_factory(engine)
    content = shipped.content
    assistant = ScriptedAssistant()
    store = SqlConversationStore(writers, readers)
    conversations = Conversations(store, assistant, content.wording, keys, fast_time.date, Outbox(writers))
    services = SimpleNamespace(
        settings=settings, content=content, conversations=conversations, keys=keys, writers=writers, readers=readers,
        screener=shipped.screener, group_lines=GroupLines(writers),
    )  # fmt: skip
    receipts = Argon2ReceiptHasher(keys, memory_kib=8, rounds=1)
    services.complaints = Complaints(SqlComplaintStore(writers, readers), receipts, fast_time.date, PROMISES)
    services.evidence = Evidence(SqlEvidenceStore(writers, readers), services.complaints, fast_time.date)
    services.uploads = Uploads(services.evidence, conversations.sender_of, fast_time.date, accept)
    room = Room(telegram, assistant, conversations, services, fast_time)
    await room.start()
    yield room
    await room.stop()
    engine.dispose()
