"""Faults by the hundred on the way to people: each message is answered once, and each answer of the desk arrives.

What is guaranteed: a message delivered any number of times, in any order, through any process, is heard by Rasa
once and answered the same each time; only a turn that failed is taken again. A notice of the desk stands in the
conversation exactly once. On Telegram it is sent at least once: a second time only when the gateway died, its lease ran
out, or Telegram's answer was lost, after it had arrived.

Run with ``-s`` to read the counts.
"""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest

from bot.complaints import ComplaintDraft, Complaints, Kind
from bot.conversations import AssistantUnavailableError, Delivery
from bot.messages import Channel, Language, TypedText
from bot.staff import Role, StaffMember
from bot.storage.complaints import SqlComplaintStore
from bot.storage.engine import reader_factory, session_factory
from bot.storage.outbox import LEASE
from bot.storage.receipts import Argon2ReceiptHasher
from bot.storage.staff import SqlStaffStore
from tests.shipped_desk import PROMISES

PEOPLE = 20
MESSAGES = 10
ANSWERS = 120


class KilledError(BaseException):
    """Ends a gateway on the spot: like SIGKILL, nothing after it runs."""


def tell(counts: str) -> None:
    print(f"\n{counts}")  # noqa: T201 - a test of faults by the hundred says how many


async def test_messages_delivered_again_and_out_of_order_are_taken_once(stack):
    draw = random.Random(11)  # noqa: S311 - no secrets, only an order
    processes = [stack.conversations, stack.another_process(), stack.another_process()]
    people = [await stack.conversations.open(Channel.WEB, Language.ZH) for _ in range(PEOPLE)]
    stack.rasa.heard.clear()
    answers: dict[tuple[str, str], list[list[str]]] = {}

    async def deliver(person: str, name: str, way: int) -> None:
        said = await processes[way].say(person, TypedText(text=f"第{name}句"), name)
        answers.setdefault((person, name), []).append([message.id for message in said])

    deliveries = [
        (opened.conversation_id, str(number), draw.randrange(3))
        for opened in people
        for number in range(MESSAGES)
        for _ in range(draw.choice((1, 2, 2, 3, 4)))
    ]
    draw.shuffle(deliveries)
    # Everybody's at once; of one person a few at once, as a page does that lost its connection and found it again.
    for at in range(0, len(deliveries), 60):
        await asyncio.gather(*(deliver(*one) for one in deliveries[at : at + 60]))

    tell(f"{PEOPLE * MESSAGES} messages delivered {len(deliveries)} times; Rasa heard {len(stack.rasa.heard)}")
    assert len(deliveries) > 2 * PEOPLE * MESSAGES
    assert set(Counter(stack.rasa.heard).values()) == {1}
    assert len(stack.rasa.heard) == PEOPLE * MESSAGES == len(answers)
    assert stack.rasa.most_at_once == 1
    assert all(ids == copies[0] for copies in answers.values() for ids in copies)
    for opened in people:
        history = await stack.conversations.history(opened.conversation_id)
        said = [message.text for message in history if message.author == "user"]
        assert sorted(said) == sorted(f"第{number}句" for number in range(MESSAGES))


async def test_messages_are_answered_through_an_assistant_that_keeps_failing(stack):
    draw = random.Random(12)  # noqa: S311 - no secrets, only which turn fails
    opened = await stack.conversations.open(Channel.WEB, Language.ZH)
    refused = 0
    for number in range(ANSWERS):
        while True:
            stack.rasa.fault = draw.choice(("", "down", "silent", "garbled"))
            stack.cable.is_cut = draw.randrange(5) == 0
            try:
                said = await stack.conversations.say(opened.conversation_id, TypedText(text=f"{number}"), f"m{number}")
            except AssistantUnavailableError:
                refused += 1
                continue
            assert [message.text for message in said] == [f"[zh] {number}"]
            break
    stack.rasa.fault, stack.cable.is_cut = "", False
    tell(f"{ANSWERS} messages, {refused} turns failed, each answered once")
    assert refused > ANSWERS
    history = await stack.conversations.history(opened.conversation_id)
    said = [message.text for message in history if message.author == "user"]
    assert said == [f"{number}" for number in range(ANSWERS)][-len(said) :]
    assert len(said) == len(set(said))


@pytest.fixture
def complaints(stack) -> Complaints:
    store = SqlComplaintStore(session_factory(stack.engine), reader_factory(stack.engine))
    return Complaints(store, Argon2ReceiptHasher(stack.keys, memory_kib=8, rounds=1), stack.clock, PROMISES)


@pytest.fixture
def handler(stack) -> StaffMember:
    with SqlStaffStore(session_factory(stack.engine), reader_factory(stack.engine)).unit() as unit:
        unit.invite("李", Role.SUPERVISOR, "invitation", stack.clock() + timedelta(hours=1))
        invitation = unit.invitation("invitation")
        assert invitation is not None
        return unit.enrol(invitation.staff_id, "no passphrase", 0, stack.clock())


class Telegram:
    """What arrives at people's phones while Telegram, the network and the gateway fail at random."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.draw = random.Random(13)  # noqa: S311 - no secrets, only which delivery fails
        self.arrived: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    async def send(self, delivery: Delivery) -> None:
        text = delivery.message.text
        fault = self.draw.choice(("", "", "outage", "slow", "answer lost", "killed before", "killed between"))
        self.faults[fault or "none"] += 1
        if fault == "outage":
            raise ConnectionError
        if fault == "killed before":
            raise KilledError
        if fault == "slow":
            self.clock.advance(seconds=self.draw.choice((1, 30, 90)))
        self.arrived[text] += 1
        if fault == "answer lost":
            raise TimeoutError
        if fault == "killed between":
            raise KilledError


@pytest.mark.parametrize("channel", [Channel.TELEGRAM, Channel.WEB])
async def test_every_answer_of_the_desk_arrives(stack, complaints, handler, channel):
    people = [await stack.conversations.open(channel, Language.ZH, f"chat {number}") for number in range(PEOPLE)]
    senders = {stack.keys.sender_id(opened.conversation_id): opened.conversation_id for opened in people}
    for number in range(ANSWERS):
        draft = ComplaintDraft(
            draft_id=f"{number}", kind=Kind.COST, story="利息太高", against="", when="", amount="", wish="",
            language=Language.ZH, channel=channel, sender=list(senders)[number % PEOPLE], consent=True,
        )  # fmt: skip
        filed = complaints.file(draft)
        version = complaints.take(handler, filed.case_id, 1)
        complaints.answer(handler, filed.case_id, version, f"答复{number:03}号")

    telegram = Telegram(stack.clock)
    settled = deaths = rounds = 0
    while settled < ANSWERS:
        rounds += 1
        assert rounds < 2000, "some answers are never settled"
        # Two gateways at once, as while one takes over from another; what dies is started again.
        gateways = [stack.another_process(), stack.another_process()]
        done = await asyncio.gather(
            *(gateway.deliver_due(channel, telegram.send) for gateway in gateways), return_exceptions=True
        )
        deaths += sum(isinstance(one, KilledError) for one in done)
        stack.clock.advance(seconds=LEASE.total_seconds() + 1)
        stood = Counter[str]()
        for conversation_id in senders.values():
            stood.update(message.text for message in await stack.conversations.history(conversation_id))
        settled = sum("答复" in text for text in stood)

    for _ in range(3):
        stack.clock.advance(hours=2)
        assert await stack.conversations.deliver_due(channel, telegram.send) == 0
    answers = {text: count for text, count in stood.items() if "答复" in text}
    sent = {text: count for text, count in telegram.arrived.items() if "答复" in text}
    tell(
        f"{channel}: {ANSWERS} answers, faults {dict(telegram.faults)}, gateways killed {deaths}; in the conversations "
        f"{sum(answers.values())}, arrived {sum(sent.values())}, more than once {sum(n > 1 for n in sent.values())}"
    )
    assert len(answers) == ANSWERS
    assert set(answers.values()) == {1}
    if channel is Channel.TELEGRAM:
        # Each at least once; how often more is what the faults made of it.
        assert len(sent) == ANSWERS
        assert sum(telegram.faults.values()) > 2 * ANSWERS
