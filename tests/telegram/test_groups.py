"""What a group sees of the bot, which is hardly ever anything."""

import pytest
from sqlalchemy import text

GROUP, OTHER_GROUP = -100, -200
TRICKS = {
    "zh": "放款前先交2000元保证金，交完马上放款，验证码发我一下",
    "en": "Your loan is approved. Pay a 2000 yuan deposit first and it is released; send me the code.",
}
NAMES = {"zh": "虚假贷款", "en": "Fake loan"}
DRESSED = {
    "zh": [
        "放款前先交2000元保证金， 交完马上放款， 验证码发我一下！！",
        "🔥🔥放款前先交２０００元保证金，交完马上放款🎉验证码发我一下💰",
        "放·款·前先交2000元保證金，交完马上放款，驗證碼發我一下",
    ],
    "en": [
        "YOUR LOAN IS APPROVED!!  Pay a 2000 yuan\ndeposit first and it is released;  send me the code",
        "💰Your loan is approved💰 pay a ２０００ yuan deposit first and it is released, send me the code!",
        "Ｙｏｕｒ ｌｏａｎ ｉｓ ａｐｐｒｏｖｅｄ. Pay a 2000 yuan deposit first and it is released - send me the code",
    ],
}
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@LANGUAGES
async def test_a_clear_trick_gets_one_line_in_its_own_language_with_the_way_to_ask_alone(room, language) -> None:
    # The text counts, not what the sender's client is set to.
    room.telegram.says(GROUP, {"text": TRICKS[language]}, user=7, language="fr")
    await room.settle()
    [line] = [message for message in room.telegram.messages if message["chat"]["id"] == GROUP]
    assert NAMES[language] in line["text"]
    assert "\n" not in line["text"]
    [[button]] = line["reply_markup"]["inline_keyboard"]
    assert button["url"] == "https://t.me/mingbai_bot?start=check"
    assert "callback_data" not in button


async def test_a_picture_with_a_trick_under_it_gets_the_line_too(room) -> None:
    photo = [{"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1}]
    room.telegram.says(GROUP, {"photo": photo, "caption": TRICKS["zh"]}, user=7)
    await room.settle()
    assert len(room.texts(GROUP)) == 1


@pytest.mark.parametrize(
    "said",
    [
        "今晚打麻将三缺一，谁来",
        "谁知道农商行的贷款现在利率多少",
        "大家注意，刷单返利都是骗人的，千万别先垫钱",  # a warning
        "我被刷单骗了两万，怎么办",  # somebody's own trouble, which is not for others to read about
        "@mingbai_bot 我借了一万",
        "/start",
        "/help@another_bot",
        "Anyone up for basketball at seven?",
        "My cousin lost money to one of those paid like-a-video jobs, be careful",
        "@mingbai_bot is this loan any good?",
        "https://example.com/x",
        "🎉🎉🎉",
    ],
)
async def test_silence(room, said) -> None:
    room.telegram.says(GROUP, {"text": said}, user=7)
    await room.settle()
    assert room.texts(GROUP) == []


@LANGUAGES
async def test_the_same_text_in_another_dress_is_never_spoken_of_twice(room, language) -> None:
    for said in (TRICKS[language], TRICKS[language], *DRESSED[language]):
        room.telegram.says(GROUP, {"text": said}, user=7)
        await room.settle()
    assert len(room.texts(GROUP)) == 1


@LANGUAGES
async def test_each_dress_alone_is_spoken_of(room, language) -> None:
    """Otherwise the test above would prove nothing."""
    for number, said in enumerate(DRESSED[language], 1):
        room.telegram.says(GROUP - number, {"text": said}, user=7)
        await room.settle()
        assert len(room.texts(GROUP - number)) == 1


async def test_at_once_is_not_twice_either(room) -> None:
    for _ in range(3):
        room.telegram.says(GROUP, {"text": TRICKS["zh"]}, user=7)
    await room.settle()
    assert len(room.texts(GROUP)) == 1


@LANGUAGES
async def test_a_restart_does_not_make_it_speak_again(room, language) -> None:
    room.telegram.says(GROUP, {"text": TRICKS[language]}, user=7)
    await room.settle()
    await room.stop()
    await room.start()  # the same updates are delivered once more, and then somebody posts the text again
    room.telegram.says(GROUP, {"text": DRESSED[language][1]}, user=8)
    await room.settle()
    assert len(room.texts(GROUP)) == 1


async def test_another_group_has_not_heard_it(room) -> None:
    for group in (GROUP, OTHER_GROUP):
        room.telegram.says(group, {"text": TRICKS["zh"]}, user=7)
    await room.settle()
    assert len(room.texts(GROUP)) == len(room.texts(OTHER_GROUP)) == 1


async def test_nothing_of_a_group_is_kept_or_reaches_the_assistant(room) -> None:
    room.telegram.says(GROUP, {"text": TRICKS["zh"]}, user=7)
    await room.settle()
    assert room.assistant.texts == ["/start", "在吗"]
    with room.services.readers.begin() as session:
        assert session.scalar(text("SELECT count(*) FROM conversations")) == 1
        [row] = session.execute(text("SELECT * FROM group_lines")).all()
    assert not any("保证金" in str(value) or str(GROUP) in str(value) for value in row)


@pytest.mark.parametrize(
    "who",
    [
        {"from": {"id": 9, "is_bot": True, "first_name": "Ad"}},
        {"via_bot": {"id": 9, "is_bot": True, "first_name": "Ad", "username": "ad_bot"}},
    ],
)
@pytest.mark.parametrize("said", [TRICKS["zh"], "/start@mingbai_bot"])
async def test_other_bots_are_never_answered(room, who, said) -> None:
    room.telegram.says(GROUP, {"text": said, **who})
    await room.settle()
    assert room.texts(GROUP) == []


async def test_an_anonymous_admin_is_a_person(room) -> None:
    who = {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
           "sender_chat": {"id": GROUP, "type": "supergroup", "title": "Village"}}  # fmt: skip
    room.telegram.says(GROUP, {"text": TRICKS["zh"], **who})
    await room.settle()
    assert len(room.texts(GROUP)) == 1


async def test_an_edited_message_is_not_answered(room) -> None:
    room.telegram.says(GROUP, {"text": "早上好"}, user=7)
    message = room.telegram.updates[-1]["message"]
    room.telegram.update({"edited_message": message | {"text": TRICKS["zh"], "edit_date": message["date"]}})
    room.telegram.update({"edited_message": message | {"text": "/start@mingbai_bot", "edit_date": message["date"]}})
    await room.settle()
    assert room.texts(GROUP) == []


async def test_a_channel_that_forwards_by_itself_is_answered_once(room) -> None:
    channel = {"id": -300, "type": "channel", "title": "News"}
    who = {"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
           "sender_chat": channel, "is_automatic_forward": True}  # fmt: skip
    room.telegram.says(GROUP, {"text": "/start@mingbai_bot", **who})
    for _ in range(2):
        room.telegram.says(GROUP, {"text": TRICKS["zh"], **who})
        await room.settle()
    [line] = room.texts(GROUP)
    assert NAMES["zh"] in line
    room.telegram.update({"channel_post": {"message_id": 900, "date": 1, "chat": channel, "text": TRICKS["en"]}})
    await room.settle()
    assert room.texts(-300) == []


@pytest.mark.parametrize(("client", "word"), [("zh-hans", "单独跟我说"), ("en", "write to me alone")])
@pytest.mark.parametrize("command", ["/start@mingbai_bot", "/help@Mingbai_Bot 我借了一万"])
async def test_a_command_that_names_the_bot_is_sent_to_the_private_chat(room, client, word, command) -> None:
    room.telegram.says(GROUP, {"text": command}, user=7, language=client)
    await room.settle()
    [line] = [message for message in room.telegram.messages if message["chat"]["id"] == GROUP]
    assert word in line["text"]
    assert line["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://t.me/mingbai_bot"
    assert room.assistant.texts == ["/start", "在吗"]


async def test_a_flood_is_met_with_silence_and_not_with_a_queue(room) -> None:
    for _ in range(12):
        room.telegram.says(GROUP, {"text": "/start@mingbai_bot"}, user=7)
    room.telegram.says(GROUP, {"text": TRICKS["zh"]}, user=7)
    await room.settle()
    assert 1 <= len(room.texts(GROUP)) <= 4
    assert room.telegram.refused_for_pace == 0
    with room.services.readers.begin() as session:
        # What was not said is not remembered as said.
        assert session.scalar(text("SELECT count(*) FROM group_lines")) == 0


async def test_a_group_that_lets_no_bot_speak_breaks_nothing(room) -> None:
    room.telegram.blocked.add(GROUP)
    room.telegram.faults.append(("sendMessage", 400, 0))
    for number, group in enumerate((OTHER_GROUP, GROUP)):
        room.telegram.says(group, {"text": TRICKS["zh"]}, user=7 + number)
        await room.application.update_queue.join()
    await room.settle()
    assert room.texts(GROUP) == []
