"""What must never be in the repository, and what must be locked."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", ["app.txt", "rasa.txt"])
def test_every_locked_package_has_a_hash_and_no_host_is_named(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(packages) > 50
    assert all("--hash=sha256:" in package for package in packages)
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


def test_package_lock_names_no_host() -> None:
    for file in tracked("*package-lock.json"):
        assert '"resolved"' not in file.read_text(encoding="utf-8")


def test_no_uv_lock() -> None:
    assert tracked("uv.lock") == []


def test_no_secret_or_model_is_tracked() -> None:
    forbidden = {".tar.gz", ".key", ".token", ".db", ".pem", ".h5", ".pkl"}
    assert [file for file in tracked() if any(file.name.endswith(suffix) for suffix in forbidden)] == []


def test_both_declared_environments_are_what_the_locks_hold() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rasa = (ROOT / "requirements" / "rasa.txt").read_text(encoding="utf-8")
    declared = re.search(r'"rasa==([\d.]+)"', project)
    assert declared is not None
    assert f"\nrasa=={declared[1]} " in rasa
