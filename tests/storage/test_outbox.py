"""Notices on their way to residents."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select

from bot.messages import Channel
from bot.storage.complaint_tables import CaseRow
from bot.storage.engine import session_factory
from bot.storage.outbox import LEASE, forget_sender, mark_delivered


@pytest.fixture
def answered(complaints, draft, hire):
    """Answers a case of the given channel; returns case id."""
    handler = hire("李")

    def answered(text: str = "答复", **changed: object) -> int:
        filed = complaints.file(draft(**changed))
        complaints.answer(handler, filed.case_id, complaints.take(handler, filed.case_id, 1), text)
        return filed.case_id

    return answered


def test_each_gateway_gets_its_own_oldest_first(outbox, answered, clock):
    for text in ("一", "二", "三"):
        answered(text)
    answered("四", channel=Channel.TELEGRAM)
    assert [item.text for item in outbox.due(Channel.WEB, 2, clock.now)] == ["一", "二"]
    assert [item.text for item in outbox.due(Channel.TELEGRAM, 2, clock.now)] == ["四"]


def test_what_is_handed_out_is_nobody_elses_until_the_lease_ends(outbox, answered, clock):
    answered()
    [item] = outbox.due(Channel.WEB, 10, clock.now)
    assert outbox.due(Channel.WEB, 10, clock.now) == []
    clock.advance(seconds=LEASE.total_seconds())
    [again] = outbox.due(Channel.WEB, 10, clock.now)
    assert (again.id, again.attempts) == (item.id, 2)


def test_gateways_that_ask_at_once_share_what_is_due(outbox, answered, clock):
    for number in range(8):
        answered(str(number))
    barrier = Barrier(4)

    def take():
        barrier.wait()
        return [item.text for item in outbox.due(Channel.WEB, 8, clock.now)]

    with ThreadPoolExecutor(4) as pool:
        taken = [text for future in [pool.submit(take) for _ in range(4)] for text in future.result()]
    assert sorted(taken) == [str(number) for number in range(8)]


def test_failed_comes_back_when_told_and_delivered_never(outbox, answered, clock):
    answered()
    [item] = outbox.due(Channel.WEB, 10, clock.now)
    outbox.failed(item.id, clock.now + timedelta(hours=1))
    clock.advance(minutes=59)
    assert outbox.due(Channel.WEB, 10, clock.now) == []
    clock.advance(minutes=1)
    assert len(outbox.due(Channel.WEB, 10, clock.now)) == 1
    outbox.delivered(item.id, clock.now)
    outbox.failed(item.id, clock.now)
    clock.advance(days=1)
    assert outbox.due(Channel.WEB, 10, clock.now) == []


def test_delivery_is_marked_once_and_with_the_callers_transaction(outbox, answered, clock, engine: Engine):
    answered()
    [item] = outbox.due(Channel.WEB, 10, clock.now)
    sessions = session_factory(engine)
    with sessions() as session:
        assert mark_delivered(session, item.id, clock.now)
        session.rollback()
    with sessions.begin() as session:
        assert mark_delivered(session, item.id, clock.now)
    with sessions.begin() as session:
        assert not mark_delivered(session, item.id, clock.now)


def test_forgotten_conversation_gets_nothing_more_and_its_receipt_still_opens(
    complaints, draft, hire, outbox, engine: Engine
):
    handler = hire("李")
    filed = complaints.file(draft())
    version = complaints.answer(handler, filed.case_id, complaints.take(handler, filed.case_id, 1), "一")
    with session_factory(engine).begin() as session:
        forget_sender(session, "resident-1")
    complaints.answer(handler, filed.case_id, version, "二")
    assert outbox.due(Channel.WEB, 10, datetime.max.replace(tzinfo=UTC) - LEASE) == []
    assert [one.text for one in complaints.follow(filed.receipt, "a").messages] == ["一", "二"]
    with session_factory(engine)() as session:
        assert session.scalars(select(CaseRow.sender)).one() is None
