"""The real gateway over a real SQLite file; only Rasa is a fake, and spoken to over HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from bot.complaints import Complaints, Evidence
from bot.content.wording import load_wording
from bot.conversations import Conversations
from bot.evidence import accept
from bot.rasa_client import RasaClient
from bot.settings import ROOT
from bot.storage.complaints import SqlComplaintStore
from bot.storage.conversations import SqlConversationStore
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.evidence import SqlEvidenceStore
from bot.storage.keys import KeyRing
from bot.storage.outbox import Outbox
from bot.storage.receipts import Argon2ReceiptHasher
from bot.uploads import Uploads
from bot.web.app import create_app
from bot.web.settings import WebSettings
from tests.fakes.rasa import TOKEN, Cable, FakeRasa
from tests.shipped_desk import PROMISES

KEYS = KeyRing.ephemeral()
WORDING = load_wording(ROOT / "data" / "wording")


class FakeClock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class Client:
    """One person's side of one conversation."""

    http: httpx.AsyncClient
    id: str
    token: str
    greeting: list[dict[str, Any]]
    language: str
    sent: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def path(self) -> str:
        return f"/api/v1/conversations/{self.id}"

    async def send(self, body: dict[str, Any], client_message_id: str = "") -> httpx.Response:
        self.sent += 1
        body = {"client_message_id": client_message_id or f"m{self.sent}", **body}
        return await self.http.post(f"{self.path}/messages", json=body, headers=self.headers)

    async def say(self, text: str) -> list[str]:
        answer = await self.send({"text": text})
        assert answer.status_code == 200, answer.text
        return [message["text"] for message in answer.json()["messages"]]

    async def history(self, **params: str) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.path}/messages", params=params, headers=self.headers)
        assert answer.status_code == 200
        return answer.json()["messages"]


@dataclass
class Stack:
    """The gateway and all it stands on."""

    engine: Engine
    keys: KeyRing
    clock: FakeClock = field(default_factory=FakeClock)
    rasa: FakeRasa = field(default_factory=FakeRasa)
    settings: WebSettings = field(default_factory=WebSettings)

    def __post_init__(self) -> None:
        self.cable = Cable(self.rasa)
        self.client = RasaClient("http://rasa", TOKEN, self.cable)
        self.outbox = Outbox(session_factory(self.engine))
        self.wording = WORDING
        self.conversations = self.another_process()
        stores = session_factory(self.engine), reader_factory(self.engine)
        receipts = Argon2ReceiptHasher(self.keys, memory_kib=8, rounds=1)
        self.complaints = Complaints(SqlComplaintStore(*stores), receipts, self.clock, PROMISES)
        self.evidence = Evidence(SqlEvidenceStore(*stores), self.complaints, self.clock)
        self.uploads = Uploads(self.evidence, self.conversations.sender_of, self.clock, accept)

    def another_process(self) -> Conversations:
        """A second set of objects over the same database: another process sees nothing else."""
        store = SqlConversationStore(session_factory(self.engine), reader_factory(self.engine))
        return Conversations(store, self.client, self.wording, self.keys, self.clock, self.outbox)

    def with_settings(self, **changes: Any) -> None:
        self.settings = replace(self.settings, **changes)

    def app(self) -> FastAPI:
        checks = {"assistant": self.client.ready}
        return create_app(self.settings, self.conversations, self.wording, checks, self.uploads)

    def http(self, app: FastAPI | None = None, peer: str = "203.0.113.7") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app or self.app(), client=(peer, 1234))
        return httpx.AsyncClient(transport=transport, base_url="http://gateway")

    async def open(self, http: httpx.AsyncClient, language: str | None = "zh") -> Client:
        answer = await http.post("/api/v1/conversations", json={"language": language})
        assert answer.status_code == 201, answer.text
        body = answer.json()
        return Client(http, body["conversation_id"], body["token"], body["messages"], body["language"])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[httpx.AsyncClient]:
        """A real server on loopback: events need one that really streams."""
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(self.app(), log_level="error", timeout_graceful_shutdown=1))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, timeout=10, trust_env=False) as http:
            try:
                yield http
            finally:
                server.should_exit = True
                await running
                listener.close()


@pytest.fixture
def stack(tmp_path: Path, bring_up: Callable[[Engine], None]) -> Iterator[Stack]:
    engine = make_engine(f"sqlite:///{tmp_path / 'test.db'}", KEYS)
    bring_up(engine)
    yield Stack(engine, KEYS)
    engine.dispose()


@pytest.fixture
async def http(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with stack.http() as client:
        yield client


@pytest.fixture
async def person(stack: Stack, http: httpx.AsyncClient) -> Client:
    return await stack.open(http)
