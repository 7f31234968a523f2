"""A real PostgreSQL of our own on a socket, without a network; it can be restarted, and is gone at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text


class PostgresServer:
    """A server in a folder of its own. It refuses to run as root, and so runs as its own user then."""

    def __init__(self, *, durable: bool = False) -> None:
        """``durable`` waits for the disk at each commit, as the product's does; tests need not."""
        initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
        if initdb is None or pg_ctl is None:
            raise FileNotFoundError("PostgreSQL is not installed")
        self._initdb, self._pg_ctl = initdb, pg_ctl
        self.folder = Path(tempfile.mkdtemp(prefix="mingbai-pg-"))
        self._options = (
            f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=50"
            f" -c fsync={'on' if durable else 'off'}"
        )
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as_user = ["runuser", "-u", "postgres", "--"]

    def start(self) -> None:
        """Make the cluster and start."""
        self._run(self._initdb, "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale",
                  "--no-sync")  # fmt: skip
        self._control("start", "-l", str(self.folder / "log"), "-o", self._options)

    def restart(self) -> None:
        """Cut every connection and start again, as an operator's restart does."""
        self._control("restart", "-m", "fast", "-l", str(self.folder / "log"), "-o", self._options)

    def stop(self) -> None:
        """Stop at once."""
        self._control("stop", "-m", "immediate")

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty database, dropped afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        address = f"postgresql+psycopg://postgres@/postgres?host={self.folder}"
        admin = create_engine(address, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        try:
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            yield f"postgresql://postgres@/{name}?host={self.folder}"
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        finally:
            admin.dispose()

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _control(self, *what: str) -> None:
        self._run(self._pg_ctl, "-D", self._data, "-w", *what)

    def _run(self, *command: str) -> None:
        # The server inherits its starter's output; a pipe would be waited on for ever.
        subprocess.run(
            [*self._as_user, *command], check=True, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A started server. Raises ``FileNotFoundError`` when PostgreSQL is not installed."""
    server = PostgresServer(durable=durable)
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(server.folder)


def _program(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)
