"""Escalation and the rate of first answers on time, on the real store."""

import threading

import pytest
from sqlalchemy import Engine

from bot.complaints import Action, QueueFilter, Status
from bot.complaints.punctuality import OnTime, Punctuality
from bot.staff import Role
from bot.storage.engine import reader_factory, session_factory
from bot.storage.punctuality import SqlPunctualityStore


@pytest.fixture
def punctuality(engine: Engine, clock) -> Punctuality:
    return Punctuality(SqlPunctualityStore(session_factory(engine), reader_factory(engine)), clock)


def escalations(complaints, handler, case_id: int) -> int:
    events = complaints.case(handler, case_id).events
    return sum(event.action is Action.ESCALATED for event in events)


def test_each_due_moment_is_escalated_once(complaints, punctuality, draft, hire, clock):
    boss = hire("王", Role.SUPERVISOR)
    filed = complaints.file(draft())
    assert punctuality.escalate() == 0
    clock.advance(days=10)
    assert (punctuality.escalate(), punctuality.escalate()) == (1, 0)
    case = complaints.case(boss, filed.case_id).case
    assert case.is_escalated
    assert case.version == 1
    assert [one.id for one in complaints.queue(boss, QueueFilter(escalated=True)).items] == [filed.case_id]
    complaints.answer(boss, filed.case_id, 1, "我们在看")
    assert complaints.queue(boss, QueueFilter(escalated=True)).items == ()
    assert not complaints.case(boss, filed.case_id).case.is_escalated
    clock.advance(days=60)
    assert punctuality.escalate() == 1
    assert escalations(complaints, boss, filed.case_id) == 2


def test_what_waits_or_is_closed_is_not_escalated(complaints, punctuality, draft, hire, clock):
    boss = hire("王", Role.SUPERVISOR)
    waiting, closed = (complaints.file(draft()).case_id for _ in range(2))
    for number, to in enumerate((Status.TRIAGED, Status.IN_PROGRESS, Status.WAITING), 1):
        complaints.move(boss, waiting, number, to)
    complaints.move(boss, closed, 1, Status.REJECTED, "重复")
    clock.advance(days=365)
    assert punctuality.escalate() == 0


def test_two_clocks_at_once_escalate_each_case_once(complaints, punctuality, draft, hire, clock, monkeypatch):
    monkeypatch.setattr("bot.complaints.punctuality.AT_ONCE", 3)
    handler = hire("李")
    ids = [complaints.file(draft()).case_id for _ in range(10)]
    clock.advance(days=10)
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(punctuality.escalate())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert punctuality.escalate() + sum(done) == 10
    assert [escalations(complaints, handler, case_id) for case_id in ids] == [1] * 10


def test_the_rate_counts_first_answers_by_the_day_promised(complaints, punctuality, draft, hire, clock):
    boss = hire("王", Role.SUPERVISOR)
    assert punctuality.on_time() == OnTime(0, 0)
    assert punctuality.on_time().percent is None
    kept, late, silent, withdrawn = (complaints.file(draft()) for _ in range(4))
    complaints.answer(boss, kept.case_id, 1, "当天答复")
    complaints.withdraw(withdrawn.receipt, "x")
    assert punctuality.on_time() == OnTime(1, 0)
    clock.advance(days=10)
    complaints.answer(boss, late.case_id, 1, "晚了")
    assert punctuality.on_time() == OnTime(1, 2)
    assert punctuality.on_time().percent == 33
    complaints.answer(boss, silent.case_id, 1, "更晚")
    clock.advance(days=100)
    assert punctuality.on_time() == OnTime(0, 0)
