"""The case page. Texts a handler typed are shown again whenever an action is refused."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.complaints import (
    BadTextError,
    CaseClosedError,
    CaseNotFoundError,
    Complaints,
    Fact,
    NotYoursError,
    Severity,
    StaleVersionError,
    Status,
    StepNotAllowedError,
    UnknownStaffError,
)
from bot.complaints.model import NEEDS_REASON
from bot.console.access import route, staff_of
from bot.console.desk import casework, choice, complaints, is_fresh, services_of, staff_desk, version_in, whole
from bot.console.evidence import files_of
from bot.console.pages import show
from bot.staff import Right

# What a refusal is called in the catalogs.
_REFUSALS: dict[type[Exception], str] = {
    BadTextError: "refusal.text",
    CaseClosedError: "refusal.closed",
    NotYoursError: "refusal.not_yours",
    StaleVersionError: "refusal.stale",
    StepNotAllowedError: "refusal.step",
    UnknownStaffError: "refusal.unknown_staff",
}


@route("/cases/{case_id:int}", Right.WORK_CASES)
async def case(request: Request) -> Response:
    """Everything about one case; that it was read is logged."""
    return await _case_page(request)


async def _case_page(
    request: Request, *, refusal: str = "", typed: dict[str, str] | None = None, contact: str | None = None
) -> Response:
    case_id = request.path_params["case_id"]
    found = await run_in_threadpool(complaints(request).case, staff_of(request), case_id)
    if found is None:
        raise HTTPException(404)
    members = await run_in_threadpool(staff_desk(request).members)
    extras = await run_in_threadpool(casework(request).extras, staff_of(request), case_id)
    desk, promises = complaints(request), complaints(request).promises
    return show(
        request,
        "case.html",
        status=409 if refusal else 200,
        file=found,
        members=[member for member in members if member.may(Right.WORK_CASES)],
        extras=extras,
        evidence=await files_of(request, case_id),
        contact=contact,
        checklist=services_of(request).content.desk.checklists[found.case.kind],
        clock=promises.state(found.case.due_at, desk.moments().now),
        severities=Severity,
        refusal=refusal,
        typed={"text": "", "reason": "", "to": "", "form": ""} | (typed or {}),
        needs_reason=NEEDS_REASON,
        facts=frozenset(Fact),
    )


async def _act(request: Request, form_name: str, act: Callable[[Complaints, int, int, FormData], int]) -> Response:
    """Do one thing to a case; when it is refused, show the case as it is now with what was typed."""
    case_id = request.path_params["case_id"]
    form = await request.form()
    version = version_in(form.get("version"))
    try:
        await run_in_threadpool(act, complaints(request), case_id, version, form)
    except CaseNotFoundError:
        raise HTTPException(404) from None
    except tuple(_REFUSALS) as error:
        typed = {key: str(form.get(key, "")) for key in ("text", "reason", "to")} | {"form": form_name}
        return await _case_page(request, refusal=_REFUSALS[type(error)], typed=typed)
    return RedirectResponse(f"/cases/{case_id}", status_code=303)


@route("/cases/{case_id:int}/take", Right.WORK_CASES, write=True)
async def take(request: Request) -> Response:
    """Make a case one's own."""
    actor = staff_of(request)
    return await _act(request, "take", lambda desk, case_id, version, _form: desk.take(actor, case_id, version))


@route("/cases/{case_id:int}/assign", Right.WORK_CASES, write=True)
async def assign(request: Request) -> Response:
    """Give a case to somebody, or back to the queue."""
    actor = staff_of(request)

    def act(desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        return desk.assign(actor, case_id, version, whole(form.get("assignee", "")))

    return await _act(request, "assign", act)


@route("/cases/{case_id:int}/note", Right.WORK_CASES, write=True)
async def note(request: Request) -> Response:
    """Write an internal note."""
    actor = staff_of(request)
    return await _act(
        request,
        "note",
        lambda desk, case_id, version, form: desk.note(actor, case_id, version, str(form.get("text", ""))),
    )


@route("/cases/{case_id:int}/move", Right.WORK_CASES, write=True)
async def move(request: Request) -> Response:
    """Change the state of a case."""
    actor = staff_of(request)

    def act(desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        to = choice(Status, str(form.get("to", "")))
        if to is None:
            raise StepNotAllowedError("no such state")
        return desk.move(actor, case_id, version, to, str(form.get("reason", "")))

    return await _act(request, "move", act)


@route("/cases/{case_id:int}/answer", Right.WORK_CASES, write=True)
async def answer(request: Request) -> Response:
    """Answer the resident; the answer goes out in the channel they used."""
    actor = staff_of(request)
    return await _act(
        request,
        "answer",
        lambda desk, case_id, version, form: desk.answer(actor, case_id, version, str(form.get("text", ""))),
    )


@route("/cases/{case_id:int}/contact", Right.UNMASK_CONTACT, write=True)
async def contact(request: Request) -> Response:
    """Show the contact details in full; needs a fresh code, and is logged."""
    case_id = request.path_params["case_id"]
    if not await is_fresh(request):
        return RedirectResponse(f"/step-up?back=/cases/{case_id}", status_code=303)
    try:
        shown = await run_in_threadpool(complaints(request).contact, staff_of(request), case_id)
    except CaseNotFoundError:
        raise HTTPException(404) from None
    return await _case_page(request, contact=shown)


@route("/cases/{case_id:int}/severity", Right.WORK_CASES, write=True)
async def severity(request: Request) -> Response:
    """Say how much harm threatens."""
    actor, work = staff_of(request), casework(request)

    def act(_desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        chosen = choice(Severity, str(form.get("severity", ""))) or Severity.NORMAL
        return work.rate(actor, case_id, version, chosen)

    return await _act(request, "severity", act)


@route("/cases/{case_id:int}/tag", Right.WORK_CASES, write=True)
async def tag(request: Request) -> Response:
    """Put a tag on, or take one off."""
    actor, work = staff_of(request), casework(request)

    def act(_desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        if form.get("off"):
            return work.untag(actor, case_id, version, str(form["off"]))
        return work.tag(actor, case_id, version, str(form.get("tag", "")))

    return await _act(request, "tag", act)


@route("/cases/{case_id:int}/check", Right.WORK_CASES, write=True)
async def check(request: Request) -> Response:
    """Mark a point of the checklist as looked at, or not."""
    actor, work = staff_of(request), casework(request)

    def act(_desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        done = form.get("done") == "1"
        return work.check(actor, case_id, version, str(form.get("item", "")), done=done)

    return await _act(request, "check", act)
