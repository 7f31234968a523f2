"""The store of the handlers' work on cases."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, delete, func, select
from sqlalchemy.orm import Session, aliased, joinedload, sessionmaker

from bot.complaints.casework import ALIKE_SHOWN
from bot.complaints.casework_ports import Alike, Cluster, Extras, SavedView
from bot.complaints.likeness import Shared
from bot.complaints.model import Case, Severity, StaffActor
from bot.complaints.queue import Moments, QueueFilter
from bot.complaints.redaction import Span, redacted
from bot.storage import queue
from bot.storage.case_rows import case_of, cases
from bot.storage.casework_tables import CheckRow, MarkRow, RedactionRow, SavedViewRow, TagRow, ViewerRow
from bot.storage.complaint_tables import CaseRow
from bot.storage.complaints import SqlComplaintUnit


class SqlCaseworkStore:
    """``CaseworkStore`` on SQLAlchemy."""

    def __init__(self, writers: sessionmaker[Session], readers: sessionmaker[Session]) -> None:
        self._writers = writers
        self._readers = readers

    @contextmanager
    def unit(self) -> Iterator["SqlCaseworkUnit"]:
        """A transaction."""
        with self._writers.begin() as session:
            yield SqlCaseworkUnit(session)

    @contextmanager
    def reading(self) -> Iterator["SqlCaseworkUnit"]:
        """A transaction that only reads."""
        with self._readers.begin() as session:
            yield SqlCaseworkUnit(session)


class SqlCaseworkUnit(SqlComplaintUnit):
    """``CaseworkUnit`` on one session."""

    def rate(self, case_id: int, severity: Severity) -> None:
        """Keep how much harm threatens."""
        self._session.get_one(CaseRow, case_id).severity = severity

    def tag(self, case_id: int, tag: str) -> bool:
        """Put a tag on a case; ``False`` when it was there."""
        key = (queue.tag_hash(self._session, tag), case_id)
        if self._session.get(TagRow, key) is not None:
            return False
        self._session.add(TagRow(tag_hash=key[0], case_id=case_id, tag=tag))
        return True

    def untag(self, case_id: int, tag: str) -> bool:
        """Take a tag off; ``False`` when it was not there."""
        row = self._session.get(TagRow, (queue.tag_hash(self._session, tag), case_id))
        if row is not None:
            self._session.delete(row)
        return row is not None

    def check(self, case_id: int, item: str, staff_id: int, at: datetime) -> None:
        """Mark a point of the checklist as looked at."""
        self._session.merge(CheckRow(case_id=case_id, item=item, staff_id=staff_id, at=at))

    def uncheck(self, case_id: int, item: str) -> None:
        """Take the mark away."""
        self._session.execute(delete(CheckRow).where(CheckRow.case_id == case_id, CheckRow.item == item))

    def look(self, case_id: int, staff_id: int, at: datetime, forget_before: datetime) -> None:
        """Note that somebody has a case open."""
        self._session.execute(delete(ViewerRow).where(ViewerRow.at < forget_before))
        self._session.merge(ViewerRow(case_id=case_id, staff_id=staff_id, at=at))

    def merge(self, case_id: int, into_id: int | None) -> None:
        """Answer a case with another one, or by itself again."""
        self._session.get_one(CaseRow, case_id).merged_into = into_id

    def redact(self, case_id: int, spans: list[Span], staff_id: int, at: datetime) -> None:
        """Hide stretches in copies."""
        self._session.add_all(
            RedactionRow(
                case_id=case_id, part=span.part, start=span.start, stop=span.stop, staff_id=staff_id, at=at
            )
            for span in spans
        )  # fmt: skip

    def unredact(self, case_id: int) -> None:
        """Hide nothing any more."""
        self._session.execute(delete(RedactionRow).where(RedactionRow.case_id == case_id))

    def spans(self, case_id: int) -> tuple[Span, ...]:
        """The stretches of a case that copies hide."""
        rows = self._session.scalars(select(RedactionRow).where(RedactionRow.case_id == case_id))
        return tuple(Span(row.part, row.start, row.stop) for row in rows)

    def extras(self, case_id: int, staff_id: int, looking_since: datetime) -> Extras:
        """What the desk added to a case."""
        leader_id = self._session.scalar(select(CaseRow.merged_into).where(CaseRow.id == case_id))
        leader = None if leader_id is None else self._session.scalar(cases().where(CaseRow.id == leader_id))
        merged = self._session.scalars(_listed().where(CaseRow.merged_into == case_id).order_by(CaseRow.id))
        tags = self._session.scalars(select(TagRow.tag).where(TagRow.case_id == case_id))
        checks = self._session.scalars(select(CheckRow).where(CheckRow.case_id == case_id))
        viewers = self._session.scalars(
            select(ViewerRow).where(
                ViewerRow.case_id == case_id, ViewerRow.staff_id != staff_id, ViewerRow.at >= looking_since
            )
        )
        return Extras(
            tags=tuple(sorted(tags)),
            checked={row.item: row.staff.name for row in checks},
            spans=self.spans(case_id),
            merged=tuple(case_of(row) for row in merged),
            leader=None if leader is None else case_of(leader),
            looking=tuple(sorted(row.staff.name for row in viewers)),
            alike=self._alike(case_id),
        )

    def matching(self, actor: StaffActor, narrowed: QueueFilter, moments: Moments, limit: int) -> list[Case]:
        """The cases of a filter, oldest first."""
        return queue.matching(self._session, actor, narrowed, moments, limit)

    def counts(self, actor: StaffActor, moments: Moments) -> dict[str, int]:
        """How many cases stand where."""
        return queue.counts(self._session, actor, moments)

    def views(self, staff_id: int) -> tuple[SavedView, ...]:
        """Somebody's saved views."""
        rows = self._session.scalars(select(SavedViewRow).where(SavedViewRow.staff_id == staff_id))
        return tuple(sorted((SavedView(row.id, row.name, row.query) for row in rows), key=lambda view: view.name))

    def save_view(self, staff_id: int, name: str, query: str) -> None:
        """Keep a view."""
        self._session.add(SavedViewRow(staff_id=staff_id, name=name, query=query))

    def drop_view(self, staff_id: int, view_id: int) -> None:
        """Forget one of one's own views."""
        self._session.execute(delete(SavedViewRow).where(SavedViewRow.id == view_id, SavedViewRow.staff_id == staff_id))

    def clusters(self, since: datetime, least: int, limit: int) -> tuple[Cluster, ...]:
        """What at least so many cases since then share, most first; one line for cases that share words."""
        count = func.count()
        rows = self._session.execute(
            select(MarkRow.shared, MarkRow.mark, count, func.max(CaseRow.opened_at), func.max(CaseRow.id))
            .join(CaseRow, CaseRow.id == MarkRow.case_id)
            .where(CaseRow.opened_at >= since)
            .group_by(MarkRow.shared, MarkRow.mark)
            .having(count >= least)
            .order_by(count.desc(), func.max(CaseRow.id).desc())
            .limit(limit * 4)
        )
        found, seen = [], set()
        for shared, mark, number, newest_at, example_id in rows:
            # Texts that are alike share several bands: the first line says it.
            if shared == Shared.WORDS:
                if (example_id, number) in seen:
                    continue
                seen.add((example_id, number))
            name = self._party_of(example_id) if shared == Shared.PARTY else ""
            found.append(Cluster(Shared(shared), mark, number, newest_at, example_id, name))
        return tuple(found[:limit])

    def of_cluster(self, shared: Shared, mark: int, limit: int) -> tuple[Case, ...]:
        """The cases that share this, newest first."""
        rows = self._session.scalars(
            _listed()
            .join(MarkRow, MarkRow.case_id == CaseRow.id)
            .where(MarkRow.shared == shared, MarkRow.mark == mark)
            .order_by(CaseRow.id.desc())
            .limit(limit)
        )
        return tuple(case_of(row) for row in rows)

    def parties(self, week_from: datetime, before_from: datetime) -> list[tuple[int, int, int, str]]:
        """Institutions complained about since ``week_from``: mark, count since then, count before, name."""
        in_week = func.sum(case((CaseRow.opened_at >= week_from, 1), else_=0))
        rows = self._session.execute(
            select(MarkRow.mark, in_week, func.count() - in_week, func.max(CaseRow.id))
            .join(CaseRow, CaseRow.id == MarkRow.case_id)
            .where(MarkRow.shared == Shared.PARTY, CaseRow.opened_at >= before_from)
            .group_by(MarkRow.mark)
            .having(in_week > 0)
            .order_by(in_week.desc())
            .limit(ALIKE_SHOWN)
        ).all()
        return [(mark, week, before, self._party_of(case_id)) for mark, week, before, case_id in rows]

    def _party_of(self, case_id: int) -> str:
        # Outside its case a name is a copy.
        return redacted("against", self._session.get_one(CaseRow, case_id).against, self.spans(case_id))

    def _alike(self, case_id: int) -> tuple[Alike, ...]:
        own = aliased(MarkRow)
        rows = self._session.execute(
            select(MarkRow.case_id, MarkRow.shared)
            .join(own, and_(own.shared == MarkRow.shared, own.mark == MarkRow.mark))
            .where(own.case_id == case_id, MarkRow.case_id != case_id)
            .order_by(MarkRow.case_id.desc())
            .limit(ALIKE_SHOWN * 8)
        )
        shared: dict[int, set[Shared]] = defaultdict(set)
        for other, kind in rows:
            shared[other].add(Shared(kind))
        # The same institution alone is the weakest likeness.
        most = sorted(shared, key=lambda other: (shared[other] == {Shared.PARTY}, -len(shared[other]), -other))
        found = self._session.scalars(_listed().where(CaseRow.id.in_(most[:ALIKE_SHOWN])))
        by_id = {row.id: case_of(row) for row in found}
        return tuple(Alike(by_id[other], tuple(sorted(shared[other]))) for other in most[:ALIKE_SHOWN])


def _listed() -> Select[Any]:
    # With their assignees, whose names a list shows: asked one by one they cost more than the list.
    return cases().options(joinedload(CaseRow.assignee))
