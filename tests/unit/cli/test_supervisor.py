"""The watch over processes, with real (tiny) processes."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.up import Part, Supervisor

_SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def part(tmp_path: Path, name: str, command: list[str]) -> Part:
    return Part(name, command, dict(os.environ), log=tmp_path / f"{name}.log")


def until(condition: Callable[[], bool], supervisor: Supervisor) -> bool:
    """Let the supervisor look until the condition holds; bounded by a wall clock of ten seconds."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        supervisor.restart_the_dead()
    return condition()


def test_a_process_that_dies_is_restarted_and_said_so(tmp_path: Path) -> None:
    said: list[str] = []
    sleeper = part(tmp_path, "sleeper", _SLEEPER)
    supervisor = Supervisor([sleeper], say=said.append)
    supervisor.start_all()
    try:
        assert sleeper.process is not None
        first = sleeper.process.pid
        os.kill(first, signal.SIGKILL)
        assert until(lambda: sleeper.process is not None and sleeper.process.pid != first, supervisor)
        assert sleeper.healthy()
        assert "sleeper ended (-9); restarting" in said[0]
    finally:
        supervisor.stop_all()
    assert not sleeper.healthy()


def test_the_pause_grows_while_a_process_keeps_ending(tmp_path: Path) -> None:
    said: list[str] = []
    crasher = part(tmp_path, "crasher", [sys.executable, "-c", "raise SystemExit(3)"])
    supervisor = Supervisor([crasher], say=said.append)
    supervisor.start_all()
    try:
        assert until(lambda: len(said) >= 2, supervisor)
    finally:
        supervisor.stop_all()
    assert "restarting in 0.5 s" in said[0]
    assert "restarting in 1 s" in said[1]


@pytest.mark.parametrize("ignores_term", [False, True])
def test_stopping_leaves_no_process_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, ignores_term: bool
) -> None:
    monkeypatch.setattr("bot.cli.up._STOP_LIMIT", 0.5)
    stubborn = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    sleeper = part(tmp_path, "sleeper", [sys.executable, "-c", stubborn] if ignores_term else _SLEEPER)
    supervisor = Supervisor([sleeper], say=lambda _text: None)
    supervisor.start_all()
    supervisor.stop_all()
    assert sleeper.process is not None
    assert sleeper.process.poll() is not None
