"""Counting on the real databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from bot.complaints import Age, Kind, Status
from bot.complaints.statistics import EARLIER, OTHERS, FirstAnswer, Report, Statistics, Topic
from bot.messages import Channel, Language
from bot.staff import Role
from bot.storage.audit_tables import AuditRow
from bot.storage.engine import reader_factory, session_factory
from bot.storage.statistics import SqlStatisticsStore


@pytest.fixture
def statistics(engine: Engine, clock) -> Statistics:
    return Statistics(SqlStatisticsStore(session_factory(engine), reader_factory(engine)), clock)


@pytest.fixture
def file(complaints, draft):
    def file(count: int, **changed: object) -> list[int]:
        return [complaints.file(draft(**changed)).case_id for _ in range(count)]

    return file


def numbers(report: Report, topic: Topic) -> dict[str, int | None]:
    return {line.key: line.number for table in report.tables if table.topic is topic for line in table.lines}


def positive(report: Report, topic: Topic) -> dict[str, int | None]:
    return {key: number for key, number in numbers(report, topic).items() if number != 0}


def test_counts_by_everything_at_once(statistics, file, hire):
    file(6, kind=Kind.COST)
    file(7, kind=Kind.FRAUD, channel=Channel.TELEGRAM, language=Language.EN)
    report = statistics.desk(hire("甲"), names=False)
    assert report.total == 13
    assert positive(report, Topic.KIND) == {Kind.COST: 6, Kind.FRAUD: 7}
    assert positive(report, Topic.STATUS) == {Status.RECEIVED: 13}
    assert positive(report, Topic.CHANNEL) == {Channel.WEB: 6, Channel.TELEGRAM: 7}
    assert positive(report, Topic.LANGUAGE) == {Language.ZH: 6, Language.EN: 7}
    assert positive(report, Topic.AGE) == {Age.WEEK: 13}
    assert numbers(report, Topic.MONTH) == {"2026-03": 13}


def test_months_and_ages(statistics, file, hire, clock):
    clock.now = datetime(2025, 1, 10, tzinfo=UTC)
    file(5)
    # The last moment of January in China.
    clock.now = datetime(2026, 1, 31, 15, 59, 59, tzinfo=UTC)
    file(6)
    clock.now = datetime(2026, 2, 20, tzinfo=UTC)
    file(7)
    clock.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    report = statistics.desk(hire("甲"), names=False)
    assert positive(report, Topic.MONTH) == {EARLIER: 5, "2026-01": 6, "2026-02": 7}
    # Oldest first, months without a case included.
    assert list(numbers(report, Topic.MONTH))[:2] == [EARLIER, "2025-04"]
    assert list(numbers(report, Topic.MONTH))[-2:] == ["2026-02", "2026-03"]
    assert numbers(report, Topic.AGE) == {Age.WEEK: 0, Age.MONTH: 13, Age.OLDER: 5}


def test_first_answers_on_time(statistics, complaints, file, hire, clock, draft):
    boss = hire("王", Role.SUPERVISOR)

    def answer(case_id: int) -> None:
        complaints.answer(boss, case_id, complaints.case(boss, case_id).case.version, "您好，我们在办")

    in_time, late, never = file(6), file(5), file(5)
    gone = [complaints.file(draft()) for _ in range(5)]
    for case_id in in_time:
        answer(case_id)
    for filed in gone:
        complaints.withdraw(filed.receipt, "a")
    clock.advance(days=90)
    for case_id in late:
        answer(case_id)
    # An answer given late stays late, and a second one in time changes nothing.
    answer(late[0])
    file(5)
    report = statistics.desk(boss, names=False)
    assert numbers(report, Topic.ANSWER) == {
        FirstAnswer.ON_TIME: 6, FirstAnswer.LATE: 10, FirstAnswer.PENDING: 5, FirstAnswer.NONE: 5,
    }  # fmt: skip
    assert report.on_time == 37
    assert len(never) == 5


def test_institutions_are_counted_however_they_are_written(statistics, file, hire, engine):
    file(4, against="快贷 App")
    file(3, against="快贷有限公司")
    file(5, against="银山消费金融")
    file(6, against="老王")
    file(2, against="小李")
    file(3, against="")
    report = statistics.desk(hire("甲"), names=True)
    lines = next(table for table in report.tables if table.topic is Topic.INSTITUTION).lines
    assert [(line.name, line.number) for line in lines] == [
        ("快贷有限公司", 7), ("老王", 6), ("银山消费金融", 5), ("", 5),
    ]  # fmt: skip
    assert lines[-1].key == OTHERS
    with reader_factory(engine).begin() as session:
        assert session.scalars(select(AuditRow.action)).all()[-1] == "read names in statistics"


def test_who_may_not_read_names_gets_none_and_nothing_is_read(statistics, file, hire, engine):
    file(6, against="快贷")
    report = statistics.desk(hire("审计", Role.AUDITOR), names=False)
    assert numbers(report, Topic.INSTITUTION) == {"1": 6}
    assert "快贷" not in str([line.name for table in report.tables for line in table.lines])
    with reader_factory(engine).begin() as session:
        assert "read names in statistics" not in session.scalars(select(AuditRow.action)).all()


def test_the_public_sees_full_months_and_no_institutions(statistics, file, clock):
    file(6, against="快贷")
    assert statistics.public().total is None
    clock.now = datetime(2026, 3, 31, 16, tzinfo=UTC)
    file(1, against="快贷")
    report = statistics.public()
    assert report.total == 6
    assert numbers(report, Topic.MONTH) == {"2026-03": 6}
    assert Topic.INSTITUTION not in {table.topic for table in report.tables}
    clock.advance(days=29)
    assert statistics.public().tables == report.tables


def test_an_empty_desk(statistics, hire):
    assert statistics.desk(hire("甲"), names=True).total is None
    assert statistics.public().total is None


def test_a_case_is_as_old_as_it_is(statistics, file, hire, clock):
    file(5)
    clock.advance(days=7)
    file(5)
    clock.advance(seconds=-1)
    before = statistics.desk(hire("甲"), names=False)
    assert positive(before, Topic.AGE) == {Age.WEEK: 10}
    clock.now += timedelta(seconds=1)
    after = statistics.desk(hire("乙"), names=False)
    assert positive(after, Topic.AGE) == {Age.WEEK: 5, Age.MONTH: 5}
