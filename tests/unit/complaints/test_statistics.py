"""Small counts stay hidden, from those who subtract as well."""

from datetime import UTC, datetime
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bot.complaints import Age, Kind, Status
from bot.complaints.statistics import (
    LEAST_SHOWN,
    OTHERS,
    FirstAnswer,
    Periods,
    Report,
    Table,
    Topic,
    hidden_keys,
    report_of,
)
from bot.messages import Channel, Language

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COUNTS = st.lists(st.one_of(st.integers(0, 6), st.integers(0, 60)), min_size=1, max_size=10)


def counted(**changed: dict[str, int]) -> dict[Topic, dict[str, int]]:
    whole: dict[Topic, dict[str, int]] = {
        Topic.KIND: {Kind.COST: 40},
        Topic.STATUS: {Status.RECEIVED: 40},
        Topic.AGE: {Age.WEEK: 40},
        Topic.MONTH: {"2026-03": 40},
        Topic.CHANNEL: {Channel.WEB: 40},
        Topic.LANGUAGE: {Language.ZH: 40},
        Topic.ANSWER: {FirstAnswer.ON_TIME: 40},
    }
    return whole | {Topic(topic): counts for topic, counts in changed.items()}


def table(report: Report, topic: Topic) -> Table | None:
    return next((found for found in report.tables if found.topic is topic), None)


def numbers(report: Report, topic: Topic) -> dict[str, int | None]:
    found = table(report, topic)
    assert found is not None
    return {line.key: line.number for line in found.lines}


@given(COUNTS)
def test_what_is_shown_is_never_small_beside_what_is_hidden(found: list[int]) -> None:
    counts = {str(place): number for place, number in enumerate(found)}
    hidden = hidden_keys(counts)
    shown = [number for key, number in counts.items() if key not in hidden]
    assert all(number == 0 or number >= LEAST_SHOWN for number in shown)
    together = sum(counts[key] for key in hidden)
    if hidden and shown:
        assert len(hidden) > 1
        assert together >= LEAST_SHOWN


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4).filter(lambda found: sum(found) >= LEAST_SHOWN))
def test_no_hidden_count_follows_from_the_total(found: list[int]) -> None:
    """Every way the hidden lines could be, held against what is published: no line has one value in all of them."""
    counts = {str(place): number for place, number in enumerate(found)}
    hidden = sorted(hidden_keys(counts))
    if len(hidden) in {0, len(counts)}:
        return
    together = sum(counts[key] for key in hidden)
    ways = [way for way in product(range(together + 1), repeat=len(hidden)) if sum(way) == together]
    for place in range(len(hidden)):
        assert len({way[place] for way in ways}) > 1


def test_one_small_count_takes_the_next_smallest_with_it() -> None:
    assert hidden_keys({"a": 3, "b": 9, "c": 7, "d": 20}) == {"a", "c"}


def test_noughts_hide_with_the_small_ones() -> None:
    assert hidden_keys({"a": 0, "b": 6, "c": 0, "d": 5}) == set()
    assert hidden_keys({"a": 4, "b": 3, "c": 0, "d": 9}) == {"a", "b", "c"}


def test_two_lines_that_are_as_full_as_small_lines_can_be() -> None:
    assert hidden_keys({"a": 4, "b": 4, "c": 9}) == {"a", "b", "c"}


def test_too_few_cases_show_nothing() -> None:
    report = report_of(NOW, counted(kind={Kind.COST: LEAST_SHOWN - 1}), [])
    assert (report.total, report.tables, report.on_time) == (None, (), None)


def test_every_kind_has_a_line_and_every_table_the_same_total() -> None:
    report = report_of(NOW, counted(kind={Kind.COST: 21, Kind.FRAUD: 19}))
    assert numbers(report, Topic.KIND) == dict.fromkeys(Kind, 0) | {Kind.COST: 21, Kind.FRAUD: 19}
    assert report.total == 40


def test_ages_say_nothing_about_months_that_are_hidden() -> None:
    shown = report_of(NOW, counted(age={Age.WEEK: 20, Age.OLDER: 20}, month={"2026-02": 20, "2026-03": 20}))
    assert table(shown, Topic.AGE) is not None
    hiding = report_of(NOW, counted(age={Age.WEEK: 20, Age.OLDER: 20}, month={"2026-02": 38, "2026-03": 2}))
    assert table(hiding, Topic.AGE) is None
    assert table(report_of(NOW, counted(age={Age.WEEK: 2, Age.OLDER: 38})), Topic.AGE) is None


def test_rate_of_first_answers_on_time() -> None:
    report = report_of(NOW, counted(answer={FirstAnswer.ON_TIME: 20, FirstAnswer.LATE: 9, FirstAnswer.PENDING: 11}))
    assert report.on_time == 68
    few = report_of(NOW, counted(answer={FirstAnswer.ON_TIME: 20, FirstAnswer.LATE: 2, FirstAnswer.PENDING: 18}))
    assert few.on_time is None
    assert report_of(NOW, counted(answer={FirstAnswer.PENDING: 40})).on_time is None


def test_institutions_with_few_cases_are_not_even_listed() -> None:
    report = report_of(NOW, counted(), [(20, "甲"), (12, "乙")])
    assert numbers(report, Topic.INSTITUTION) == {"1": 20, "2": 12, OTHERS: 8}


def test_the_rest_of_institutions_is_no_small_count_either() -> None:
    report = report_of(NOW, counted(), [(20, "甲"), (12, "乙"), (6, "丙")])
    assert numbers(report, Topic.INSTITUTION) == {"1": 20, "2": 12, OTHERS: 8}
    assert "丙" not in str([line.name for each in report.tables for line in each.lines])


def test_months_are_those_of_china() -> None:
    last_hour_of_february = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
    newest, begun = Periods(last_hour_of_february).months()[0]
    assert newest == "2026-02"
    assert begun == datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert Periods(datetime(2026, 2, 28, 16, tzinfo=UTC)).months()[0][0] == "2026-03"
    assert [key for key, _ in Periods(NOW).months()][-1] == "2025-04"


def test_bars_are_shares_of_the_longest() -> None:
    found = table(report_of(NOW, counted(kind={Kind.COST: 30, Kind.FRAUD: 10})), Topic.KIND)
    assert found is not None
    assert {line.key: found.percent(line) for line in found.lines if line.number} == {Kind.COST: 100, Kind.FRAUD: 34}
