"""Coming in and going out: sign-in, setting up access, sign-out, language, health."""

import re

import segno
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.console.access import PUBLIC, drop_session, route, set_session
from bot.console.desk import session_of, staff_desk
from bot.console.pages import LANGUAGE_COOKIE, show
from bot.messages import Language
from bot.staff import (
    MIN_PASSPHRASE,
    CodeRefusedError,
    InvitationInvalidError,
    PassphraseRefusedError,
    Right,
    SignInRefusedError,
    TooManyAttemptsError,
)

_YEAR = 365 * 24 * 3600
_OUR_PATH = re.compile(r"(/[A-Za-z0-9_-]+)+")


@route("/sign-in", PUBLIC)
async def sign_in(request: Request) -> Response:
    """The sign-in form."""
    return show(request, "sign_in.html", refusal="", name="", codes=())


@route("/sign-in", PUBLIC, write=True)
async def do_sign_in(request: Request) -> Response:
    """Sign in; every refusal sounds the same, whichever part was wrong."""
    form = await request.form()
    name = str(form.get("name", ""))[:80]
    given = (name, str(form.get("passphrase", ""))[:1000], str(form.get("code", ""))[:20])
    try:
        token = await run_in_threadpool(staff_desk(request).sign_in, *given)
    except TooManyAttemptsError:
        return show(request, "sign_in.html", status=429, refusal="refusal.slow_down", name=name, codes=())
    except SignInRefusedError:
        return show(request, "sign_in.html", status=401, refusal="refusal.sign_in", name=name, codes=())
    answer = RedirectResponse("/", status_code=303)
    set_session(answer, token, request)
    return answer


@route("/sign-out", Right.OWN_ACCESS, write=True)
async def sign_out(request: Request) -> Response:
    """End the session on the server and in the browser."""
    token = session_of(request)
    await run_in_threadpool(staff_desk(request).sign_out, token)
    answer = RedirectResponse("/sign-in", status_code=303)
    drop_session(answer)
    return answer


@route("/enrol/{token}", PUBLIC)
async def enrol(request: Request) -> Response:
    """Set-up page of somebody who was invited: QR code, passphrase, first code."""
    return await _enrol_page(request)


async def _enrol_page(request: Request, refusal: str = "") -> Response:
    try:
        totp = await run_in_threadpool(staff_desk(request).begin_enrolment, request.path_params["token"])
    except InvitationInvalidError:
        raise HTTPException(404) from None
    qr = segno.make(totp.provisioning_uri, error="m").svg_data_uri(scale=6, border=2)
    status = 400 if refusal else 200
    values = {"refusal": refusal, "qr": qr, "secret": totp.secret, "least": MIN_PASSPHRASE}
    return show(request, "enrol.html", status=status, **values)


@route("/enrol/{token}", PUBLIC, write=True)
async def do_enrol(request: Request) -> Response:
    """Finish the set-up; the link is used up."""
    form = await request.form()
    given = (str(form.get("passphrase", ""))[:1000], str(form.get("code", ""))[:12])
    try:
        member = await run_in_threadpool(staff_desk(request).enrol, request.path_params["token"], *given)
    except PassphraseRefusedError:
        return await _enrol_page(request, "refusal.passphrase")
    except CodeRefusedError:
        return await _enrol_page(request, "refusal.code")
    except InvitationInvalidError:
        raise HTTPException(404) from None
    codes = await run_in_threadpool(staff_desk(request).issue_recovery_codes, member)
    return show(request, "sign_in.html", refusal="", name=member.name, codes=codes)


@route("/step-up", Right.OWN_ACCESS)
async def step_up(request: Request) -> Response:
    """Ask for a fresh code before something that needs one."""
    return show(request, "step_up.html", refusal="", back=_back(request.query_params.get("back", "")))


@route("/step-up", Right.OWN_ACCESS, write=True)
async def do_step_up(request: Request) -> Response:
    """Take a fresh code; what it was needed for is asked again on the page that it leads back to."""
    form = await request.form()
    back = _back(str(form.get("back", "")))
    token = session_of(request)
    try:
        await run_in_threadpool(staff_desk(request).step_up, token, str(form.get("code", ""))[:12])
    except TooManyAttemptsError:
        return show(request, "step_up.html", status=429, refusal="refusal.slow_down", back=back)
    except CodeRefusedError:
        return show(request, "step_up.html", status=401, refusal="refusal.fresh_code", back=back)
    return RedirectResponse(back, status_code=303)


def _back(path: str) -> str:
    return path if _OUR_PATH.fullmatch(path) else "/"


@route("/language", PUBLIC, write=True)
async def language(request: Request) -> Response:
    """Remember the reader's language and go back to where they were."""
    form = await request.form()
    back = str(form.get("back", ""))
    answer = RedirectResponse(_back(back), status_code=303)
    if form.get("language") in set(Language):
        answer.set_cookie(LANGUAGE_COOKIE, str(form["language"]), max_age=_YEAR, httponly=True, samesite="strict")
    return answer


@route("/healthz", PUBLIC)
async def healthz(_request: Request) -> Response:
    """Alive."""
    return JSONResponse({"status": "ok"})
