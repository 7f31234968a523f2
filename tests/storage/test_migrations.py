"""The migrations lead to the shape the code expects, and back."""

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import ANY

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from bot.complaints import Answer, Complaints, OnBehalf
from bot.staff import Role
from bot.storage import audit
from bot.storage.audit import AuditCheck
from bot.storage.complaints import SqlComplaintStore
from bot.storage.engine import reader_factory, session_factory
from bot.storage.keys import KeyRing
from bot.storage.migrate import all_tables, downgrade, upgrade
from bot.storage.staff import SqlStaffStore
from tests.shipped_desk import PROMISES


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_newest_shape_is_what_the_code_expects(engine: Engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, all_tables()) == []


def test_up_down_up(empty_engine: Engine):
    upgrade(empty_engine)
    shape = tables(empty_engine)
    assert {"complaints", "staff", "outbox", "audit_log", "data_keys"} <= shape
    downgrade(empty_engine, "base")
    assert tables(empty_engine) == set()
    upgrade(empty_engine)
    assert tables(empty_engine) == shape


def test_texts_and_reads_survive_the_way_down_and_up_again(empty_engine: Engine, keys: KeyRing, draft, clock, receipts):
    upgrade(empty_engine)
    stores = session_factory(empty_engine), reader_factory(empty_engine)
    with SqlStaffStore(*stores).unit() as unit:
        unit.invite("李", Role.HANDLER, "token", clock())
        unit.keep_totp(1, "secret")
        handler = unit.enrol(1, "hash", 0, clock())
    complaints = Complaints(SqlComplaintStore(*stores), receipts, clock, PROMISES)
    filed = complaints.file(draft(contact="微信 lao-wang", contact_consent=True, figures={"月": 1}))
    version = complaints.take(handler, filed.case_id, 1)
    complaints.answer(handler, filed.case_id, version, "答复")
    before = complaints.case(handler, filed.case_id)

    downgrade(empty_engine, "0002")
    with empty_engine.connect() as connection:
        sealed = connection.scalar(text("SELECT story FROM complaints"))
        assert keys.open(bytes(sealed), "complaints.story").decode() == before.particulars.story
        assert connection.execute(text("SELECT staff_id, what, case_id FROM access_log")).all() == [
            (handler.id, "read case", filed.case_id)
        ]
    upgrade(empty_engine)
    after = complaints.case(handler, filed.case_id)
    # When an answer is due, and whether it arrived, is not known to the shape of before.
    assert (after.parts, after.events) == (before.parts, before.events)
    with SqlStaffStore(*stores).unit() as unit:
        assert unit.credentials("李").totp_secret == "secret"
    with stores[1]() as session:
        assert audit.verify(session) == AuditCheck(2, ANY)


def test_a_case_from_before_there_were_answers_can_be_read(empty_engine: Engine, draft, clock, receipts):
    upgrade(empty_engine)
    stores = session_factory(empty_engine), reader_factory(empty_engine)
    complaints = Complaints(SqlComplaintStore(*stores), receipts, clock, PROMISES)
    filed = complaints.file(draft(answers=(Answer("did", "他们做了什么？", "骂人"),), on_behalf=OnBehalf.RELATIVE))
    downgrade(empty_engine, "0005")
    upgrade(empty_engine)
    with SqlComplaintStore(*stores).reading() as unit:
        found = unit.file_of(filed.case_id)
    assert (found.particulars.answers, found.particulars.on_behalf) == ((), OnBehalf.SELF)
    assert found.particulars.story == draft().story


def test_several_processes_may_upgrade_at_once(empty_engine: Engine):
    with ThreadPoolExecutor(3) as pool:
        for upgraded in [pool.submit(upgrade, empty_engine) for _ in range(3)]:
            upgraded.result()
    assert "complaints" in tables(empty_engine)
