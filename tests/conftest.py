"""The whole of Mingbai as ``./mingbai up`` starts it, on ports of its own, with a Telegram of our own beside it, and
somebody to talk with it.

Only what asks for ``stack`` starts it, once for the whole run.
"""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, delete, event

from bot.cli.training import model_path
from bot.content import Content, load_content
from bot.screening import Screener
from bot.settings import ROOT, Settings
from bot.storage.base import sealing_of
from bot.storage.data_keys import ensure_general_key
from bot.storage.engine import make_engine
from bot.storage.key_tables import DataKeyRow
from bot.storage.keys import KeyRing
from bot.storage.migrate import upgrade

_START_LIMIT = 300.0

# Machines that run the tests are shared: how long an example takes says nothing about the code.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")


@dataclass
class Stack:
    """Where everything answers, and how to reach into it."""

    web: str
    console: str
    telegram: str
    state_dir: Path
    environment: dict[str, str]
    process: subprocess.Popen[str]
    output: list[str]

    def staff_link(self, name: str, role: str) -> str:
        """Invite somebody, as an operator does."""
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", "staff", "add", name, "--role", role],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return next(word for word in done.stdout.split() if word.startswith("http"))

    def kill(self, part: str) -> None:
        """End one of the processes the hard way, and wait until ``up`` has said so. ``part`` is in its command."""
        said = len(self.output)
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal() and part in _command(folder) and _parent(folder) == self.process.pid:
                os.kill(int(folder.name), signal.SIGKILL)
        self.until(lambda: any("restarting" in line for line in self.output[said:]))

    def until(self, look: Callable[[], Any], seconds: float = 30) -> Any:
        """Wait for something another process does."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            if time.monotonic() > deadline:
                raise AssertionError("waited too long; the processes said:\n" + "".join(self.output[-40:]))
            time.sleep(0.05)
        return found


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""  # it has just ended


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    state = tmp_path_factory.mktemp("state")
    trained = model_path(Settings())
    assert trained.exists(), "train first: ./mingbai train"
    (state / "models").mkdir()
    (state / "tmp").mkdir()
    shutil.copy(trained, state / "models")
    web, console, rasa, actions, telegram = _free_ports(5)
    environment = os.environ | {
        "MINGBAI_STATE_DIR": str(state),
        # What the processes put aside is part of what they leave behind.
        "TMPDIR": str(state / "tmp"),
        "MINGBAI_WEB_PORT": str(web),
        "MINGBAI_CONSOLE_PORT": str(console),
        "MINGBAI_RASA_PORT": str(rasa),
        "MINGBAI_ACTIONS_PORT": str(actions),
        "MINGBAI_TELEGRAM_TOKEN": "TEST:TOKEN",
        "MINGBAI_TELEGRAM_BASE_URL": f"http://127.0.0.1:{telegram}",
        "MINGBAI_DATABASE_URL": "",
        # Each resident of a test comes from an address of their own, past the limits of one address.
        "MINGBAI_TRUSTED_PROXIES": "127.0.0.1",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    fake = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "fakes" / "bot_api.py"), "--port", str(telegram)], cwd=ROOT
    )
    up = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "up"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    output: list[str] = []
    assert up.stdout is not None
    reader = threading.Thread(target=lambda: output.extend(iter(up.stdout.readline, "")), daemon=True)
    reader.start()
    made = Stack(
        f"http://127.0.0.1:{web}", f"http://127.0.0.1:{console}", f"http://127.0.0.1:{telegram}",
        state, environment, up, output,
    )  # fmt: skip
    try:
        made.until(lambda: up.poll() is not None or any("Mingbai is up" in line for line in output), _START_LIMIT)
        assert up.poll() is None, "".join(output)
        yield made
    finally:
        up.send_signal(signal.SIGINT)
        try:
            up.wait(40)
        except subprocess.TimeoutExpired:
            up.kill()
        fake.terminate()
        fake.wait(10)
        reader.join(5)
        up.stdout.close()


_addresses = itertools.count(1)


class Talk:
    """One conversation through the web gateway."""

    def __init__(self, http: httpx.Client, language: str) -> None:
        opened = http.post("/api/v1/conversations", json={"language": language})
        assert opened.status_code == 201, opened.text
        body = opened.json()
        self._http = http
        self._path = f"/api/v1/conversations/{body['conversation_id']}/messages"
        self._headers = {"Authorization": f"Bearer {body['token']}"}
        self._turns = 0
        self.shown: list[dict[str, Any]] = body["messages"]

    def say(self, text: str) -> list[dict[str, Any]]:
        """Type something; what comes back."""
        return self._turn({"text": text})

    def tap(self, title: str) -> list[dict[str, Any]]:
        """Tap the newest button whose title begins so; what comes back."""
        for message in reversed(self.shown):
            for button in message["buttons"]:
                if button["title"].startswith(title):
                    return self._turn({"payload": button["payload"]})
        raise AssertionError(f"no button {title!r}; the last ones: {self.shown[-1]['buttons']}")

    def _turn(self, body: dict[str, str]) -> list[dict[str, Any]]:
        # The same id until it was answered: sent once more, it is the same message and not another.
        body = {"client_message_id": f"m{self._turns}", **body}
        answer = self._http.post(self._path, json=body, headers=self._headers)
        assert answer.status_code == 200, answer.text
        self._turns += 1
        messages: list[dict[str, Any]] = answer.json()["messages"]
        self.shown += messages
        return messages


@pytest.fixture
def talk(stack: Any) -> Iterator[Callable[[str], Talk]]:
    """A new conversation in a language, from an address of its own, past the limits of one address."""
    number = next(_addresses)
    headers = {"X-Forwarded-For": f"10.1.{number // 250}.{number % 250 + 1}"}
    with httpx.Client(base_url=stack.web, headers=headers, timeout=60, trust_env=False) as http:
        yield lambda language: Talk(http, language)


@pytest.fixture(scope="session")
def shipped_content() -> Content:
    """The content as shipped, which nothing can change."""
    return load_content(ROOT / "data")


@pytest.fixture(scope="session")
def shipped(shipped_content: Content) -> SimpleNamespace:
    """The content as shipped, and the screener trained on it: made once, because training takes seconds."""
    return SimpleNamespace(content=shipped_content, screener=Screener(shipped_content.fraud))


@pytest.fixture(scope="session")
def bring_up(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Engine], None]:
    """``upgrade`` for a new database. SQLite gets a copy of a file migrated once, with a general key of its own."""
    template = tmp_path_factory.mktemp("template") / "template.db"
    first = make_engine(f"sqlite:///{template}", KeyRing.ephemeral())
    upgrade(first)
    with first.begin() as connection:
        connection.execute(delete(DataKeyRow))
    first.dispose()

    def bring_up(engine: Engine) -> None:
        if engine.dialect.name != "sqlite":
            upgrade(engine)
            return
        file = engine.url.database
        assert file is not None
        shutil.copyfile(template, file)
        # No test pulls the plug: that the product waits for the disk is proven by a test of its pragmas.
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
        with engine.begin() as connection:
            ensure_general_key(connection, sealing_of(engine.dialect))

    return bring_up
