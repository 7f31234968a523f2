"""Hiding parts of a case, and who still sees them."""

from bot.complaints import Filed
from bot.services import Services
from tests.console.conftest import file_complaint
from tests.console.test_work import version


async def hide(person, words: str, part: str = ""):
    seen = version((await person.get("/cases/1/redaction")).text)
    return await person.post("/cases/1/redaction", version=seen, words=words, part=part)


async def test_hidden_from_handlers_seen_by_supervisors(handler, supervisor, services: Services) -> None:
    file_complaint(services, story="王小明半夜打电话")
    assert (await hide(handler, "王小明", "story")).status_code == 303
    page = (await handler.get("/cases/1/redaction")).text
    assert "████半夜打电话" in page
    for path in ("/cases/1", "/cases/1/redaction"):
        assert "王小明" not in (await handler.get(path)).text
        assert "王小明半夜打电话" in (await supervisor.get(path)).text
    assert services.complaints.case(services.staff.members()[0], 1).particulars.story == "王小明半夜打电话"


async def test_only_the_part_that_was_chosen(supervisor, services: Services) -> None:
    file_complaint(services, story="某催收公司的人打来")
    await hide(supervisor, "催收公司", "against")
    spans = services.casework.extras(services.staff.members()[0], 1).spans
    assert [span.part for span in spans] == ["against"]
    await hide(supervisor, "公司")
    assert {span.part for span in services.casework.extras(services.staff.members()[0], 1).spans} == {
        "against", "story"
    }  # fmt: skip


async def test_words_that_are_not_there_are_kept_in_the_form(handler, filed: Filed) -> None:
    refused = await hide(handler, "没说过的话", "story")
    assert refused.status_code == 409
    assert "没说过的话</textarea>" in refused.text
    assert (await hide(handler, "半夜", "wish")).status_code == 409
    assert (await handler.post("/cases/1/redaction", version="9", words="半夜")).status_code == 409


async def test_only_who_sees_the_original_may_undo(handler, supervisor, filed: Filed) -> None:
    await hide(handler, "半夜")
    seen = version((await supervisor.get("/cases/1/redaction")).text)
    assert (await handler.post("/cases/1/redaction/undo", version=seen)).status_code == 404
    assert (await supervisor.post("/cases/1/redaction/undo", version=seen)).status_code == 303
    assert "他们半夜打电话骂人" in (await handler.get("/cases/1")).text


async def test_a_hidden_institution_is_hidden_among_the_clusters_too(handler, services: Services) -> None:
    for number in range(3):
        file_complaint(services, draft_id=f"d{number}")
    assert "某催收公司" in (await handler.get("/clusters")).text
    services.casework.redact(services.staff.members()[0], 3, 1, "某催收公司", "against")
    assert "某催收公司" not in (await handler.get("/clusters")).text
