"""``./mingbai up``: prepare, start every process, wait until each answers, watch over them until told to stop."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click
import httpx

from bot.cli.training import RASA_PYTHON, rasa_environment, train_if_needed
from bot.services import rasa_token_file
from bot.settings import ROOT, Settings

_START_LIMIT = 240.0
_STOP_LIMIT = 12.0
_RESTART_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
_STEADY = 60.0  # a process that ran this long starts its pauses afresh


@dataclass
class Part:
    """One process we watch over."""

    name: str
    command: list[str]
    environment: dict[str, str]
    health_url: str = ""
    log: Path = Path()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    restart_at: float = 0.0
    ports: tuple[int, ...] = field(default=())

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches it through us only."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreters and arguments
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    def healthy(self) -> bool:
        """Whether it answers; a part without an address to ask is healthy while it runs."""
        if self.process is None or self.process.poll() is not None:
            return False
        if not self.health_url:
            return True
        try:
            return httpx.get(self.health_url, timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False


def parts(settings: Settings, model: Path) -> list[Part]:
    """Every process of one running copy, in the order they start."""
    ours = os.environ | {"PYTHONPATH": str(ROOT), "MINGBAI_STATE_DIR": str(settings.state_dir)}
    python = sys.executable
    uvicorn = [
        python,
        "-m",
        "uvicorn",
        "--no-access-log",
        "--no-server-header",
        "--no-proxy-headers",  # the gateway itself knows whose X-Forwarded-For to believe
        "--timeout-graceful-shutdown",
        "3",
    ]
    rasa = [
        str(RASA_PYTHON),
        "-W",
        "ignore",
        str(ROOT / "bot" / "rasa_server" / "launch.py"),
        str(rasa_token_file(settings)),
    ]
    rasa += ["run", "-m", str(model), "-i", "127.0.0.1", "-p", str(settings.rasa_port), "--enable-api"]
    rasa += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml", "--log-file", os.devnull]
    running = [
        Part(
            "actions",
            [
                python,
                "-W",
                "ignore",
                "-m",
                "rasa_sdk",
                "--actions",
                "actions",
                "-p",
                str(settings.actions_port),
            ],
            # rasa_sdk listens on every address unless told otherwise.
            ours | {"SANIC_HOST": "127.0.0.1", "RASA_TELEMETRY_ENABLED": "false"},
            f"http://127.0.0.1:{settings.actions_port}/health",
            ports=(settings.actions_port,),
        ),
        Part("rasa", rasa, rasa_environment(settings), f"{settings.rasa_url}/", ports=(settings.rasa_port,)),
        Part(
            "web",
            [
                *uvicorn,
                "--factory",
                "bot.web.app:from_environment",
                "--host",
                settings.web_host,
                "--port",
                str(settings.web_port),
            ],
            ours,
            f"http://{_reachable(settings.web_host)}:{settings.web_port}/healthz",
            ports=(settings.web_port,),
        ),
        Part(
            "console",
            [
                *uvicorn,
                "--factory",
                "bot.console.app:from_environment",
                "--host",
                settings.console_host,
                "--port",
                str(settings.console_port),
            ],
            ours,
            f"http://{_reachable(settings.console_host)}:{settings.console_port}/healthz",
            ports=(settings.console_port,),
        ),
    ]
    running.append(Part("retention", [python, "-m", "bot.cli", "retention", "watch"], ours))
    if settings.telegram_token.get_secret_value():
        running.append(Part("telegram", [python, "-m", "bot.telegram"], ours))
    for part in running:
        part.log = settings.state_dir / "logs" / f"{part.name}.log"
    return running


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - comparing, not binding


def run(settings: Settings) -> int:
    """Start everything and stay until Ctrl-C or SIGTERM. Returns the exit status."""
    for folder in (settings.state_dir, settings.state_dir / "logs"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    from bot.cli.staff import upgrade

    click.echo(upgrade(settings))
    running = parts(settings, train_if_needed(settings))
    taken = [port for part in running for port in part.ports if _taken(port)]
    if taken:
        click.echo(
            f"Port {', '.join(map(str, taken))} is in use already. Stop what uses it, or choose another with "
            "MINGBAI_WEB_PORT, MINGBAI_CONSOLE_PORT, MINGBAI_RASA_PORT, MINGBAI_ACTIONS_PORT.",
            err=True,
        )
        return 1
    supervisor = Supervisor(running)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, supervisor.ask_to_stop)
    try:
        supervisor.start_all()
        if supervisor.wait_until_healthy(_START_LIMIT):
            click.echo(_welcome(settings))
        supervisor.watch()
    finally:
        click.echo("Stopping ...")
        supervisor.stop_all()
    return 0 if supervisor.stopping else 1


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _welcome(settings: Settings) -> str:
    lines = [
        "",
        f"Mingbai is up.   Residents:  {settings.public_url or f'http://{_reachable(settings.web_host)}:{settings.web_port}'}/",
        f"                 Staff:      {settings.resolved_console_url}/",
        "                 First staff member:  ./mingbai staff add NAME --role supervisor",
    ]
    if not settings.telegram_token.get_secret_value():
        lines.append("                 Telegram:   set MINGBAI_TELEGRAM_TOKEN to connect a bot")
    lines += [f"                 Logs:       {settings.state_dir / 'logs'}", "Ctrl-C stops everything.", ""]
    return "\n".join(lines)


class Supervisor:
    """Keeps every part running; says so when one had to be restarted."""

    def __init__(self, running: list[Part], *, say: Callable[[str], None] = click.echo) -> None:
        self.running = running
        self.stopping = False
        self._say = say

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """Signal handler: leave the watch at the next look."""
        self.stopping = True

    def start_all(self) -> None:
        """Start every part."""
        for part in self.running:
            part.start()

    def wait_until_healthy(self, limit: float) -> bool:
        """Wait until every part answers. Says which one does not when ``limit`` seconds have passed."""
        deadline = time.monotonic() + limit
        waiting = list(self.running)
        while waiting and not self.stopping:
            waiting = [part for part in waiting if not self._has_come_up(part)]
            self.restart_the_dead()
            if time.monotonic() > deadline:
                names = ", ".join(f"{part.name} (see {part.log})" for part in waiting)
                self._say(f"Still not answering after {limit:.0f} s: {names}")
                return False
            time.sleep(0.3)
        return not self.stopping

    def _has_come_up(self, part: Part) -> bool:
        if part.healthy():
            self._say(f"  {part.name} answers")
            return True
        return False

    def watch(self) -> None:
        """Look after the parts until asked to stop."""
        while not self.stopping:
            self.restart_the_dead()
            time.sleep(0.3)

    def restart_the_dead(self) -> None:
        """Restart each part that ended, after a pause that grows while it keeps ending."""
        now = time.monotonic()
        for part in self.running:
            if part.process is None or part.process.poll() is None or self.stopping:
                continue
            if not part.restart_at:
                if now - part.started_at > _STEADY:
                    part.failures = 0
                pause = _RESTART_PAUSES[min(part.failures, len(_RESTART_PAUSES) - 1)]
                part.failures += 1
                part.restart_at = now + pause
                self._say(
                    f"  {part.name} ended ({part.process.returncode}); restarting in {pause:g} s (see {part.log})"
                )
            elif now >= part.restart_at:
                part.restart_at = 0.0
                part.start()

    def stop_all(self) -> None:
        """End every part, the faces first, and make sure."""
        for part in reversed(self.running):
            _signal(part, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_LIMIT
        for part in self.running:
            if part.process is not None:
                try:
                    part.process.wait(timeout=max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    _signal(part, signal.SIGKILL)
                    part.process.wait()
            _signal(part, signal.SIGKILL)  # a worker that outlived its parent


def _signal(part: Part, number: signal.Signals) -> None:
    if part.process is None:
        return
    try:
        os.killpg(part.process.pid, number)
    except ProcessLookupError:
        return
