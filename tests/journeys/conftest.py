"""The whole of Mingbai as ``./mingbai up`` starts it, on ports of its own, with a Telegram of our own beside it."""

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
from typing import Any

import httpx
import pytest

from bot.cli.training import model_path
from bot.settings import ROOT, Settings

_START_LIMIT = 300.0


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

    def until(self, look: Callable[[], Any], seconds: float = 30) -> Any:
        """Wait for something another process does."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            if time.monotonic() > deadline:
                raise AssertionError("waited too long; the processes said:\n" + "".join(self.output[-40:]))
            time.sleep(0.05)
        return found


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
    shutil.copy(trained, state / "models")
    web, console, rasa, actions, telegram = _free_ports(5)
    environment = os.environ | {
        "MINGBAI_STATE_DIR": str(state),
        "MINGBAI_WEB_PORT": str(web),
        "MINGBAI_CONSOLE_PORT": str(console),
        "MINGBAI_RASA_PORT": str(rasa),
        "MINGBAI_ACTIONS_PORT": str(actions),
        "MINGBAI_TELEGRAM_TOKEN": "TEST:TOKEN",
        "MINGBAI_TELEGRAM_BASE_URL": f"http://127.0.0.1:{telegram}",
        "MINGBAI_DATABASE_URL": "",
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


@dataclass
class Phone:
    """Somebody with Telegram on their phone."""

    stack: Stack
    chat: int
    language: str

    def say(self, text: str) -> str:
        """Type something; what comes back."""
        return self._after(lambda: self._control("say", {"content": {"text": text}}))

    def tap(self, title: str) -> str:
        """Tap the newest button of this name; what comes back."""
        for message in reversed(self.messages()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if title in button["text"]:
                        given = {"message_id": message["message_id"], "data": button["callback_data"]}
                        return self._after(lambda: self._control("tap", given))  # noqa: B023 - called at once
        raise AssertionError(f"no button {title!r} among {self.messages()[-2:]}")

    def messages(self) -> list[dict[str, Any]]:
        """Everything shown so far."""
        shown = httpx.get(f"{self.stack.telegram}/control/shown", trust_env=False).json()["messages"]
        return [message for message in shown if message["chat"]["id"] == self.chat]

    def texts(self) -> list[str]:
        """The words of everything shown so far."""
        return [message.get("text") or message.get("caption", "") for message in self.messages()]

    def _control(self, what: str, given: dict[str, Any]) -> None:
        body = given | {"chat": self.chat, "language": self.language}
        httpx.post(f"{self.stack.telegram}/control/{what}", json=body, trust_env=False).raise_for_status()

    def _after(self, act: Callable[[], None]) -> str:
        before = len(self.messages())
        act()
        self.stack.until(lambda: len(self.messages()) > before)
        # An answer may be several messages: it is whole when nothing came for longer than the pace allows.
        count, quiet_since = len(self.messages()), time.monotonic()
        while time.monotonic() - quiet_since < 1.5:
            time.sleep(0.05)
            if len(self.messages()) != count:
                count, quiet_since = len(self.messages()), time.monotonic()
        return "\n".join(self.texts()[before:])
