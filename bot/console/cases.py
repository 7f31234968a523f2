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
    Assigned,
    BadTextError,
    CaseClosedError,
    CaseNotFoundError,
    Complaints,
    Kind,
    NotYoursError,
    QueueFilter,
    StaleVersionError,
    Status,
    StepNotAllowedError,
    UnknownStaffError,
)
from bot.complaints.model import NEEDS_REASON
from bot.console.access import Access, route, staff_of
from bot.console.pages import show

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


@route("/", Access.STAFF)
async def queue(request: Request) -> Response:
    """The queue: numbers, kinds and states, no word of what a case says."""
    asked = request.query_params
    narrowed = QueueFilter(
        status=_enum(Status, asked.get("status")),
        kind=_enum(Kind, asked.get("kind")),
        assigned=_enum(Assigned, asked.get("assigned")) or Assigned.ANY,
        search=asked.get("search", "")[:40],
    )
    number = int(asked["page"]) if asked.get("page", "").isdecimal() and len(asked["page"]) < 7 else 1  # noqa: PLR2004
    page = await run_in_threadpool(_complaints(request).queue, staff_of(request), narrowed, number)

    def link(to: int) -> str:
        kept = {
            "status": narrowed.status,
            "kind": narrowed.kind,
            "assigned": narrowed.assigned,
            "search": narrowed.search,
        }
        return "/?" + urlencode({key: value for key, value in kept.items() if value} | {"page": to})

    return show(
        request, "queue.html", page=page, narrowed=narrowed, link=link, statuses=Status, kinds=Kind, assigned=Assigned
    )


@route("/cases/{case_id:int}", Access.STAFF)
async def case(request: Request) -> Response:
    """Everything about one case; that it was read is logged."""
    return await _case_page(request)


async def _case_page(request: Request, *, refusal: str = "", typed: dict[str, str] | None = None) -> Response:
    case_id = request.path_params["case_id"]
    found = await run_in_threadpool(_complaints(request).case, staff_of(request), case_id)
    if found is None:
        raise HTTPException(404)
    members = await run_in_threadpool(request.app.state.services.staff.members)
    return show(
        request,
        "case.html",
        status=409 if refusal else 200,
        file=found,
        members=members,
        refusal=refusal,
        typed={"text": "", "reason": "", "to": "", "form": ""} | (typed or {}),
        needs_reason=NEEDS_REASON,
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


@route("/cases/{case_id:int}/take", Access.STAFF, write=True)
async def take(request: Request) -> Response:
    """Make a case one's own."""
    actor = staff_of(request)
    return await _act(request, "take", lambda desk, case_id, version, _form: desk.take(actor, case_id, version))


@route("/cases/{case_id:int}/assign", Access.STAFF, write=True)
async def assign(request: Request) -> Response:
    """Give a case to somebody, or back to the queue."""
    actor = staff_of(request)

    def act(desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        chosen = str(form.get("assignee", ""))
        return desk.assign(actor, case_id, version, int(chosen) if chosen.isdecimal() else None)

    return await _act(request, "assign", act)


@route("/cases/{case_id:int}/note", Access.STAFF, write=True)
async def note(request: Request) -> Response:
    """Write an internal note."""
    actor = staff_of(request)
    return await _act(
        request,
        "note",
        lambda desk, case_id, version, form: desk.note(actor, case_id, version, str(form.get("text", ""))),
    )


@route("/cases/{case_id:int}/move", Access.STAFF, write=True)
async def move(request: Request) -> Response:
    """Change the state of a case."""
    actor = staff_of(request)

    def act(desk: Complaints, case_id: int, version: int, form: FormData) -> int:
        to = _enum(Status, str(form.get("to", "")))
        if to is None:
            raise StepNotAllowedError("no such state")
        return desk.move(actor, case_id, version, to, str(form.get("reason", "")))

    return await _act(request, "move", act)


@route("/cases/{case_id:int}/answer", Access.STAFF, write=True)
async def answer(request: Request) -> Response:
    """Answer the resident; the answer goes out in the channel they used."""
    actor = staff_of(request)
    return await _act(
        request,
        "answer",
        lambda desk, case_id, version, form: desk.answer(actor, case_id, version, str(form.get("text", ""))),
    )
