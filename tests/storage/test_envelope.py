"""Data keys: which one seals what, and that new ones take over without a word lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text, update

from bot.complaints import Author
from bot.messages import Channel
from bot.staff import Role
from bot.storage.base import Keyed, sealing_of
from bot.storage.case_keys import owner_column, sealed_columns
from bot.storage.complaint_tables import CaseRow, MessageRow
from bot.storage.data_keys import CASE, DataKeys, key_id_of
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.key_tables import DataKeyRow
from bot.storage.keys import KeyRing, SealBrokenError, master_of
from bot.storage.migrate import all_tables
from bot.storage.rotation import Rotation, key_counts
from bot.storage.sealed_tables import keys_in_use, sealed_tables


@pytest.fixture
def keys_dir(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def keys(keys_dir: Path) -> KeyRing:
    return KeyRing.load_or_create(keys_dir)


@pytest.fixture
def rotation(engine: Engine, keys_dir: Path) -> Rotation:
    return Rotation(engine, keys_dir)


@pytest.fixture
def other_process(engine: Engine, keys_dir: Path) -> Iterator[Engine]:
    """An engine with a memory of its own, which started before any rotation."""
    other = make_engine(engine.url.render_as_string(hide_password=False), KeyRing.load_or_create(keys_dir))
    yield other
    other.dispose()


def rotate(rotation: Rotation) -> None:
    rotation.begin()
    while rotation.step():
        pass


def stored(engine: Engine, query: str) -> list[bytes]:
    with engine.connect() as connection:
        return [bytes(value) for value in connection.scalars(text(query)) if value is not None]


def test_each_case_has_its_own_key_and_everything_of_it_is_under_it(complaints, draft, hire, engine: Engine):
    handler = hire("李")
    cases = [complaints.file(draft()).case_id for _ in range(2)]
    for case_id in cases:
        version = complaints.take(handler, case_id, 1)
        version = complaints.note(handler, case_id, version, "备注")
        complaints.answer(handler, case_id, version, "答复")
    with engine.connect() as connection:
        own = dict(connection.execute(select(CaseRow.id, CaseRow.key_id)).all())
        assert len(set(own.values())) == 2
        checked = 0
        for table in sealed_tables():
            if table.owner is not None:
                for row in connection.execute(select(table.plain)).mappings():
                    for name in table.aads:
                        if row[name] is not None:
                            assert key_id_of(bytes(row[name])) == own[row[table.owner]]
                            checked += 1
    assert checked == 2 * (5 + 1 + 1 + 1)  # particulars, message, note, outbox


def test_sealed_columns_of_everything_else_are_under_the_general_key(staff_store, clock, engine: Engine):
    with staff_store.unit() as unit:
        unit.invite("李", Role.HANDLER, "token", clock())
        unit.keep_totp(1, "secret")
    [sealed] = stored(engine, "SELECT totp_secret FROM staff")
    assert key_id_of(sealed) == sealing_of(engine.dialect).current()


def test_what_was_undone_leaves_no_key_that_something_is_sealed_under(complaints, draft, engine: Engine):
    sessions = session_factory(engine)
    complaints.file(draft())
    with sessions() as session:
        first = session.scalars(select(CaseRow)).one()
        fields = {c.key: getattr(first, c.key) for c in CaseRow.__table__.columns if c.key not in {"id", "key_id"}}
        session.add(CaseRow(**fields | {"draft_hash": "x"}))
        session.flush()
        session.rollback()
    filed = complaints.file(draft(story="第二次"))
    assert complaints.follow(filed.receipt, "a") is not None
    with engine.connect() as connection:
        assert keys_in_use(connection)[0] <= set(connection.scalars(select(DataKeyRow.id)))


def test_value_of_one_case_does_not_open_under_the_key_of_another(complaints, draft, engine: Engine):
    first, second = (complaints.file(draft()).case_id for _ in range(2))
    with session_factory(engine).begin() as session:
        keys = [session.get_one(CaseRow, case_id).key_id for case_id in (first, second)]
        [one, two] = session.scalars(select(DataKeyRow).where(DataKeyRow.id.in_(keys)).order_by(DataKeyRow.id)).all()
        one.wrapped, two.wrapped = two.wrapped, one.wrapped
    sealing_of(engine.dialect).forget()
    with reader_factory(engine)() as session, pytest.raises(SealBrokenError):
        session.get(CaseRow, first)


def test_shredded_key_makes_a_case_unreadable_and_no_other(complaints, draft, engine: Engine):
    first, second = (complaints.file(draft()).case_id for _ in range(2))
    with session_factory(engine).begin() as session:
        session.get_one(DataKeyRow, session.get_one(CaseRow, first).key_id).wrapped = None
    sealing_of(engine.dialect).forget()
    with reader_factory(engine)() as session:
        assert session.get_one(CaseRow, second).story
        with pytest.raises(SealBrokenError):
            session.get(CaseRow, first)


def test_keyed_text_is_text():
    assert Keyed("甲", 7) == "甲"
    assert Keyed("甲", 7).key_id == 7


def test_every_sealed_column_is_bound_to_its_own_name():
    for table in all_tables().tables.values():
        for column in sealed_columns(table):
            assert column.type.aad == f"{table.name}.{column.name}"


def test_whatever_belongs_to_a_case_goes_with_it():
    for table in all_tables().tables.values():
        owner = owner_column(table)
        if owner is not None and table.name != "complaints":
            assert {key.ondelete for key in owner.foreign_keys} == {"CASCADE"}, table.name


# Rotation.


@pytest.fixture
def lived_in(complaints, draft, hire):
    """Cases with everything a case can have."""
    handler = hire("李")
    cases = []
    for number in range(3):
        filed = complaints.file(draft(story=f"第{number}件", contact="微信", contact_consent=True, figures={"月": 1}))
        version = complaints.take(handler, filed.case_id, 1)
        version = complaints.note(handler, filed.case_id, version, "备注")
        complaints.answer(handler, filed.case_id, version, "答复")
        cases.append(filed.case_id)
    return handler, cases


def test_rotation_moves_everything_and_loses_nothing(
    lived_in, complaints, outbox, staff_store, rotation, clock, engine: Engine, keys: KeyRing, keys_dir: Path
):
    handler, cases = lived_in
    with staff_store.unit() as unit:
        unit.keep_totp(handler.id, "secret")
    before = [complaints.case(handler, case_id) for case_id in cases]
    with engine.connect() as connection:
        old_keys, _ = keys_in_use(connection)
    old_master = keys.master_id
    assert rotation.is_finished()
    rotation.begin()
    assert not rotation.is_finished()
    while rotation.step():
        pass
    assert rotation.is_finished()
    with engine.connect() as connection:
        new_keys, masters = keys_in_use(connection)
        wrapped = connection.scalars(select(DataKeyRow.wrapped)).all()
    assert new_keys.isdisjoint(old_keys)
    assert masters == set()
    assert {master_of(bytes(one)) for one in wrapped} == {keys.master_id} != {old_master}
    assert rotation.finish(clock()) == (1, len(old_keys))
    assert old_master not in KeyRing.load_or_create(keys_dir).masters

    sealing_of(engine.dialect).forget()
    assert [complaints.case(handler, case_id) for case_id in cases] == before
    assert len(outbox.due(Channel.WEB, 10, clock())) == 3
    with staff_store.unit() as unit:
        assert unit.invitation("nobody") is None
    with engine.connect() as connection:
        counts = [(one.generation, one.purpose, one.state, one.count) for one in key_counts(connection)]
    assert counts == [
        (2, "case", "active", 3),
        (2, "general", "active", 1),
        (1, "case", "retired", 3),
        (1, "general", "retired", 1),
    ]


def test_rotation_goes_on_where_it_stopped(lived_in, complaints, rotation, engine: Engine, keys_dir: Path):
    handler, cases = lived_in
    rotation.begin()
    rotation.step()
    again = Rotation(engine, keys_dir)
    assert not again.is_finished()
    while again.step():
        pass
    assert again.is_finished()
    for case_id in cases:
        assert complaints.case(handler, case_id).notes[0].text == "备注"


def test_running_process_uses_the_new_keys_and_reads_what_was_moved(
    lived_in, complaints, other_process, rotation, clock, engine: Engine
):
    with reader_factory(other_process)() as session:
        assert session.scalars(select(CaseRow)).first().story
    rotate(rotation)
    rotation.finish(clock())
    with session_factory(other_process).begin() as session:
        case_id = session.scalars(select(CaseRow.id).order_by(CaseRow.id)).first()
        assert session.get_one(CaseRow, case_id).story == "第0件"
        session.add(MessageRow(case_id=case_id, author=Author.RESIDENT, text="补充", at=clock()))
    with engine.connect() as connection:
        own = connection.scalar(select(CaseRow.key_id).where(CaseRow.id == case_id))
    *_, message = stored(engine, "SELECT text FROM complaint_messages ORDER BY id")
    assert key_id_of(message) == own
    assert rotation.is_finished()


def test_texts_written_past_the_case_key_are_brought_under_it(lived_in, complaints, rotation, clock, engine: Engine):
    handler, cases = lived_in
    with engine.begin() as connection:
        connection.execute(insert(MessageRow).values(case_id=cases[0], author=Author.RESIDENT, text="旁路", at=clock()))
    assert not rotation.is_finished()
    while rotation.step():
        pass
    assert rotation.is_finished()
    assert complaints.case(handler, cases[0]).messages[-1].text == "旁路"


def test_values_of_before_there_were_data_keys_are_read_and_moved(
    lived_in, complaints, rotation, keys: KeyRing, engine: Engine
):
    handler, cases = lived_in
    table = next(one for one in sealed_tables() if one.plain.name == "complaints")
    with engine.begin() as connection:
        old = keys.seal("从前".encode(), "complaints.story")
        connection.execute(update(table.plain).values(story=old, key_id=None))
    assert complaints.case(handler, cases[0]).particulars.story == "从前"
    while rotation.step():
        pass
    assert complaints.case(handler, cases[0]).particulars.story == "从前"
    with engine.connect() as connection:
        assert keys_in_use(connection)[1] == set()
        assert None not in connection.scalars(select(CaseRow.key_id)).all()


def test_the_key_of_a_case_being_filed_outlives_a_rotation_that_begins_meanwhile(engine: Engine):
    keys: DataKeys = sealing_of(engine.dialect)
    with engine.begin() as connection:
        key_id = keys.make(connection, CASE, 1)
        keys.renew()
        assert keys.open(keys.seal(b"1", "complaints.story", key_id), "complaints.story") == b"1"


def test_work_goes_on_while_keys_are_rotated(lived_in, complaints, draft, rotation, clock, engine: Engine):
    def work() -> list[str]:
        return [complaints.file(draft(story=f"边轮换边投诉{number}")).receipt for number in range(15)]

    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(work) for _ in range(2)]
        for _ in range(2):
            rotate(rotation)
            rotation.finish(clock())
        receipts = [receipt for worker in workers for receipt in worker.result()]
    while rotation.step():
        pass
    rotation.finish(clock())
    sealing_of(engine.dialect).forget()
    assert all(complaints.follow(receipt, "a") for receipt in receipts)
    with reader_factory(engine)() as session:
        assert len(session.scalars(select(CaseRow)).all()) == 33
