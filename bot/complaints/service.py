"""The complaint desk: what residents do with a receipt, and what staff do with a case."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from bot import audit
from bot.complaints.errors import (
    BadTextError,
    CaseClosedError,
    CaseNotFoundError,
    ConsentMissingError,
    NotYoursError,
    StaleVersionError,
    StepNotAllowedError,
    TooManyLookupsError,
    UnknownStaffError,
)
from bot.complaints.model import (
    NEEDS_REASON,
    STEPS,
    TELLS_RESIDENT,
    Action,
    Author,
    Case,
    CaseEvent,
    CaseFile,
    ComplaintDraft,
    Filed,
    Holdings,
    Kind,
    LookupLimit,
    Notice,
    ResidentView,
    StaffActor,
    Status,
)
from bot.complaints.ports import ComplaintStore, ComplaintUnit, ReceiptHasher
from bot.complaints.promises import ENDED, Promises
from bot.complaints.queue import Moments, Page, QueueFilter
from bot.complaints.receipts import new_receipt
from bot.language.receipts import normalise_receipt

MAX_TEXT = 10_000
PAGE_SIZE = 25
INDEXED_AT_ONCE = 200
"""How many cases a search brings into the index before it looks; the console keeps up in between."""
_REOPENED_BY_RESIDENT = frozenset({Status.WAITING, Status.RESOLVED, Status.REFERRED, Status.REJECTED})

_MASK_LEAST = 3

Clock = Callable[[], datetime]


class Complaints:
    """Complaints from filing to their end. Every method is one transaction; its effects are on disk when it returns."""

    def __init__(
        self,
        store: ComplaintStore,
        receipts: ReceiptHasher,
        clock: Clock,
        promises: Promises,
        limit: LookupLimit | None = None,
    ) -> None:
        self._store = store
        self._receipts = receipts
        self._clock = clock
        self._limit = limit or LookupLimit()
        self._promises = promises

    # What residents do. ``caller`` is whoever asks (Rasa's sender id), for the limit on guessing.

    def file(self, draft: ComplaintDraft) -> Filed:
        """Make a draft a case. The same draft again makes no second case, only a further receipt for the first.

        The earlier receipt keeps working: the resident may have written it down before the connection broke.
        """
        if not draft.consent:
            raise ConsentMissingError("filing needs consent")
        checked(draft.story)
        answers = [answer.text for answer in draft.answers]
        for text in (draft.against, draft.when, draft.amount, draft.wish, draft.contact or "", *answers):
            not_too_long(text)
        receipt = new_receipt()
        hashed = self._receipts.hash(receipt)
        now = self._clock()
        with self._store.unit() as unit:
            case_id = unit.of_draft(draft.sender, draft.draft_id)
            if case_id is None:
                case_id = unit.add(draft, now)
                due_at = self._promises.due(
                    draft.kind, Status.RECEIVED, unanswered=True, opened_at=now, now=now, owed=None
                )
                unit.promise(case_id, due_at, is_first=True)
                event = CaseEvent(Action.FILED, now, to_status=Status.RECEIVED)
            else:
                event = CaseEvent(Action.RECEIPT_REISSUED, now)
            unit.add_receipt(case_id, hashed, now)
            unit.add_event(case_id, event)
            # The summary showed what goes along; a disputed verdict has none.
            if draft.kind is not Kind.REVIEW and unit.claim_evidence(draft.sender, case_id):
                unit.add_event(case_id, CaseEvent(Action.EVIDENCE_ADDED, now))
        return Filed(receipt, case_id)

    def follow(self, receipt: str, caller: str) -> ResidentView | None:
        """Where a case stands and what was written; ``None`` when the receipt opens nothing.

        Raises ``TooManyLookupsError`` after too many receipts that opened nothing.
        """
        case_id = self.opened(receipt, caller)
        if case_id is None:
            return None
        with self._store.reading() as unit:
            return unit.resident_view(case_id)

    def add_message(self, receipt: str, text: str, caller: str) -> ResidentView | None:
        """Append the resident's words. A case that waited for them, or was closed, is worked on again."""
        text = checked(text)
        case_id = self.opened(receipt, caller)
        if case_id is None:
            return None
        with self._store.unit() as unit:
            with self.hearing(unit, case_id, Action.RESIDENT_WROTE) as now:
                unit.add_message(case_id, Author.RESIDENT, text, now)
            return unit.resident_view(case_id)

    @contextmanager
    def hearing(self, unit: ComplaintUnit, case_id: int, action: Action) -> Iterator[datetime]:
        """What its resident adds to a case is written meanwhile; then the case is worked on again.

        Raises ``CaseClosedError``.
        """
        now = self._clock()
        # Before the case itself: an answer to its leader locks in this order too.
        leader = unit.leader_of(case_id)
        case = _existing(unit, case_id)
        if case.status is Status.WITHDRAWN:
            raise CaseClosedError("the case was withdrawn")
        onward = Status.IN_PROGRESS if case.status in _REOPENED_BY_RESIDENT else None
        yield now
        unit.add_event(case_id, CaseEvent(action, now, from_status=case.status, to_status=onward or case.status))
        unit.change(case, now, status=onward)
        self._reckon(unit, case, now, status=onward, unanswered=True)
        if leader is not None:
            self._wake(unit, leader, now)

    def withdraw(self, receipt: str, caller: str) -> ResidentView | None:
        """End a case by the resident's own word. Withdrawing twice is the same as once."""
        case_id = self.opened(receipt, caller)
        if case_id is None:
            return None
        now = self._clock()
        with self._store.unit() as unit:
            case = _existing(unit, case_id)
            if case.status is not Status.WITHDRAWN:
                unit.add_event(
                    case_id,
                    CaseEvent(Action.WITHDRAWN, now, from_status=case.status, to_status=Status.WITHDRAWN),
                )
                unit.change(case, now, status=Status.WITHDRAWN)
                self._reckon(unit, case, now, status=Status.WITHDRAWN)
            return unit.resident_view(case_id)

    def holdings(self, receipt: str, caller: str) -> Holdings | None:
        """What the desk holds of a case, for its resident; ``None`` when the receipt opens nothing."""
        case_id = self.opened(receipt, caller)
        if case_id is None:
            return None
        with self._store.reading() as unit:
            found = unit.file_of(case_id)
            return None if found is None else Holdings(case_id, unit.resident_view(case_id), found.particulars)

    def opened(self, receipt: str, caller: str) -> int | None:
        """The case a receipt opens. Raises ``TooManyLookupsError``."""
        digits = normalise_receipt(receipt)
        if digits is None:
            # A slip of the pen, found by the check digit: nobody is guessing, and nothing needs to be looked up.
            return None
        now = self._clock()
        since = now - self._limit.window
        with self._store.reading() as unit:
            misses = unit.misses(caller, since)
        if len(misses) >= self._limit.misses:
            raise TooManyLookupsError(retry_at=misses[-self._limit.misses] + self._limit.window)
        hashed = self._receipts.hash(digits)
        with self._store.reading() as unit:
            case_id = unit.of_receipt(hashed)
        if case_id is None:
            with self._store.unit() as unit:
                unit.add_miss(caller, now, forget_before=since)
        return case_id

    # What staff do. ``version`` is that of the case as they saw it.

    def queue(self, actor: StaffActor, narrowed: QueueFilter, page: int = 1) -> Page:
        """One page of cases: numbers and states only, no word of what they say."""
        self.note_search(actor, narrowed)
        with self._store.reading() as unit:
            return unit.queue(actor, narrowed, self.moments(), max(1, page), PAGE_SIZE)

    def moments(self) -> Moments:
        """Now, and up to when something is due soon."""
        now = self._clock()
        return Moments(now, self._promises.warn_until(now))

    @property
    def promises(self) -> Promises:
        """The desk's own clock."""
        return self._promises

    def note_search(self, actor: StaffActor, narrowed: QueueFilter) -> None:
        """Make ready for a filter that opens sealed texts, and write it down: not the words, they are personal data."""
        if not (narrowed.words or narrowed.institution):
            return
        with self._store.unit() as unit:
            unit.index_pending(INDEXED_AT_ONCE)
            unit.log_access(actor, audit.CASE_SEARCHED, None, self._clock())

    def case(self, actor: StaffActor, case_id: int) -> CaseFile | None:
        """Everything about a case, contact details masked; that it was read is logged in the same transaction."""
        with self._store.unit() as unit:
            found = unit.file_of(case_id)
            if found is None:
                return None
            unit.log_access(actor, "read case", case_id, self._clock())
            particulars = replace(found.particulars, contact=masked_contact(found.particulars.contact))
            return replace(found, particulars=particulars)

    def contact(self, actor: StaffActor, case_id: int) -> str | None:
        """The contact details of a case in full; that they were read is logged by itself."""
        with self._store.unit() as unit:
            found = unit.file_of(case_id)
            if found is None:
                raise CaseNotFoundError("no such case")
            unit.log_access(actor, audit.CASE_CONTACT_UNMASKED, case_id, self._clock())
            return found.particulars.contact

    def take(self, actor: StaffActor, case_id: int, version: int) -> int:
        """Make a case one's own. Only a supervisor may take it from somebody else. Returns the new version."""
        with self._acting(actor, case_id, version) as (unit, case, now):
            if case.assignee_id not in {None, actor.id} and not actor.is_supervisor:
                raise NotYoursError("the case has an assignee")
            unit.add_event(case_id, CaseEvent(Action.TAKEN, now), staff_id=actor.id, assignee_id=actor.id)
            return unit.change(case, now, assignee_id=actor.id)

    def assign(self, actor: StaffActor, case_id: int, version: int, assignee_id: int | None) -> int:
        """Give a case to somebody, or back to the queue. A handler may only give back their own."""
        with self._acting(actor, case_id, version) as (unit, case, now):
            gives_back = assignee_id is None and case.assignee_id == actor.id
            if not (actor.is_supervisor or gives_back):
                raise NotYoursError("only a supervisor assigns")
            if assignee_id is not None and not unit.is_on_desk(assignee_id):
                raise UnknownStaffError("no such member of staff")
            unit.add_event(case_id, CaseEvent(Action.ASSIGNED, now), staff_id=actor.id, assignee_id=assignee_id)
            if assignee_id is None:
                return unit.unassign(case, now)
            return unit.change(case, now, assignee_id=assignee_id)

    def note(self, actor: StaffActor, case_id: int, version: int, text: str) -> int:
        """Write an internal note."""
        text = checked(text)
        with self._acting(actor, case_id, version) as (unit, case, now):
            unit.add_note(case_id, actor.id, text, now)
            unit.add_event(case_id, CaseEvent(Action.NOTED, now), staff_id=actor.id)
            return unit.change(case, now)

    def move(self, actor: StaffActor, case_id: int, version: int, to: Status, reason: str = "") -> int:
        """Change a case's state along ``STEPS``. The reason is for staff; the resident is told the state only."""
        reason = not_too_long(reason).strip()
        with self._acting(actor, case_id, version, own=True) as (unit, case, now):
            if to not in STEPS[case.status]:
                raise StepNotAllowedError(f"from {case.status} to {to}")
            if to in NEEDS_REASON and not reason:
                raise StepNotAllowedError(f"{to} needs a reason")
            unit.add_event(
                case_id,
                CaseEvent(Action.MOVED, now, from_status=case.status, to_status=to, reason=reason),
                staff_id=actor.id,
            )
            if to in TELLS_RESIDENT:
                unit.tell(case, Notice.STATUS_CHANGED, to, "", now)
            new_version = unit.change(case, now, status=to)
            self._reckon(unit, case, now, status=to)
            return new_version

    def answer(self, actor: StaffActor, case_id: int, version: int, text: str) -> int:
        """Answer the resident, and those whose cases were merged into this one.

        Messages, history and outbox are one transaction: an answer sent cannot be lost.
        """
        text = checked(text)
        with self._acting(actor, case_id, version, own=True) as (unit, case, now):
            if case.status is Status.WITHDRAWN:
                raise CaseClosedError("the case was withdrawn")
            for other in unit.merged_into(case_id):
                if other.status is not Status.WITHDRAWN:
                    self._say(unit, actor, other, text, now)
            return self._say(unit, actor, case, text, now)

    def _say(self, unit: ComplaintUnit, actor: StaffActor, case: Case, text: str, now: datetime) -> int:
        message_id = unit.add_message(case.id, Author.STAFF, text, now, staff_id=actor.id)
        unit.add_event(case.id, CaseEvent(Action.ANSWERED, now), staff_id=actor.id)
        unit.tell(case, Notice.ANSWERED, case.status, text, now, message_id=message_id)
        version = unit.change(case, now)
        self._reckon(unit, case, now, unanswered=False)
        return version

    def _reckon(
        self,
        unit: ComplaintUnit,
        case: Case,
        now: datetime,
        *,
        status: Status | None = None,
        unanswered: bool | None = None,
    ) -> None:
        # ``case`` is as it was before the change.
        owed = case.due_at if case.unanswered else None
        due_at = self._promises.due(
            case.kind,
            status or case.status,
            unanswered=case.unanswered if unanswered is None else unanswered,
            opened_at=case.opened_at,
            now=now,
            owed=owed,
        )
        unit.promise(case.id, ENDED if case.merged_into is not None else due_at)

    def _wake(self, unit: ComplaintUnit, leader: Case, now: datetime) -> None:
        # Somebody whose case is answered with another one wrote: that other one has to be looked at.
        if leader.status is Status.WITHDRAWN:
            return
        onward = Status.IN_PROGRESS if leader.status in _REOPENED_BY_RESIDENT else None
        unit.change(leader, now, status=onward)
        unit.await_answer(leader.id)
        self._reckon(unit, leader, now, status=onward, unanswered=True)

    @contextmanager
    def _acting(
        self, actor: StaffActor, case_id: int, version: int, *, own: bool = False
    ) -> Iterator[tuple[ComplaintUnit, Case, datetime]]:
        with self._store.unit() as unit:
            yield unit, as_seen(unit, actor, case_id, version, own=own), self._clock()


def as_seen(unit: ComplaintUnit, actor: StaffActor, case_id: int, version: int, *, own: bool = False) -> Case:
    """A case locked for a change, exactly as the actor saw it. ``own``: only assignee or supervisor may.

    Raises:
        CaseNotFoundError, StaleVersionError, NotYoursError: as their names say.
    """
    case = _existing(unit, case_id)
    if case.version != version:
        raise StaleVersionError("the case changed meanwhile")
    if own and case.assignee_id != actor.id and not actor.is_supervisor:
        raise NotYoursError("take the case first")
    return case


def _existing(unit: ComplaintUnit, case_id: int) -> Case:
    case = unit.locked(case_id)
    if case is None:
        raise CaseNotFoundError("no such case")
    return case


def masked_contact(contact: str | None) -> str | None:
    """Contact details with all but their first and last two characters hidden; short ones are hidden whole."""
    if contact is None:
        return None
    shown = 2 if len(contact) >= 3 * _MASK_LEAST else 0
    return contact[:shown] + "•" * 6 + (contact[-shown:] if shown else "")


def checked(text: str) -> str:
    """A text that says something and is not too long, without space around it. Raises ``BadTextError``."""
    if not text.strip():
        raise BadTextError("nothing was written")
    return not_too_long(text).strip()


def not_too_long(text: str) -> str:
    """The text itself. Raises ``BadTextError`` beyond ``MAX_TEXT`` characters."""
    if len(text) > MAX_TEXT:
        raise BadTextError(f"longer than {MAX_TEXT} characters")
    return text
