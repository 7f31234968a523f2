"""What a queue is narrowed to, in an address and back."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from bot.complaints import Age, Assigned, ClockState, Kind, QueueFilter, Severity, Sort, Status
from bot.console.desk import choice


def filter_of(asked: Mapping[str, str]) -> QueueFilter:
    """The filter an address asks for; what it does not understand is left out."""
    return QueueFilter(
        status=choice(Status, asked.get("status")),
        kind=choice(Kind, asked.get("kind")),
        assigned=choice(Assigned, asked.get("assigned")) or Assigned.ANY,
        search=asked.get("search", "")[:40],
        severity=choice(Severity, asked.get("severity")),
        clock=choice(ClockState, asked.get("clock")),
        age=choice(Age, asked.get("age")),
        institution=asked.get("institution", "")[:60],
        tag=asked.get("tag", "")[:30],
        escalated=asked.get("escalated") == "1",
        sort=choice(Sort, asked.get("sort")) or Sort.DUE,
    )


def filter_in(query: object) -> QueueFilter:
    """The filter in the text of an address' query."""
    return filter_of(dict(parse_qsl(str(query)[:1000])))


def query_of(narrowed: QueueFilter, **more: object) -> str:
    """The query of an address that asks for this filter."""
    plain = QueueFilter()
    kept = {
        name: getattr(narrowed, name)
        for name in (
            "status", "kind", "assigned", "search", "severity", "clock", "age", "institution", "tag", "sort"
        )
        if getattr(narrowed, name) != getattr(plain, name)
    }  # fmt: skip
    if narrowed.escalated:
        kept["escalated"] = "1"
    return urlencode(kept | more)
