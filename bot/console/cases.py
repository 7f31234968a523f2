"""The queue and the case page. Texts a handler typed are shown again whenever an action is refused."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.complaints import (
    Age,
    Assigned,
    BadTextError,
    CaseClosedError,
    CaseNotFoundError,
    ClockState,
    Complaints,
    Fact,
    Kind,
    NotYoursError,
    QueueFilter,
    Severity,
    Sort,
    StaleVersionError,
    Status,
    StepNotAllowedError,
    UnknownStaffError,
)
from bot.complaints.casework import Casework
from bot.complaints.model import NEEDS_REASON
from bot.console.access import COOKIE, route, staff_of
from bot.console.evidence import files_of
from bot.console.pages import show
from bot.staff import Right

_Choice = TypeVar("_Choice", bound=StrEnum)

# What a refusal is called in the catalogs.
_REFUSALS: dict[type[Exception], str] = {
    BadTextError: "refusal.text",
    CaseClosedError: "refusal.closed",
    NotYoursError: "refusal.not_yours",
    StaleVersionError: "refusal.stale",
    StepNotAllowedError: "refusal.step",
    UnknownStaffError: "refusal.unknown_staff",
}


def _complaints(request: Request) -> Complaints:
    desk: Complaints = request.app.state.services.complaints
    return desk


def _enum(kind: type[_Choice], value: str | None) -> _Choice | None:
    return next((choice for choice in kind if choice == value), None)


@route("/", Right.WORK_CASES)
async def queue(request: Request) -> Response:
    """The queue: numbers, kinds and states, no word of what a case says."""
    asked = request.query_params
    narrowed = QueueFilter(
        status=_enum(Status, asked.get("status")),
        kind=_enum(Kind, asked.get("kind")),
        assigned=_enum(Assigned, asked.get("assigned")) or Assigned.ANY,
        search=asked.get("search", "")[:40],
        severity=_enum(Severity, asked.get("severity")),
        clock=_enum(ClockState, asked.get("clock")),
        age=_enum(Age, asked.get("age")),
        institution=asked.get("institution", "")[:60],
        tag=asked.get("tag", "")[:30],
        sort=_enum(Sort, asked.get("sort")) or Sort.DUE,
    )
    number = int(asked["page"]) if asked.get("page", "").isdecimal() and len(asked["page"]) < 7 else 1  # noqa: PLR2004
    page = await run_in_threadpool(_complaints(request).queue, staff_of(request), narrowed, number)

    def link(to: int) -> str:
        kept = {
            "status": narrowed.status,
            "kind": narrowed.kind,
            "assigned": narrowed.assigned,
            "search": narrowed.search,
            "severity": narrowed.severity,
            "clock": narrowed.clock,
            "age": narrowed.age,
            "institution": narrowed.institution,
            "tag": narrowed.tag,
            "sort": narrowed.sort,
        }
        return "/?" + urlencode({key: value for key, value in kept.items() if value} | {"page": to})

    counts = await run_in_threadpool(_casework(request).counts, staff_of(request))
    moments, promises = _complaints(request).moments(), _complaints(request).promises
    return show(
        request,
        "queue.html",
        page=page,
        narrowed=narrowed,
        link=link,
        statuses=Status,
        kinds=Kind,
        assigned=Assigned,
        severities=Severity,
        clocks=ClockState,
        ages=Age,
        sorts=Sort,
        counts=counts,
        clock_of=lambda case: promises.state(case.due_at, moments.now),
    )


@route("/cases/{case_id:int}", Right.WORK_CASES)
async def case(request: Request) -> Response:
    """Everything about one case; that it was read is logged."""
    return await _case_page(request)


async def _case_page(
    request: Request, *, refusal: str = "", typed: dict[str, str] | None = None, contact: str | None = None
) -> Response:
    case_id = request.path_params["case_id"]
    found = await run_in_threadpool(_complaints(request).case, staff_of(request), case_id)
    if found is None:
        raise HTTPException(404)
    members = await run_in_threadpool(request.app.state.services.staff.members)
    extras = await run_in_threadpool(_casework(request).extras, staff_of(request), case_id)
    desk, promises = _complaints(request), _complaints(request).promises
    return show(
        request,
        "case.html",
        status=409 if refusal else 200,
        file=found,
        members=[member for member in members if member.may(Right.WORK_CASES)],
        extras=extras,
        evidence=await files_of(request, case_id),
        contact=contact,
        checklist=request.app.state.services.content.desk.checklists[found.case.kind],
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
    version = str(form.get("version", ""))
    if not version.isdecimal():
        raise HTTPException(400)
    try:
        await run_in_threadpool(act, _complaints(request), case_id, int(version), form)
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
        chosen = str(form.get("assignee", ""))
        return desk.assign(actor, case_id, version, int(chosen) if chosen.isdecimal() else None)

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
        to = _enum(Status, str(form.get("to", "")))
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
    fresh = await run_in_threadpool(request.app.state.services.staff.is_stepped_up, request.cookies.get(COOKIE, ""))
    if not fresh:
        return RedirectResponse(f"/step-up?back=/cases/{case_id}", status_code=303)
    try:
        shown = await run_in_threadpool(_complaints(request).contact, staff_of(request), case_id)
    except CaseNotFoundError:
        raise HTTPException(404) from None
    return await _case_page(request, contact=shown)


@route("/cases/{case_id:int}/severity", Right.WORK_CASES, write=True)
async def severity(request: Request) -> Response:
    """Say how much harm threatens."""
    actor, casework = staff_of(request), _casework(request)

    def act(_desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        chosen = _enum(Severity, str(form.get("severity", ""))) or Severity.NORMAL
        return casework.rate(actor, case_id, version, chosen)

    return await _act(request, "severity", act)


@route("/cases/{case_id:int}/tag", Right.WORK_CASES, write=True)
async def tag(request: Request) -> Response:
    """Put a tag on, or take one off."""
    actor, casework = staff_of(request), _casework(request)

    def act(_desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        if form.get("off"):
            return casework.untag(actor, case_id, version, str(form["off"]))
        return casework.tag(actor, case_id, version, str(form.get("tag", "")))

    return await _act(request, "tag", act)


@route("/cases/{case_id:int}/check", Right.WORK_CASES, write=True)
async def check(request: Request) -> Response:
    """Mark a point of the checklist as looked at, or not."""
    actor, casework = staff_of(request), _casework(request)

    def act(_desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        done = form.get("done") == "1"
        return casework.check(actor, case_id, version, str(form.get("item", "")), done=done)

    return await _act(request, "check", act)


def _casework(request: Request) -> Casework:
    work: Casework = request.app.state.services.casework
    return work
