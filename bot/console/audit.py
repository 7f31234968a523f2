"""The audit log for its auditor: who did what to what, never what a case says. Reading it is an entry by itself."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot import audit as names
from bot.complaints import Action
from bot.complaints.queue import id_of_number
from bot.console.access import route, staff_of
from bot.console.desk import services_of, staff_desk, whole
from bot.console.pages import show
from bot.staff import Right
from bot.storage.audit import AuditCheck

PAGE = 50
KNOWN = (*names.ACTIONS, *(f"case.{action}" for action in Action))
"""The actions that the catalogs have words for, after ``audit.``."""
_OTHERS = (names.OPERATOR, names.SYSTEM, names.RESIDENT, names.NOBODY)


@route("/audit", Right.READ_LOG)
async def audit(request: Request) -> Response:
    """The newest entries, narrowed by who, what and which case."""
    return await _page(request)


@route("/audit/verify", Right.READ_LOG, write=True)
async def verify(request: Request) -> Response:
    """Follow the whole chain and say whether it holds."""
    found = await run_in_threadpool(services_of(request).audit_reader.check)
    details = {"entries": found.entries, "holds": found.broken is None}
    me = names.staff(staff_of(request).id)
    await run_in_threadpool(services_of(request).audit.record, me, names.AUDIT_VERIFIED, "audit", details)
    return await _page(request, found=found)


async def _page(request: Request, *, found: AuditCheck | None = None) -> Response:
    everyone = await run_in_threadpool(staff_desk(request).everyone)
    people = {names.staff(entry.member.id): entry.member.name for entry in everyone}
    asked = request.query_params
    actor = asked.get("actor", "") if asked.get("actor") in {*people, *_OTHERS} else ""
    action = asked.get("action", "") if asked.get("action") in KNOWN else ""
    number = asked.get("case", "")[:20].strip()
    case_id = id_of_number(number)
    # A number that is none finds nothing, rather than everything.
    subject = names.case(case_id or 0) if number else ""
    before = whole(asked.get("before", ""))
    narrowed: names.Details = {
        "actor": actor, "action": action, "subject": subject, "before": before, "verified": found is not None or None
    }  # fmt: skip
    # Written down first: what cannot be written down is not shown.
    details = {key: value for key, value in narrowed.items() if value}
    me = names.staff(staff_of(request).id)
    await run_in_threadpool(services_of(request).audit.record, me, names.AUDIT_READ, "audit", details)
    entries = await run_in_threadpool(
        lambda: services_of(request).audit_reader.newest(
            PAGE, actor=actor, action=action, subject=subject, before=before
        )
    )
    return show(
        request,
        "audit.html",
        entries=entries,
        people=people,
        others=_OTHERS,
        known=KNOWN,
        actor=actor,
        action=action,
        number=number,
        found=found,
        earlier=entries[-1].number if len(entries) == PAGE else None,
    )
