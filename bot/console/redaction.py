"""Hiding parts of a case in copies. To hide is one right, to see what is hidden another."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.complaints import BadTextError, CaseNotFoundError, StaleVersionError
from bot.complaints.redaction import as_copied
from bot.console.access import route, staff_of
from bot.console.desk import casework, complaints, version_in
from bot.console.pages import show
from bot.staff import Right

_REFUSALS: dict[type[Exception], str] = {BadTextError: "refusal.words", StaleVersionError: "refusal.stale"}


@route("/cases/{case_id:int}/redaction", Right.REDACT)
async def redaction(request: Request) -> Response:
    """Every text of a case as copies show it; the originals beside, for those who may see them."""
    return await _page(request)


async def _page(request: Request, *, refusal: str = "", words: str = "", part: str = "") -> Response:
    actor, case_id = staff_of(request), request.path_params["case_id"]
    file = await run_in_threadpool(complaints(request).case, actor, case_id)
    if file is None:
        raise HTTPException(404)
    extras = await run_in_threadpool(casework(request).extras, actor, case_id)
    return show(
        request,
        "redaction.html",
        status=409 if refusal else 200,
        case=file.case,
        copies=as_copied(file, extras.spans).parts,
        originals=file.parts if actor.may(Right.SEE_ORIGINAL) else {},
        hidden={span.part for span in extras.spans},
        refusal=refusal,
        words=words,
        part=part,
    )


@route("/cases/{case_id:int}/redaction", Right.REDACT, write=True)
async def redact(request: Request) -> Response:
    """Hide words in one text or in all; the original stays as it is."""
    form, case_id = await request.form(), request.path_params["case_id"]
    words, part = str(form.get("words", ""))[:10_000], str(form.get("part", ""))[:30]
    version = version_in(form.get("version"))
    try:
        await run_in_threadpool(casework(request).redact, staff_of(request), case_id, version, words, part)
    except CaseNotFoundError:
        raise HTTPException(404) from None
    except tuple(_REFUSALS) as error:
        return await _page(request, refusal=_REFUSALS[type(error)], words=words, part=part)
    return RedirectResponse(f"/cases/{case_id}/redaction", status_code=303)


@route("/cases/{case_id:int}/redaction/undo", Right.SEE_ORIGINAL, write=True)
async def unredact(request: Request) -> Response:
    """Hide nothing of a case any more. Whoever may not see the original cannot uncover it this way either."""
    form, case_id = await request.form(), request.path_params["case_id"]
    version = version_in(form.get("version"))
    try:
        await run_in_threadpool(casework(request).unredact, staff_of(request), case_id, version)
    except CaseNotFoundError:
        raise HTTPException(404) from None
    except StaleVersionError:
        return await _page(request, refusal="refusal.stale")
    return RedirectResponse(f"/cases/{case_id}/redaction", status_code=303)
