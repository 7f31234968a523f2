"""Pictures and documents sent to the bot."""

from io import BytesIO

from PIL import Image

from bot.messages import Button, Reply


def picture(colour: str = "red") -> bytes:
    written = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "PLANTED"
    Image.new("RGB", (40, 30), colour).save(written, "JPEG", exif=exif)
    return written.getvalue()


def kept(room) -> list[str]:
    senders = {sender for sender, _ in room.assistant.heard}
    return [
        f"{item.kind} {item.name}".strip() for sender in senders for item in room.services.evidence.unclaimed(sender)
    ]


async def test_a_photo_and_a_document_are_kept_and_answered(room) -> None:
    room.assistant.answers = [Reply(text="收到", buttons=[Button(title="用来投诉", payload="/start_complaint")])]
    room.telegram.sends_photo(7, picture())
    await room.until(lambda: room.assistant.texts == ["/start", "/evidence_sent"])
    room.telegram.sends_document(7, "对方说再不还就上门".encode(), "聊天.txt")
    await room.until(lambda: len(kept(room)) == 2 and len(room.texts()) == 3)
    assert sorted(kept(room)) == ["picture", "text 聊天.txt"]
    [button] = room.telegram.messages[-1]["reply_markup"]["inline_keyboard"][0]
    assert button["text"] == "用来投诉"


async def test_an_album_is_answered_once(room) -> None:
    room.telegram.says(7, {"text": "/start"})
    await room.until(room.texts)
    for colour in ("red", "green", "blue"):
        room.telegram.sends_photo(7, picture(colour), media_group_id="g")
    room.telegram.sends_document(7, b"MZ\x90\x00", "x.exe", media_group_id="g")
    room.telegram.sends_document(7, b"MZ\x90\x01", "y.exe", media_group_id="g")
    await room.until(lambda: room.assistant.texts == ["/start", "/evidence_sent"], 20)
    await room.until(lambda: len(room.texts()) == 3)
    assert kept(room) == ["picture"] * 3
    assert sum("这种文件收不了" in text for text in room.texts()) == 1


async def test_a_caption_is_heard_as_if_it_were_typed(room) -> None:
    room.telegram.sends_photo(7, picture(), caption="这个短信是真的吗")
    await room.until(lambda: room.assistant.texts == ["/start", "这个短信是真的吗", "/evidence_sent"])


async def test_what_is_too_large_is_not_even_fetched(room) -> None:
    room.telegram.sends_document(7, bytes(11 * 1024 * 1024), "录像.pdf")
    await room.until(lambda: any("太大了" in text for text in room.texts()))
    assert [method for method, _ in room.telegram.calls if method == "getFile"] == []
    assert room.assistant.texts == ["/start"]


async def test_a_file_that_cannot_be_fetched_is_asked_for_again(room) -> None:
    room.telegram.says(7, {"text": "/start"})
    await room.until(room.texts)
    room.telegram.faults.append(("getFile", 400, 0))
    room.telegram.sends_photo(7, picture())
    await room.until(lambda: any("没取下来" in text for text in room.texts()))
    assert kept(room) == []


async def test_with_the_assistant_away_the_file_is_kept_and_the_person_told(room) -> None:
    room.telegram.says(7, {"text": "/start"})
    await room.until(room.texts)
    room.assistant.is_down = True
    room.telegram.sends_photo(7, picture())
    await room.until(lambda: any("文件收下了，一共1个" in text for text in room.texts()))
    assert kept(room) == ["picture"]


async def test_in_a_group_nothing_is_fetched(room) -> None:
    room.telegram.sends_photo(-5, picture(), caption="@mingbai_bot 看看")
    await room.settle()
    assert [method for method, _ in room.telegram.calls if method == "getFile"] == []
