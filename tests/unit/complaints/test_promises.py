"""The desk's own clock over China's working days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.complaints import ClockState, Kind, Status
from bot.complaints.promises import CHINA, ENDED, WAITING, running
from bot.content.base import ContentError
from bot.content.desk import load_desk
from bot.settings import ROOT
from tests.shipped_desk import DESK, PROMISES

DAYS = DESK.days


@pytest.fixture
def promises():
    return PROMISES


def due(promises, at, **told):
    told = {"kind": Kind.COST, "status": Status.RECEIVED, "unanswered": True, "owed": None} | told
    return promises.due(opened_at=at, now=at, **told)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-01-26", True), ("2025-01-28", False), ("2025-10-08", False), ("2025-10-11", True),
        ("2026-02-14", True), ("2026-02-23", False), ("2026-02-24", True), ("2026-02-28", True),
        ("2026-05-09", True), ("2026-10-07", False), ("2026-10-10", True), ("2026-11-25", True),
        ("2026-11-28", False), ("2027-02-06", False), ("2027-02-08", True),
    ],
)  # fmt: skip
def test_holidays_and_make_up_days(day, worked):
    assert DAYS.is_worked(date.fromisoformat(day)) is worked


def test_the_pack_says_which_year_it_does_not_know():
    assert DAYS.knows(date(2026, 5, 1))
    assert not DAYS.knows(date(2027, 5, 1))
    assert {year.year: str(year.confidence) for year in DAYS.years}[2027] == "unconfirmed"


def test_the_spring_festival_stops_the_clock_and_a_make_up_saturday_runs_it(promises):
    # Friday 13 February 2026: worked days after it are Sat 14, Tue 24, Wed 25.
    filed = datetime(2026, 2, 13, 10, tzinfo=CHINA)
    assert due(promises, filed) == datetime(2026, 2, 26, tzinfo=CHINA)


def test_the_day_counts_in_china_whatever_the_server_thinks(promises):
    # 17:00 UTC on Tuesday is Wednesday in China.
    assert due(promises, datetime(2026, 11, 24, 17, tzinfo=UTC), kind=Kind.FRAUD) == datetime(
        2026, 11, 27, tzinfo=CHINA
    )


def test_writing_again_does_not_push_an_answer_back(promises):
    first = due(promises, datetime(2026, 11, 23, 10, tzinfo=CHINA))
    assert due(promises, datetime(2026, 11, 25, 10, tzinfo=CHINA), owed=first) == first


def test_answered_runs_to_the_end_of_the_case_and_waiting_or_closed_stands_still(promises):
    at = datetime(2026, 11, 2, 10, tzinfo=CHINA)
    assert due(promises, at, status=Status.IN_PROGRESS, unanswered=False) == datetime(2026, 12, 1, tzinfo=CHINA)
    assert due(promises, at, status=Status.WAITING) == WAITING
    for status in Status:
        if status.is_closed:
            assert due(promises, at, status=status) == ENDED
    assert running(WAITING) is running(ENDED) is running(None) is None


def test_warning_before_and_overdue_after(promises):
    due_at = datetime(2026, 11, 26, tzinfo=CHINA)
    for before, state in [
        (timedelta(days=3), ClockState.IN_TIME), (timedelta(hours=30), ClockState.SOON),
        (timedelta(minutes=1), ClockState.SOON), (timedelta(), ClockState.OVERDUE),
    ]:  # fmt: skip
        assert promises.state(due_at, due_at - before) is state
    assert promises.state(None, due_at) is ClockState.STOPPED


def test_every_kind_has_its_clock_and_checklist():
    desk = DESK
    assert set(desk.clocks) == set(desk.checklists) == set(Kind)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("replies.yml", "{handler}", "{unknown}"),
        ("holidays.yml", "2026-02-28", "2026-03-02"),
        ("clocks.yml", "answer: 2", "answer: 0"),
        ("checklists.yml", "collection:", "collecting:"),
    ],
)
def test_a_mistake_in_a_pack_is_named(tmp_path, file, old, new):
    for source in (ROOT / "data" / "desk").iterdir():
        text = source.read_text(encoding="utf-8")
        (tmp_path / source.name).write_text(text.replace(old, new) if source.name == file else text, encoding="utf-8")
    with pytest.raises(ContentError, match=file):
        load_desk(tmp_path)


@pytest.mark.parametrize(
    ("passphrase", "weak"),
    [
        ("password1234", True), ("Pass Word Pass Word", True), ("123412341234", True), ("aaaaaaaaaaaa", True),
        ("qwertyuiop123", True), ("woaizhongguo888", True), ("我爱中国我爱中国我爱中国", True),
        ("four plain words here", False), ("秋天的风吹过稻田了吗", False),
    ],
)  # fmt: skip
def test_the_commonest_passphrases_are_known(passphrase, weak):
    assert DESK.is_weak(passphrase) is weak
