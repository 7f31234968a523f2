"""What handlers do with cases beside answering them: rate, tag, check, look together, merge, hide, do in bulk."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot import audit
from bot.complaints.errors import BadTextError, ComplaintError, StepNotAllowedError
from bot.complaints.likeness import Shared
from bot.complaints.model import Action, Case, CaseEvent, Severity, StaffActor, Status
from bot.complaints.ports import ComplaintUnit
from bot.complaints.promises import ENDED
from bot.complaints.queue import Moments, QueueFilter
from bot.complaints.redaction import Span, spans_of
from bot.complaints.service import Complaints, as_seen
from bot.content.desk import DeskContent

MAX_TAG = 30
MAX_VIEWS = 20
MAX_BULK = 500
"""A slip in a bulk action must stay mendable by hand."""
LOOKING = timedelta(seconds=60)
ALIKE_SHOWN = 50
SPIKE_LEAST = 3
SPIKE_TIMES = 2
"""An institution spikes with at least 3 cases in 7 days, and twice its weekly mean of the four weeks before."""
WEEK = timedelta(days=7)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter somebody keeps; ``query`` is that of the queue's address."""

    id: int
    name: str = field(repr=False)
    query: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Alike:
    """Another case, and what it has in common."""

    case: Case
    shared: tuple[Shared, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cases that have one thing in common. ``example`` is the newest of them."""

    shared: Shared
    mark: int
    count: int
    newest_at: datetime
    example_id: int
    institution: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Spike:
    """An institution that is complained about more than it was. ``before`` counts the four weeks before."""

    institution: str = field(repr=False)
    mark: int
    last_week: int
    before: int


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became of a bulk action."""

    done: int
    skipped: tuple[Case, ...]
    """The cases, as they were, that did not allow it."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What the desk added to a case."""

    tags: tuple[str, ...] = field(repr=False)
    checked: dict[str, str]
    """Items of the checklist, and who looked."""
    spans: tuple[Span, ...]
    merged: tuple[Case, ...]
    leader: Case | None
    looking: tuple[str, ...]
    """Who else has the case open."""
    alike: tuple[Alike, ...]


class CaseworkUnit(ComplaintUnit, Protocol):
    """One transaction, with what casework needs beside ``ComplaintUnit``."""

    def rate(self, case_id: int, severity: Severity) -> None:
        """Keep how much harm threatens."""

    def tag(self, case_id: int, tag: str) -> bool:
        """Put a tag on a case; ``False`` when it was there."""

    def untag(self, case_id: int, tag: str) -> bool:
        """Take a tag off; ``False`` when it was not there."""

    def check(self, case_id: int, item: str, staff_id: int, at: datetime) -> None:
        """Mark a point of the checklist as looked at."""

    def uncheck(self, case_id: int, item: str) -> None:
        """Take the mark away."""

    def look(self, case_id: int, staff_id: int, at: datetime, forget_before: datetime) -> None:
        """Note that somebody has a case open."""

    def merge(self, case_id: int, into_id: int | None) -> None:
        """Answer a case with another one, or by itself again."""

    def redact(self, case_id: int, spans: list[Span], staff_id: int, at: datetime) -> None:
        """Hide stretches in copies."""

    def unredact(self, case_id: int) -> None:
        """Hide nothing any more."""

    def extras(self, case_id: int, staff_id: int, looking_since: datetime) -> Extras:
        """What the desk added to a case."""

    def matching(self, actor: StaffActor, narrowed: QueueFilter, moments: Moments, limit: int) -> list[Case]:
        """The cases of a filter, oldest first."""

    def counts(self, actor: StaffActor, moments: Moments) -> dict[str, int]:
        """How many cases stand where."""

    def views(self, staff_id: int) -> tuple[SavedView, ...]:
        """Somebody's saved views."""

    def save_view(self, staff_id: int, name: str, query: str) -> None:
        """Keep a view; the name may be one that is there."""

    def drop_view(self, staff_id: int, view_id: int) -> None:
        """Forget one of one's own views."""

    def clusters(self, since: datetime, least: int, limit: int) -> tuple[Cluster, ...]:
        """What at least so many cases since then share, most first."""

    def of_cluster(self, shared: Shared, mark: int, limit: int) -> tuple[Case, ...]:
        """The cases that share this, newest first."""

    def parties(self, week_from: datetime, before_from: datetime) -> list[tuple[int, int, int, str]]:
        """Institutions complained about since ``week_from``: mark, count since then, count before, name."""


class CaseworkStore(Protocol):
    """Where casework is kept."""

    def unit(self) -> AbstractContextManager[CaseworkUnit]:
        """A transaction: committed at its end, undone by any exception."""

    def reading(self) -> AbstractContextManager[CaseworkUnit]:
        """The same for reading only."""


class Casework:
    """The handlers' work on cases. ``version`` is that of the case as they saw it."""

    def __init__(self, store: CaseworkStore, complaints: Complaints, desk: DeskContent, clock: Clock) -> None:
        self._store = store
        self._complaints = complaints
        self._desk = desk
        self._clock = clock

    # One case

    def extras(self, actor: StaffActor, case_id: int) -> Extras:
        """What the desk added to a case; opening it counts as looking at it."""
        with self._store.unit() as unit:
            unit.index_pending(ALIKE_SHOWN)
        self.look(actor, case_id)
        with self._store.reading() as unit:
            return unit.extras(case_id, actor.id, self._clock() - LOOKING)

    def look(self, actor: StaffActor, case_id: int) -> None:
        """Note that somebody has a case open."""
        now = self._clock()
        with self._store.unit() as unit:
            if unit.locked(case_id) is not None:
                unit.look(case_id, actor.id, now, now - LOOKING)

    def rate(self, actor: StaffActor, case_id: int, version: int, severity: Severity) -> int:
        """Say how much harm threatens."""
        with self._changing(actor, case_id, version) as (unit, case, now):
            unit.rate(case_id, severity)
            unit.add_event(case_id, CaseEvent(Action.RATED, now, reason=severity), staff_id=actor.id)
            return unit.change(case, now)

    def tag(self, actor: StaffActor, case_id: int, version: int, tag: str) -> int:
        """Put a tag on a case."""
        tag = _tidy(tag, MAX_TAG)
        with self._changing(actor, case_id, version) as (unit, case, now):
            if unit.tag(case_id, tag):
                unit.add_event(case_id, CaseEvent(Action.TAGGED, now, reason=tag), staff_id=actor.id)
            return unit.change(case, now)

    @staticmethod
    def check_tag(tag: str) -> None:
        """Raise ``BadTextError`` for what cannot be a tag, before it is put on many cases."""
        _tidy(tag, MAX_TAG)

    def untag(self, actor: StaffActor, case_id: int, version: int, tag: str) -> int:
        """Take a tag off."""
        with self._changing(actor, case_id, version) as (unit, case, now):
            if unit.untag(case_id, tag):
                unit.add_event(case_id, CaseEvent(Action.UNTAGGED, now, reason=tag), staff_id=actor.id)
            return unit.change(case, now)

    def check(self, actor: StaffActor, case_id: int, version: int, item: str, *, done: bool) -> int:
        """Mark a point of the checklist as looked at, or not."""
        with self._changing(actor, case_id, version) as (unit, case, now):
            if item not in {check.id for check in self._desk.checklists[case.kind]}:
                raise StepNotAllowedError("no such point on the checklist")
            if done:
                unit.check(case_id, item, actor.id, now)
            else:
                unit.uncheck(case_id, item)
            action = Action.CHECKED if done else Action.UNCHECKED
            unit.add_event(case_id, CaseEvent(action, now, reason=item), staff_id=actor.id)
            return unit.change(case, now)

    def merge(self, actor: StaffActor, case_id: int, version: int, into_id: int) -> int:
        """Answer a case with another one. Its resident keeps their receipt, and hears every answer to the other."""
        with self._store.unit() as unit:
            # The leader is locked first, as everywhere.
            leader = unit.locked(into_id)
            case = as_seen(unit, actor, case_id, version, own=True)
            if leader is None or leader.id == case_id or leader.merged_into is not None or unit.merged_into(case_id):
                raise StepNotAllowedError("cases merge into one that is not merged itself")
            if leader.status is Status.WITHDRAWN or case.status is Status.WITHDRAWN:
                raise StepNotAllowedError("a withdrawn case takes no part")
            now = self._clock()
            unit.merge(case_id, into_id)
            unit.promise(case_id, ENDED)
            unit.add_event(case_id, CaseEvent(Action.MERGED, now, reason=leader.number), staff_id=actor.id)
            unit.add_event(into_id, CaseEvent(Action.MERGED, now, reason=case.number), staff_id=actor.id)
            unit.change(leader, now)
            return unit.change(case, now)

    def unmerge(self, actor: StaffActor, case_id: int, version: int) -> int:
        """Answer a case by itself again; its clock begins anew."""
        with self._changing(actor, case_id, version, own=True) as (unit, case, now):
            unit.merge(case_id, None)
            due = self._complaints.promises.due(
                case.kind, case.status, unanswered=case.unanswered, opened_at=case.opened_at, now=now, owed=None
            )
            unit.promise(case_id, due)
            unit.add_event(case_id, CaseEvent(Action.UNMERGED, now), staff_id=actor.id)
            return unit.change(case, now)

    def redact(self, actor: StaffActor, case_id: int, version: int, words: str) -> int:
        """Hide words in every copy of a case, wherever they stand. The originals stay."""
        words = words.strip()
        if not words:
            raise BadTextError("nothing was written")
        with self._changing(actor, case_id, version) as (unit, case, now):
            file = unit.file_of(case_id)
            spans = spans_of(file.parts, words) if file else []
            if not spans:
                raise BadTextError("the case does not say this")
            unit.redact(case_id, spans, actor.id, now)
            # The history must not say again what is hidden.
            unit.add_event(case_id, CaseEvent(Action.REDACTED, now), staff_id=actor.id)
            return unit.change(case, now)

    def unredact(self, actor: StaffActor, case_id: int, version: int) -> int:
        """Hide nothing of a case any more."""
        with self._changing(actor, case_id, version) as (unit, case, now):
            unit.unredact(case_id)
            unit.add_event(case_id, CaseEvent(Action.UNREDACTED, now), staff_id=actor.id)
            return unit.change(case, now)

    def exported(self, actor: StaffActor, case_id: int, *, original: bool) -> None:
        """Write down that a copy of a case left the desk."""
        now = self._clock()
        with self._store.unit() as unit:
            unit.log_access(actor, audit.CASE_ORIGINAL_EXPORTED if original else audit.CASE_COPY_EXPORTED, case_id, now)
            unit.add_event(case_id, CaseEvent(Action.EXPORTED, now), staff_id=actor.id)

    # Many cases

    def counts(self, actor: StaffActor) -> dict[str, int]:
        """How many cases stand where."""
        with self._store.reading() as unit:
            return unit.counts(actor, self._complaints.moments())

    def matching(self, actor: StaffActor, narrowed: QueueFilter) -> tuple[Case, ...]:
        """The cases a bulk action over a filter would reach, oldest first, at most one more than ``MAX_BULK``."""
        self._complaints.note_search(actor, narrowed)
        with self._store.reading() as unit:
            return tuple(unit.matching(actor, narrowed, self._complaints.moments(), MAX_BULK + 1))

    def bulk(
        self, actor: StaffActor, narrowed: QueueFilter, expected: int, act: Callable[[int, int], object]
    ) -> Bulk | None:
        """Do one thing to every case of a filter; what a case does not allow is skipped.

        ``None``, and nothing done, when the filter no longer reaches as many cases as the actor confirmed.
        """
        found = self.matching(actor, narrowed)
        if len(found) != expected or expected > MAX_BULK:
            return None
        skipped = []
        for case in found:
            try:
                act(case.id, case.version)
            except ComplaintError:
                skipped.append(case)
        return Bulk(expected - len(skipped), tuple(skipped))

    def gather(self, actor: StaffActor, narrowed: QueueFilter, expected: int, into_id: int) -> Bulk | None:
        """Answer every case of a filter with one case, which may or may not be among them."""

        def act(case_id: int, version: int) -> None:
            if case_id != into_id:
                self.merge(actor, case_id, version, into_id)

        return self.bulk(actor, narrowed, expected, act)

    def views(self, actor: StaffActor) -> tuple[SavedView, ...]:
        """The actor's saved views."""
        with self._store.reading() as unit:
            return unit.views(actor.id)

    def save_view(self, actor: StaffActor, name: str, query: str) -> None:
        """Keep a filter under a name."""
        name = _tidy(name, MAX_TAG)
        with self._store.unit() as unit:
            if len(unit.views(actor.id)) >= MAX_VIEWS:
                raise BadTextError(f"at most {MAX_VIEWS} views")
            unit.save_view(actor.id, name, query)

    def drop_view(self, actor: StaffActor, view_id: int) -> None:
        """Forget a view."""
        with self._store.unit() as unit:
            unit.drop_view(actor.id, view_id)

    def clusters(self, actor: StaffActor) -> tuple[tuple[Cluster, ...], tuple[Spike, ...]]:
        """What cases of the last 90 days share, and which institutions spike. Reads names, so it is logged."""
        now = self._clock()
        with self._store.unit() as unit:
            unit.index_pending(MAX_BULK)
            unit.log_access(actor, audit.CLUSTERS_READ, None, now)
            spikes = tuple(
                Spike(name, mark, week, before)
                for mark, week, before, name in unit.parties(now - WEEK, now - 5 * WEEK)
                if week >= SPIKE_LEAST and 4 * week >= SPIKE_TIMES * before
            )
            return unit.clusters(now - timedelta(days=90), 2, ALIKE_SHOWN), spikes

    def cluster(self, shared: Shared, mark: int) -> tuple[Case, ...]:
        """The cases that share one thing."""
        with self._store.reading() as unit:
            return unit.of_cluster(shared, mark, ALIKE_SHOWN)

    @contextmanager
    def _changing(
        self, actor: StaffActor, case_id: int, version: int, *, own: bool = False
    ) -> Iterator[tuple[CaseworkUnit, Case, datetime]]:
        with self._store.unit() as unit:
            yield unit, as_seen(unit, actor, case_id, version, own=own), self._clock()


def _tidy(text: str, most: int) -> str:
    text = " ".join(text.split())
    if not text or len(text) > most or not text.isprintable():
        raise BadTextError(f"1 to {most} printable characters")
    return text
