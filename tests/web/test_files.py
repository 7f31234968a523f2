"""Files through the web gateway: kept, refused in words, never written anywhere in the clear."""

from io import BytesIO
from urllib.parse import quote

import pytest
from PIL import Image

from bot.content.wording import load_wording
from bot.messages import Language
from bot.settings import ROOT
from bot.uploads import MOST
from bot.web.limits import Rate
from bot.web.problems import OF_FILE, Kind

REFUSALS = {
    "file_empty": (b"", 422),
    "file_too_large": (bytes(10 * 1024 * 1024 + 1), 413),
    "file_type": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415),
    "file_heic": (b"\x00\x00\x00\x24ftypheic" + bytes(40), 415),
    "file_unreadable": (b"\xff\xd8\xff\xe0broken", 422),
}


def picture(colour: str = "red") -> bytes:
    written = BytesIO()
    Image.new("RGB", (20, 10), colour).save(written, "PNG")
    return written.getvalue()


async def send(person, content: bytes, name: str = "", **params: str):
    headers = person.headers | {"X-File-Name": quote(name), "Content-Type": "image/jpeg"}
    return await person.http.post(f"{person.path}/files", content=content, headers=headers, params=params)


async def test_a_picture_is_kept_and_the_assistant_hears_that_there_is_one(stack, person) -> None:
    answer = await send(person, picture(), "../借款 合同.png")
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["kind"], body["name"], body["pages"]) == ("picture", "借款 合同.png", 1)
    sender = stack.conversations.sender_of(person.id)
    assert [item.id for item in stack.evidence.unclaimed(sender)] == [body["id"]]
    assert stack.rasa.heard[-1] == (sender, "/evidence_sent")
    assert [message["text"] for message in body["messages"]] == ["[zh] /evidence_sent"]
    texts = [message["text"] for message in await person.history()]
    assert texts[-2:] == ["（发了文件）", "[zh] /evidence_sent"]


async def test_the_same_file_again_is_one_file_and_one_turn(stack, person) -> None:
    first, again = await send(person, picture()), await send(person, picture())
    assert again.json() == first.json()
    assert [text for _, text in stack.rasa.heard].count("/evidence_sent") == 1


async def test_several_are_announced_once(stack, person) -> None:
    for colour in ("red", "green", "blue"):
        answer = await send(person, picture(colour), more="true")
        assert answer.json()["messages"] == []
    assert (await person.send({"files": True})).status_code == 200
    assert [text for _, text in stack.rasa.heard].count("/evidence_sent") == 1
    assert len(stack.evidence.unclaimed(stack.conversations.sender_of(person.id))) == 3


async def test_nobody_can_type_or_tap_what_only_a_gateway_says(stack, person) -> None:
    await person.send({"payload": "/evidence_sent"})
    await person.say("/evidence_sent")
    assert "/evidence_sent" not in [text for _, text in stack.rasa.heard]
    both = await person.send({"files": True, "text": "x"})
    assert both.status_code == 422


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_refusal_says_why_and_what_works_and_loses_nothing(stack, http, name: str, language: str) -> None:
    person = await stack.open(http, language)
    assert (await send(person, picture())).status_code == 201
    content, status = REFUSALS[name]
    http.headers["Accept-Language"] = language
    answer = await send(person, content, "合同.jpg")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:mingbai:problem:{name}"
    assert problem["detail"] == stack.wording.say(f"gateway_problem_{name}", Language(language))
    assert len(stack.evidence.unclaimed(stack.conversations.sender_of(person.id))) == 1


async def test_too_large_is_noticed_while_it_comes(stack, person) -> None:
    async def endless():
        for _ in range(20):
            yield bytes(1024 * 1024)

    answer = await person.http.post(f"{person.path}/files", content=endless(), headers=person.headers)
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:mingbai:problem:file_too_large"
    # The larger limit is that of files alone.
    assert (await person.send({"text": "x" * 1_100_000})).status_code == 413


async def test_five_at_a_time_and_not_too_many_an_hour(stack, person) -> None:
    for number in range(5):
        assert (await send(person, f"第{number}条记录".encode(), more="true")).status_code == 201
    answer = await send(person, picture())
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:mingbai:problem:file_too_many_files")
    for _ in range(MOST - 6):
        assert (await send(person, b"")).status_code == 422
    answer = await send(person, b"")
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:mingbai:problem:file_too_often")
    assert int(answer.headers["Retry-After"]) == 3600
    stack.clock.advance(hours=1)
    assert (await send(person, b"")).status_code == 422


async def test_an_address_has_a_limit_of_its_own(stack) -> None:
    stack.with_settings(files=Rate(burst=1, per_second=0.01))
    async with stack.http() as http:
        first, second = await stack.open(http), await stack.open(http)
        assert (await send(first, picture())).status_code == 201
        assert (await send(second, picture())).status_code == 429


async def test_only_the_owner_sends_files(stack, http, person) -> None:
    other = await stack.open(http)
    answer = await http.post(f"{person.path}/files", content=picture(), headers=other.headers)
    assert answer.status_code == 404
    assert (await http.post(f"{person.path}/files", content=picture())).status_code == 401
    assert stack.evidence.unclaimed(stack.conversations.sender_of(person.id)) == ()


async def test_with_the_assistant_away_the_file_is_kept(stack, person) -> None:
    stack.rasa.fault = "down"
    answer = await send(person, picture())
    assert (answer.status_code, answer.json()["messages"]) == (201, [])
    assert len(stack.evidence.unclaimed(stack.conversations.sender_of(person.id))) == 1


def test_every_reason_has_words_in_both_languages() -> None:
    wording = load_wording(ROOT / "data" / "wording")
    for kind in Kind:
        for language in Language:
            assert wording.say(f"gateway_problem_{kind.value[0]}", language)
            assert wording.say(f"gateway_problem_{kind.value[0]}_title", language)
    assert len(OF_FILE) == 10
