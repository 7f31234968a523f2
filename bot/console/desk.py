"""What every page needs: the services behind it, and choices read from forms."""

from enum import StrEnum
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.complaints import Complaints
from bot.complaints.casework import Casework
from bot.console.access import COOKIE
from bot.services import Services
from bot.staff import StaffDesk

_Choice = TypeVar("_Choice", bound=StrEnum)


def services_of(request: Request) -> Services:
    """What the console stands on."""
    services: Services = request.app.state.services
    return services


def complaints(request: Request) -> Complaints:
    """The complaint desk."""
    return services_of(request).complaints


def casework(request: Request) -> Casework:
    """The handlers' work beside answering."""
    return services_of(request).casework


def staff_desk(request: Request) -> StaffDesk:
    """Who may use the console."""
    return services_of(request).staff


def session_of(request: Request) -> str:
    """The token of the session that asks."""
    return request.cookies.get(COOKIE, "")


async def is_fresh(request: Request) -> bool:
    """Whether a fresh code was shown in this session; otherwise the page leads to ``/step-up``."""
    return await run_in_threadpool(staff_desk(request).is_stepped_up, session_of(request))


def choice(kind: type[_Choice], value: object) -> _Choice | None:
    """A member of an enumeration by what a form or an address says; ``None`` when it says none."""
    return next((member for member in kind if member == value), None)


def whole(value: object) -> int | None:
    """A short whole number in a form; ``None`` when it is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - below 2^31


def version_in(value: object) -> int:
    """The version of a case that a form was made from; a form without one is none of ours."""
    found = whole(value)
    if found is None:
        raise HTTPException(400)
    return found
