"""Server-sent events from a real server, and what the desk has to say."""

import asyncio
import json

import httpx
import pytest

from bot.complaints import ComplaintDraft, Complaints, Kind, Status
from bot.conversations import AddressGoneError
from bot.messages import Channel, Language
from bot.staff import Role, StaffMember
from bot.storage.complaints import SqlComplaintStore
from bot.storage.engine import reader_factory, session_factory
from bot.storage.receipts import Argon2ReceiptHasher
from bot.storage.staff_tables import StaffRow
from tests.shipped_desk import PROMISES

HANDLER = StaffMember(1, "王芳", Role.SUPERVISOR)


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits in the database is looked for at once, not within a second or two."""
    monkeypatch.setattr("bot.web.app._LOOK_FOR_NOTICES", 0.05)
    monkeypatch.setattr("bot.web.events._LOOK_SECONDS", 0.05)


@pytest.fixture
def desk(stack):
    """The complaint desk over the same database."""
    with session_factory(stack.engine).begin() as session:
        session.add(StaffRow(id=1, name="王芳", name_key="王芳", role="supervisor", is_active=True))
    store = SqlComplaintStore(session_factory(stack.engine), reader_factory(stack.engine))
    return Complaints(store, Argon2ReceiptHasher(stack.keys, memory_kib=8, rounds=1), stack.clock, PROMISES)


def file(desk, sender, channel=Channel.WEB):
    draft = ComplaintDraft(
        draft_id="d", kind=Kind.COST, story="s", against="a", when="w", amount="1", wish="w",
        language=Language.ZH, channel=channel, sender=sender, consent=True,
    )  # fmt: skip
    return desk.take(HANDLER, desk.file(draft).case_id, 1)


class Listening:
    """A client of the events."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self, name: str) -> dict:
        """The next event of a name, whatever comes before it."""
        event: dict = {}
        async with asyncio.timeout(8):
            async for line in self._lines:
                if line:
                    key, _, value = line.partition(": ")
                    event[key] = value
                elif event.get("event") == name:
                    return event
                else:
                    event = {}
        raise AssertionError("the stream ended")


async def test_an_answer_of_the_desk_is_pushed_and_stays(stack, desk):
    async with stack.serving() as http:
        person = await stack.open(http)
        version = file(desk, stack.rasa.heard[0][0])
        async with http.stream("GET", f"{person.path}/events", headers=person.headers) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            listening = Listening(response)
            desk.answer(HANDLER, 1, version, "已经核实，会退钱。")
            event = await listening.next("message")
        message = json.loads(event["data"])
        assert "已经核实，会退钱。" in message["text"]
        assert event["id"] == message["id"]
        assert (await person.history())[-1] == message
        follow = await person.send({"payload": message["buttons"][0]["payload"]})
        assert follow.json()["messages"][0]["text"] == "[zh] /follow_case"


async def test_who_comes_back_hears_what_was_missed_once(stack, desk):
    async with stack.serving() as http:
        person = await stack.open(http)
        seen = person.greeting[-1]["id"]
        desk.answer(HANDLER, 1, file(desk, stack.rasa.heard[0][0]), "一")
        await stack.conversations.deliver_due(Channel.WEB, _ignore)
        url = f"{person.path}/events"
        async with http.stream("GET", url, params={"after": seen}, headers=person.headers) as response:
            first = await Listening(response).next("message")
        stack.clock.advance(minutes=1)
        desk.answer(HANDLER, 1, 3, "二")
        headers = {**person.headers, "Last-Event-ID": first["id"]}
        async with http.stream("GET", url, params={"after": seen}, headers=headers) as response:
            second = await Listening(response).next("message")
        assert json.loads(second["data"])["text"].endswith("二")


async def test_typing_is_shown_while_rasa_thinks(stack):
    async with stack.serving() as http:
        person = await stack.open(http)
        async with http.stream("GET", f"{person.path}/events", headers=person.headers) as response:
            listening = Listening(response)
            stack.rasa.hold = asyncio.Event()
            saying = asyncio.create_task(person.say("借一万"))
            assert json.loads((await listening.next("typing"))["data"]) == {"typing": True}
            stack.rasa.hold.set()
            assert json.loads((await listening.next("typing"))["data"]) == {"typing": False}
            assert await saying == ["[zh] 借一万"]


async def test_what_another_process_does_is_noticed_too(stack, desk):
    async with stack.serving() as http:
        person = await stack.open(http)
        async with http.stream("GET", f"{person.path}/events", headers=person.headers) as response:
            listening = Listening(response)
            await stack.another_process().forget(person.id)
            await listening.next("gone")


async def test_listeners_of_one_conversation_are_limited(stack):
    stack.with_settings(listeners=1)
    async with stack.serving() as http:
        person = await stack.open(http)
        url = f"{person.path}/events"
        async with http.stream("GET", url, headers=person.headers) as response:
            lines = response.aiter_lines()
            await anext(lines)
            assert (await http.get(url, headers=person.headers)).status_code == 429


async def test_a_change_of_state_is_told_in_the_conversations_language(stack, desk, http):
    person = await stack.open(http, "en")
    desk.move(HANDLER, 1, file(desk, stack.rasa.heard[0][0]), Status.REFERRED, "not ours")
    assert await stack.conversations.deliver_due(Channel.WEB, _ignore) == 1
    assert await stack.conversations.deliver_due(Channel.WEB, _ignore) == 0
    last = (await person.history())[-1]
    assert last["text"] == "There is news about your complaint: Passed on to the body in charge."
    assert "not ours" not in last["text"]


async def test_a_notice_waits_for_a_channel_that_is_down(stack, desk):
    opened = await stack.conversations.open_for(Channel.TELEGRAM, "777", Language.ZH)
    file(desk, stack.rasa.heard[0][0], Channel.TELEGRAM)
    desk.answer(HANDLER, 1, 2, "好")

    async def fails(_delivery):
        raise OSError

    assert await stack.conversations.deliver_due(Channel.TELEGRAM, fails) == 0
    assert await stack.conversations.deliver_due(Channel.TELEGRAM, _never) == 0
    stack.clock.advance(minutes=1)
    brought = []

    async def brings(delivery):
        brought.append(delivery)

    assert await stack.conversations.deliver_due(Channel.TELEGRAM, brings) == 1
    assert [(delivery.address, delivery.conversation_id) for delivery in brought] == [("777", opened.conversation_id)]
    stack.clock.advance(hours=2)
    assert await stack.conversations.deliver_due(Channel.TELEGRAM, _never) == 0


async def test_who_blocked_the_bot_is_not_asked_again(stack, desk):
    await stack.conversations.open_for(Channel.TELEGRAM, "777", Language.ZH)
    file(desk, stack.rasa.heard[0][0], Channel.TELEGRAM)
    desk.answer(HANDLER, 1, 2, "好")

    async def gone(_delivery):
        raise AddressGoneError

    assert await stack.conversations.deliver_due(Channel.TELEGRAM, gone) == 1
    stack.clock.advance(days=1)
    assert await stack.conversations.deliver_due(Channel.TELEGRAM, _never) == 0


async def test_an_address_has_one_conversation(stack):
    found = await asyncio.gather(*(stack.conversations.open_for(Channel.TELEGRAM, "777", None) for _ in range(4)))
    assert len({opened.conversation_id for opened in found}) == 1
    assert sum(opened.is_new for opened in found) == 1


async def _ignore(_delivery) -> None:
    return


async def _never(_delivery) -> None:
    pytest.fail("nothing should be handed out")
