"""Engines and sessions. SQLite for one machine, PostgreSQL for many; the rest of the code cannot tell them apart."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

from bot.storage import audit
from bot.storage.base import give_keys
from bot.storage.case_keys import give_case_keys
from bot.storage.data_keys import DataKeys, fetching_from
from bot.storage.keys import KeyRing

_BUSY_MILLISECONDS = 15_000
_READING = "mingbai_reading"


def make_engine(url: str, keys: KeyRing) -> Engine:
    """An engine whose sealed columns use ``keys``. ``url`` may say ``postgresql://``; psycopg 3 is the driver."""
    address = make_url(url)
    engine = _connect(address)
    # Keys are fetched in the middle of other queries. Connections of their own cannot run short while every other
    # one is held by somebody who waits for a key.
    apart = _connect(address).execution_options(**{_READING: True}, postgresql_readonly=True)
    event.listen(engine, "engine_disposed", lambda _engine: apart.dispose())
    give_keys(engine.dialect, DataKeys(keys, fetching_from(apart)))
    return engine


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions that write. On SQLite each transaction takes the write lock at its begin.

    A transaction that reads first and then wants to write would otherwise fail at once when another one wrote in
    between, whatever the busy time-out says.
    """
    sessions = sessionmaker(engine, expire_on_commit=False)
    event.listen(sessions, "before_flush", give_case_keys)
    event.listen(sessions, "before_commit", audit.write_down)
    event.listen(sessions, "after_rollback", audit.give_up)
    return sessions


def reader_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions that only read: they neither wait for a writer nor keep one waiting."""
    return sessionmaker(engine.execution_options(**{_READING: True}, postgresql_readonly=True), expire_on_commit=False)


def _connect(address: URL) -> Engine:
    return _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)


def _sqlite(address: URL) -> Engine:
    if address.database in {None, "", ":memory:"}:
        raise ValueError("an in-memory SQLite cannot be shared between threads; name a file")
    file = Path(str(address.database))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives its journal files the mode of the database, so the mode has to be right from the start.
    file.touch(mode=0o600)
    engine = create_engine(address)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        # The driver must not begin transactions of its own accord; _begin below does.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={_BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "foreign_keys=ON",
            # With NORMAL, WAL may lose the last commits in a power cut: a receipted complaint must outlive one.
            "synchronous=FULL",
            # What was forgotten is overwritten, not merely unlinked.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = _READING in connection.get_execution_options()
        # Connections are shared between readers and writers, so each transaction says which it is.
        connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(address: URL) -> Engine:
    if address.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError("the database must be SQLite or PostgreSQL")
    return create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
