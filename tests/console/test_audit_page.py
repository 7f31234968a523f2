"""The audit page of an auditor."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text

from bot.staff import Role
from bot.storage.audit_tables import AuditRow
from tests.console.conftest import Person, file_complaint, signed_in


@pytest.fixture
async def auditor(app, services) -> AsyncIterator[Person]:
    person = await signed_in(app, services, "审计员甲", Role.AUDITOR)
    yield person
    await person.http.aclose()


def rows(page: str) -> int:
    return page.count("<tr>") - 1


async def test_it_tells_who_did_what_but_no_word_of_a_case(auditor, handler, services, filed) -> None:
    await handler.get("/cases/1")
    page = (await auditor.get("/audit")).text
    assert "李华" in page
    assert "查看案件" in page
    assert "案件1号" in page
    assert "半夜" not in page


async def test_narrowed_by_actor_action_and_case(auditor, handler, services) -> None:
    for number in range(2):
        file_complaint(services, draft_id=f"d{number}")
    for case_id in (1, 2, 2):
        await handler.get(f"/cases/{case_id}")
    person = next(one.id for one in services.staff.members() if one.name == "李华")
    assert rows((await auditor.get("/audit?action=case.viewed")).text) == 3
    assert rows((await auditor.get("/audit?action=case.viewed&case=2")).text) == 2
    assert rows((await auditor.get(f"/audit?actor=staff:{person}&case=C-2026-000001")).text) == 1
    assert rows((await auditor.get("/audit?actor=resident")).text) == 2
    assert "没有符合的记录" in (await auditor.get("/audit?case=abc")).text
    assert (await auditor.get("/audit?actor=<b>&action=nonsense&before=x")).status_code == 200


async def test_reading_is_itself_logged(auditor, services, filed) -> None:
    await auditor.get("/audit?case=1")
    with services.readers.begin() as session:
        last = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).one()
    assert (last.action, last.subject, last.details) == ("audit.read", "audit", '{"subject":"case:1"}')
    assert last.actor.startswith("staff:")


async def test_earlier_entries_are_a_page_away(auditor, services) -> None:
    for number in range(60):
        services.audit.record("operator", "backup.made", str(number))
    page = (await auditor.get("/audit?action=backup.made")).text
    assert rows(page) == 50
    link = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert rows((await auditor.get(link)).text) == 10


async def test_a_broken_chain_is_told(auditor, services, filed) -> None:
    assert "链条完整" in (await auditor.post("/audit/verify")).text
    with services.writers.begin() as session:
        session.execute(text("DROP TRIGGER audit_log_no_update"))
        session.execute(text("UPDATE audit_log SET actor = 'x' WHERE number = 2"))
    assert "第2条" in (await auditor.post("/audit/verify")).text
