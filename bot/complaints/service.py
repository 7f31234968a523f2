"""The complaint desk: what residents do with a receipt, and what staff do with a case."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

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
    LookupLimit,
    Notice,
    Page,
    QueueFilter,
    ResidentView,
    StaffActor,
    Status,
)
from bot.complaints.ports import ComplaintStore, ComplaintUnit, ReceiptHasher
from bot.complaints.receipts import new_receipt
from bot.language.receipts import normalise_receipt

MAX_TEXT = 10_000
PAGE_SIZE = 25
_REOPENED_BY_RESIDENT = frozenset({Status.WAITING, Status.RESOLVED, Status.REFERRED, Status.REJECTED})

Clock = Callable[[], datetime]


class Complaints:
    """Complaints from filing to their end. Every method is one transaction; its effects are on disk when it returns."""

    def __init__(
        self, store: ComplaintStore, receipts: ReceiptHasher, clock: Clock, limit: LookupLimit | None = None
    ) -> None:
        self._store = store
        self._receipts = receipts
        self._clock = clock
        self._limit = limit or LookupLimit()

    # What residents do. ``caller`` is whoever asks (Rasa's sender id), for the limit on guessing.

    def file(self, draft: ComplaintDraft) -> Filed:
        """Make a draft a case. The same draft again makes no second case, only a further receipt for the first.

        The earlier receipt keeps working: the resident may have written it down before the connection broke.
        """
        if not draft.consent:
            raise ConsentMissingError("filing needs consent")
        _checked(draft.story)
        for text in (draft.against, draft.when, draft.amount, draft.wish, draft.contact or ""):
            _not_too_long(text)
        receipt = new_receipt()
        hashed = self._receipts.hash(receipt)
        now = self._clock()
        with self._store.unit() as unit:
            case_id = unit.of_draft(draft.sender, draft.draft_id)
            if case_id is None:
                case_id = unit.add(draft, now)
                event = CaseEvent(Action.FILED, now, to_status=Status.RECEIVED)
            else:
                event = CaseEvent(Action.RECEIPT_REISSUED, now)
            unit.add_receipt(case_id, hashed, now)
            unit.add_event(case_id, event)
        return Filed(receipt, case_id)

    def follow(self, receipt: str, caller: str) -> ResidentView | None:
        """Where a case stands and what was written; ``None`` when the receipt opens nothing.

        Raises ``TooManyLookupsError`` after too many receipts that opened nothing.
        """
        case_id = self._opened(receipt, caller)
        if case_id is None:
            return None
        with self._store.reading() as unit:
            return unit.resident_view(case_id)

    def add_message(self, receipt: str, text: str, caller: str) -> ResidentView | None:
        """Append the resident's words. A case that waited for them, or was closed, is worked on again."""
        text = _checked(text)
        case_id = self._opened(receipt, caller)
        if case_id is None:
            return None
        now = self._clock()
        with self._store.unit() as unit:
            case = _existing(unit, case_id)
            if case.status is Status.WITHDRAWN:
                raise CaseClosedError("the case was withdrawn")
            onward = Status.IN_PROGRESS if case.status in _REOPENED_BY_RESIDENT else None
            unit.add_message(case_id, Author.RESIDENT, text, now)
            unit.add_event(
                case_id, CaseEvent(Action.RESIDENT_WROTE, now, from_status=case.status, to_status=onward or case.status)
            )
            unit.change(case, now, status=onward)
            return unit.resident_view(case_id)

    def withdraw(self, receipt: str, caller: str) -> ResidentView | None:
        """End a case by the resident's own word. Withdrawing twice is the same as once."""
        case_id = self._opened(receipt, caller)
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
            return unit.resident_view(case_id)

    def _opened(self, receipt: str, caller: str) -> int | None:
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
        with self._store.reading() as unit:
            return unit.queue(actor, narrowed, max(1, page), PAGE_SIZE)

    def case(self, actor: StaffActor, case_id: int) -> CaseFile | None:
        """Everything about a case; that it was read is logged in the same transaction."""
        with self._store.unit() as unit:
            found = unit.file_of(case_id)
            if found is not None:
                unit.log_access(actor, "read case", case_id, self._clock())
            return found

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
        text = _checked(text)
        with self._acting(actor, case_id, version) as (unit, case, now):
            unit.add_note(case_id, actor.id, text, now)
            unit.add_event(case_id, CaseEvent(Action.NOTED, now), staff_id=actor.id)
            return unit.change(case, now)

    def move(self, actor: StaffActor, case_id: int, version: int, to: Status, reason: str = "") -> int:
        """Change a case's state along ``STEPS``. The reason is for staff; the resident is told the state only."""
        reason = _not_too_long(reason).strip()
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
            return unit.change(case, now, status=to)

    def answer(self, actor: StaffActor, case_id: int, version: int, text: str) -> int:
        """Answer the resident. Message, history and outbox are one transaction: an answer sent cannot be lost."""
        text = _checked(text)
        with self._acting(actor, case_id, version, own=True) as (unit, case, now):
            if case.status is Status.WITHDRAWN:
                raise CaseClosedError("the case was withdrawn")
            unit.add_message(case_id, Author.STAFF, text, now, staff_id=actor.id)
            unit.add_event(case_id, CaseEvent(Action.ANSWERED, now), staff_id=actor.id)
            unit.tell(case, Notice.ANSWERED, case.status, text, now)
            return unit.change(case, now)

    @contextmanager
    def _acting(
        self, actor: StaffActor, case_id: int, version: int, *, own: bool = False
    ) -> Iterator[tuple[ComplaintUnit, Case, datetime]]:
        with self._store.unit() as unit:
            case = _existing(unit, case_id)
            if case.version != version:
                raise StaleVersionError("the case changed meanwhile")
            if own and case.assignee_id != actor.id and not actor.is_supervisor:
                raise NotYoursError("take the case first")
            yield unit, case, self._clock()


def _existing(unit: ComplaintUnit, case_id: int) -> Case:
    case = unit.locked(case_id)
    if case is None:
        raise CaseNotFoundError("no such case")
    return case


def _checked(text: str) -> str:
    if not text.strip():
        raise BadTextError("nothing was written")
    return _not_too_long(text).strip()


def _not_too_long(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise BadTextError(f"longer than {MAX_TEXT} characters")
    return text
