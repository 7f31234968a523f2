"""Who may call what. One test walks every route."""

import re

import pytest
from starlette.routing import Mount

from bot.complaints import Filed
from bot.console.access import PUBLIC as NOBODY
from bot.console.access import GuardedRoute
from bot.console.app import all_routes
from bot.evidence import Accepted, FileKind
from bot.staff import RIGHTS, Right, Role
from tests.console.conftest import signed_in

ROUTES = [route for route in all_routes() if not isinstance(route, Mount)]
PUBLIC = {"/sign-in", "/enrol/{token}", "/language", "/healthz"}


def path_of(route: GuardedRoute, file_id: str = "x") -> str:
    path = re.sub(r"\{\w+:int\}", "1", route.path).replace("{token}", "x").replace("{shared}", "party")
    return path.replace("{file_id}", file_id)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.path} {sorted(route.methods)}")
async def test_every_route_declares_who_may_call_it(route, stranger, filed: Filed) -> None:
    assert isinstance(route, GuardedRoute)
    assert (route.right is NOBODY) == (route.path in PUBLIC)
    answer = await (stranger.post if "POST" in route.methods else stranger.get)(path_of(route))
    if route.right is NOBODY:
        assert answer.status_code != 303 or route.path == "/language"
    else:
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "半夜" not in answer.text


@pytest.mark.parametrize("route", [route for route in ROUTES if "POST" in route.methods], ids=lambda route: route.path)
async def test_no_form_from_another_site(route, handler, filed: Filed) -> None:
    assert (await handler.post(path_of(route), site="cross-site", version="1", text="x")).status_code == 403


async def test_a_form_without_any_origin_is_refused(handler) -> None:
    assert (await handler.http.post("/language", data={"language": "en"})).status_code == 403


async def test_headers(stranger) -> None:
    headers = (await stranger.get("/sign-in")).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


async def test_the_session_cookie(handler, app, services) -> None:
    cookie = next(iter(handler.http.cookies.jar))
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "strict"


async def test_signing_out_ends_the_session_on_the_server(handler) -> None:
    token = handler.http.cookies["mingbai_console"]
    answer = await handler.post("/sign-out")
    assert "cookies" in answer.headers["clear-site-data"]
    handler.http.cookies.set("mingbai_console", token, domain="console.local", path="/")
    assert (await handler.get("/")).status_code == 303


@pytest.mark.parametrize("path", ["/cases/999", "/cases/abc", "/nothing", "/cases/1/../../etc"])
async def test_what_is_not_there_is_a_kind_404(handler, path: str) -> None:
    answer = await handler.get(path)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


@pytest.mark.parametrize("role", Role)
async def test_every_route_with_every_role(role: Role, app, services, filed: Filed) -> None:
    person = await signed_in(app, services, "某人", role)
    file = services.evidence.keep("s", Accepted(FileKind.PICTURE, "image/png", (b"x",)))
    services.evidence.add(filed.receipt, "s")
    for route in ROUTES:
        # Signing out would end the walk.
        if route.right is NOBODY or "sign-out" in route.path:
            continue
        answer = await (person.post if "POST" in route.methods else person.get)(path_of(route, file.id))
        if route.right in RIGHTS[role]:
            assert answer.status_code != 404, route.path
        else:
            assert answer.status_code == 404, route.path
        if Right.WORK_CASES not in RIGHTS[role]:
            assert "半夜" not in answer.text
    await person.http.aclose()


def test_who_manages_staff_or_reads_the_log_reads_no_case() -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        assert not RIGHTS[role] & {Right.WORK_CASES, Right.UNMASK_CONTACT, Right.EXPORT, Right.SEE_ORIGINAL}
