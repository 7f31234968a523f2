"""The files of a case as the desk sees them."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from bot import audit as names
from bot.evidence import Accepted, FileKind, accept
from bot.staff import Role
from bot.storage.audit_tables import AuditRow
from tests.console.conftest import file_complaint, signed_in

SENDER = "s" * 32


def picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (40, 30), "red").save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def case_id(services) -> int:
    services.evidence.keep(SENDER, accept(picture(), "<b>转账截图.png"))
    services.evidence.keep(SENDER, accept("他们说“再不还就上门”&<b>".encode(), "聊天.txt"))
    page = accept(picture()).pages[0]
    services.evidence.keep(SENDER, Accepted(FileKind.DOCUMENT, "image/png", (page, page), "合同.pdf", "d"))
    return file_complaint(services).case_id


def viewed(services) -> int:
    with services.readers() as session:
        return len(session.scalars(select(AuditRow.subject).where(AuditRow.action == names.EVIDENCE_VIEWED)).all())


def item(services, case_id: int, kind: FileKind):
    return next(found for found in services.evidence.of_case(case_id) if found.kind is kind)


async def test_the_page_of_a_case_lists_its_files_and_shows_none(services, handler, case_id: int) -> None:
    page = await handler.get(f"/cases/{case_id}")
    assert "图片: &lt;b&gt;转账截图.png" in page.text
    assert "2页" in page.text
    assert "再不还就上门" not in page.text
    assert "补充了证据" in page.text
    assert viewed(services) == 0


async def test_a_picture_is_shown_safely_and_each_look_is_logged(services, handler, case_id: int) -> None:
    path = f"/cases/{case_id}/files/{item(services, case_id, FileKind.DOCUMENT).id}"
    viewer = await handler.get(path)
    assert f'src="{path}/2"' in viewer.text
    assert viewed(services) == 0
    answer = await handler.get(f"{path}/2")
    assert answer.status_code == 200
    assert Image.open(BytesIO(answer.content)).size == (40, 30)
    policies = answer.headers.get_list("content-security-policy")
    assert "sandbox; default-src 'none'; img-src 'self'" in policies
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert viewed(services) == 1


async def test_a_text_is_shown_as_text(services, handler, case_id: int) -> None:
    path = f"/cases/{case_id}/files/{item(services, case_id, FileKind.TEXT).id}"
    page = await handler.get(path)
    assert "他们说“再不还就上门”&amp;&lt;b&gt;" in page.text
    assert viewed(services) == 1
    # By itself it is no picture, and nothing else is ever sent.
    assert (await handler.get(f"{path}/1")).status_code == 404


async def test_only_of_its_own_case_and_only_for_those_who_work_cases(
    app, services, handler, stranger, case_id: int
) -> None:
    file_id = item(services, case_id, FileKind.PICTURE).id
    other = file_complaint(services, draft_id="d2").case_id
    for path in (f"/cases/{other}/files/{file_id}/1", f"/cases/{case_id}/files/{file_id}/2", f"/cases/{other}/files/x"):
        assert (await handler.get(path)).status_code == 404
    assert (await stranger.get(f"/cases/{case_id}/files/{file_id}/1")).status_code == 303
    auditor = await signed_in(app, services, "审计", Role.AUDITOR)
    for path in (f"/cases/{case_id}/files/{file_id}", f"/cases/{case_id}/files/{file_id}/1"):
        assert (await auditor.get(path)).status_code == 404
    await auditor.http.aclose()
    assert viewed(services) == 0
