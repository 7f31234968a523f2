"""Backup and restore while everything runs: SQLite's own online copy, PostgreSQL's ``pg_dump`` and ``pg_restore``."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, inspect, make_url, select, text
from sqlalchemy.orm import Session

from bot import audit as names
from bot.storage import audit
from bot.storage.backup_files import (
    DATABASE,
    BackupError,
    DataKeysFile,
    Manifest,
    pack,
    read_data_keys,
    unpack,
    write_data_keys,
)
from bot.storage.base import sealing_of
from bot.storage.complaint_tables import CaseRow
from bot.storage.engine import make_engine, session_factory
from bot.storage.key_tables import DataKeyRow
from bot.storage.keys import KeyRing, SealBrokenError
from bot.storage.migrate import upgrade
from bot.storage.retention import purge_case
from bot.storage.sealed_tables import keys_in_use, sealed_tables

_NOT_COUNTED = frozenset({"data_keys", "rasa_trackers", "alembic_version"})
_SAMPLE = 100
"""Rows of each table whose texts are opened to see that the keys fit."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place."""

    manifest: Manifest
    opened: int
    """How many sealed texts were opened as a sample."""
    purged: int
    """Cases that were deleted since the backup, and so stay deleted."""


def back_up(engine: Engine, file: Path, data_keys: Path, at: datetime) -> Manifest:
    """Write the archive, then the data keys; nobody waits meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".mingbai-backup-", dir=file.parent) as name:
        copy = Path(name) / DATABASE
        dump = _copy_sqlite if engine.dialect.name == "sqlite" else _dump_postgresql
        manifest = dump(engine, copy, at)
        pack(file, manifest, copy)
    # After the archive: keys are only ever added, so these open all of it.
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(select(DataKeyRow.__table__)).mappings()]
    write_data_keys(data_keys, DataKeysFile(at, rows))
    with session_factory(engine).begin() as session:
        details: names.Details = {
            "cases": manifest.counts.get("complaints", 0),
            "audit_entries": manifest.audit_entries,
        }
        audit.append(session, names.OPERATOR, names.BACKUP_MADE, "database", at, details)
    return manifest


def restore(url: str, keys: KeyRing, file: Path, data_keys: Path, at: datetime, *, replace: bool = False) -> Restored:  # noqa: PLR0913 - what a restore takes
    """Put a backup in place and check it. On SQLite it is checked first and appears whole; processes may run."""
    saved = read_data_keys(data_keys)
    with _engine(url, keys) as target, tempfile.TemporaryDirectory(prefix="mingbai-restore-") as name:
        manifest = unpack(file, Path(name))
        if manifest.engine != target.dialect.name:
            raise BackupError(f"the backup is of {manifest.engine}, the database is {target.dialect.name}")
        if saved.created_at < manifest.created_at:
            raise BackupError(f"{data_keys} is older than the backup and lacks keys; give a newer one")
        if not replace and _holds_something(target):
            raise BackupError("the database holds complaints or staff; --replace puts the backup in their place")
        copy = Path(name) / DATABASE
        if target.dialect.name == "sqlite":
            with _engine(f"sqlite:///{copy}", keys) as prepared:
                restored = _prepare(prepared, manifest, saved, at)
            _overwrite_sqlite(copy, Path(str(target.url.database)))
        else:
            _run_postgresql("pg_restore", target, [
                "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
                str(copy),
            ])  # fmt: skip
            restored = _prepare(target, manifest, saved, at)
        with session_factory(target).begin() as session:
            details: names.Details = {"made_at": manifest.created_at.isoformat(), "purged": restored.purged}
            audit.append(session, names.OPERATOR, names.BACKUP_RESTORED, "database", at, details)
    return restored


@contextmanager
def _engine(url: str, keys: KeyRing) -> Iterator[Engine]:
    engine = make_engine(url, keys)
    try:
        yield engine
    finally:
        engine.dispose()


def _prepare(engine: Engine, manifest: Manifest, saved: DataKeysFile, at: datetime) -> Restored:
    """Give a copy its data keys, check it, and delete what was deleted since."""
    with engine.begin() as connection:
        counts = _counts(connection)
        if counts != manifest.counts:
            wrong = sorted(name for name in counts | manifest.counts if counts.get(name) != manifest.counts.get(name))
            raise BackupError(f"the restored copy has other numbers of rows than the backup: {', '.join(wrong)}")
        if saved.rows:
            connection.execute(insert(DataKeyRow), saved.rows)
    sealing_of(engine.dialect).forget()
    upgrade(engine)
    with session_factory(engine).begin() as session:
        found = audit.verify(session)
        if (found.broken, found.entries, found.head) != (None, manifest.audit_entries, manifest.audit_head):
            raise BackupError(f"the audit log of the restored copy does not hold (entry {found.broken or 'last'})")
        gone = select(CaseRow.id).join(DataKeyRow, DataKeyRow.id == CaseRow.key_id).where(DataKeyRow.wrapped.is_(None))
        purged = session.scalars(gone).all()
        for case_id in purged:
            purge_case(session, case_id, at)
        used, _ = keys_in_use(session.connection())
        if not used <= saved.unshredded:
            raise BackupError("the data keys do not fit the backup: some that it needs are not among them")
        opened = _open_sample(session.connection(), engine)
    return Restored(manifest, opened, len(purged))


def _open_sample(connection: Connection, engine: Engine) -> int:
    keys = sealing_of(engine.dialect)
    opened = 0
    for table in sealed_tables():
        sample = select(table.plain).order_by(func.random()).limit(_SAMPLE)
        for row in connection.execute(sample).mappings().all():
            for name, aad in table.aads.items():
                if row[name] is not None:
                    try:
                        keys.open(bytes(row[name]), aad)
                    except SealBrokenError as error:
                        raise BackupError(f"the keys do not open the backup: {error}") from error
                    opened += 1
    return opened


def _counts(connection: Connection) -> dict[str, int]:
    quote = connection.dialect.identifier_preparer.quote
    tables = sorted(set(inspect(connection).get_table_names()) - _NOT_COUNTED)
    return {name: connection.scalar(text(f"SELECT count(*) FROM {quote(name)}")) or 0 for name in tables}  # noqa: S608 - names of our own tables


def _holds_something(engine: Engine) -> bool:
    with engine.begin() as connection:
        counts = _counts(connection)
    return any(counts.get(name) for name in ("complaints", "staff", "conversations"))


def _manifest(connection: Connection, at: datetime) -> Manifest:
    with Session(connection) as session:
        found = audit.verify(session)
    if found.broken is not None:
        raise BackupError(f"the audit log is broken at entry {found.broken}; see: mingbai audit verify")
    return Manifest(connection.dialect.name, at, _counts(connection), found.entries, found.head)


# SQLite.


def _copy_sqlite(engine: Engine, copy: Path, at: datetime) -> Manifest:
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("PRAGMA secure_delete=ON")
        target.execute("DELETE FROM data_keys")
        target.commit()
        # Without this the rows would be gone and their pages would not.
        target.execute("VACUUM")
    with _engine(f"sqlite:///{copy}", sealing_of(engine.dialect).ring) as copied, copied.begin() as connection:
        manifest = _manifest(connection, at)
    with closing(sqlite3.connect(copy)) as target:
        target.execute("PRAGMA journal_mode=DELETE")
    return manifest


def _overwrite_sqlite(copy: Path, database: Path) -> None:
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(database, timeout=15)) as target:
        target.execute("PRAGMA secure_delete=ON")
        source.backup(target)


# PostgreSQL.


def _dump_postgresql(engine: Engine, copy: Path, at: datetime) -> Manifest:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        # The counts and the dump see the same moment.
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        manifest = _manifest(connection, at)
        _run_postgresql("pg_dump", engine, [
            "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
            "--exclude-table-data=data_keys", "--exclude-table=rasa_trackers", f"--file={copy}",
        ])  # fmt: skip
    return manifest


def _run_postgresql(program: str, engine: Engine, arguments: list[str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not installed; it comes with PostgreSQL's client (Debian: postgresql-client)")
    url = make_url(engine.url)
    environment = dict(os.environ)
    if url.password:
        # On the command line every local user could read it.
        environment["PGPASSWORD"] = str(url.password)
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL
        [found, *arguments[:-1], f"--dbname={address}", arguments[-1]],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-500:]}")
