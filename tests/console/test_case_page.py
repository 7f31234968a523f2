"""The case page: canned replies, preview, hand-over, the line of time, merging."""

import re

from bot.complaints import ComplaintDraft, Filed, Kind, Status
from bot.messages import Channel, Language
from bot.services import Services
from bot.staff import Role
from tests.console.conftest import file_complaint, signed_in
from tests.console.test_work import version


async def act(person, path: str, case: int = 1, **form: str):
    seen = version((await person.get(f"/cases/{case}")).text)
    return await person.post(f"/cases/{case}/{path}", version=seen, **form)


def answer_box(page: str) -> str:
    found = re.search(r'<textarea id="answer"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return found[1]


async def test_a_canned_reply_fills_the_answer_box_with_the_case_s_own_fields(handler, filed: Filed) -> None:
    await act(handler, "take")
    box = answer_box((await handler.get("/cases/1?reply=institution_first.zh")).text)
    assert "李华" in box
    assert "某催收公司" in box
    assert "{" not in box
    box = answer_box((await handler.get("/cases/1?reply=received.zh")).text)
    assert re.search(r"\d+月\d+日前会再回复您", box)
    english = answer_box((await handler.get("/cases/1?reply=received.en")).text)
    assert re.search(r"by \d+ [A-Z][a-z]+\.", english)
    assert answer_box((await handler.get("/cases/1?reply=nothing.zh")).text) == ""


async def test_a_reply_is_added_below_what_was_typed(handler, filed: Filed) -> None:
    await act(handler, "take")
    page = await handler.post("/cases/1/draft", version="2", text="我先写了一句。", do="fill", reply="closing.zh")
    assert page.status_code == 200
    box = answer_box(page.text)
    assert box.startswith("我先写了一句。\n\n您好，我是李华")


async def test_the_preview_is_what_the_resident_will_see_and_sends_nothing(handler, filed: Filed, services) -> None:
    await act(handler, "take")
    page = (await handler.post("/cases/1/draft", version="2", text="<b>我们查过了</b>", do="preview")).text
    shown = services.content.wording.say("gateway_case_answered", Language.ZH, text="")
    assert shown.strip() in page
    assert page.count("&lt;b&gt;我们查过了&lt;/b&gt;") == 2
    assert services.complaints.follow(filed.receipt, "x").messages == ()


async def test_the_replies_of_the_resident_s_language_come_first(handler, services: Services) -> None:
    services.complaints.file(
        ComplaintDraft(
            draft_id="e", kind=Kind.COST, story="They took a fee", against="", when="", amount="", wish="",
            language=Language.EN, channel=Channel.TELEGRAM, sender="s", consent=True,
        )
    )  # fmt: skip
    await act(handler, "take")
    page = (await handler.get("/cases/1")).text
    assert page.index('value="received.en"') < page.index('value="received.zh"')


async def test_handing_over_takes_a_note_along(handler, supervisor, services: Services, filed: Filed) -> None:
    boss = next(one.id for one in services.staff.members() if one.is_supervisor)
    await act(handler, "take")
    assert (await act(handler, "hand-over", assignee=str(boss), note=" ")).status_code == 409
    refused = await act(handler, "hand-over", assignee="99", note="机构还没回电")
    assert refused.status_code == 409
    assert "机构还没回电</textarea>" in refused.text
    assert (await act(handler, "hand-over", assignee=str(boss), note="机构还没回电")).status_code == 303
    page = (await supervisor.get("/cases/1")).text
    assert "机构还没回电" in page
    assert "分派: 王芳" in page
    assert (await act(handler, "hand-over", assignee=str(boss), note="再来")).status_code == 409


async def test_nobody_who_may_not_read_cases_is_given_one(app, supervisor, services: Services, filed: Filed) -> None:
    auditor = await signed_in(app, services, "审计", Role.AUDITOR)
    await auditor.http.aclose()
    one = next(member.id for member in services.staff.members() if member.name == "审计")
    assert (await act(supervisor, "assign", assignee=str(one))).status_code == 409


async def test_one_line_of_time_for_messages_notes_and_events(handler, services: Services, filed: Filed) -> None:
    await act(handler, "take")
    await act(handler, "note", text="先记一笔")
    await act(handler, "answer", text="我们在看")
    services.complaints.add_message(filed.receipt, "谢谢，他们又打来了", "x")
    page = (await handler.get("/cases/1")).text
    line = page[page.index('id="line"') : page.index('id="answering"')]
    places = [line.index(words) for words in ("收到投诉", "接手", "先记一笔", "我们在看", "谢谢，他们又打来了")]
    assert places == sorted(places)
    assert line.count("我们在看") == 1


async def test_merging_and_taking_it_back(handler, services: Services) -> None:
    receipts = [file_complaint(services, draft_id=f"d{number}").receipt for number in range(2)]
    for case in (1, 2):
        await act(handler, "take", case)
    refused = await act(handler, "merge", 2, into="99")
    assert refused.status_code == 409
    assert "不能这样合并" in refused.text
    assert 'value="99"' in refused.text
    assert (await act(handler, "merge", 2, into="C-2026-000001")).status_code == 303
    assert "统一答复于" in (await handler.get("/cases/2")).text
    page = (await handler.post("/cases/1/draft", version="1", text="一起说", do="preview")).text
    assert "已合并的1件" in page
    await act(handler, "answer", text="一起说")
    assert [services.complaints.follow(receipt, "x").messages[-1].text for receipt in receipts] == ["一起说"] * 2
    assert (await act(handler, "unmerge", 2)).status_code == 303
    await act(handler, "answer", text="只给一号")
    assert services.complaints.follow(receipts[1], "x").messages[-1].text == "一起说"
    assert services.complaints.case(services.staff.members()[0], 2).case.status is Status.RECEIVED
