"""The whole of Mingbai as ``./mingbai up`` starts it, on ports of its own, with a Telegram of our own beside it.

Only what asks for ``stack`` starts it, once for the whole run.
"""

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
