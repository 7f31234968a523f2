"""Copies that leave the desk. What is hidden is looked for in the bytes, unpacked and decoded."""

import base64
import io
import json
import re
import zipfile
import zlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.complaints import Action, Answer, ComplaintDraft, Kind, Status
from bot.complaints.export import Attachment, CaseCopy, Form
from bot.console import export
from bot.console.document import Document, Section, lines_of, pdf_of, printable
from bot.evidence import Accepted, FileKind
from bot.messages import Channel, Language
from bot.staff import Role, StaffMember
from bot.storage.audit_tables import AuditRow

CONTACT = "13812345678"
HIDDEN = ("鲁大壮", "欠条", "4321")
BOSS = StaffMember(1, "王芳", Role.SUPERVISOR)


@pytest.fixture
def case_id(services, supervisor) -> int:
    """A case in which three words were marked, some of them written again later."""
    services.evidence.keep("s" * 32, Accepted(FileKind.PICTURE, "image/png", (b"picture of 4321",)))
    filed = services.complaints.file(
        ComplaintDraft(
            draft_id="d1", kind=Kind.COLLECTION, story="鲁大壮拿着欠条上门，说再不还就打我", against="鲁大壮",
            when="上个月", amount="4321元", wish="叫他别来", language=Language.ZH,
            channel=Channel.WEB, sender="s" * 32, consent=True,
            contact=CONTACT, contact_consent=True, figures={"amount": "4321", "nested": [4321]},
            answers=(Answer("who", "是谁", "鲁大壮", "other"),),
        )
    )  # fmt: skip
    desk, work = services.complaints, services.casework

    def version() -> int:
        return desk.case(BOSS, filed.case_id).case.version

    for word in HIDDEN:
        work.redact(BOSS, filed.case_id, version(), word)
    desk.add_message(filed.receipt, f"鲁大壮又来了，打我{CONTACT}", "a")
    desk.note(BOSS, filed.case_id, version(), "欠条是手写的")
    work.tag(BOSS, filed.case_id, version(), "鲁大壮案")
    desk.move(BOSS, filed.case_id, version(), Status.REFERRED, "欠条的事归法院管")
    return filed.case_id


@pytest.fixture
def stepped_up(services, monkeypatch) -> None:
    monkeypatch.setattr(services.staff, "is_stepped_up", lambda _token: True)


def streams(pdf: bytes) -> dict[int, bytes]:
    """Every object of a PDF by its number, its stream unpacked."""
    found = {}
    for number, body in re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL):
        head, is_stream, packed = body.partition(b"stream\n")
        if not is_stream:
            found[int(number)] = body
            continue
        packed = packed.rpartition(b"endstream")[0].rstrip(b"\r\n")
        if b"ASCII85" in head:
            packed = base64.a85decode(packed.removesuffix(b"~>"))
        found[int(number)] = zlib.decompress(packed)
    return found


def text_of(pdf: bytes) -> str:
    """What a PDF says, as copying from it would give it."""
    objects = streams(pdf)
    maps = {}
    for body in objects.values():
        name = re.search(rb"/Name /(F\d+\+\d+)", body)
        if name:
            to_unicode = objects[int(re.search(rb"/ToUnicode (\d+) 0 R", body)[1])]
            pairs = re.findall(rb"<(\w\w)> <(\w{4})>", to_unicode)
            maps[name[1]] = {int(code, 16): chr(int(char, 16)) for code, char in pairs}
    said = ""
    for body in objects.values():
        font = b""
        for chosen, shown in re.findall(rb"/(F\d+(?:\+\d+)?) [\d.]+ Tf|\(((?:[^()\\]|\\.)*)\) Tj", body, re.DOTALL):
            font = chosen or font
            raw = re.sub(rb"\\(\d{3}|.)", _unescaped, shown, flags=re.DOTALL)
            said += "".join(maps[font][code] for code in raw) if font in maps else raw.decode("utf-16-be", "replace")
    return said


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if len(code) == 3:
        return bytes([int(code, 8)])
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(code, code)


def everything_in(content: bytes, form: str) -> str:
    if form == "pdf":
        return text_of(content) + content.decode("latin-1")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize("form", ["pdf", "zip"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_hidden_words_are_nowhere_in_the_redacted_copy(supervisor, case_id, stepped_up, form, language) -> None:
    answer = await supervisor.post(f"/cases/{case_id}/export", form=form, language=language)
    assert answer.status_code == 200
    assert f"-redacted.{form}" in answer.headers["content-disposition"]
    said = everything_in(answer.content, form)
    assert [word for word in (*HIDDEN, CONTACT, "13••") if word in said] == []
    assert "████" in said
    assert "叫他别来" in said
    # The decoding above really reads what stands there: the original says all of it.
    whole = await supervisor.post(f"/cases/{case_id}/export", form=form, language=language, copy="original")
    assert f"-original.{form}" in whole.headers["content-disposition"]
    said = everything_in(whole.content, form)
    assert [word for word in (*HIDDEN, CONTACT) if word not in said] == []


async def test_a_copy_needs_a_fresh_code(supervisor, services, case_id) -> None:
    answer = await supervisor.post(f"/cases/{case_id}/export", form="pdf")
    assert answer.headers["location"] == f"/step-up?back=/cases/{case_id}"
    with services.readers.begin() as session:
        assert not [action for action in session.scalars(select(AuditRow.action)) if action.startswith("exported")]


async def test_the_original_is_not_for_handlers(handler, case_id, stepped_up) -> None:
    assert (await handler.post(f"/cases/{case_id}/export", copy="original")).status_code == 404
    assert (await handler.post(f"/cases/{case_id}/export")).status_code == 200
    page = (await handler.get(f"/cases/{case_id}")).text
    assert 'value="original"' not in page


async def test_what_was_exported_is_logged_and_in_the_history(supervisor, services, case_id, stepped_up) -> None:
    await supervisor.post(f"/cases/{case_id}/export", form="zip")
    await supervisor.post(f"/cases/{case_id}/export", form="pdf", copy="original")
    with services.readers.begin() as session:
        entries = session.execute(select(AuditRow.action, AuditRow.actor, AuditRow.subject)).all()
    assert [tuple(entry) for entry in entries if entry.action.startswith("exported")] == [
        ("exported redacted copy zip", "staff:1", f"case:{case_id}"),
        ("exported original pdf", "staff:1", f"case:{case_id}"),
    ]
    events = services.complaints.case(BOSS, case_id).events
    assert [event.action for event in events].count(Action.EXPORTED) == 2


async def test_a_case_that_is_not_there(supervisor, stepped_up) -> None:
    assert (await supervisor.post("/cases/99/export", form="zip")).status_code == 404


async def test_the_zip_has_names_of_ours_and_data_for_machines(supervisor, case_id, stepped_up) -> None:
    answer = await supervisor.post(f"/cases/{case_id}/export", form="zip", language="en", copy="original")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["case.html", "case.json", "files/001.png"]
        assert archive.read("files/001.png") == b"picture of 4321"
        data, page = json.loads(archive.read("case.json")), archive.read("case.html").decode()
    assert data["complaint"]["contact"] == CONTACT
    assert data["copy"] == "original"
    assert "s" * 32 not in answer.text + str(data)
    assert '<html lang="en">' in page
    assert "What happened" in page


def copy_of(services, case_id: int, **changed: object) -> CaseCopy:
    file = services.complaints.case(BOSS, case_id)
    fields = {"tags": (), "is_original": True, "made_at": datetime(2026, 3, 2, tzinfo=UTC), "made_by": "王芳"}
    return CaseCopy(file=file, **(fields | changed))


def test_files_of_a_case_go_into_the_zip_under_numbers(services, case_id) -> None:
    copy = copy_of(services, case_id, attachments=(Attachment(".png", b"one"), Attachment(".jpg", b"two")))
    with zipfile.ZipFile(io.BytesIO(export.content_of(copy, Form.ZIP, Language.ZH))) as archive:
        assert archive.namelist() == ["case.html", "case.json", "files/001.png", "files/002.jpg"]
        assert archive.read("files/002.jpg") == b"two"
        assert json.loads(archive.read("case.json"))["files"] == ["files/001.png", "files/002.jpg"]


def test_markup_in_a_text_stays_text(services, case_id) -> None:
    copy = copy_of(services, case_id, tags=("<script>x</script>",))
    with zipfile.ZipFile(io.BytesIO(export.content_of(copy, Form.ZIP, Language.ZH))) as archive:
        assert "<script>" not in archive.read("case.html").decode()


def document(text: str) -> Document:
    return Document("题目", "说明", (Section("一节", (("项", text),)),), "zh-CN", "页脚")


def test_rare_characters_are_shown_or_named() -> None:
    said = text_of(pdf_of(document("龘和𠮷\u202e😡(a\\b)")))
    assert "龘和{U+20BB7}{U+202E}{U+1F621}(a\\b)" in said


def test_a_long_text_turns_pages_and_loses_nothing() -> None:
    text = "".join(f"第{number}句话，说的是同一件事。" for number in range(800))
    pdf = pdf_of(document(text))
    assert pdf.count(b"/Type /Page\n") > 5
    assert all(f"第{number}句" in re.sub(r"页脚 · \d+", "", text_of(pdf)) for number in (0, 399, 799))


def test_lines_fit_and_words_stay_whole() -> None:
    assert lines_of("one two three", 10, 45) == ["one two", "three"]
    assert lines_of("a" * 30, 10, 60)[0] in "a" * 29
    assert all(not line.startswith("，") for line in lines_of("一二三四五，" * 20, 10, 50))
    assert printable("a\tb\r\nc\u2028d") == "a b\nc d"
