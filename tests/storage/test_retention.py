"""The end of complaints on the real store."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from bot import audit as names
from bot.complaints import BadTextError, CaseNotFoundError, NotYoursError, Status
from bot.complaints.retention import CaseEnd, PostponementRefusedError, Retention
from bot.content.retention import RetentionRules, load_retention
from bot.messages import Channel
from bot.staff import Role
from bot.storage.audit_tables import AuditRow
from bot.storage.base import sealing_of
from bot.storage.complaint_tables import CaseRow, OutboxRow
from bot.storage.conversation_tables import ConversationRow
from bot.storage.engine import reader_factory, session_factory
from bot.storage.key_tables import DataKeyRow
from bot.storage.keys import KeyRing
from bot.storage.migrate import all_tables
from bot.storage.retention import SqlRetentionStore
from bot.storage.rotation import Rotation

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def keys_dir(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def keys(keys_dir: Path) -> KeyRing:
    return KeyRing.load_or_create(keys_dir)


@pytest.fixture(scope="module")
def rules() -> RetentionRules:
    return load_retention(DATA / "retention")


@pytest.fixture
def retention(engine: Engine, rules: RetentionRules, clock) -> Retention:
    return Retention(SqlRetentionStore(session_factory(engine)), rules, clock)


@pytest.fixture
def supervisor(hire):
    return hire("王", Role.SUPERVISOR)


@pytest.fixture
def closed(complaints, draft, supervisor):
    """A case rejected now: what was filed."""

    def closed(**changed: object):
        filed = complaints.file(draft(**changed))
        version = complaints.note(supervisor, filed.case_id, 1, "备注")
        complaints.move(supervisor, filed.case_id, version, Status.REJECTED, "理由")
        return filed

    return closed


def count(engine: Engine, row: type) -> int:
    with reader_factory(engine)() as session:
        return session.scalar(select(func.count()).select_from(row))


def notices(outbox, clock) -> list[tuple[str, str]]:
    due = outbox.due(Channel.WEB, 50, clock.now)
    for item in due:
        outbox.delivered(item.id, clock.now)
    return [(item.notice, item.text) for item in due]


def test_every_state_has_one_rule(rules: RetentionRules):
    assert sorted(rule.status for rule in rules.statuses) == sorted(Status)
    for rule in rules.statuses:
        assert (rule.days is not None) == Status(rule.status).is_closed


def test_closed_case_ends_ninety_days_later_with_notice_before(retention, closed, complaints, outbox, clock, engine):
    filed = closed()
    notices(outbox, clock)
    assert retention.end(filed.case_id) == CaseEnd(
        clock.now + timedelta(days=90), is_notified=False, is_postponed=False
    )
    clock.advance(days=75)
    assert (retention.run().noticed, notices(outbox, clock)) == (0, [])
    clock.advance(days=1)
    assert retention.run().noticed == 1
    end = (clock.now + timedelta(days=14)).date()
    assert notices(outbox, clock) == [("expiring", end.isoformat())]
    assert retention.run().noticed == 0
    clock.advance(days=13, hours=23)
    assert retention.run().purged == 0
    assert complaints.follow(filed.receipt, "a") is not None
    clock.advance(hours=1)
    assert retention.run().purged == 1
    assert complaints.follow(filed.receipt, "a") is None
    with pytest.raises(CaseNotFoundError):
        retention.end(filed.case_id)


def test_notice_always_passes_whole_however_late_it_was(retention, closed, clock):
    filed = closed()
    clock.advance(days=400)
    assert (retention.run().noticed, retention.run().purged) == (1, 0)
    assert retention.end(filed.case_id).ends_at == clock.now + timedelta(days=14)
    clock.advance(days=14)
    assert retention.run().purged == 1


def test_nothing_of_the_case_is_left_and_its_keys_are_gone(
    retention, closed, complaints, supervisor, clock, engine: Engine
):
    filed, other = closed(), closed()
    complaints.case(supervisor, filed.case_id)
    with reader_factory(engine)() as session:
        key_id = session.get_one(CaseRow, filed.case_id).key_id
    retention.erase(filed.case_id, names.RESIDENT, "asked")
    with engine.connect() as connection:
        for table in all_tables().tables.values():
            for key in table.foreign_keys:
                if key.target_fullname == "complaints.id":
                    found = connection.scalar(
                        select(func.count()).select_from(table).where(key.parent == filed.case_id)
                    )
                    assert found == 0, table.name
    with reader_factory(engine)() as session:
        key = session.get_one(DataKeyRow, key_id)
        assert (key.wrapped, key.shredded_at) == (None, clock.now)
        last = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).one()
        assert (last.actor, last.action, last.subject) == ("resident", names.CASE_PURGED, f"case:{filed.case_id}")
    assert complaints.follow(other.receipt, "a") is not None


def test_keys_of_before_a_rotation_go_with_the_case(closed, retention, clock, engine: Engine, keys_dir: Path):
    filed = closed()
    rotation = Rotation(engine, keys_dir)
    for _ in range(2):
        rotation.begin()
        while rotation.step():
            pass
    rotation.finish(clock())
    retention.erase(filed.case_id, names.OPERATOR, "test")
    with reader_factory(engine)() as session:
        cases = session.scalars(select(DataKeyRow).where(DataKeyRow.purpose == "case")).all()
        assert len(cases) == 3
        assert {one.wrapped for one in cases} == {None}


def test_retired_keys_are_shredded_when_backups_no_longer_need_them(retention, rules, clock, engine: Engine):
    keys = sealing_of(engine.dialect)
    with engine.begin() as connection:
        unused = keys.make(connection, "general", 0)
        connection.execute(DataKeyRow.__table__.update().where(DataKeyRow.id == unused).values(retired_at=clock.now))
        connection.execute(
            DataKeyRow.__table__.update().where(DataKeyRow.id == keys.current()).values(retired_at=clock.now)
        )
    in_use = keys.current()
    with session_factory(engine).begin() as session:
        session.add(
            ConversationRow(
                id="c", channel="web", sender="s", token_hash="h", address="somewhere",
                language="zh", language_source="guessed", used_at=clock.now,
            )
        )  # fmt: skip
    clock.advance(days=rules.retired_keys_days - 1)
    assert retention.run().shredded_keys == 0
    clock.advance(days=1)
    assert retention.run().shredded_keys == 1
    with reader_factory(engine)() as session:
        assert session.get_one(DataKeyRow, unused).wrapped is None
        assert session.get_one(DataKeyRow, in_use).wrapped is not None
        assert session.get_one(DataKeyRow, in_use).retired_at is None


def test_open_cases_and_those_nobody_read_stay(retention, complaints, draft, clock):
    filed = complaints.file(draft())
    clock.advance(days=4000)
    assert retention.end(filed.case_id) is None
    report = retention.run()
    assert (report.noticed, report.purged) == (0, 0)
    assert complaints.follow(filed.receipt, "a") is not None


def test_case_opened_again_starts_anew(retention, closed, complaints, supervisor, clock):
    filed = closed()
    clock.advance(days=80)
    assert retention.run().noticed == 1
    complaints.add_message(filed.receipt, "还没解决", "a")
    clock.advance(days=30)
    assert retention.run().purged == 0
    assert retention.end(filed.case_id) is None
    version = complaints.case(supervisor, filed.case_id).case.version
    complaints.move(supervisor, filed.case_id, version, Status.REJECTED, "理由")
    assert retention.end(filed.case_id) == CaseEnd(
        clock.now + timedelta(days=90), is_notified=False, is_postponed=False
    )


def test_a_note_on_a_closed_case_does_not_prolong_it(retention, closed, complaints, supervisor, clock):
    filed = closed()
    since = clock.now
    clock.advance(days=10)
    version = complaints.case(supervisor, filed.case_id).case.version
    complaints.note(supervisor, filed.case_id, version, "补记")
    assert retention.end(filed.case_id).ends_at == since + timedelta(days=90)


def test_supervisor_postpones_with_a_reason(retention, closed, supervisor, outbox, clock, engine: Engine):
    filed = closed()
    notices(outbox, clock)
    clock.advance(days=80)
    retention.run()
    notices(outbox, clock)
    until = clock.now + timedelta(days=200)
    end = retention.postpone(supervisor, filed.case_id, until, "法院还没判")
    assert end == CaseEnd(until, is_notified=False, is_postponed=True)
    clock.advance(days=185)
    assert (retention.run().noticed, retention.run().purged) == (0, 0)
    clock.advance(days=1)
    assert retention.run().noticed == 1
    assert notices(outbox, clock) == [("expiring", until.date().isoformat())]
    clock.advance(days=14)
    assert retention.run().purged == 1
    with reader_factory(engine)() as session:
        said = session.scalars(select(AuditRow).where(AuditRow.action == names.CASE_POSTPONED)).one()
    assert said.actor == names.staff(supervisor.id)
    assert "法院" not in said.details


def test_postponing_has_its_limits(retention, closed, complaints, draft, supervisor, hire, clock):
    filed = closed()
    soon = clock.now + timedelta(days=100)
    with pytest.raises(NotYoursError):
        retention.postpone(hire("李"), filed.case_id, soon, "理由")
    with pytest.raises(BadTextError):
        retention.postpone(supervisor, filed.case_id, soon, "  ")
    for until in (clock.now, clock.now + timedelta(days=366)):
        with pytest.raises(PostponementRefusedError):
            retention.postpone(supervisor, filed.case_id, until, "理由")
    with pytest.raises(PostponementRefusedError):
        retention.postpone(supervisor, complaints.file(draft()).case_id, soon, "理由")
    with pytest.raises(CaseNotFoundError):
        retention.postpone(supervisor, 9999, soon, "理由")


def test_dry_run_says_and_does_nothing(retention, closed, outbox, clock, engine: Engine):
    closed()
    notices(outbox, clock)
    clock.advance(days=100)
    before = count(engine, AuditRow)
    assert retention.run(dry_run=True).noticed == 1
    assert notices(outbox, clock) == []
    assert count(engine, AuditRow) == before
    retention.run()
    clock.advance(days=14)
    assert retention.run(dry_run=True).purged == 1
    assert count(engine, CaseRow) == 1


def test_forgotten_conversation_cannot_be_told_but_the_time_still_passes(retention, closed, clock, engine: Engine):
    closed()
    with session_factory(engine).begin() as session:
        session.scalars(select(CaseRow)).one().sender = None
    clock.advance(days=80)
    sent = count(engine, OutboxRow)
    assert retention.run().noticed == 1
    assert count(engine, OutboxRow) == sent
    clock.advance(days=14)
    assert retention.run().purged == 1


def test_many_cases_are_all_reached(retention, complaints, draft, clock, engine: Engine, rules):
    with session_factory(engine).begin() as session:
        for number in range(120):
            session.add(
                CaseRow(
                    draft_hash=str(number), kind="other", status=Status.WITHDRAWN, language="zh", channel="web",
                    opened_at=clock.now, updated_at=clock.now, story="事", against="", happened="", amount="", wish="",
                )
            )  # fmt: skip
    clock.advance(days=30)
    assert retention.run().noticed == 120
    clock.advance(days=14)
    assert retention.run().purged == 120
    assert count(engine, CaseRow) == 0
