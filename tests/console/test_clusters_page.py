"""What cases share, the early warning, and a screening pattern proposed from a cluster."""

import re

from sqlalchemy import select

from bot.services import Services
from bot.storage.audit_tables import AuditRow
from tests.console.conftest import file_complaint

STORY = "他们半夜打电话骂人，说要上门泼油漆，让我加微信 abc12345 转账到 6222021234567890123，王小明说的"


def file_three(services: Services) -> None:
    for number in range(3):
        file_complaint(services, draft_id=f"d{number}", story=STORY)


def link_to(page: str, shared: str) -> str:
    found = re.search(rf'href="(/clusters/{shared}/\d+)"', page)
    assert found is not None
    return found[1]


async def test_clusters_and_spikes_lead_to_their_cases(handler, services: Services) -> None:
    assert "还没有案件有共同点" in (await handler.get("/clusters")).text
    file_three(services)
    page = (await handler.get("/clusters")).text
    assert "7天内3件" in page
    assert "某催收公司" in page
    assert "半夜" not in page
    for shared in ("party", "number", "words"):
        listed = (await handler.get(link_to(page, shared))).text
        assert listed.count('<th scope="row"><a href="/cases/') == 3
        assert "半夜" not in listed


async def test_a_pattern_is_masked_logged_and_leaves_no_text_behind(handler, services: Services) -> None:
    file_three(services)
    actor = services.staff.members()[0]
    services.casework.redact(actor, 3, 1, "王小明", "story")
    place = link_to((await handler.get("/clusters")).text, "words")
    page = (await handler.post(f"{place}/pattern")).text
    texts = re.search(r'<textarea id="texts"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert texts is not None
    lines = texts[1].splitlines()
    assert len(lines) == 2
    assert all("泼油漆" in line for line in lines)
    assert "6222021234567890123" not in page
    assert "abc12345" not in page
    assert "████说的" in lines[0]
    with services.readers.begin() as session:
        read = session.scalars(select(AuditRow.subject).where(AuditRow.action == "case.viewed")).all()
    assert set(read) == {"case:1", "case:2", "case:3"}
    [note] = services.complaints.case(actor, 3).notes
    assert "提议识别规则" in note.text
    assert "泼油漆" not in note.text


async def test_a_cluster_that_is_not_there(handler) -> None:
    assert "已经没有案件" in (await handler.get("/clusters/party/5")).text
    assert (await handler.get("/clusters/nonsense/5")).status_code == 404
    assert (await handler.get(f"/clusters/party/{2**63}")).status_code == 404
