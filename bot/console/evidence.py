"""The files of a case: a page that shows one, and its pages as pictures. Nothing of a file as it was sent exists.

Each look at a content is in the audit log. A content is only ever sent as a picture that was drawn anew, or as plain
text inside a page of ours; opened by itself, it may run and load nothing.
"""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.complaints import Evidence, EvidenceItem
from bot.console.access import route, staff_of
from bot.console.pages import show
from bot.evidence import FileKind
from bot.staff import Right

_PICTURES = frozenset({"image/jpeg", "image/png"})
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
}


async def files_of(request: Request, case_id: int) -> tuple[EvidenceItem, ...]:
    """The files of a case, for its page."""
    return await run_in_threadpool(_evidence(request).of_case, case_id)


@route("/cases/{case_id:int}/files/{file_id}", Right.WORK_CASES)
async def evidence_viewer(request: Request) -> Response:
    """One file, all its pages below one another."""
    case_id, file_id = request.path_params["case_id"], request.path_params["file_id"]
    item = next((item for item in await files_of(request, case_id) if item.id == file_id), None)
    if item is None:
        raise HTTPException(404)
    text = ""
    if item.kind is FileKind.TEXT:
        found = await run_in_threadpool(_evidence(request).page, staff_of(request), case_id, file_id, 1)
        text = found.content.decode() if found is not None else ""
    return show(request, "evidence.html", case_id=case_id, item=item, text=text)


@route("/cases/{case_id:int}/files/{file_id}/{number:int}", Right.WORK_CASES)
async def evidence_page(request: Request) -> Response:
    """One page as a picture."""
    asked = request.path_params
    page = await run_in_threadpool(
        _evidence(request).page, staff_of(request), asked["case_id"], asked["file_id"], asked["number"]
    )
    if page is None or page.media_type not in _PICTURES:
        raise HTTPException(404)
    return Response(page.content, media_type=page.media_type, headers=_HEADERS)


def _evidence(request: Request) -> Evidence:
    evidence: Evidence = request.app.state.services.evidence
    return evidence
