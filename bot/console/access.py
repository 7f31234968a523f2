"""Who may call which route. Closed by default: a route without a declared role cannot be made.

The session travels in a ``HttpOnly``, ``SameSite=Strict`` cookie; forms from other sites are refused by the browser's
own ``Sec-Fetch-Site`` and ``Origin`` headers, so no page needs a hidden token.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.staff import Right, StaffMember

COOKIE = "mingbai_console"
_WRITES = frozenset({"POST"})

Endpoint = Callable[[Request], Awaitable[Response]]


PUBLIC = None
"""In place of a right: the route is for everybody."""


class GuardedRoute(Route):
    """A route that knows who may call it, and asks before it calls its endpoint."""

    def __init__(self, path: str, endpoint: Endpoint, right: Right | None, methods: list[str], name: str) -> None:
        self.right = right
        super().__init__(path, _guard(endpoint, right), methods=methods, name=name)


def _guard(endpoint: Endpoint, right: Right | None) -> Endpoint:
    async def guarded(request: Request) -> Response:
        if request.method in _WRITES and not _from_our_own_page(request):
            raise HTTPException(403)
        request.state.staff = await _who(request)
        if right is not PUBLIC:
            if request.state.staff is None:
                return RedirectResponse(request.url_for("sign_in").path, status_code=303)
            if not request.state.staff.may(right):
                raise HTTPException(404)
        return await endpoint(request)

    return guarded


async def _who(request: Request) -> StaffMember | None:
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    found: StaffMember | None = await run_in_threadpool(request.app.state.services.staff.session, token)
    return found


def _from_our_own_page(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


def staff_of(request: Request) -> StaffMember:
    """The member of staff who is signed in. Only inside a route that is not public."""
    member: StaffMember = request.state.staff
    return member


def set_session(response: Response, token: str, request: Request) -> None:
    """Hand a session to the browser; it ends with the browser, and on the server when it ends there."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/")


def drop_session(response: Response) -> None:
    """Take the session from the browser, with everything it kept of us."""
    response.delete_cookie(COOKIE, path="/")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'


def route(path: str, right: Right | None, *, write: bool = False) -> Callable[[Endpoint], Endpoint]:
    """Declare a route on its endpoint: ``routes(module)`` collects them."""

    def declare(endpoint: Endpoint) -> Endpoint:
        declared: Any = endpoint
        declared.declared = (path, right, ["POST"] if write else ["GET"])
        return endpoint

    return declare


def routes(module: Any) -> list[GuardedRoute]:
    """Every route a module declares, named after its endpoint."""
    found = []
    for name, endpoint in vars(module).items():
        if hasattr(endpoint, "declared"):
            path, right, methods = endpoint.declared
            found.append(GuardedRoute(path, endpoint, right, methods, name))
    return found
