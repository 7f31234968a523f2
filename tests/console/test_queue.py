"""The queue's saved views, bulk actions and what is escalated."""

from datetime import timedelta

from sqlalchemy import select, update

from bot.cli.retention import escalate
from bot.complaints import QueueFilter, Status
from bot.console.filters import filter_in, query_of
from bot.services import now
from bot.storage.audit_tables import AuditRow
from bot.storage.complaint_tables import CaseRow
from tests.console.conftest import file_complaint


async def test_a_view_is_saved_opened_and_deleted_by_its_owner_only(handler, supervisor, file_many) -> None:
    file_many(4)
    query = "kind=fraud&sort=newest"
    assert (await handler.post("/views", name="骗局", query=query + "&evil=1")).headers["location"] == f"/?{query}"
    page = (await handler.get("/")).text
    assert f'href="/?{query.replace("&", "&amp;")}"' in page
    assert "骗局" in page
    assert "骗局" not in (await supervisor.get("/")).text
    assert "aria-current" in (await handler.get(f"/?{query}")).text
    assert (await supervisor.post("/views/1/drop")).status_code == 303
    assert "骗局" in (await handler.get("/")).text
    await handler.post("/views/1/drop")
    assert "骗局" not in (await handler.get("/")).text


async def test_a_view_without_a_name_keeps_the_filter_on_screen(handler, file_many) -> None:
    file_many(4)
    refused = await handler.post("/views", name=" ", query="kind=fraud")
    assert refused.status_code == 409
    assert 'value="fraud" selected' in refused.text


def test_a_filter_survives_its_address() -> None:
    narrowed = QueueFilter(status=Status.TRIAGED, search="半夜 &=", tag="团伙", escalated=True)
    assert filter_in(query_of(narrowed)) == narrowed
    assert query_of(QueueFilter()) == ""


async def test_bulk_tags_and_assigns_the_whole_filter(supervisor, handler, services, file_many) -> None:
    file_many(30)
    page = (await supervisor.get("/bulk?kind=fraud")).text
    assert "给10件加标签" in page
    done = await supervisor.post("/bulk", query="kind=fraud", expected="10", do="tag", value="团伙")
    assert "已改动10件" in done.text
    member = next(one for one in services.staff.members() if one.name == "李华")
    done = await supervisor.post("/bulk", query="tag=团伙", expected="10", do="assign", value=str(member.id))
    assert "已改动10件" in done.text
    assert (await handler.get("/?assigned=mine")).text.count("<tr>") - 1 == 10


async def test_bulk_does_nothing_when_the_filter_reaches_others_than_confirmed(supervisor, file_many) -> None:
    file_many(3)
    refused = await supervisor.post("/bulk", query="", expected="2", do="tag", value="团伙")
    assert refused.status_code == 409
    assert "什么都没有改动" in refused.text
    assert 'value="团伙"' in refused.text
    assert "没有符合的案件" in (await supervisor.get("/?tag=团伙")).text


async def test_bulk_tells_what_it_left_out(supervisor, services, file_many) -> None:
    file_many(3)
    boss = services.staff.members()[0]
    services.complaints.move(boss, 2, 1, Status.TRIAGED)
    done = (await supervisor.post("/bulk", query="", expected="3", do="triage")).text
    assert "已改动2件" in done
    assert "跳过的有1件" in done
    assert done.split("跳过")[1].split("</ul>")[0].count('href="/cases/2"') == 1
    for do, value in (("burn", ""), ("assign", "everybody"), ("gather", "no number")):
        assert (await supervisor.post("/bulk", query="", expected="3", do=do, value=value)).status_code == 400
    assert (await supervisor.post("/bulk", query="", expected="3", do="tag", value="长" * 31)).status_code == 409


async def test_bulk_as_one_cluster_answers_every_resident(supervisor, services) -> None:
    receipts = [file_complaint(services, draft_id=f"d{n}").receipt for n in range(3)]
    boss = services.staff.members()[0]
    done = (await supervisor.post("/bulk", query="", expected="3", do="gather", value="1")).text
    assert "已改动3件" in done
    file = services.complaints.case(boss, 1)
    services.complaints.answer(boss, 1, file.case.version, "一起答复")
    assert [services.complaints.follow(receipt, "x").messages[-1].text for receipt in receipts] == ["一起答复"] * 3


async def test_what_is_overdue_is_escalated_once_and_shown_to_supervisors(supervisor, handler, services) -> None:
    file_complaint(services)
    with services.writers.begin() as session:
        late = now() - timedelta(days=1)
        session.execute(update(CaseRow).values(due_at=late, first_due_at=late))
    assert services.punctuality.escalate() == 1
    assert services.punctuality.escalate() == 0
    assert "已报主管" in (await supervisor.get("/?escalated=1")).text
    assert "没有符合的案件" not in (await supervisor.get("/?escalated=1")).text
    assert "首次答复准时：0%" in (await supervisor.get("/?escalated=1")).text
    assert "首次答复准时" not in (await handler.get("/?escalated=1")).text
    page = (await handler.get("/cases/1")).text
    assert page.count("超期，已报主管") == 1
    with services.readers.begin() as session:
        [row] = session.scalars(select(AuditRow).where(AuditRow.action == "case.escalated"))
        assert (row.actor, row.subject) == ("system", "case:1")
    boss = next(one for one in services.staff.members() if one.is_supervisor)
    services.complaints.answer(boss, 1, 1, "答复")
    assert "没有符合的案件" in (await supervisor.get("/?escalated=1")).text
    assert services.punctuality.escalate() == 0


def test_the_periodic_job_escalates_and_outlives_a_database_that_is_away(services, monkeypatch) -> None:
    file_complaint(services)
    with services.writers.begin() as session:
        session.execute(update(CaseRow).values(due_at=now() - timedelta(days=3)))
    with monkeypatch.context() as away:
        away.setattr(services.punctuality, "escalate", lambda: 1 / 0)
        assert escalate(services) == 0
    assert (escalate(services), escalate(services)) == (1, 0)
