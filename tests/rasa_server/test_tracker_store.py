"""Rasa's tracker store, run in Rasa's own environment, on SQLite and PostgreSQL."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.tracker_key import rotate_tracker_key
from bot.cli.training import RASA_PYTHON
from bot.settings import ROOT
from tests.storage.conftest import postgres_server as postgres_server  # noqa: PLC0414 - a fixture is used by its name

MARK = b"PLANTED-7f3a"
SCENARIOS = ["kept", "trimmed", "expiring", "moved", "rotated", "key_of_before"]

pytestmark = pytest.mark.rasa


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state' / 'trackers.db'}"
        return
    with request.getfixturevalue("postgres_server").database() as address:
        yield address


def run(scenario: str, address: str, state: Path) -> None:
    state.mkdir(exist_ok=True)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT), "MINGBAI_STATE_DIR": str(state), "MINGBAI_TRACKER_URL": address,
        "PYTHONWARNINGS": "ignore", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TMPDIR": str(state),
    }  # fmt: skip
    done = subprocess.run(
        [RASA_PYTHON, Path(__file__).with_name("tracker_scenarios.py"), scenario],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert MARK.decode() not in done.stdout + done.stderr


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_tracker_store(scenario: str, address: str, tmp_path: Path):
    state = tmp_path / "state"
    run(scenario, address, state)
    # Database with its journals, key files, temporary files.
    for file in state.rglob("*"):
        assert not file.is_file() or MARK not in file.read_bytes(), file


def test_rotation_by_command_is_understood_by_the_store(address: str, tmp_path: Path):
    state = tmp_path / "state"
    (state / "keys").mkdir(parents=True)
    assert not rotate_tracker_key(state / "keys")
    (state / "keys" / "tracker.key").write_bytes(b"k" * 32)
    assert rotate_tracker_key(state / "keys")
    assert rotate_tracker_key(state / "keys")
    run("kept", address, state)
    lines = (state / "keys" / "tracker.key").read_text().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("00000000 ")
