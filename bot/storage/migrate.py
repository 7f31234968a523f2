"""Brings a database to the newest shape. Alembic without an ini file: the engine is handed over."""

import importlib
import pkgutil
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, inspect, text

from bot import storage
from bot.storage.base import Base, sealing_of
from bot.storage.data_keys import ensure_general_key
from bot.storage.key_tables import DataKeyRow

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_063_402_215_488_310_017
"""Any number that nothing else in the database uses as an advisory lock."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run what is missing, in one transaction; a second process waits for the first and then finds nothing to do."""
    with engine.begin() as connection:
        _lock(connection)
        command.upgrade(_config(connection), revision)
        if inspect(connection).has_table(DataKeyRow.__tablename__):
            ensure_general_key(connection, sealing_of(engine.dialect))


def downgrade(engine: Engine, revision: str) -> None:
    """Undo migrations down to ``revision`` (``base`` for all)."""
    with engine.begin() as connection:
        _lock(connection)
        command.downgrade(_config(connection), revision)


def all_tables() -> MetaData:
    """The shape the code expects: every module of this package named ``*_tables`` is loaded first."""
    for module in pkgutil.iter_modules(storage.__path__):
        if module.name.endswith("_tables"):
            importlib.import_module(f"{storage.__name__}.{module.name}")
    return Base.metadata


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _lock(connection: Connection) -> None:
    # SQLite's BEGIN IMMEDIATE has locked already.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
