"""A handler's work on a case, and what happens when it cannot be done."""

import re
import time

import pyotp
from sqlalchemy import select

from bot.complaints import Answer, Author, ComplaintDraft, Filed, Kind, OnBehalf
from bot.messages import Channel, Language
from bot.services import Services
from bot.staff import Role
from bot.storage.audit_tables import AuditRow


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


async def test_from_the_queue_to_an_answer(handler, filed: Filed, services: Services) -> None:
    queue = (await handler.get("/")).text
    assert "催收" in queue
    assert "半夜" not in queue
    page = (await handler.get("/cases/1")).text
    assert "他们半夜打电话骂人" in page
    assert (await handler.post("/cases/1/take", version=version(page))).headers["location"] == "/cases/1"
    for path, form in [
        ("note", {"text": "已联系机构"}),
        ("move", {"to": "triaged"}),
        ("move", {"to": "in_progress"}),
        ("answer", {"text": "我们已经转告机构，晚十点后不得来电。"}),
        ("move", {"to": "resolved"}),
    ]:
        page = (await handler.get("/cases/1")).text
        answer = await handler.post(f"/cases/1/{path}", version=version(page), **form)
        assert answer.status_code == 303, answer.text
    view = services.complaints.follow(filed.receipt, "anybody")
    assert view is not None
    assert view.status == "resolved"
    assert [(message.author, message.text) for message in view.messages] == [
        (Author.STAFF, "我们已经转告机构，晚十点后不得来电。")
    ]


async def test_two_handlers_never_overwrite_each_other(handler, supervisor, filed: Filed) -> None:
    seen = version((await handler.get("/cases/1")).text)
    await supervisor.post("/cases/1/note", version=seen, text="主管先写的")
    answer = await handler.post("/cases/1/note", version=seen, text="我写的别丢")
    assert answer.status_code == 409
    assert "有人刚改过这件案子" in answer.text
    assert "我写的别丢</textarea>" in answer.text
    assert "主管先写的" in answer.text


async def test_not_before_it_is_taken(handler, filed: Filed) -> None:
    page = (await handler.get("/cases/1")).text
    assert "给居民的答复" not in page
    answer = await handler.post("/cases/1/answer", version=version(page), text="越过接手")
    assert answer.status_code == 409
    assert "请先接手" in answer.text


async def test_a_closing_state_needs_a_reason(handler, filed: Filed) -> None:
    await handler.post("/cases/1/take", version=version((await handler.get("/cases/1")).text))
    page = (await handler.get("/cases/1")).text
    refused = await handler.post("/cases/1/move", version=version(page), to="rejected")
    assert refused.status_code == 409
    assert (await handler.post("/cases/1/move", version=version(page), to="rejected", reason="重复")).status_code == 303


async def test_only_a_supervisor_assigns(handler, supervisor, filed: Filed, services: Services) -> None:
    page = (await supervisor.get("/cases/1")).text
    member = next(member for member in services.staff.members() if member.name == "李华")
    assert "分给" in page
    answer = await supervisor.post("/cases/1/assign", version=version(page), assignee=str(member.id))
    assert answer.status_code == 303
    page = (await handler.get("/cases/1")).text
    assert "分派" in page
    other = await handler.post("/cases/1/assign", version=version(page), assignee="1" if member.id != 1 else "2")
    assert other.status_code == 409


async def test_filters_and_paging(handler, services: Services, file_many) -> None:
    file_many(30)
    first = (await handler.get("/")).text
    assert first.count("<tr>") - 1 == 25
    assert "第1页，共2页" in first
    second = (await handler.get("/?page=2")).text
    assert second.count("<tr>") - 1 == 5
    frauds = (await handler.get(f"/?kind={Kind.FRAUD}")).text
    assert frauds.count("<tr>") - 1 == 10
    assert "没有符合的案件" in (await handler.get("/?status=resolved")).text
    for odd in ("status=nonsense", "page=0", "page=99999999999", "kind=%00", "search=' OR 1=1 --"):
        assert (await handler.get(f"/?{odd}")).status_code == 200


async def test_markup_is_shown_as_text(handler, file_one) -> None:
    file_one("<script>alert(1)</script><b>'\"&")
    page = (await handler.get("/cases/1")).text
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


async def test_answers_figures_and_for_whom_are_shown_as_entered(handler, services: Services) -> None:
    filed = services.complaints.file(
        ComplaintDraft(
            draft_id="d", kind=Kind.COST, story="利息太高", against="", when="", amount="", wish="",
            language=Language.ZH, channel=Channel.WEB, sender="s" * 32, consent=True, on_behalf=OnBehalf.RELATIVE,
            answers=(Answer("received", "真正到手多少钱？", "<i>9000</i>"),), pack_version=1,
            figures={"nominal": "24", "说明": "x"},
        )
    )  # fmt: skip
    page = (await handler.get(f"/cases/{filed.case_id}")).text
    for shown in ("父母或亲戚", "真正到手多少钱？", "&lt;i&gt;9000&lt;/i&gt;", "年化利率，单利（百分比）", "说明"):
        assert shown in page, shown


async def test_the_other_language(handler, filed: Filed) -> None:
    answer = await handler.post("/language", language="en", back="/cases/1")
    assert answer.headers["location"] == "/cases/1"
    page = (await handler.get("/cases/1")).text
    assert '<html lang="en">' in page
    assert "What happened" in page
    for back in ("//evil.example/x", "/\\evil.example", "https://evil.example", "javascript:alert(1)", ""):
        assert (await handler.post("/language", language="en", back=back)).headers["location"] == "/"


async def test_setting_up_access(stranger, services: Services) -> None:
    link = f"/enrol/{services.staff.invite('新人', Role.HANDLER)}"
    page = (await stranger.get(link)).text
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret is not None
    assert "data:image/svg+xml" in page
    totp = pyotp.TOTP(secret[1])
    assert "请换一个更长" in (await stranger.post(link, passphrase="short", code=totp.now())).text
    assert "验证码不对" in (await stranger.post(link, passphrase="long enough words", code="000000")).text
    done = await stranger.post(link, passphrase="long enough words", code=totp.at(int(time.time()) - 30))
    assert len(re.findall(r"<li>[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}</li>", done.text)) == 10
    assert 'id="name"' in done.text
    assert (await stranger.get(link)).status_code == 404
    wrong = await stranger.post("/sign-in", name="新人", passphrase="wrong words here", code=totp.now())
    assert wrong.status_code == 401
    right = await stranger.post("/sign-in", name="新人", passphrase="long enough words", code=totp.now())
    assert right.headers["location"] == "/"


async def test_too_much_text_is_refused_kindly(handler, filed: Filed) -> None:
    answer = await handler.post("/cases/1/note", version="1", text="长" * 100_000)
    assert answer.status_code == 413
    assert "文字太多" in answer.text


async def test_the_queue_shows_what_is_due_and_narrows_by_everything(handler, services: Services, file_many) -> None:
    file_many(3)
    page = (await handler.get("/?sort=newest&severity=normal&age=week&clock=in_time")).text
    assert "到期" in page
    assert "C-" in (await handler.get("/?search=半夜打电话")).text
    assert "没有符合的案件" in (await handler.get("/?search=从没说过")).text
    assert "C-" in (await handler.get("/?institution=某催收公司")).text
    assert "没有符合的案件" in (await handler.get("/?tag=没有")).text


async def test_tags_severity_and_checklist_on_the_case_page(handler, supervisor, filed: Filed) -> None:
    for path, form, shown in [
        ("tag", {"tag": "团伙"}, "去掉标签团伙"),
        ("severity", {"severity": "urgent"}, 'value="urgent" selected'),
        ("check", {"item": "calls", "done": "1"}, 'aria-pressed="true"'),
    ]:
        seen = version((await handler.get("/cases/1")).text)
        assert (await handler.post(f"/cases/1/{path}", version=seen, **form)).status_code == 303
        assert shown in (await handler.get("/cases/1")).text
    assert "也在看这件案子：李华" in (await supervisor.get("/cases/1")).text
    assert "紧急" in (await handler.get("/?tag=团伙")).text
    refused = await handler.post("/cases/1/tag", version="1", tag="迟了")
    assert refused.status_code == 409


async def test_contact_details_need_a_fresh_code_and_are_logged(handler, services: Services, monkeypatch) -> None:
    services.complaints.file(
        ComplaintDraft(
            draft_id="c", kind=Kind.COST, story="多收了钱", against="", when="", amount="", wish="",
            contact="13812345678", contact_consent=True, language=Language.ZH, channel=Channel.WEB, sender="s",
            consent=True,
        )
    )  # fmt: skip
    page = (await handler.get("/cases/1")).text
    assert "13••••••78" in page
    assert "13812345678" not in page
    asked = await handler.post("/cases/1/contact")
    assert asked.headers["location"] == "/step-up?back=/cases/1"
    assert (await handler.post("/step-up", code="000000", back="/cases/1")).status_code == 401
    monkeypatch.setattr(services.staff, "is_stepped_up", lambda _token: True)
    assert "13812345678" in (await handler.post("/cases/1/contact")).text
    assert "13812345678" not in (await handler.get("/cases/1")).text
    with services.readers.begin() as session:
        assert "unmasked contact" in session.scalars(select(AuditRow.action)).all()
