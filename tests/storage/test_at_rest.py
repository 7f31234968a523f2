"""What a thief of the database would hold."""

import stat
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Engine, MetaData, create_engine, func, select, text
from sqlalchemy.exc import StatementError

from bot.complaints import Answer, BadTextError, Evidence, Status
from bot.complaints.receipts import new_receipt
from bot.complaints.retention import Retention
from bot.content.retention import load_retention
from bot.conversations import Conversation, LanguageSource, Speech
from bot.conversations.model import Taken
from bot.evidence import accept
from bot.language.receipts import group_receipt
from bot.messages import Button, Channel, Language, Message
from bot.staff import Role
from bot.staff.model import Attempts
from bot.storage.backup import back_up
from bot.storage.complaint_tables import CaseRow
from bot.storage.conversations import SqlConversationStore
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.evidence import SqlEvidenceStore
from bot.storage.keys import KeyRing, SealBrokenError
from bot.storage.retention import SqlRetentionStore

MARK = "PLANTED-7f3a"


def picture_with(note: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = note
    written = BytesIO()
    Image.new("RGB", (8, 8)).save(written, "JPEG", exif=exif, comment=note)
    assert written.getvalue().count(note.encode()) == 2
    return written.getvalue()


@pytest.fixture
def everything_planted(complaints, draft, hire, staff_store, engine: Engine, clock) -> list[str]:
    """The mark in every field of every part that keeps what people said; what must be found nowhere."""
    handler = hire("李", Role.SUPERVISOR)
    fields = dict.fromkeys(("story", "against", "when", "amount", "wish", "contact"), MARK)
    answers = (Answer("told", MARK, MARK),)
    filed = complaints.file(draft(**fields, contact_consent=True, figures={MARK: MARK}, answers=answers))
    version = complaints.take(handler, filed.case_id, 1)
    version = complaints.note(handler, filed.case_id, version, MARK)
    version = complaints.answer(handler, filed.case_id, version, MARK)
    version = complaints.move(handler, filed.case_id, version, Status.REJECTED, MARK)
    rules = load_retention(Path(__file__).resolve().parents[2] / "data" / "retention")
    retention = Retention(SqlRetentionStore(session_factory(engine)), rules, clock)
    retention.postpone(handler, filed.case_id, clock() + timedelta(days=200), MARK)
    complaints.add_message(filed.receipt, MARK, MARK)
    with pytest.raises(BadTextError):
        complaints.add_message(filed.receipt, MARK * 10_000, MARK)
    assert complaints.follow(new_receipt(), MARK) is None
    complaints.case(handler, filed.case_id)
    with staff_store.unit() as unit:
        unit.keep_totp(handler.id, MARK)
        unit.log("staff.sign_in_failed", clock(), name=MARK)
        unit.keep_attempts(MARK, Attempts(1), clock())
    evidence = Evidence(SqlEvidenceStore(session_factory(engine), reader_factory(engine)), complaints, clock)
    for sender in ("resident-1", "unclaimed"):
        evidence.keep(sender, accept(picture_with(MARK), f"{MARK}.jpg"))
        evidence.keep(sender, accept(f"他们说{MARK}".encode(), f"{MARK}.txt"))
    assert evidence.add(filed.receipt, "resident-1") == 2
    kept = [evidence.page(handler, filed.case_id, item.id, 1).content for item in evidence.of_case(filed.case_id)]
    assert sorted(MARK.encode() in content for content in kept) == [False, True]
    store = SqlConversationStore(session_factory(engine), reader_factory(engine))
    speech = Speech(Language.ZH, LanguageSource.GUESSED)
    talk = Conversation("c", Channel.TELEGRAM, "s", speech, "token", address=MARK, address_hash="h")
    store.add(talk, clock())
    claimed = store.begin_turn("c", "m", clock(), clock() + timedelta(minutes=1))
    button = Button(title=MARK, payload=f"/{MARK}")
    said = Message(id="1", author="user", text=MARK, created_at=clock())
    answer = Message(id="2", text=MARK, buttons=[button], card=None, created_at=clock())
    store.end_turn(claimed.until, "c", Taken("m", said, [answer], speech))
    assert store.offered("c", f"/{MARK}") == MARK
    return [MARK, filed.receipt, group_receipt(filed.receipt)]


def test_no_word_of_anybody_is_in_the_clear(everything_planted, engine: Engine):
    stored = MetaData()
    stored.reflect(engine)
    with engine.connect() as connection:
        rows = [row for table in stored.sorted_tables for row in connection.execute(select(table))]
    assert len(rows) > 25
    dump = b"|".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for row in rows for value in row
    )
    for secret in everything_planted:
        assert secret.encode() not in dump


def test_no_byte_of_it_is_in_any_file(everything_planted, engine: Engine, tmp_path: Path, request):
    """Tables, indexes, journals, server logs and temporary files: what no query shows any more too."""
    back_up(engine, tmp_path / "backup", tmp_path / "data-keys", datetime.now(UTC))
    folders = [tmp_path]
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
        folders.append(request.getfixturevalue("postgres_server").folder)
    searched = 0
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file()):
        content = file.read_bytes()
        searched += len(content)
        for secret in everything_planted:
            # As text, and as UTF-16 and JSON would write it: the mark is plain ASCII in all but the second.
            assert secret.encode() not in content, file
            assert secret.encode("utf-16-le") not in content, file
    assert searched > 100_000


def test_other_keys_open_nothing(complaints, draft, engine: Engine):
    complaints.file(draft())
    stranger = make_engine(engine.url.render_as_string(hide_password=False), KeyRing.ephemeral())
    try:
        with session_factory(stranger)() as session, pytest.raises(SealBrokenError):
            session.scalars(select(CaseRow)).one()
    finally:
        stranger.dispose()


def test_moments_come_back_in_utc_and_naive_ones_are_refused(complaints, draft, clock, engine: Engine):
    clock.now = datetime(2026, 1, 1, 7, 30, tzinfo=timezone(timedelta(hours=8)))
    complaints.file(draft())
    with session_factory(engine)() as session:
        row = session.scalars(select(CaseRow)).one()
        assert row.opened_at == clock.now
        assert row.opened_at.tzinfo is UTC
        row.opened_at = datetime(2026, 1, 1)  # noqa: DTZ001 - the mistake under test
        with pytest.raises(StatementError, match="time zone"):
            session.flush()


def test_readers_cannot_write(engine: Engine):
    with reader_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(CaseRow)) == 0
        if engine.dialect.name == "postgresql":
            assert session.scalar(text("SHOW transaction_read_only")) == "on"
        else:
            assert session.scalar(text("PRAGMA query_only")) == 1


def test_writers_still_can_after_a_reader_used_the_connection(complaints, draft, engine: Engine):
    with reader_factory(engine)() as session:
        session.execute(text("SELECT 1"))
    assert complaints.file(draft()).case_id


def test_connections_cut_by_the_server_are_replaced(complaints, draft, engine: Engine):
    receipt = complaints.file(draft()).receipt
    if engine.dialect.name == "postgresql":
        admin = create_engine(engine.url)
        with admin.connect() as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
        admin.dispose()
    assert complaints.follow(receipt, "a") is not None
    assert complaints.file(draft()).case_id


def test_sqlite_file_is_its_owners_and_survives_a_power_cut(tmp_path: Path, keys: KeyRing):
    engine = make_engine(f"sqlite:///{tmp_path / 'new' / 'mingbai.db'}", keys)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
        connection.execute(text("INSERT INTO t VALUES (1)"))
        modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "new").iterdir()}
        pragmas = [
            connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()
    assert modes == {0o600}
    assert pragmas == ["wal", 2, 1]


def test_readers_do_not_wait_for_a_writer(tmp_path: Path, keys: KeyRing):
    engine = make_engine(f"sqlite:///{tmp_path / 'mingbai.db'}", keys)
    with engine.begin() as writer:
        writer.execute(text("CREATE TABLE t (x)"))
        with reader_factory(engine)() as session:
            assert session.scalar(text("SELECT count(*) FROM sqlite_master")) == 0
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_databases_we_cannot_stand_on_are_refused(url: str, keys: KeyRing):
    with pytest.raises(ValueError, match=r"SQLite"):
        make_engine(url, keys)
