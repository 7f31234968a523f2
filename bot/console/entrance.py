"""Coming in and going out: sign-in, setting up access, sign-out, language, health."""

import re

import segno
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.console.access import COOKIE, Access, drop_session, route, set_session
from bot.console.pages import LANGUAGE_COOKIE, show
from bot.messages import Language
from bot.staff import (
    MIN_PASSPHRASE,
    CodeRefusedError,
    InvitationInvalidError,
    PassphraseRefusedError,
    SignInRefusedError,
    StaffDesk,
    TooManyAttemptsError,
)

_YEAR = 365 * 24 * 3600
_OUR_PATH = re.compile(r"(/[A-Za-z0-9_-]+)+")


def _desk(request: Request) -> StaffDesk:
    desk: StaffDesk = request.app.state.services.staff
    return desk


@route("/sign-in", Access.PUBLIC)
async def sign_in(request: Request) -> Response:
    """The sign-in form."""
    return show(request, "sign_in.html", refusal="", name="")


@route("/sign-in", Access.PUBLIC, write=True)
async def do_sign_in(request: Request) -> Response:
    """Sign in; every refusal sounds the same, whichever part was wrong."""
    form = await request.form()
    name = str(form.get("name", ""))[:80]
    given = (name, str(form.get("passphrase", ""))[:1000], str(form.get("code", ""))[:12])
    try:
        token = await run_in_threadpool(_desk(request).sign_in, *given)
    except TooManyAttemptsError:
        return show(request, "sign_in.html", status=429, refusal="refusal.slow_down", name=name)
    except SignInRefusedError:
        return show(request, "sign_in.html", status=401, refusal="refusal.sign_in", name=name)
    answer = RedirectResponse("/", status_code=303)
    set_session(answer, token, request)
    return answer


@route("/sign-out", Access.STAFF, write=True)
async def sign_out(request: Request) -> Response:
    """End the session on the server and in the browser."""
    token = request.cookies.get(COOKIE, "")
    await run_in_threadpool(_desk(request).sign_out, token)
    answer = RedirectResponse("/sign-in", status_code=303)
    drop_session(answer)
    return answer


@route("/enrol/{token}", Access.PUBLIC)
async def enrol(request: Request) -> Response:
    """Set-up page of somebody who was invited: QR code, passphrase, first code."""
    return await _enrol_page(request)


async def _enrol_page(request: Request, refusal: str = "") -> Response:
    try:
        totp = await run_in_threadpool(_desk(request).begin_enrolment, request.path_params["token"])
    except InvitationInvalidError:
        raise HTTPException(404) from None
    qr = segno.make(totp.provisioning_uri, error="m").svg_data_uri(scale=6, border=2)
    status = 400 if refusal else 200
    values = {"refusal": refusal, "qr": qr, "secret": totp.secret, "least": MIN_PASSPHRASE}
    return show(request, "enrol.html", status=status, **values)


@route("/enrol/{token}", Access.PUBLIC, write=True)
async def do_enrol(request: Request) -> Response:
    """Finish the set-up; the link is used up."""
    form = await request.form()
    given = (str(form.get("passphrase", ""))[:1000], str(form.get("code", ""))[:12])
    try:
        await run_in_threadpool(_desk(request).enrol, request.path_params["token"], *given)
    except PassphraseRefusedError:
        return await _enrol_page(request, "refusal.passphrase")
    except CodeRefusedError:
        return await _enrol_page(request, "refusal.code")
    except InvitationInvalidError:
        raise HTTPException(404) from None
    return RedirectResponse("/sign-in", status_code=303)


@route("/language", Access.PUBLIC, write=True)
async def language(request: Request) -> Response:
    """Remember the reader's language and go back to where they were."""
    form = await request.form()
    back = str(form.get("back", ""))
    answer = RedirectResponse(back if _OUR_PATH.fullmatch(back) else "/", status_code=303)
    if form.get("language") in set(Language):
        answer.set_cookie(LANGUAGE_COOKIE, str(form["language"]), max_age=_YEAR, httponly=True, samesite="strict")
    return answer


@route("/healthz", Access.PUBLIC)
async def healthz(_request: Request) -> Response:
    """Alive."""
    return JSONResponse({"status": "ok"})
