"""A copy of one case to take away: a PDF, or a ZIP with the same as a page, as data, and with the case's files."""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.complaints import CaseNotFoundError, Fact
from bot.complaints.export import CaseCopy, Exports, Form, as_data, file_name
from bot.console.access import COOKIE, route, staff_of
from bot.console.document import Document, Section, pdf_of
from bot.console.i18n import translations
from bot.console.pages import language_of, moment, text_of
from bot.messages import Language
from bot.staff import Right

_FACTS = frozenset(Fact)
_TYPES = {Form.PDF: "application/pdf", Form.ZIP: "application/zip"}


@route("/cases/{case_id:int}/export", Right.EXPORT, write=True)
async def export(request: Request) -> Response:
    """Hand out a copy; needs a fresh code, and is logged before anything leaves."""
    case_id = request.path_params["case_id"]
    services, member, asked = request.app.state.services, staff_of(request), await request.form()
    original = asked.get("copy") == "original"
    if original and not member.may(Right.EXPORT_ORIGINAL):
        raise HTTPException(404)
    if not await run_in_threadpool(services.staff.is_stepped_up, request.cookies.get(COOKIE, "")):
        return RedirectResponse(f"/step-up?back=/cases/{case_id}", status_code=303)
    form = Form.ZIP if asked.get("form") == Form.ZIP else Form.PDF
    language = Language(str(asked["language"])) if asked.get("language") in set(Language) else language_of(request)
    exports: Exports = services.exports
    try:
        copy = await run_in_threadpool(exports.copy, member, case_id, form, original=original)
    except CaseNotFoundError:
        raise HTTPException(404) from None
    content = await run_in_threadpool(content_of, copy, form, language)
    name = f"{copy.file.case.number}-{'original' if original else 'redacted'}.{form}"
    return Response(content, media_type=_TYPES[form], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def content_of(copy: CaseCopy, form: Form, language: Language) -> bytes:
    """The copy as a file."""
    document = document_of(copy, language)
    return pdf_of(document) if form is Form.PDF else _zip_of(copy, document, language)


def _zip_of(copy: CaseCopy, document: Document, language: Language) -> bytes:
    # Every name in it is ours.
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case.html", text_of(language, "case_copy.html", document=document))
        archive.writestr("case.json", json.dumps(as_data(copy), ensure_ascii=False, indent=2))
        for place, attachment in enumerate(copy.attachments, 1):
            archive.writestr(file_name(place, attachment), attachment.content)
    return file.getvalue()


def document_of(copy: CaseCopy, language: Language) -> Document:
    """The copy as people read it."""
    say = translations(language).gettext
    case = copy.file.case
    kind = say("copy.original" if copy.is_original else "copy.redacted")
    return Document(
        title=f"{case.number} · {kind}",
        notice=f"{say('copy.made')} {moment(copy.made_at)} · {copy.made_by}",
        sections=tuple(_sections(copy, language)),
        language="zh-CN" if language is Language.ZH else "en",
        footer=f"{case.number} · {kind}",
    )


def _sections(copy: CaseCopy, language: Language) -> Iterator[Section]:
    say = translations(language).gettext
    file, case, said = copy.file, copy.file.case, copy.file.particulars
    contact = (said.contact or say("none given")) if copy.is_original else say("copy.no_contact")
    what = [
        (say("Kind"), say(f"kind.{case.kind}")),
        (say("State"), say(f"status.{case.status}")),
        (say("Received"), moment(case.opened_at)),
        (say("What happened"), said.story),
        (say("With whom"), said.against or "—"),
        (say("When"), said.when or "—"),
        (say("How much"), said.amount or "—"),
        (say("What they want"), said.wish or "—"),
        (say("Made for"), say(f"behalf.{said.on_behalf}")),
        *((one.question, one.text) for one in said.answers),
        (say("Contact"), contact),
        *((say(f"figure.{key}") if key in _FACTS else key, str(value)) for key, value in (said.figures or {}).items()),
        (say("Severity"), say(f"severity.{case.severity}")),
        (say("Tag"), ", ".join(copy.tags) or "—"),
        (say("Language"), say(f"language.{case.language}")),
        (say("Channel"), say(f"channel.{case.channel}")),
        (say("With"), case.assignee_name or say("nobody")),
    ]
    yield Section(say("Complaint"), tuple(what))
    messages = [(f"{moment(one.at)}\n{one.staff_name or say('Resident')}", one.text) for one in file.messages]
    yield Section(say("Messages with the resident"), tuple(messages) or (("", say("No message yet.")),))
    notes = [(f"{moment(one.at)}\n{one.staff_name}", one.text) for one in file.notes]
    yield Section(say("Internal notes"), tuple(notes) or (("", say("No note yet.")),))
    history = []
    for one in file.events:
        told = [say(f"action.{one.action}"), say(f"status.{one.to_status}") if one.to_status else "", one.reason]
        history.append(
            (f"{moment(one.at)}\n{one.staff_name or say('Resident')}", " · ".join(part for part in told if part))
        )
    yield Section(say("History"), tuple(history))
