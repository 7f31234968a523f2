"""The chat contract, as a client lives it."""

import asyncio
import re

import pytest
from sqlalchemy import text as sql

from bot.conversations.model import Busy
from bot.messages import Channel, Language, TypedText

SNEAKY = [
    "😀👨‍👩‍👧‍👦🏳️‍🌈",
    "مرحبا كيف الحال؟ שלום",
    "<script>alert(1)</script><b>粗</b>",
    "'; DROP TABLE conversations; --",
    "a\u0000b\u0007c\u001b[31m",
    "{{7*7}} ${7*7} %s %(x)s {x}",
    "\\n\\u0000",
    "字\u202eابج\u202c",
]


async def test_opening_greets_with_buttons(person, stack):
    assert [message["text"] for message in person.greeting] == ["您好，我是测试。"]
    assert person.greeting[0]["author"] == "bot"
    assert person.greeting[0]["buttons"][0] == {"title": "算一笔借款", "payload": "/ask_loan_cost"}
    assert [text for _, text in stack.rasa.heard] == ["/start"]


async def test_rasa_never_learns_the_id(person, stack):
    await person.say("你好")
    assert person.id not in {sender for sender, _ in stack.rasa.heard}
    assert len({sender for sender, _ in stack.rasa.heard}) == 1


async def test_language_from_request_then_browser_then_chinese(stack, http):
    assert (await stack.open(http, "en")).greeting[0]["text"] == "Hello, I am a test."
    http.headers["Accept-Language"] = "fr, en-GB;q=0.8, zh;q=0.3"
    assert (await stack.open(http, None)).language == "en"
    http.headers["Accept-Language"] = "fr"
    assert (await stack.open(http, None)).language == "zh"


async def test_language_follows_what_is_typed_until_it_is_chosen(person):
    assert await person.say("borrow 10,000 at 2% a month") == ["[en] borrow 10,000 at 2% a month"]
    assert await person.say("借一万") == ["[zh] 借一万"]
    await person.send({"payload": '/set_language{"language": "en"}'})
    assert await person.say("借一万") == ["[en] 借一万"]


async def test_the_same_message_twice_is_done_once(person, stack):
    first = await person.send({"text": "借一万"}, "same")
    second = await person.send({"text": "借一万"}, "same")
    assert first.json() == second.json()
    assert [text for _, text in stack.rasa.heard] == ["/start", "借一万"]
    assert len(await person.history()) == 3


async def test_the_same_message_at_the_same_time_is_done_once(person, stack):
    answers = await asyncio.gather(*(person.send({"text": "借一万"}, "same") for _ in range(5)))
    assert len({answer.text for answer in answers}) == 1
    assert [text for _, text in stack.rasa.heard] == ["/start", "借一万"]


async def test_one_turn_at_a_time_in_a_conversation(person, stack):
    await asyncio.gather(*(person.say(f"第{number}句") for number in range(6)))
    assert stack.rasa.most_at_once == 1


async def test_one_turn_at_a_time_across_processes(person, stack, monkeypatch):
    other = stack.another_process()
    found_busy = asyncio.Event()
    loop, begin = asyncio.get_running_loop(), other._store.begin_turn  # noqa: SLF001

    def watched(*arguments):
        turn = begin(*arguments)
        if isinstance(turn, Busy):
            loop.call_soon_threadsafe(found_busy.set)
        return turn

    monkeypatch.setattr(other._store, "begin_turn", watched)  # noqa: SLF001
    stack.rasa.hold = asyncio.Event()
    stack.rasa.arrived.clear()
    first = asyncio.create_task(person.send({"text": "借一万"}, "same"))
    await stack.rasa.arrived.wait()
    second = asyncio.create_task(other.say(person.id, TypedText("借一万"), "same"))
    await found_busy.wait()
    stack.rasa.hold.set()
    answer, same = await asyncio.gather(first, second)
    assert [message["id"] for message in answer.json()["messages"]] == [message.id for message in same]
    assert [text for _, text in stack.rasa.heard] == ["/start", "借一万"]


async def test_a_client_that_leaves_mid_turn_leaves_the_conversation_free(person, stack):
    stack.rasa.hold = asyncio.Event()
    stack.rasa.arrived.clear()
    saying = asyncio.create_task(stack.conversations.say(person.id, TypedText("借一万"), "lost"))
    await stack.rasa.arrived.wait()
    saying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saying
    stack.rasa.hold.set()
    assert await person.say("在吗") == ["[zh] 在吗"]


async def test_a_turn_of_a_process_that_died_is_taken_over(person, stack):
    now = stack.clock()
    stack.conversations._store.begin_turn(person.id, "lost", now, now.replace(minute=1))  # noqa: SLF001
    stack.clock.advance(minutes=2)
    assert await person.say("借一万") == ["[zh] 借一万"]


async def test_slash_text_is_text(person, stack):
    for typed in ["/restart", "  /start", "／restart", '/lesson_open{"lesson_id": "1"}', "\u202e/restart"]:
        await person.say(typed)
    heard = [text for _, text in stack.rasa.heard][1:]
    assert not any(text.strip().startswith("/") for text in heard)
    assert all(text.startswith("／") for text in heard)
    assert (await person.history())[1]["text"] == "/restart"


async def test_only_payloads_that_were_offered_here_act(stack, person, http):
    offered = await person.send({"payload": '/lesson_open{"lesson_id": "1"}'})
    assert offered.json()["messages"][0]["text"] == '[zh] /lesson_open{"lesson_id": "1"}'
    heard = len(stack.rasa.heard)
    for forged in ['/lesson_open{"lesson_id": "2"}', "/restart", "", "/file_complaint", "EXTERNAL: x", "借一万"]:
        refused = await person.send({"payload": forged})
        assert refused.status_code == 200
        [message] = refused.json()["messages"]
        assert "按钮已经不在了" in message["text"]
        assert message["buttons"] == [{"title": "主菜单", "payload": "/menu"}]
    assert len(stack.rasa.heard) == heard


async def test_an_offer_to_somebody_else_is_none(stack, http):
    stack.rasa.answer = lambda _sender, text: [{"text": "x", "buttons": [{"title": "t", "payload": f"/only_{text}"}]}]
    first, second = await stack.open(http), await stack.open(http)
    await first.say("第一")
    await second.send({"payload": "/only_第一"})
    assert (stack.rasa.heard[-1][1]) == "第一"


async def test_a_tapped_button_shows_as_its_title(person):
    await person.send({"payload": "/learn"})
    assert [(message["author"], message["text"]) for message in await person.history()][1] == ("user", "学一课")


async def test_the_menu_is_always_one_tap_away(person, stack):
    await person.send({"payload": "/menu"})
    assert stack.rasa.heard[-1][1] == "/menu"


@pytest.mark.parametrize("sneaky", SNEAKY)
async def test_anything_typed_gets_an_answer(person, sneaky):
    [answer] = await person.say(sneaky)
    assert answer
    shown = (await person.history())[1]["text"]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.parametrize("empty", ["", "   ", "\n\n", "\u202e", "\u0000"])
async def test_nothing_readable_is_answered_kindly_without_rasa(person, stack, empty):
    [answer] = await person.say(empty)
    assert "没有我能读的字" in answer
    assert len(stack.rasa.heard) == 1


@pytest.mark.parametrize("letter", ["a", "字", "😀"])
async def test_a_hundred_thousand_letters_are_answered_kindly(person, stack, letter):
    [answer] = await person.say(letter * 100_000)
    assert "4000" in answer
    assert len(stack.rasa.heard) == 1
    assert len((await person.history())[1]["text"]) < 300


async def test_the_longest_text_there_may_be_reaches_rasa(person, stack):
    await person.say("字" * 4000)
    assert len(stack.rasa.heard[-1][1]) == 4000


async def test_secrets_reach_neither_rasa_nor_the_history(person, stack):
    await person.say("我的身份证号是11010519491231002X")
    assert "11010519491231002X" not in stack.rasa.heard[-1][1]
    assert "11010519491231002X" not in str(await person.history())


TOLD = {"zh": "别发给任何人", "en": "send such things to nobody"}
SECRETS = [
    ("zh", "我的身份证号是11010519491231002X", "11010519491231002X"),
    ("zh", "他让我填卡号6222020200001234567，还有密码888888，验证码384756", "6222020200001234567"),
    ("zh", "验证码384756" + "长" * 5000, "384756"),
    ("en", "my card number is 4111 1111 1111 1111 and the password is hunter2", "hunter2"),
    ("en", "they asked for the code 482910 and I told them", "482910"),
]


@pytest.mark.parametrize(("language", "text", "secret"), SECRETS)
async def test_who_sends_a_secret_is_told_once_not_to(person, stack, language, text, secret):
    await person.send({"payload": f'/set_language{{"language": "{language}"}}'})
    first, *rest = await person.say(text)
    assert TOLD[language] in first
    assert rest
    assert not any(TOLD[language] in other for other in rest)
    assert secret not in str(stack.rasa.heard) + str(await person.history())


async def test_who_sends_no_secret_is_not_told(person):
    await person.say("验证码是384756")
    assert len(await person.say("他要我的验证码，给不给")) == 1


async def test_a_secret_inside_a_form_leaves_the_question_and_its_buttons_last(person, stack, monkeypatch):
    """A complaint asks for the story with a way out under it, which can be tapped and typed as ever."""
    asked = [{"text": "还有吗？", "buttons": [{"title": "先不投诉了", "payload": "/stop_form"}]}]
    monkeypatch.setattr(stack.rasa, "answer", lambda _sender, _text: asked)
    answer = (await person.send({"text": "他们拿了我的身份证11010519491231002X去贷款"})).json()["messages"]
    assert [TOLD["zh"] in message["text"] for message in answer] == [True, False]
    assert [len(message["buttons"]) for message in answer] == [0, 1]
    assert stack.rasa.heard[-1][1] == "他们拿了我的身份证******************去贷款"
    await person.say("先不投诉了")
    assert stack.rasa.heard[-1][1] == "/stop_form"


async def test_the_same_secret_sent_again_by_a_lost_connection_is_told_the_same(person):
    first = (await person.send({"text": "验证码是384756"}, "same")).json()["messages"]
    assert (await person.send({"text": "验证码是384756"}, "same")).json()["messages"] == first


async def test_a_card_joins_the_text_before_it(person):
    answer = (await person.send({"text": "card"})).json()["messages"]
    assert [(message["text"], message["card"] and message["card"]["type"]) for message in answer] == [
        ("Your receipt", "receipt"),
        ("Anything else?", None),
    ]


async def test_a_card_nobody_can_draw_is_left_out(person):
    [message] = (await person.send({"text": "bad card"})).json()["messages"]
    assert (message["text"], message["card"]) == ("Your receipt", None)


async def test_history_resumes_after_a_message(person):
    await person.say("一")
    seen = (await person.history())[-1]["id"]
    await person.say("二")
    assert [message["text"] for message in await person.history(after=seen)] == ["二", "[zh] 二"]
    assert len(await person.history()) == 5
    assert len(await person.history(after="unknown")) == 5


@pytest.mark.parametrize("fault", ["down", "silent", "garbled", "cut"])
async def test_rasa_down_then_back(person, stack, fault):
    stack.rasa.fault, stack.cable.is_cut = fault, fault == "cut"
    refused = await person.send({"text": "借一万"}, "same")
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert "110" in refused.json()["detail"]
    assert refused.headers["retry-after"]
    assert len(await person.history()) == 1
    stack.rasa.fault, stack.cable.is_cut = "", False
    answer = await person.send({"text": "借一万"}, "same")
    assert answer.json()["messages"][0]["text"] == "[zh] 借一万"
    assert len(await person.history()) == 3


async def test_rasa_down_at_the_greeting(stack, http):
    stack.cable.is_cut = True
    person = await stack.open(http, "en")
    assert "not a person" in person.greeting[0]["text"]
    stack.cable.is_cut = False
    assert await person.say("hello there") == ["[en] hello there"]


async def test_forgetting_is_everywhere(person, stack, http):
    await person.say("我的秘密")
    sender = stack.rasa.heard[0][0]
    assert (await http.delete(person.path, headers=person.headers)).status_code == 204
    assert stack.rasa.forgotten == [sender]
    assert (await person.send({"text": "还在吗"})).status_code == 404
    tables = [name for name in _tables(stack) if name.startswith(("conversation", "unforgotten"))]
    assert len(tables) == 5
    with stack.engine.connect() as connection:
        assert {name: connection.scalar(sql(f"SELECT count(*) FROM {name}")) for name in tables} == dict.fromkeys(  # noqa: S608
            tables, 0
        )


async def test_rasa_forgets_later_what_it_could_not_at_once(person, stack, http):
    stack.cable.is_cut = True
    assert (await http.delete(person.path, headers=person.headers)).status_code == 204
    assert stack.rasa.forgotten == []
    stack.cable.is_cut = False
    await stack.conversations.forget_expired()
    assert stack.rasa.forgotten == [stack.rasa.heard[0][0]]
    await stack.conversations.forget_expired()
    assert len(stack.rasa.forgotten) == 1


async def test_what_nobody_used_for_long_is_forgotten(stack, http):
    old = await stack.open(http)
    stack.clock.advance(days=60)
    fresh = await stack.open(http)
    stack.clock.advance(days=31)
    assert await stack.conversations.forget_expired() == 1
    assert (await old.send({"text": "在吗"})).status_code == 404
    assert (await fresh.send({"text": "在吗"})).status_code == 200


async def test_nothing_said_is_readable_on_disk(person, stack, tmp_path):
    await person.say("zebra-quagga-okapi")
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"conversation_messages" in on_disk
    for secret in (b"zebra-quagga", person.token.encode(), "您好".encode(), b"/lesson_open"):
        assert secret not in on_disk


def _tables(stack):
    with stack.engine.connect() as connection:
        return list(connection.scalars(sql("SELECT name FROM sqlite_master WHERE type = 'table'")))


@pytest.mark.parametrize("channel", list(Channel))
async def test_rasa_learns_which_channel_speaks(stack, channel):
    opened = await stack.conversations.open(channel, Language.ZH, "4711")
    await stack.conversations.say(opened.conversation_id, TypedText("借一万"), "m1")
    assert list(stack.rasa.channels.values()) == [channel]
