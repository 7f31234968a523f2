"""Where the bar on top of every page leads."""

from typing import NamedTuple

from starlette.requests import Request

from bot.staff import Right


class Place(NamedTuple):
    """A page that stands on its own. ``name`` is its word in the catalogs, after ``place.``."""

    name: str
    path: str
    right: Right


PLACES = (
    Place("queue", "/", Right.WORK_CASES),
    Place("clusters", "/clusters", Right.WORK_CASES),
    Place("statistics", "/statistics", Right.STATISTICS),
    Place("audit", "/audit", Right.READ_LOG),
    Place("staff", "/staff", Right.MANAGE_STAFF),
    Place("account", "/account", Right.OWN_ACCESS),
)


def places(request: Request) -> tuple[Place, ...]:
    """Where the person who is signed in may go; a place without a route yet is left out."""
    staff = getattr(request.state, "staff", None)
    if staff is None:
        return ()
    there = {getattr(route, "path", "") for route in request.app.routes}
    return tuple(place for place in PLACES if staff.may(place.right) and place.path in there)
