"""What cases have in common, which institutions spike, and a screening pattern proposed from a cluster."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.complaints.likeness import Shared
from bot.console.access import route, staff_of
from bot.console.desk import casework, choice
from bot.console.i18n import translations
from bot.console.pages import language_of, show
from bot.staff import Right

_LARGEST = 2**63 - 1
"""A mark is a signed 64-bit integer in the database."""


@route("/clusters", Right.WORK_CASES)
async def clusters(request: Request) -> Response:
    """Clusters by what they share, and the early warning. Names of institutions are read, so it is logged."""
    found, spikes = await run_in_threadpool(casework(request).clusters, staff_of(request))
    return show(request, "clusters.html", clusters=found, spikes=spikes)


@route("/clusters/{shared}/{mark:int}", Right.WORK_CASES)
async def cluster(request: Request) -> Response:
    """The cases that share one thing: numbers and states."""
    return await _page(request)


@route("/clusters/{shared}/{mark:int}/pattern", Right.WORK_CASES, write=True)
async def propose(request: Request) -> Response:
    """Show the cluster's texts, masked, to be taken into the screening examples by hand; each case counts as read."""
    shared, mark = _asked(request)
    say = translations(language_of(request)).gettext
    note = " ".join((say("note.pattern"), say(f"shared.{shared}")))
    texts = await run_in_threadpool(casework(request).propose_pattern, staff_of(request), shared, mark, note)
    return await _page(request, texts=texts)


async def _page(request: Request, *, texts: tuple[str, ...] = ()) -> Response:
    shared, mark = _asked(request)
    cases = await run_in_threadpool(casework(request).cluster, shared, mark)
    return show(request, "cluster.html", shared=shared, mark=mark, cases=cases, texts=texts)


def _asked(request: Request) -> tuple[Shared, int]:
    shared, mark = choice(Shared, request.path_params["shared"]), request.path_params["mark"]
    if shared is None or mark > _LARGEST:
        raise HTTPException(404)
    return shared, mark
