"""Files from their arrival to their end, on the real store."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from bot import audit as names
from bot.complaints import CaseClosedError, Kind, Status, TooManyFilesError
from bot.complaints.evidence import Evidence
from bot.complaints.retention import Retention
from bot.content.retention import load_retention
from bot.conversations import Conversation, LanguageSource, Speech
from bot.evidence import KEPT_UNCLAIMED, MAX_IN_CASE, MAX_UNCLAIMED, Accepted, FileKind
from bot.messages import Channel, Language
from bot.settings import ROOT
from bot.storage.audit_tables import AuditRow
from bot.storage.backup import back_up, restore
from bot.storage.base import sealing_of
from bot.storage.complaint_tables import CaseRow
from bot.storage.conversations import SqlConversationStore
from bot.storage.data_keys import key_id_of
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.evidence import SqlEvidenceStore
from bot.storage.evidence_tables import EvidenceRow, UnclaimedRow
from bot.storage.keys import KeyRing, SealBrokenError
from bot.storage.retention import SqlRetentionStore
from bot.storage.rotation import Rotation
from bot.storage.sealed_tables import sealed_tables

SENDER = "resident-1"


@pytest.fixture
def keys_dir(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def keys(keys_dir: Path) -> KeyRing:
    return KeyRing.load_or_create(keys_dir)


@pytest.fixture
def evidence(engine: Engine, complaints, clock) -> Evidence:
    return Evidence(SqlEvidenceStore(session_factory(engine), reader_factory(engine)), complaints, clock)


@pytest.fixture
def retention(engine: Engine, clock) -> Retention:
    return Retention(SqlRetentionStore(session_factory(engine)), load_retention(ROOT / "data" / "retention"), clock)


def file(number: int = 1, pages: int = 1) -> Accepted:
    contents = tuple(f"page {page} of {number}".encode() for page in range(1, pages + 1))
    kind = FileKind.DOCUMENT if pages > 1 else FileKind.PICTURE
    return Accepted(kind, "image/jpeg", contents, f"合同{number}.jpg", f"{number:064x}")


def count(engine: Engine, table: type) -> int:
    with reader_factory(engine)() as session:
        return session.scalar(select(func.count()).select_from(table))


def keys_of_rows(engine: Engine, table: str) -> set[int | None]:
    [sealed] = [found.plain for found in sealed_tables() if found.plain.name == table]
    with engine.connect() as connection:
        rows = connection.execute(select(sealed.c.name, sealed.c.content)).all()
    return {key_id_of(bytes(value)) for row in rows for value in row}


def test_what_was_sent_goes_with_the_complaint_and_under_its_key(evidence, complaints, draft, engine, hire, clock):
    first = evidence.keep(SENDER, file(1))
    clock.advance(seconds=1)
    second = evidence.keep(SENDER, file(2, pages=3))
    evidence.keep("somebody else", file(3))
    assert evidence.unclaimed(SENDER) == (first, second)
    filed = complaints.file(draft())
    assert evidence.unclaimed(SENDER) == ()
    assert evidence.of_case(filed.case_id) == (first, second)
    assert evidence.of_receipt(filed.receipt, SENDER) == (first, second)
    with reader_factory(engine)() as session:
        assert keys_of_rows(engine, "evidence") == {session.scalar(select(CaseRow.key_id))}
    assert keys_of_rows(engine, "unclaimed_evidence") == {sealing_of(engine.dialect).current()}
    page = evidence.page(hire("李"), filed.case_id, second.id, 3)
    assert (page.media_type, page.content) == ("image/jpeg", b"page 3 of 2")
    assert len(evidence.unclaimed("somebody else")) == 1


def test_every_look_is_in_the_audit_log_and_only_at_what_is_there(evidence, complaints, draft, engine, hire):
    item = evidence.keep(SENDER, file())
    filed, other, handler = complaints.file(draft()), complaints.file(draft(sender="x")), hire("李")
    assert evidence.page(handler, filed.case_id, item.id, 1) is not None
    for case_id, file_id, number in [(other.case_id, item.id, 1), (filed.case_id, item.id, 2), (filed.case_id, "x", 1)]:
        assert evidence.page(handler, case_id, file_id, number) is None
    with reader_factory(engine)() as session:
        seen = session.execute(select(AuditRow.actor, AuditRow.subject).where(AuditRow.action == names.EVIDENCE_VIEWED))
        assert seen.all() == [(names.staff(handler.id), names.case(filed.case_id))]


def test_the_same_file_again_is_the_same_item(evidence):
    assert evidence.keep(SENDER, file()) == evidence.keep(SENDER, file())
    assert len(evidence.unclaimed(SENDER)) == 1
    assert evidence.keep("another", file()).id != evidence.unclaimed(SENDER)[0].id


def test_too_many_are_refused_and_nothing_else_is_lost(evidence):
    for number in range(MAX_UNCLAIMED):
        evidence.keep(SENDER, file(number))
    with pytest.raises(TooManyFilesError) as caught:
        evidence.keep(SENDER, file(99))
    assert caught.value.limit == MAX_UNCLAIMED
    assert len(evidence.unclaimed(SENDER)) == MAX_UNCLAIMED
    evidence.keep(SENDER, file(0))  # one of those it has
    assert evidence.drop(SENDER) == MAX_UNCLAIMED
    assert evidence.unclaimed(SENDER) == ()


def test_added_by_receipt_it_wakes_the_case(evidence, complaints, draft, hire):
    filed, handler = complaints.file(draft()), hire("李")
    version = complaints.take(handler, filed.case_id, 1)
    for status in (Status.TRIAGED, Status.IN_PROGRESS, Status.WAITING):
        version = complaints.move(handler, filed.case_id, version, status)
    version = complaints.answer(handler, filed.case_id, version, "请把合同拍给我们")
    assert evidence.add(filed.receipt, SENDER) == 0
    evidence.keep(SENDER, file())
    assert evidence.add(filed.receipt, SENDER) == 1
    found = complaints.case(handler, filed.case_id)
    assert found.case.status is Status.IN_PROGRESS
    assert found.case.unanswered
    assert found.events[-1].action == "evidence_added"
    assert evidence.add("0000 0000 0000 0000", SENDER) is None


def test_a_case_takes_only_so_many_and_a_withdrawn_one_none(evidence, complaints, draft):
    filed = complaints.file(draft())
    for number in range(MAX_IN_CASE):
        evidence.keep(SENDER, file(number))
        evidence.add(filed.receipt, SENDER)
    evidence.keep(SENDER, file(99))
    with pytest.raises(TooManyFilesError):
        evidence.add(filed.receipt, SENDER)
    complaints.withdraw(filed.receipt, SENDER)
    with pytest.raises(CaseClosedError):
        evidence.add(filed.receipt, SENDER)
    assert len(evidence.unclaimed(SENDER)) == 1
    assert len(evidence.of_case(filed.case_id)) == MAX_IN_CASE


def test_a_disputed_verdict_takes_nothing_along(evidence, complaints, draft):
    evidence.keep(SENDER, file())
    filed = complaints.file(draft(kind=Kind.REVIEW))
    assert evidence.of_case(filed.case_id) == ()
    assert len(evidence.unclaimed(SENDER)) == 1


def test_filing_the_same_draft_again_takes_along_what_came_meanwhile(evidence, complaints, draft):
    told = draft()
    evidence.keep(SENDER, file(1))
    filed = complaints.file(told)
    evidence.keep(SENDER, file(2))
    assert complaints.file(told).case_id == filed.case_id
    assert len(evidence.of_case(filed.case_id)) == 2


def test_a_complaint_that_is_not_filed_leaves_its_files(evidence, complaints, draft, monkeypatch):
    evidence.keep(SENDER, file())
    monkeypatch.setattr("bot.storage.complaints.SqlComplaintUnit.add_event", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        complaints.file(draft())
    assert len(evidence.unclaimed(SENDER)) == 1


def test_what_was_never_claimed_is_deleted_after_its_days(evidence, retention, clock, engine):
    evidence.keep(SENDER, file(1, pages=2))
    clock.advance(days=1)
    evidence.keep(SENDER, file(2))
    clock.now += KEPT_UNCLAIMED - timedelta(hours=1)
    assert retention.run().dropped_files == 1
    assert count(engine, UnclaimedRow) == 1
    assert retention.run().dropped_files == 0


def test_the_end_of_a_case_is_the_end_of_its_files(evidence, complaints, draft, retention, engine):
    evidence.keep(SENDER, file(1, pages=3))
    filed = complaints.file(draft())
    with engine.connect() as connection:
        sealed = bytes(connection.scalar(text("SELECT content FROM evidence")))
    retention.erase(filed.case_id, names.RESIDENT, "asked")
    assert count(engine, EvidenceRow) == 0
    keys = sealing_of(engine.dialect)
    keys.forget()
    with pytest.raises(SealBrokenError):
        keys.open(sealed, "evidence.content")


def test_forgetting_the_conversation_forgets_its_files_and_leaves_those_of_the_case(
    evidence, complaints, draft, engine, clock
):
    evidence.keep(SENDER, file(1))
    filed = complaints.file(draft())
    evidence.keep(SENDER, file(2))
    store = SqlConversationStore(session_factory(engine), reader_factory(engine))
    store.add(Conversation("c", Channel.WEB, SENDER, Speech(Language.ZH, LanguageSource.GUESSED), "t"), clock())
    store.forget("c")
    assert evidence.unclaimed(SENDER) == ()
    assert len(evidence.of_case(filed.case_id)) == 1


def test_rotation_seals_files_anew(evidence, complaints, draft, engine, keys_dir, hire):
    first = evidence.keep(SENDER, file(1, pages=7))
    filed = complaints.file(draft())
    for number in range(2, 5):
        evidence.keep(SENDER, file(number, pages=4))
    before = keys_of_rows(engine, "evidence") | keys_of_rows(engine, "unclaimed_evidence")
    rotation = Rotation(engine, keys_dir)
    rotation.begin()
    while rotation.step():
        pass
    assert rotation.is_finished()
    after = keys_of_rows(engine, "evidence") | keys_of_rows(engine, "unclaimed_evidence")
    assert len(after) == 2
    assert after.isdisjoint(before)
    assert evidence.page(hire("李"), filed.case_id, first.id, 7).content == b"page 7 of 1"
    assert {item.name for item in evidence.unclaimed(SENDER)} == {f"合同{number}.jpg" for number in range(2, 5)}


def test_a_backup_brings_files_back(evidence, complaints, draft, engine, keys, clock, tmp_path, hire):
    item = evidence.keep(SENDER, file(1, pages=2))
    filed, handler = complaints.file(draft()), hire("李")
    evidence.keep(SENDER, file(2))
    back_up(engine, tmp_path / "backup", tmp_path / "data-keys", clock())
    evidence.drop(SENDER)
    url = engine.url.render_as_string(hide_password=False)
    restore(url, keys, tmp_path / "backup", tmp_path / "data-keys", clock(), replace=True)
    engine.dispose()
    again = make_engine(url, keys)
    try:
        store = SqlEvidenceStore(session_factory(again), reader_factory(again))
        restored = Evidence(store, complaints, clock)
        assert len(restored.unclaimed(SENDER)) == 1
        assert restored.page(handler, filed.case_id, item.id, 2).content == b"page 2 of 1"
    finally:
        again.dispose()
