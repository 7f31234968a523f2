"""The order of ``./mingbai test``, without running anything."""

import tomllib

import pytest

from bot.cli import checks
from bot.settings import ROOT, Settings


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done, in order; nothing is run, everything passes."""
    done: list[str] = []

    def step(name: str, command: list[str]) -> bool:
        done.append(f"{name}: {' '.join(command[3:])}" if "pytest" in name else name)
        return True

    monkeypatch.setattr(checks, "_step", step)
    monkeypatch.setattr(checks, "_missing_tools", list)
    monkeypatch.setattr(checks, "train_if_needed", lambda _settings: done.append("train"))
    monkeypatch.setattr(checks, "_STATIC_CHECKS", {})
    monkeypatch.setattr(checks, "_WIDGET_CHECKS", {})
    return done


def test_the_whole_run_times_what_needs_no_rasa_by_itself_and_first(steps: list[str]) -> None:
    assert checks.run(Settings(), quick=False, pytest_arguments=()) == 0
    assert steps == [
        "tests without Rasa (pytest): ",
        "train",
        "tests with Rasa (pytest): -m rasa or browser or postgres --durations=15",
    ]


def test_the_two_parts_are_everything() -> None:
    (left_out,) = (
        option.removeprefix("-m=")
        for option in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"][
            "addopts"
        ]
        if option.startswith("-m=")
    )
    assert left_out == " and ".join(f"not {mark}" for mark in checks._NEEDS_MORE.split(" or "))  # noqa: SLF001


def test_quick_trains_nothing(steps: list[str]) -> None:
    assert checks.run(Settings(), quick=True, pytest_arguments=("-x",)) == 0
    assert steps == ["tests without Rasa (pytest): -x"]


def test_what_is_named_runs_whatever_it_needs(steps: list[str]) -> None:
    assert checks.run(Settings(), quick=False, pytest_arguments=("tests/journeys",)) == 0
    assert steps == ["train", "tests (pytest): -m  --durations=15 tests/journeys"]


def test_training_is_spared_when_the_first_part_fails(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_step", lambda _name, _command: False)
    assert checks.run(Settings(), quick=False, pytest_arguments=()) == 1
    assert steps == []
