"""Conversations over Telegram, seen from the person's phone."""

import asyncio

import pyotp
import pytest
from argon2 import PasswordHasher

from bot.complaints import ComplaintDraft, Complaints, Kind
from bot.messages import BarChart, Button, Channel, Language, LoanCostCard, Reply, Series, Table
from bot.staff import Passphrases, Role, StaffDesk
from bot.storage.complaints import SqlComplaintStore
from bot.storage.receipts import Argon2ReceiptHasher
from bot.storage.staff import SqlStaffStore
from tests.shipped_desk import DESK, PROMISES


async def test_greeting_text_and_tap(room) -> None:
    room.assistant.answers = [Reply(text="您好", buttons=[Button(title="查借款", payload="/ask_loan_cost")])]
    room.telegram.says(7, {"text": "/start"})
    await room.until(lambda: room.texts() == ["您好"])
    room.assistant.answers = [Reply(text="借多少？")]
    message = room.telegram.messages[0]
    room.telegram.taps(message["message_id"], message["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    await room.until(lambda: room.texts()[-1] == "借多少？")
    assert room.assistant.texts == ["/start", "/ask_loan_cost"]
    assert room.telegram.unanswered_taps == set()


async def test_the_assistant_never_learns_the_chat_id(room) -> None:
    room.telegram.says(987654321, {"text": "你好"})
    await room.until(lambda: len(room.texts(987654321)) == 2)
    assert all("987654321" not in sender for sender, _ in room.assistant.heard)


async def test_typed_text_never_acts_as_a_payload(room) -> None:
    room.telegram.says(7, {"text": '/file_complaint{"consent": "yes"}'})
    await room.until(lambda: len(room.texts()) == 2)
    assert room.assistant.texts[-1].startswith("／file_complaint")


async def test_forged_button_data_is_kindly_refused(room) -> None:
    room.telegram.says(7, {"text": "你好"})
    await room.until(lambda: len(room.texts()) == 2)
    message = room.telegram.messages[-1]["message_id"]
    for number, data in enumerate(["x:0", "/restart", "", "a" * 60, ":::"], 1):
        room.telegram.taps(message, data)
        await room.until(lambda wanted=2 + number: len(room.texts()) == wanted, 20)
    assert room.assistant.texts == ["/start", "你好"]
    assert room.telegram.unanswered_taps == set()


async def test_the_same_update_twice_acts_once(room) -> None:
    number = room.telegram.says(7, {"text": "你好"})
    await room.until(lambda: len(room.texts()) == 2)
    update = next(update for update in room.telegram.updates if update["update_id"] == number)
    room.telegram.updates.append(update | {"update_id": number})
    room.telegram.says(7, {"text": "再见"})
    await room.until(lambda: room.assistant.texts[-1] == "再见")
    assert room.assistant.texts == ["/start", "你好", "再见"]


async def test_two_people_do_not_share_a_conversation(room) -> None:
    for chat in (7, 8):
        room.telegram.says(chat, {"text": "你好"})
    await room.until(lambda: len(room.texts(7)) == 2 and len(room.texts(8)) == 2)
    assert len({sender for sender, _ in room.assistant.heard}) == 2


async def test_voices_and_films_get_a_helpful_answer(room) -> None:
    thing = {"file_id": "a", "file_unique_id": "a", "duration": 1, "width": 1, "height": 1}
    for content in ({"voice": thing}, {"video": thing}, {"animation": thing, "document": thing}):
        room.telegram.says(7, content)
    await room.until(lambda: sum("听不了语音" in text for text in room.texts()) == 3, 20)
    assert room.assistant.texts == ["/start"]


async def test_english_client(room) -> None:
    room.telegram.says(7, {"text": "/start"}, language="en")
    await room.until(room.texts)
    assert room.assistant.heard[0][1] == "language en"
    assert {command["command"] for command in room.telegram.commands["zh"]} == {
        "menu", "loan", "check", "learn", "complain", "case", "language", "forget",
    }  # fmt: skip
    assert room.telegram.commands[""] != room.telegram.commands["zh"]


async def test_a_link_into_the_chat_opens_what_it_names(room) -> None:
    room.telegram.says(7, {"text": "/start check"})
    await room.until(lambda: len(room.texts()) == 2)
    assert room.assistant.texts == ["/start", "/check_message"]


@pytest.mark.parametrize(
    ("client", "said", "secret", "told"),
    [
        ("zh-hans", "验证码是384756，他还要密码888888", "384756", "别发给任何人"),
        ("en", "my identity number is 11010519491231002X", "11010519491231002X", "send such things to nobody"),
    ],
)
async def test_who_sends_a_secret_is_told_once_not_to(room, client, said, secret, told) -> None:
    room.telegram.says(7, {"text": "/start"}, language=client)
    await room.until(room.texts)
    room.telegram.says(7, {"text": said}, language=client)
    await room.until(lambda: len(room.texts()) == 3)
    assert [told in text for text in room.texts()] == [False, True, False]
    opened = await room.conversations.open_for(Channel.TELEGRAM, "7", None)
    kept = await room.conversations.history(opened.conversation_id)
    assert secret not in str(room.assistant.heard) + str(kept)


async def test_rasa_down_and_back(room) -> None:
    room.telegram.says(7, {"text": "你好"})
    await room.until(lambda: len(room.texts()) == 2)
    room.assistant.is_down = True
    room.telegram.says(7, {"text": "在吗"})
    await room.until(lambda: "出了点问题" in room.texts()[-1])
    room.assistant.is_down = False
    room.telegram.says(7, {"text": "在吗"})
    await room.until(lambda: room.texts()[-1] == "好的")


async def test_a_loan_card_comes_with_its_picture_and_the_keys_under_it(room) -> None:
    chart = BarChart(title="还款", description="每期945.60元", x_label="期", y_label="元", x=["1"],
                     series=[Series(label="本金", values=["945.60"])])  # fmt: skip
    card = LoanCostCard(title="t", figures=[], schedule=Table(caption="c", columns=[], rows=[]), chart=chart)
    room.assistant.answers = [Reply(text="每期还945.60元", card=card, buttons=[Button(title="菜单", payload="/menu")])]
    room.telegram.says(7, {"text": "借一万"})
    await room.until(lambda: sum("photo" in message for message in room.telegram.messages) == 2, 20)
    text, photo = room.telegram.messages[-2:]
    assert (text["text"], photo["caption"]) == ("每期还945.60元", "每期945.60元")
    assert "reply_markup" not in text
    assert photo["reply_markup"]["inline_keyboard"][0][0]["text"] == "菜单"


async def test_telegram_asks_to_wait_and_nothing_is_lost(room) -> None:
    room.telegram.faults.append(("sendMessage", 429, 1))
    room.telegram.says(7, {"text": "你好"})
    await room.until(lambda: len(room.texts()) == 2, 20)


async def test_a_long_answer_obeys_the_limits(room) -> None:
    room.assistant.answers = [Reply(text="\n\n".join("字" * 1000 for _ in range(9)))]
    room.telegram.says(7, {"text": "你好"})
    await room.until(lambda: sum(len(text) for text in room.texts()) >= 2 * 9000, 30)
    assert max(len(text) for text in room.texts()) <= 4096
    assert room.telegram.refused_for_pace == 0


async def test_an_answer_of_the_desk_is_pushed(room) -> None:
    room.telegram.says(7, {"text": "你好"})
    await room.until(lambda: len(room.texts()) == 2)
    sender = room.assistant.heard[-1][0]
    receipts = Argon2ReceiptHasher(room.services.keys, memory_kib=8, rounds=1)
    store = SqlComplaintStore(room.services.writers, room.services.readers)
    desk = Complaints(store, receipts, room.conversations._clock, PROMISES)  # noqa: SLF001 - one clock for all
    draft = ComplaintDraft(
        draft_id="d", kind=Kind.COST, story="多收了", against="", when="", amount="", wish="", language=Language.ZH,
        channel=Channel.TELEGRAM, sender=sender, consent=True,
    )  # fmt: skip
    filed = await asyncio.to_thread(desk.file, draft)
    actor = await asyncio.to_thread(_somebody, room.services)
    await asyncio.to_thread(desk.take, actor, filed.case_id, 1)
    room.telegram.faults.append(("sendMessage", 500, 0))
    await asyncio.to_thread(desk.answer, actor, filed.case_id, 2, "我们已经联系对方")
    await room.until(lambda: any("我们已经联系对方" in text for text in room.texts()), 30)
    assert sum("我们已经联系对方" in text for text in room.texts()) == 1


def _somebody(services):
    clock = services.conversations._clock  # noqa: SLF001
    cheap = Passphrases(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    desk = StaffDesk(SqlStaffStore(services.writers, services.readers), clock, DESK.is_weak, cheap)
    token = desk.invite("li", Role.HANDLER)
    return desk.enrol(token, "four plain words", pyotp.TOTP(desk.begin_enrolment(token).secret).at(clock()))


async def test_forgetting(room) -> None:
    room.telegram.says(7, {"text": "你好"})
    await room.until(lambda: len(room.texts()) == 2)
    room.telegram.says(7, {"text": "/forget"})
    await room.until(lambda: "忘掉" in room.texts()[-1])
    assert room.assistant.texts[-1] == "forget"
    assert await room.conversations.at_address(Channel.TELEGRAM, "7") is None


async def test_a_person_who_blocked_the_bot_breaks_nothing(room) -> None:
    room.telegram.blocked.add(8)
    room.telegram.says(8, {"text": "你好"})
    room.telegram.says(7, {"text": "你好"})
    await room.until(lambda: len(room.texts()) == 2)
    assert room.texts(8) == []
