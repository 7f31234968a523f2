"""One's own access: sessions, recovery codes, passphrase."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.access import drop_session, route, staff_of
from bot.console.desk import is_fresh, session_of, staff_desk
from bot.console.pages import show
from bot.staff import MIN_PASSPHRASE, PassphraseRefusedError, Right, SignInRefusedError, TooManyAttemptsError

_PASSPHRASE_REFUSALS: dict[type[Exception], tuple[int, str]] = {
    PassphraseRefusedError: (400, "refusal.passphrase"),
    SignInRefusedError: (401, "refusal.current_passphrase"),
    TooManyAttemptsError: (429, "refusal.slow_down"),
}


@route("/account", Right.OWN_ACCESS)
async def account(request: Request) -> Response:
    """Where one is signed in, how many recovery codes are left, and what can be changed."""
    return await _page(request, changed=request.query_params.get("changed") == "1")


async def _page(request: Request, *, codes: tuple[str, ...] = (), changed: bool = False) -> Response:
    desk, member = staff_desk(request), staff_of(request)
    sessions = await run_in_threadpool(desk.sessions, member, session_of(request))
    left = await run_in_threadpool(desk.recovery_codes_left, member)
    return show(request, "account.html", sessions=sessions, left=left, codes=codes, changed=changed)


@route("/account/sign-out-everywhere", Right.OWN_ACCESS, write=True)
async def sign_out_everywhere(request: Request) -> Response:
    """End every session of one's own, this one too."""
    await run_in_threadpool(staff_desk(request).sign_out_everywhere, staff_of(request))
    answer = RedirectResponse("/sign-in", status_code=303)
    drop_session(answer)
    return answer


@route("/account/recovery-codes", Right.OWN_ACCESS, write=True)
async def recovery_codes(request: Request) -> Response:
    """New recovery codes, shown this once; needs a fresh code, because they stand in for one."""
    if not await is_fresh(request):
        return RedirectResponse("/step-up?back=/account", status_code=303)
    codes = await run_in_threadpool(staff_desk(request).issue_recovery_codes, staff_of(request))
    return await _page(request, codes=codes)


@route("/account/passphrase", Right.OWN_ACCESS)
async def passphrase(request: Request) -> Response:
    """The form for a new passphrase; the fresh code is asked for first, so that nothing typed is lost to it."""
    if not await is_fresh(request):
        return RedirectResponse("/step-up?back=/account/passphrase", status_code=303)
    return show(request, "passphrase.html", refusal="", least=MIN_PASSPHRASE)


@route("/account/passphrase", Right.OWN_ACCESS, write=True)
async def change_passphrase(request: Request) -> Response:
    """Change the passphrase; every other session of one's own ends."""
    if not await is_fresh(request):
        return RedirectResponse("/step-up?back=/account/passphrase", status_code=303)
    form = await request.form()
    typed = (str(form.get("current", ""))[:1000], str(form.get("passphrase", ""))[:1000])
    change = staff_desk(request).change_passphrase
    try:
        await run_in_threadpool(change, staff_of(request), session_of(request), *typed)
    except tuple(_PASSPHRASE_REFUSALS) as error:
        status, refusal = _PASSPHRASE_REFUSALS[type(error)]
        return show(request, "passphrase.html", status=status, refusal=refusal, least=MIN_PASSPHRASE)
    return RedirectResponse("/account?changed=1", status_code=303)
