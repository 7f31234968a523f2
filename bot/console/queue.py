"""The queue: numbers, kinds and states, no word of what a case says; saved views beside it."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.complaints import Age, Assigned, BadTextError, ClockState, Kind, Severity, Sort, Status
from bot.console.access import route, staff_of
from bot.console.desk import casework, complaints, services_of, whole
from bot.console.filters import filter_in, filter_of, query_of
from bot.console.pages import show
from bot.console.places import places
from bot.staff import Right


@route("/", Right.OWN_ACCESS)
async def queue(request: Request) -> Response:
    """The queue; whoever does not work on cases is led to their own first page."""
    if not staff_of(request).may(Right.WORK_CASES):
        return RedirectResponse(places(request)[0].path, status_code=303)
    return await _page(request)


async def _page(request: Request, *, refusal: str = "", query: str | None = None, view: str = "") -> Response:
    actor, work = staff_of(request), casework(request)
    narrowed = filter_of(request.query_params) if query is None else filter_in(query)
    number = whole(request.query_params.get("page", "")) or 1
    page = await run_in_threadpool(complaints(request).queue, actor, narrowed, number)
    counts = await run_in_threadpool(work.counts, actor)
    views = await run_in_threadpool(work.views, actor)
    # Reckoned over every case of 90 days, so only where it is looked for.
    wanted = actor.is_supervisor and narrowed.escalated
    on_time = await run_in_threadpool(services_of(request).punctuality.on_time) if wanted else None
    moments, promises = complaints(request).moments(), complaints(request).promises
    return show(
        request,
        "queue.html",
        status=409 if refusal else 200,
        refusal=refusal,
        view=view,
        page=page,
        narrowed=narrowed,
        query=query_of(narrowed),
        link=lambda to: "/?" + query_of(narrowed, page=to),
        statuses=Status,
        kinds=Kind,
        assigned=Assigned,
        severities=Severity,
        clocks=ClockState,
        ages=Age,
        sorts=Sort,
        counts=counts,
        views=views,
        on_time=on_time,
        may_bulk=actor.may(Right.BULK),
        clock_of=lambda case: promises.state(case.due_at, moments.now),
    )


@route("/views", Right.WORK_CASES, write=True)
async def save_view(request: Request) -> Response:
    """Keep the filter on screen under a name."""
    form = await request.form()
    name, query = str(form.get("name", "")), query_of(filter_in(form.get("query", "")))
    try:
        await run_in_threadpool(casework(request).save_view, staff_of(request), name, query)
    except BadTextError:
        return await _page(request, refusal="refusal.view", query=query, view=name)
    return RedirectResponse(f"/?{query}", status_code=303)


@route("/views/{view_id:int}/drop", Right.WORK_CASES, write=True)
async def drop_view(request: Request) -> Response:
    """Forget one of one's own views."""
    await run_in_threadpool(casework(request).drop_view, staff_of(request), request.path_params["view_id"])
    return RedirectResponse("/", status_code=303)
