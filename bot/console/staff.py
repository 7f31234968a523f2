"""The staff page of an administrator, who sees names and roles and no case."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.access import route, staff_of
from bot.console.desk import choice, services_of, staff_desk
from bot.console.pages import show
from bot.staff import NameRefusedError, OwnAccessError, Right, Role


@route("/staff", Right.MANAGE_STAFF)
async def staff(request: Request) -> Response:
    """Everybody who ever had access or an invitation."""
    return await _page(request)


async def _page(request: Request, *, refusal: str = "", name: str = "", invited: str = "", token: str = "") -> Response:
    everyone = await run_in_threadpool(staff_desk(request).everyone)
    link = f"{services_of(request).settings.resolved_console_url}/enrol/{token}" if token else ""
    return show(
        request,
        "staff.html",
        status=409 if refusal else 200,
        everyone=everyone,
        roles=Role,
        refusal=refusal,
        name=name,
        invited=invited,
        link=link,
    )


@route("/staff", Right.MANAGE_STAFF, write=True)
async def invite(request: Request) -> Response:
    """Invite somebody; the link is shown this once."""
    form = await request.form()
    name, role = str(form.get("name", ""))[:200], choice(Role, form.get("role"))
    if role is None:
        raise HTTPException(400)
    try:
        token = await run_in_threadpool(staff_desk(request).invite, name, role, staff_of(request))
    except NameRefusedError:
        return await _page(request, refusal="refusal.name", name=name)
    return await _page(request, invited=name, token=token)


@route("/staff/{staff_id:int}/role", Right.MANAGE_STAFF, write=True)
async def set_role(request: Request) -> Response:
    """Change somebody's role; they have to sign in again."""
    role = choice(Role, (await request.form()).get("role"))
    if role is None:
        raise HTTPException(400)
    try:
        there = await run_in_threadpool(
            staff_desk(request).set_role, request.path_params["staff_id"], role, staff_of(request)
        )
    except OwnAccessError:
        return await _page(request, refusal="refusal.own_access")
    return _done(there=there)


@route("/staff/{staff_id:int}/reset", Right.MANAGE_STAFF, write=True)
async def reset(request: Request) -> Response:
    """Let somebody set up their access anew, after a lost phone; the link is shown this once."""
    staff_id = request.path_params["staff_id"]
    try:
        token = await run_in_threadpool(staff_desk(request).reset, staff_id, staff_of(request))
    except OwnAccessError:
        return await _page(request, refusal="refusal.own_access")
    if token is None:
        raise HTTPException(400)
    everyone = await run_in_threadpool(staff_desk(request).everyone)
    name = next(entry.member.name for entry in everyone if entry.member.id == staff_id)
    return await _page(request, invited=name, token=token)


@route("/staff/{staff_id:int}/end", Right.MANAGE_STAFF, write=True)
async def end_access(request: Request) -> Response:
    """End somebody's access at once. Their name stays in the histories."""
    try:
        await run_in_threadpool(staff_desk(request).end_access, request.path_params["staff_id"], staff_of(request))
    except OwnAccessError:
        return await _page(request, refusal="refusal.own_access")
    return RedirectResponse("/staff", status_code=303)


def _done(*, there: bool) -> Response:
    if not there:
        raise HTTPException(400)
    return RedirectResponse("/staff", status_code=303)
