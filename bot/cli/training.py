"""Training the conversation model, only when what it is made from has changed."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import click

from bot.settings import ROOT, Settings

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
_INPUTS = (
    "config.yml",
    "domain",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/lookup",
    "requirements/rasa.txt",
)
_RASA_DATA = ("data/nlu", "data/rules", "data/stories")


def rasa_environment(settings: Settings) -> dict[str, str]:
    """The environment of every process that runs Rasa: no telemetry, no chatter from TensorFlow."""
    return os.environ | {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(ROOT),
        "MPLCONFIGDIR": str(settings.state_dir / "matplotlib"),
        "MINGBAI_STATE_DIR": str(settings.state_dir),
        "MINGBAI_TRACKER_URL": settings.database_url or f"sqlite:///{settings.state_dir / 'trackers.db'}",
        "MINGBAI_ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook",
    }


def model_path(settings: Settings) -> Path:
    """Where the model of the present inputs is, or will be once trained."""
    digest = hashlib.sha256()
    for name in _INPUTS:
        start = ROOT / name
        for file in sorted(start.rglob("*")) if start.is_dir() else [start]:
            if file.is_file():
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return settings.state_dir / "models" / f"mingbai-{digest.hexdigest()[:16]}.tar.gz"


def train_if_needed(settings: Settings, *, force: bool = False) -> Path:
    """Train when the model of the present inputs is missing. Returns the model's path.

    Raises:
        click.ClickException: training failed; the end of its log is in the message.
    """
    model = model_path(settings)
    if model.exists() and not force:
        click.echo("The conversation model is up to date.")
        return model
    log = settings.state_dir / "logs" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    model.parent.mkdir(parents=True, exist_ok=True)
    arguments = ["-c", "config.yml", "-d", "domain", "--data", *_RASA_DATA]
    command = [str(RASA_PYTHON), "-m", "rasa", "train", *arguments, "--out", str(model.parent)]
    command += ["--fixed-model-name", model.name.removesuffix(".tar.gz")]
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            command, cwd=ROOT, env=rasa_environment(settings), stdout=output, stderr=subprocess.STDOUT
        )
        while True:
            elapsed = int(time.monotonic() - started)
            _progress(f"Training the conversation model ... {elapsed} s")
            try:
                code = process.wait(timeout=5 if sys.stderr.isatty() else 20)
                break
            except subprocess.TimeoutExpired:
                continue
    if code or not model.exists():
        tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-25:])
        raise click.ClickException(f"Training failed. The end of {log}:\n{tail}")
    click.echo(f"\nTrained in {int(time.monotonic() - started)} s.", err=True)
    for old in model.parent.glob("mingbai-*.tar.gz"):
        if old != model:
            old.unlink()
    return model


def _progress(text: str) -> None:
    click.echo(("\r" if sys.stderr.isatty() else "") + text, err=True, nl=not sys.stderr.isatty())


def understand(settings: Settings) -> int:
    """Run the JSON-lines tool in Rasa's environment over standard input and output."""
    if not model_path(settings).exists():
        click.echo("Training first, because the model is missing or out of date.", err=True)
        train_if_needed(settings)
    command = [RASA_PYTHON, ROOT / "bot" / "rasa_server" / "understand.py", model_path(settings)]
    return subprocess.run(command, cwd=ROOT, env=rasa_environment(settings), check=False).returncode  # noqa: S603
