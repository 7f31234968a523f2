"""What handlers do with cases beside answering them: rate, tag, check, look together, merge, hide, do in bulk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import audit
from bot.complaints.casework_ports import CaseworkStore, CaseworkUnit, Cluster, Extras, SavedView, Spike
from bot.complaints.errors import (
    BadTextError,
    ComplaintError,
    MergeNotAllowedError,
    StepNotAllowedError,
    UnknownStaffError,
)
from bot.complaints.likeness import Shared, without_numbers
from bot.complaints.model import Action, Case, CaseEvent, Severity, StaffActor, Status
from bot.complaints.promises import ENDED
from bot.complaints.queue import QueueFilter
from bot.complaints.redaction import as_copied, spans_of
from bot.complaints.service import Complaints, as_seen, checked, not_too_long
from bot.content.desk import DeskContent
from bot.language.masking import mask

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
PATTERN_CASES = 20
"""A screening pattern is proposed from so many cases at most."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became of a bulk action."""

    done: int
    skipped: tuple[Case, ...]
    """The cases, as they were, that did not allow it."""


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

    def hand_over(self, actor: StaffActor, case_id: int, version: int, to_id: int, note: str) -> int:
        """Give a case to somebody else, with a note on where it stands; a supervisor may leave the note out."""
        note = not_too_long(note).strip() if actor.is_supervisor else checked(note)
        with self._changing(actor, case_id, version, own=True) as (unit, case, now):
            if not unit.is_on_desk(to_id):
                raise UnknownStaffError("nobody who works on cases has this id")
            if note:
                unit.add_note(case_id, actor.id, note, now)
                unit.add_event(case_id, CaseEvent(Action.NOTED, now), staff_id=actor.id)
            unit.add_event(case_id, CaseEvent(Action.ASSIGNED, now), staff_id=actor.id, assignee_id=to_id)
            return unit.change(case, now, assignee_id=to_id)

    def merge(self, actor: StaffActor, case_id: int, version: int, into_id: int) -> int:
        """Answer a case with another one. Its resident keeps their receipt, and hears every answer to the other."""
        with self._store.unit() as unit:
            # The leader is locked first, as everywhere.
            leader = unit.locked(into_id)
            case = as_seen(unit, actor, case_id, version, own=True)
            if leader is None or leader.id == case_id or leader.merged_into is not None or unit.merged_into(case_id):
                raise MergeNotAllowedError("cases merge into one that is not merged itself")
            if leader.status is Status.WITHDRAWN or case.status is Status.WITHDRAWN:
                raise MergeNotAllowedError("a withdrawn case takes no part")
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

    def redact(self, actor: StaffActor, case_id: int, version: int, words: str, part: str = "") -> int:
        """Hide words in every copy of a case, wherever they stand in ``part`` (in all of it). The originals stay."""
        words = words.strip()
        if not words:
            raise BadTextError("nothing was written")
        with self._changing(actor, case_id, version) as (unit, case, now):
            file = unit.file_of(case_id)
            parts = {name: text for name, text in file.parts.items() if part in {"", name}} if file else {}
            spans = spans_of(parts, words)
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

    def propose_pattern(self, actor: StaffActor, shared: Shared, mark: int, note: str) -> tuple[str, ...]:
        """The stories of a cluster for whoever tends the screening examples: redacted, secrets and numbers masked.

        Each case counts as read. The newest keeps ``note``, but no text: a note must not outlive the cases it quotes.
        """
        now = self._clock()
        texts: dict[str, None] = {}
        with self._store.unit() as unit:
            found = unit.of_cluster(shared, mark, PATTERN_CASES)
            for case in found:
                file = unit.file_of(case.id)
                if file is not None:
                    unit.log_access(actor, "read case", case.id, now)
                    story = as_copied(file, unit.spans(case.id)).particulars.story
                    texts[" ".join(without_numbers(mask(story).text).split())] = None
            if found:
                unit.add_note(found[0].id, actor.id, checked(note), now)
                unit.add_event(found[0].id, CaseEvent(Action.NOTED, now), staff_id=actor.id)
        return tuple(texts)

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
