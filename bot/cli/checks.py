"""``./mingbai test``: everything CI runs, in the order that fails soonest, saying what is going on."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click

from bot.cli.training import train_if_needed
from bot.settings import ROOT, Settings

_PYTHON = Path(sys.executable)
_BIN = _PYTHON.parent
_STATIC_CHECKS: dict[str, list[str]] = {
    "style (ruff)": [str(_BIN / "ruff"), "check", "."],
    "format (ruff)": [str(_BIN / "ruff"), "format", "--check", "."],
    "types (mypy)": [str(_BIN / "mypy")],
    "layers (import-linter)": [str(_BIN / "lint-imports")],
    "content packs": [str(_PYTHON), "-m", "bot.cli", "content", "check"],
}
_WIDGET_CHECKS: dict[str, list[str]] = {
    "widget packages": ["npm", "ci", "--prefix", "widget", "--ignore-scripts"],
    "widget tests": ["npm", "test", "--prefix", "widget"],
    "widget bundle": ["npm", "run", "build", "--prefix", "widget"],
    # The bundle is committed, so that running Mingbai needs no Node.js; here it must equal its sources.
    "widget bundle is current": ["git", "diff", "--exit-code", "--stat", "--", "bot/web/static"],
}
_NEEDS_MORE = "rasa or browser or postgres"
"""The marks that pytest leaves out by itself (pyproject.toml)."""


def run(settings: Settings, *, quick: bool, pytest_arguments: tuple[str, ...]) -> int:
    """Run every check. Returns the exit status: 0 only when all passed."""
    started = time.monotonic()
    if not quick:
        missing = _missing_tools()
        if missing:
            click.echo(
                "Missing for the whole run: " + ", ".join(missing) + ".\n"
                "On Debian: apt-get update && apt-get install -y chromium fonts-noto-cjk nodejs npm postgresql\n"
                "Or run ./mingbai test --quick, which leaves out what needs them.",
                err=True,
            )
            return 1
    checks = _STATIC_CHECKS | ({} if quick else _WIDGET_CHECKS)
    for name, command in checks.items():
        if not _step(name, command):
            return 1
    passed = _tests(settings, quick=quick, pytest_arguments=pytest_arguments)
    click.echo(f"\n{'Everything passed' if passed else 'FAILED'} after {time.monotonic() - started:.0f} s.")
    return 0 if passed else 1


def _tests(settings: Settings, *, quick: bool, pytest_arguments: tuple[str, ...]) -> bool:
    """What needs no Rasa comes first, timed by itself: when it fails, training is spared."""
    tests = [str(_PYTHON), "-m", "pytest"]
    is_whole = not quick and not pytest_arguments
    if quick or is_whole:
        passed = _step("tests without Rasa (pytest)", [*tests, *pytest_arguments])
        if quick or not passed:
            return passed
    _headline("conversation model")
    train_if_needed(settings)
    name, marks = ("tests with Rasa (pytest)", _NEEDS_MORE) if is_whole else ("tests (pytest)", "")
    return _step(name, [*tests, "-m", marks, "--durations=15", *pytest_arguments])


def postgres_binary(name: str) -> str | None:
    """A PostgreSQL server program, from the path or where Debian keeps them."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


def _missing_tools() -> list[str]:
    needed = {
        "chromium": shutil.which("chromium") or shutil.which("chromium-browser"),
        "npm": shutil.which("npm"),
        "postgresql": postgres_binary("initdb"),
    }
    return [name for name, path in needed.items() if path is None]


def _headline(name: str) -> None:
    click.echo(f"\n── {name}", err=True)


def _step(name: str, command: list[str]) -> bool:
    _headline(name)
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode  # noqa: S603 - our own list above
    click.echo(f"── {name}: {'ok' if code == 0 else f'FAILED ({code})'}, {time.monotonic() - started:.0f} s", err=True)
    return code == 0
