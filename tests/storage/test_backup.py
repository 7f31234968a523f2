"""Backups are made while work goes on, and a restored copy is the same, or is refused."""

import stat
import tarfile
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, create_engine, select, text

from bot import audit as names
from bot.complaints import Complaints
from bot.staff import Role
from bot.storage import audit, backup
from bot.storage.backup import back_up, restore
from bot.storage.backup_files import BackupError, put_secret_keys, read_data_keys, write_secret_keys
from bot.storage.complaints import SqlComplaintStore
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.key_tables import DataKeyRow
from bot.storage.keys import KeyRing
from bot.storage.migrate import upgrade
from bot.storage.retention import SqlRetentionStore
from tests.shipped_desk import PROMISES

MARK = "PLANTED-7f3a"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def save(engine: Engine, folder: Path) -> Callable[..., Path]:
    def save(name: str = "monday") -> Path:
        back_up(engine, folder / name, folder / "data-keys", datetime.now(UTC))
        return folder / name

    return save


@pytest.fixture
def elsewhere(database_url: str, tmp_path: Path) -> Iterator[str]:
    """The address of another database of the same kind, with nothing in it."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'mingbai.db'}"
        return
    name = f"test_{uuid.uuid4().hex}"
    server = database_url.partition("?")[2]
    admin = create_engine(f"postgresql+psycopg://postgres@/postgres?{server}", isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield f"postgresql://postgres@/{name}?{server}"
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()


@pytest.fixture
def opened(keys: KeyRing, receipts, clock) -> Iterator[Callable[[str], Complaints]]:
    """The complaint desk over another database."""
    engines: list[Engine] = []

    def opened(url: str) -> Complaints:
        engine = make_engine(url, keys)
        engines.append(engine)
        return Complaints(SqlComplaintStore(session_factory(engine), reader_factory(engine)), receipts, clock, PROMISES)

    yield opened
    for engine in engines:
        engine.dispose()


def put(url: str, keys: KeyRing, file: Path, **options: bool) -> backup.Restored:
    return restore(url, keys, file, file.with_name("data-keys"), datetime.now(UTC), **options)


def test_restored_copy_is_the_same_and_says_so(
    complaints, draft, hire, save, opened, elsewhere: str, keys: KeyRing, engine: Engine
):
    handler = hire("王", Role.SUPERVISOR)
    filed = [complaints.file(draft(story=f"第{number}件")) for number in range(5)]
    version = complaints.take(handler, filed[0].case_id, 1)
    complaints.answer(handler, filed[0].case_id, version, "答复")
    before = [complaints.follow(one.receipt, "a") for one in filed]
    restored = put(elsewhere, keys, save())
    assert restored.purged == 0
    assert restored.opened >= 5 * 5
    assert restored.manifest.counts["complaints"] == 5
    desk = opened(elsewhere)
    assert [desk.follow(one.receipt, "a") for one in filed] == before
    assert desk.case(handler, filed[0].case_id).particulars.story == "第0件"
    desk.file(draft(story="恢复以后"))
    copy = make_engine(elsewhere, keys)
    with reader_factory(copy)() as session:
        assert audit.verify(session).broken is None
        assert audit.last_at(session, names.BACKUP_RESTORED) is not None
    copy.dispose()
    with reader_factory(engine)() as session:
        assert audit.last_at(session, names.BACKUP_MADE) is not None


def test_no_word_and_no_key_is_in_the_files(complaints, draft, save, folder: Path, engine: Engine, keys: KeyRing):
    complaints.file(draft(story=MARK, against=MARK))
    with reader_factory(engine)() as session:
        wrapped = [bytes(one) for one in session.scalars(select(DataKeyRow.wrapped))]
    archive = save().read_bytes()
    assert len(wrapped) == 2
    assert not any(one in archive for one in wrapped)
    for file in folder.iterdir():
        content = file.read_bytes()
        assert MARK.encode() not in content
        assert not any(key in content for key in (*keys.masters.values(), keys.lookup, keys.sender))
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(file.name for file in folder.iterdir()) == ["data-keys", "monday"]


def test_work_goes_on_while_a_backup_is_made_and_the_copy_is_of_one_moment(
    complaints, draft, save, opened, elsewhere: str, keys: KeyRing
):
    stop = Event()

    def file_on() -> list[str]:
        receipts = []
        # As fast as nobody works; without a breath in between, most of the test would be reading back what was filed.
        while not stop.wait(0.01):
            receipts.append(complaints.file(draft()).receipt)
        return receipts

    first = [complaints.file(draft()).receipt for _ in range(20)]
    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(file_on) for _ in range(2)]
        files = [save(f"number-{number}") for number in range(3)]
        stop.set()
        later = [receipt for writer in writers for receipt in writer.result()]
    assert later
    restored = put(elsewhere, keys, files[-1])
    desk = opened(elsewhere)
    assert all(desk.follow(receipt, "a") for receipt in first)
    there = sum(desk.follow(receipt, f"{number}") is not None for number, receipt in enumerate(later))
    assert 0 < there == restored.manifest.counts["complaints"] - 20
    assert all(complaints.follow(receipt, "a") for receipt in first + later)


def test_deleted_case_stays_deleted_and_unreadable_in_older_backups(
    complaints, draft, save, opened, elsewhere: str, keys: KeyRing, engine: Engine, clock
):
    gone, kept = complaints.file(draft()), complaints.file(draft())
    old = save("monday")
    assert len(read_data_keys(old.with_name("data-keys")).unshredded) == 3
    with SqlRetentionStore(session_factory(engine)).unit() as unit:
        unit.purge(gone.case_id, names.OPERATOR, "test", clock())
    save("tuesday")
    assert len(read_data_keys(old.with_name("data-keys")).unshredded) == 2
    restored = put(elsewhere, keys, old)
    assert (restored.manifest.counts["complaints"], restored.purged) == (2, 1)
    desk = opened(elsewhere)
    assert desk.follow(gone.receipt, "a") is None
    assert desk.follow(kept.receipt, "a") is not None


def test_restoring_over_a_living_database_needs_to_be_said(complaints, draft, save, database_url: str, keys: KeyRing):
    first = complaints.file(draft())
    file = save()
    second = complaints.file(draft())
    with pytest.raises(BackupError, match="--replace"):
        put(database_url, keys, file)
    assert complaints.follow(second.receipt, "a") is not None
    put(database_url, keys, file, replace=True)
    # Through connections that were open all the while.
    assert complaints.follow(first.receipt, "a") is not None
    assert complaints.follow(second.receipt, "a") is None
    assert complaints.file(draft(story="接着来")).case_id


def test_backup_under_other_keys_is_refused(complaints, draft, save, elsewhere: str):
    complaints.file(draft())
    with pytest.raises(BackupError, match="does not hold"):
        put(elsewhere, KeyRing.ephemeral(), save())


def test_data_keys_older_than_the_backup_are_refused(complaints, draft, save, folder: Path, elsewhere: str, keys):
    save()
    old = (folder / "data-keys").read_bytes()
    complaints.file(draft())
    file = save()
    (folder / "data-keys").write_bytes(old)
    with pytest.raises(BackupError, match="older than the backup"):
        put(elsewhere, keys, file)
    (folder / "data-keys").unlink()
    with pytest.raises(BackupError, match="missing"):
        put(elsewhere, keys, file)


def test_data_keys_of_another_database_are_not_overwritten(save, folder: Path, elsewhere: str, keys: KeyRing):
    save()
    before = (folder / "data-keys").read_bytes()
    other = make_engine(elsewhere, keys)
    upgrade(other)
    with pytest.raises(BackupError, match="another database"):
        back_up(other, folder / "other", folder / "data-keys", datetime.now(UTC))
    other.dispose()
    assert (folder / "data-keys").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"not a backup"])
def test_damaged_files_are_refused(save, folder: Path, elsewhere: str, keys: KeyRing, content: bytes):
    file = save()
    (folder / "data-keys").write_bytes(content)
    with pytest.raises(BackupError, match="data keys"):
        put(elsewhere, keys, file)
    # Nor are they overwritten: nobody knows what they held.
    with pytest.raises(BackupError, match="data keys"):
        save("later")
    (folder / "data-keys").unlink()
    save()
    file.write_bytes(content)
    with pytest.raises(BackupError, match="damaged"):
        put(elsewhere, keys, file)


def test_missing_program_is_named(save, engine: Engine, monkeypatch: pytest.MonkeyPatch):
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite needs none")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackupError, match="pg_dump is not installed"):
        save()


def test_backup_does_not_hide_a_broken_audit_log(complaints, draft, save, engine: Engine):
    complaints.file(draft())
    with engine.begin() as connection:
        for drop in {
            "sqlite": ["DROP TRIGGER audit_log_no_update"],
            "postgresql": ["DROP TRIGGER audit_log_no_change ON audit_log"],
        }[engine.dialect.name]:
            connection.execute(text(drop))
        connection.execute(text("UPDATE audit_log SET actor = 'x'"))
    with pytest.raises(BackupError, match="entry 1"):
        save()


def test_secret_keys_go_into_their_own_file_and_back(tmp_path: Path):
    ring = KeyRing.load_or_create(tmp_path / "keys")
    (tmp_path / "keys" / "rasa.token").write_text("not a key")
    write_secret_keys(tmp_path / "secret", tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    with tarfile.open(tmp_path / "secret") as archive:
        assert sorted(archive.getnames()) == ["lookup.key", "master.key", "sender.key"]
    put_secret_keys(tmp_path / "secret", tmp_path / "new")
    assert KeyRing.load_or_create(tmp_path / "new") == ring
    put_secret_keys(tmp_path / "secret", tmp_path / "new")
    KeyRing.load_or_create(tmp_path / "others")
    with pytest.raises(BackupError, match=r"another key"):
        put_secret_keys(tmp_path / "secret", tmp_path / "others")
    with pytest.raises(BackupError, match=r"no keys"):
        put_secret_keys(tmp_path / "keys" / "rasa.token", tmp_path / "new")


def test_rows_of_each_table_are_compared(complaints, draft, save, elsewhere, keys, monkeypatch: pytest.MonkeyPatch):
    complaints.file(draft())
    file = save()
    monkeypatch.setattr(backup, "_holds_something", lambda _engine: False)
    monkeypatch.setattr(backup, "_counts", lambda _connection: {"complaints": 7})
    with pytest.raises(BackupError, match=r"complaint_events.*complaints"):
        put(elsewhere, keys, file)
