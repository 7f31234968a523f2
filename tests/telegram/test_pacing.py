"""Pace towards Telegram, on a clock of our own: nothing here waits."""

from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.telegram.pacing import Pacer


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class Wire:
    """Remembers when each call went out; refuses the first ``refusals`` of them."""

    def __init__(self, clock: Clock, refusals: int = 0, retry_after: int = 7) -> None:
        self.clock, self.refusals, self.retry_after = clock, refusals, retry_after
        self.times: list[float] = []

    async def __call__(self) -> bool:
        self.times.append(self.clock.now)
        if len(self.times) <= self.refusals:
            raise RetryAfter(self.retry_after)
        return True


async def send(pacer: Pacer, wire: Wire, chat: int | None, endpoint: str = "sendMessage") -> Any:
    data = {} if chat is None else {"chat_id": chat}
    return await pacer.process_request(wire, (), {}, endpoint, data, None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pacer(clock: Clock) -> Pacer:
    return Pacer(clock=clock, sleep=clock.sleep)


async def test_one_message_a_second_to_a_person_after_a_short_burst(clock: Clock, pacer: Pacer) -> None:
    wire = Wire(clock)
    for _ in range(5):
        await send(pacer, wire, 7)
    assert [time - 1000 for time in wire.times] == pytest.approx([0, 0, 1, 2, 3])


async def test_twenty_a_minute_to_a_group(clock: Clock, pacer: Pacer) -> None:
    wire = Wire(clock)
    for _ in range(24):
        await send(pacer, wire, -100)
    for start in wire.times:
        assert sum(start <= time < start + 60 for time in wire.times) <= 22
    assert wire.times[-1] - wire.times[0] >= 60


async def test_thirty_a_second_in_all(clock: Clock, pacer: Pacer) -> None:
    wire = Wire(clock)
    for chat in range(1, 201):
        await send(pacer, wire, chat)
    for start in wire.times[25:]:
        assert sum(start <= time < start + 1 for time in wire.times) <= 31


async def test_a_refusal_holds_back_its_own_chat_only(clock: Clock, pacer: Pacer) -> None:
    refused, other = Wire(clock, refusals=1), Wire(clock)
    assert await send(pacer, refused, 7)
    assert refused.times[1] - refused.times[0] >= 7
    before = clock.now
    await send(pacer, other, 8)
    assert clock.now - before < 1


async def test_it_gives_up_after_three_refusals(clock: Clock, pacer: Pacer) -> None:
    with pytest.raises(RetryAfter):
        await send(pacer, Wire(clock, refusals=9), 7)


async def test_it_does_not_wait_for_ages(clock: Clock, pacer: Pacer) -> None:
    with pytest.raises(RetryAfter):
        await send(pacer, Wire(clock, refusals=1, retry_after=100_000), 7)
    assert clock.now == 1000.0


async def test_answering_a_tap_is_never_held_back(clock: Clock, pacer: Pacer) -> None:
    wire = Wire(clock)
    for _ in range(50):
        await send(pacer, wire, None, "answerCallbackQuery")
    assert clock.now == 1000.0
