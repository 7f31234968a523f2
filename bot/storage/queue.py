"""The queue's queries. Sealed columns are not even read, except by a search for words."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, select
from sqlalchemy.orm import Session, joinedload

from bot.complaints.model import Case, ClockState, Severity, StaffActor, Status
from bot.complaints.promises import WAITING
from bot.complaints.queue import OPEN, Assigned, Moments, Page, QueueFilter, Sort
from bot.storage.base import keys_of
from bot.storage.case_index import find, mark_of_party
from bot.storage.case_rows import case_of, cases
from bot.storage.casework_tables import MarkRow, TagRow
from bot.storage.complaint_tables import CaseRow

_ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.DUE: (CaseRow.due_at, CaseRow.id),
    Sort.NEWEST: (CaseRow.opened_at.desc(), CaseRow.id.desc()),
    Sort.OLDEST: (CaseRow.opened_at, CaseRow.id),
    Sort.CHANGED: (CaseRow.updated_at.desc(), CaseRow.id.desc()),
}


def page_of(  # noqa: PLR0913 - the port's method and the session
    session: Session, actor: StaffActor, narrowed: QueueFilter, moments: Moments, *, number: int, size: int
) -> Page:
    """One page of a queue."""
    conditions, is_cut = conditions_of(session, actor, narrowed, moments)
    total = session.scalar(select(func.count()).select_from(CaseRow).where(*conditions)) or 0
    query = cases().options(joinedload(CaseRow.assignee)).where(*conditions).order_by(*_ORDERS[narrowed.sort])
    rows = session.scalars(query.limit(size).offset((number - 1) * size))
    return Page(tuple(case_of(row) for row in rows), number, size, total, is_cut)


def matching(session: Session, actor: StaffActor, narrowed: QueueFilter, moments: Moments, limit: int) -> list[Case]:
    """Every case of a queue, oldest first, up to ``limit``."""
    conditions, _ = conditions_of(session, actor, narrowed, moments)
    query = cases().options(joinedload(CaseRow.assignee)).where(*conditions).order_by(CaseRow.id).limit(limit)
    return [case_of(row) for row in session.scalars(query)]


def counts(session: Session, actor: StaffActor, moments: Moments) -> dict[str, int]:
    """How many cases stand where: by status, and the open ones by clock and person."""
    is_open = CaseRow.status.in_(OPEN)
    by_status = dict(session.execute(select(CaseRow.status, func.count()).group_by(CaseRow.status)).all())

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    names = ("overdue", "escalated", "soon", "mine", "unassigned")
    row = session.execute(
        select(
            number(clock_is(ClockState.OVERDUE, moments)),
            number(CaseRow.escalated_due_at == CaseRow.due_at),
            number(clock_is(ClockState.SOON, moments)),
            number(CaseRow.assignee_id == actor.id),
            number(CaseRow.assignee_id.is_(None)),
        ).where(is_open)
    ).one()
    return (
        {str(status): by_status.get(status, 0) for status in Status}
        | dict(zip(names, row, strict=True))
        | {"open": sum(by_status.get(status, 0) for status in OPEN)}
    )


def clock_is(state: ClockState, moments: Moments) -> ColumnElement[bool]:
    """How a case stands to the promise, as a condition."""
    due = CaseRow.due_at
    if state is ClockState.OVERDUE:
        return due <= moments.now
    if state is ClockState.SOON:
        return and_(due > moments.now, due <= moments.warn_until)
    if state is ClockState.IN_TIME:
        return and_(due > moments.warn_until, due < WAITING)
    return due >= WAITING


def conditions_of(
    session: Session, actor: StaffActor, narrowed: QueueFilter, moments: Moments
) -> tuple[Sequence[ColumnElement[bool]], bool]:
    """A filter as conditions, and whether a search for words had to be cut."""
    conditions = [*_standing(actor, narrowed), *_timing(narrowed, moments), *_marked(session, narrowed)]
    is_cut = False
    if narrowed.searched_id is not None:
        conditions.append(CaseRow.id == narrowed.searched_id)
    elif narrowed.words:
        ids, is_cut = find(session, narrowed.words)
        conditions.append(CaseRow.id.in_(ids))
    return conditions, is_cut


def _standing(actor: StaffActor, narrowed: QueueFilter) -> Iterator[ColumnElement[bool]]:
    if narrowed.status is not None:
        yield CaseRow.status == narrowed.status
    if narrowed.only_open:
        yield CaseRow.status.in_(OPEN)
    if narrowed.kind is not None:
        yield CaseRow.kind == narrowed.kind
    if narrowed.assigned is Assigned.MINE:
        yield CaseRow.assignee_id == actor.id
    if narrowed.assigned is Assigned.UNASSIGNED:
        yield CaseRow.assignee_id.is_(None)
    if narrowed.severity is Severity.NORMAL:
        yield CaseRow.severity.is_(None) | (CaseRow.severity == Severity.NORMAL)
    elif narrowed.severity is not None:
        yield CaseRow.severity == narrowed.severity


def _timing(narrowed: QueueFilter, moments: Moments) -> Iterator[ColumnElement[bool]]:
    if narrowed.clock is not None:
        yield clock_is(narrowed.clock, moments)
    if narrowed.escalated:
        yield CaseRow.due_at <= moments.now
        yield CaseRow.escalated_due_at == CaseRow.due_at
    if narrowed.age is not None:
        after, until = moments.opened_between(narrowed.age)
        yield CaseRow.opened_at > after
        yield CaseRow.opened_at <= until


def _marked(session: Session, narrowed: QueueFilter) -> Iterator[ColumnElement[bool]]:
    if narrowed.institution.strip():
        mark = mark_of_party(session, narrowed.institution)
        if mark is None:
            yield false()
        else:
            # Not a correlated ``exists``: SQLite would ask it once for every case there is.
            marked = select(MarkRow.case_id).where(MarkRow.shared == mark.shared, MarkRow.mark == mark.value)
            yield CaseRow.id.in_(marked)
    if narrowed.tag.strip():
        hashed = tag_hash(session, narrowed.tag)
        yield CaseRow.id.in_(select(TagRow.case_id).where(TagRow.tag_hash == hashed))


def tag_hash(session: Session, tag: str) -> str:
    """What a tag is found by."""
    return keys_of(session.get_bind().dialect).lookup_hash("tag", tag.strip().casefold())
