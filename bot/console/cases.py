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
    MergeNotAllowedError,
    NotYoursError,
    Severity,
    StaleVersionError,
    Status,
    StepNotAllowedError,
    UnknownStaffError,
)
from bot.complaints.model import NEEDS_REASON
from bot.complaints.queue import id_of_number
from bot.complaints.redaction import as_copied
from bot.complaints.timeline import timeline_of
from bot.console.access import route, staff_of
from bot.console.desk import casework, choice, complaints, is_fresh, services_of, staff_desk, version_in, whole
from bot.console.evidence import files_of
from bot.console.pages import show
from bot.console.replies import Replies
from bot.staff import Right

# What a refusal is called in the catalogs.
_REFUSALS: dict[type[Exception], str] = {
    BadTextError: "refusal.text",
    CaseClosedError: "refusal.closed",
    MergeNotAllowedError: "refusal.merge",
    NotYoursError: "refusal.not_yours",
    StaleVersionError: "refusal.stale",
    StepNotAllowedError: "refusal.step",
    UnknownStaffError: "refusal.unknown_staff",
}


_TYPED = ("text", "reason", "to", "note", "into", "assignee")


@route("/cases/{case_id:int}", Right.WORK_CASES)
async def case(request: Request) -> Response:
    """Everything about one case; that it was read is logged. ``?reply=`` begins the answer with a canned one."""
    return await _case_page(request, reply=request.query_params.get("reply", ""))


async def _case_page(  # noqa: PLR0913 - all named
    request: Request,
    *,
    refusal: str = "",
    typed: dict[str, str] | None = None,
    contact: str | None = None,
    reply: str = "",
    preview: bool = False,
) -> Response:
    case_id, actor = request.path_params["case_id"], staff_of(request)
    desk, services = complaints(request), services_of(request)
    found = await run_in_threadpool(desk.case, actor, case_id)
    if found is None:
        raise HTTPException(404)
    members = await run_in_threadpool(staff_desk(request).members)
    extras = await run_in_threadpool(casework(request).extras, actor, case_id)
    if not actor.may(Right.SEE_ORIGINAL):
        found = as_copied(found, extras.spans)
    kept = dict.fromkeys((*_TYPED, "form"), "") | (typed or {})
    replies = Replies(services.content.desk.replies, desk.promises)
    begun = replies.filled(reply, found, actor.name, desk.moments().now)
    if begun:
        kept |= {"form": "answer", "text": f"{kept['text'].rstrip()}\n\n{begun}".strip()}
    notice = services.content.wording.say("gateway_case_answered", found.case.language, text=kept["text"].strip())
    return show(
        request,
        "case.html",
        status=409 if refusal else 200,
        file=found,
        moments=timeline_of(found),
        members=[member for member in members if member.may(Right.WORK_CASES)],
        extras=extras,
        evidence=await files_of(request, case_id),
        contact=contact,
        checklist=services.content.desk.checklists[found.case.kind],
        clock=desk.promises.state(found.case.due_at, desk.moments().now),
        severities=Severity,
        refusal=refusal,
        typed=kept,
        needs_reason=NEEDS_REASON,
        facts=frozenset(Fact),
        replies=replies.offered(found.case.language),
        sees_original=actor.may(Right.SEE_ORIGINAL),
        preview=notice if preview and kept["text"].strip() else "",
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
        typed = {key: str(form.get(key, "")) for key in _TYPED} | {"form": form_name}
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


@route("/cases/{case_id:int}/draft", Right.WORK_CASES, write=True)
async def draft(request: Request) -> Response:
    """Show the answer as the resident will see it, or put a canned reply below what is typed. Nothing is sent."""
    form = await request.form()
    typed = {"form": "answer", "text": str(form.get("text", ""))}
    if form.get("do") == "fill":
        return await _case_page(request, typed=typed, reply=str(form.get("reply", "")))
    return await _case_page(request, typed=typed, preview=True)


@route("/cases/{case_id:int}/hand-over", Right.WORK_CASES, write=True)
async def hand_over(request: Request) -> Response:
    """Give the case to somebody else with a note on where it stands."""
    actor, work = staff_of(request), casework(request)

    def act(_desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        to = whole(form.get("assignee", "")) or 0
        return work.hand_over(actor, case_id, version, to, str(form.get("note", "")))

    return await _act(request, "hand_over", act)


@route("/cases/{case_id:int}/merge", Right.WORK_CASES, write=True)
async def merge(request: Request) -> Response:
    """Answer this case with another one."""
    actor, work = staff_of(request), casework(request)

    def act(_desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        into = id_of_number(str(form.get("into", "")))
        if into is None:
            raise MergeNotAllowedError("that is no case number")
        return work.merge(actor, case_id, version, into)

    return await _act(request, "merge", act)


@route("/cases/{case_id:int}/unmerge", Right.WORK_CASES, write=True)
async def unmerge(request: Request) -> Response:
    """Answer this case by itself again."""
    actor, work = staff_of(request), casework(request)
    return await _act(request, "unmerge", lambda _desk, case_id, version, _form: work.unmerge(actor, case_id, version))


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
