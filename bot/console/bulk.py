"""One thing done to every case of a filter, after a page that says how many they are."""

from collections.abc import Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.complaints import BadTextError, QueueFilter, Status
from bot.complaints.casework import MAX_BULK, Bulk
from bot.complaints.queue import id_of_number
from bot.console.access import route, staff_of
from bot.console.desk import casework, complaints, staff_desk, version_in, whole
from bot.console.filters import filter_in, filter_of, query_of
from bot.console.pages import show
from bot.staff import Right


@route("/bulk", Right.BULK)
async def confirm(request: Request) -> Response:
    """How many cases a filter reaches, and what can be done to them."""
    return await _page(request, filter_of(request.query_params))


async def _page(
    request: Request, narrowed: QueueFilter, *, refusal: str = "", typed: str = "", result: Bulk | None = None
) -> Response:
    found = await run_in_threadpool(casework(request).matching, staff_of(request), narrowed)
    members = await run_in_threadpool(staff_desk(request).members)
    return show(
        request,
        "bulk.html",
        status=409 if refusal else 200,
        query=query_of(narrowed),
        found=found,
        members=[member for member in members if member.may(Right.WORK_CASES)],
        most=MAX_BULK,
        refusal=refusal,
        typed=typed,
        result=result,
    )


@route("/bulk", Right.BULK, write=True)
async def act(request: Request) -> Response:
    """Do it, unless the filter meanwhile reaches other cases than were confirmed; say what was skipped."""
    form = await request.form()
    narrowed, expected = filter_in(form.get("query", "")), version_in(form.get("expected"))
    what, value = str(form.get("do", "")), str(form.get("value", "")).strip()
    try:
        run = _run(request, narrowed, expected, what, value)
        if run is None:
            raise HTTPException(400)
        result = await run_in_threadpool(run)
    except BadTextError:
        return await _page(request, narrowed, refusal="refusal.text", typed=value)
    if result is None:
        return await _page(request, narrowed, refusal="refusal.bulk", typed=value)
    return await _page(request, narrowed, result=result)


def _run(
    request: Request, narrowed: QueueFilter, expected: int, what: str, value: str
) -> Callable[[], Bulk | None] | None:
    actor = staff_of(request)
    desk, work = complaints(request), casework(request)
    bulk = partial(work.bulk, actor, narrowed, expected)
    assignee = whole(value)
    if what == "assign" and (assignee is not None or not value):
        return partial(bulk, lambda case_id, version: desk.assign(actor, case_id, version, assignee))
    if what == "tag":
        work.check_tag(value)
        return partial(bulk, lambda case_id, version: work.tag(actor, case_id, version, value))
    if what == "triage":
        return partial(bulk, lambda case_id, version: desk.move(actor, case_id, version, Status.TRIAGED))
    leader = id_of_number(value)
    if what == "gather" and leader is not None:
        return partial(work.gather, actor, narrowed, expected, leader)
    return None
