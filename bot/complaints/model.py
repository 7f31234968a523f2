"""What a complaint is: its kinds, its states and the steps between them, and how residents and staff see it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from bot.messages import Channel, Language


class Kind(StrEnum):
    """What a complaint is about."""

    COLLECTION = "collection"
    COST = "cost"
    BUNDLE = "bundle"
    MISLEADING_SALE = "misleading_sale"
    DATA_MISUSE = "data_misuse"
    CREDIT_RECORD = "credit_record"
    REFUSAL = "refusal"
    FRAUD = "fraud"
    OTHER = "other"
    REVIEW = "review"
    """No complaint: a message whose verdict somebody disputes, or wants to hear of when more is known."""


class Status(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    REFERRED = "referred"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def is_closed(self) -> bool:
        """Nobody works on it any more, unless it is opened again."""
        return self in _CLOSED


_CLOSED = frozenset({Status.RESOLVED, Status.REFERRED, Status.REJECTED, Status.WITHDRAWN})
_ENDS = frozenset({Status.REFERRED, Status.REJECTED, Status.WITHDRAWN})

STEPS = MappingProxyType(
    {
        Status.RECEIVED: frozenset({Status.TRIAGED}) | _ENDS,
        Status.TRIAGED: frozenset({Status.IN_PROGRESS}) | _ENDS,
        Status.IN_PROGRESS: frozenset({Status.WAITING, Status.RESOLVED}) | _ENDS,
        Status.WAITING: frozenset({Status.IN_PROGRESS, Status.RESOLVED}) | _ENDS,
        Status.RESOLVED: frozenset({Status.IN_PROGRESS}),
        Status.REFERRED: frozenset({Status.IN_PROGRESS}),
        Status.REJECTED: frozenset({Status.IN_PROGRESS}),
        # Withdrawing is the resident's last word.
        Status.WITHDRAWN: frozenset[Status](),
    }
)
"""Which state staff may move a case to, from which."""

NEEDS_REASON = _ENDS
"""States that staff may not choose without saying why."""

TELLS_RESIDENT = frozenset({Status.WAITING, Status.RESOLVED, Status.REFERRED, Status.REJECTED})
"""States whose beginning the resident is told of."""


class Severity(StrEnum):
    """How much harm threatens, as the desk judges it. A new case is ``normal`` until somebody looked."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class ClockState(StrEnum):
    """How a case stands to what the desk promised."""

    OVERDUE = "overdue"
    SOON = "soon"
    IN_TIME = "in_time"
    STOPPED = "stopped"


class Author(StrEnum):
    """Who wrote a message."""

    RESIDENT = "resident"
    STAFF = "staff"


class Action(StrEnum):
    """What happened to a case, for its history."""

    FILED = "filed"
    RECEIPT_REISSUED = "receipt_reissued"
    RESIDENT_WROTE = "resident_wrote"
    EVIDENCE_ADDED = "evidence_added"
    WITHDRAWN = "withdrawn"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    NOTED = "noted"
    MOVED = "moved"
    ANSWERED = "answered"
    RATED = "rated"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    CHECKED = "checked"
    UNCHECKED = "unchecked"
    MERGED = "merged"
    UNMERGED = "unmerged"
    REDACTED = "redacted"
    UNREDACTED = "unredacted"
    EXPORTED = "exported"
    ESCALATED = "escalated"
    """By the clock, when a promise was not kept; nobody's name stands beside it."""


class Notice(StrEnum):
    """Why the resident is written to."""

    ANSWERED = "answered"
    STATUS_CHANGED = "status_changed"
    EXPIRING = "expiring"


class OnBehalf(StrEnum):
    """For whom a complaint is made. Whoever is not ``self`` knows of it and agrees, or their guardian does."""

    SELF = "self"
    RELATIVE = "relative"
    NEIGHBOUR = "neighbour"
    HELPER = "helper"
    """A village officer or volunteer made it for somebody."""
    CHILD = "child"
    """For a child under 14, with a guardian's consent (个人信息保护法 Art. 31)."""


class Fact(StrEnum):
    """What is worked out in the chat and goes with a complaint. Sums are yuan, rates percent a year."""

    PRINCIPAL = "principal"
    RECEIVED = "received"
    PAYMENT = "payment"
    PERIODS = "periods"
    TOTAL = "total"
    COST = "cost"
    NOMINAL = "nominal"
    EFFECTIVE = "effective"
    CROSSED = "crossed"
    """The legal lines that are crossed, with their limits."""
    VERDICT = "verdict"
    FAMILIES = "families"
    """The kinds of trick that were found in a message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with the question as it was asked, so that a case reads the same when the questions have changed."""

    id: str
    question: str
    text: str = field(repr=False)
    option: str = ""
    """The option that was chosen; empty when it was said in other words."""


class StaffActor(Protocol):
    """The member of staff who acts (``bot.staff.StaffMember`` fits)."""

    @property
    def id(self) -> int:
        """Their id."""

    @property
    def name(self) -> str:
        """Their name on the desk."""

    @property
    def is_supervisor(self) -> bool:
        """Whether they may act on anybody's case and assign cases."""


@dataclass(frozen=True, slots=True)
class ComplaintDraft:
    """What a resident has said and confirmed, before it becomes a case. ``sender`` is Rasa's sender id."""

    draft_id: str
    kind: Kind
    story: str = field(repr=False)
    against: str = field(repr=False)
    when: str = field(repr=False)
    amount: str = field(repr=False)
    wish: str = field(repr=False)
    language: Language
    channel: Channel
    sender: str
    consent: bool
    contact: str | None = field(default=None, repr=False)
    contact_consent: bool = False
    figures: dict[str, Any] | None = field(default=None, repr=False)
    on_behalf: OnBehalf = OnBehalf.SELF
    answers: tuple[Answer, ...] = field(default=(), repr=False)
    pack_version: int | None = None
    """The version of the kind's questions."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A case is on disk; the receipt (16 digits, no spaces) opens it again."""

    receipt: str = field(repr=False)
    case_id: int


class DeliveryState(StrEnum):
    """What became of a notice to the resident."""

    WAITING = "waiting"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    RECEIPT_ONLY = "receipt_only"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a notice is. ``RECEIPT_ONLY``: the conversation was forgotten, so only the receipt shows it."""

    state: DeliveryState
    attempts: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """One message between resident and desk. ``id`` and ``delivery`` are for the desk's own pages."""

    author: Author
    text: str = field(repr=False)
    at: datetime
    staff_name: str | None = None
    id: int = 0
    delivery: "Delivery | None" = None


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note; no resident ever sees it."""

    staff_name: str
    text: str = field(repr=False)
    at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One line of a case's history. ``staff_name`` is ``None`` where the resident acted."""

    action: Action
    at: datetime
    staff_name: str | None = None
    from_status: Status | None = None
    to_status: Status | None = None
    assignee_name: str | None = None
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A case without its correspondence: what a decision about it needs."""

    id: int
    version: int
    kind: Kind
    status: Status
    language: Language
    channel: Channel
    sender: str | None
    opened_at: datetime
    updated_at: datetime
    assignee_id: int | None
    assignee_name: str | None
    unanswered: bool
    """The resident spoke last."""
    due_at: datetime | None = None
    """When the next thing promised is due; ``None`` while the clock stands still."""
    severity: Severity = Severity.NORMAL
    merged_into: int | None = None
    """The case this one is answered with."""
    is_escalated: bool = False
    """What is due passed unkept, and was put before the supervisors."""

    @property
    def number(self) -> str:
        """What staff call the case. It opens nothing; residents never see it."""
        return f"C-{self.opened_at.year}-{self.id:06d}"


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the complaint says."""

    story: str = field(repr=False)
    against: str = field(repr=False)
    when: str = field(repr=False)
    amount: str = field(repr=False)
    wish: str = field(repr=False)
    contact: str | None = field(repr=False)
    figures: dict[str, Any] | None = field(repr=False)
    on_behalf: OnBehalf = OnBehalf.SELF
    answers: tuple[Answer, ...] = field(default=(), repr=False)
    pack_version: int | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything staff see of a case."""

    case: Case
    particulars: Particulars
    messages: tuple[CaseMessage, ...]
    notes: tuple[Note, ...]
    events: tuple[CaseEvent, ...]

    @property
    def parts(self) -> dict[str, str]:
        """Every text that somebody wrote, by the name a redaction knows it under."""
        said = self.particulars
        fields = {
            "story": said.story, "against": said.against, "when": said.when, "amount": said.amount, "wish": said.wish
        }  # fmt: skip
        return (
            fields
            | {f"answer:{answer.id}": answer.text for answer in said.answers}
            | {f"message:{message.id}": message.text for message in self.messages}
            | {f"note:{note.id}": note.text for note in self.notes}
        )

    @property
    def next_steps(self) -> tuple[Status, ...]:
        """The states it may be moved to, in the order of ``Status``."""
        return tuple(status for status in Status if status in STEPS[self.case.status])


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything the desk holds on a complaint that its resident gave (PIPL, Arts. 44-45)."""

    case_id: int
    view: "ResidentView"
    particulars: Particulars


@dataclass(frozen=True, slots=True)
class ResidentView:
    """What a receipt shows: no notes, no names, no history."""

    kind: Kind
    status: Status
    language: Language
    opened_at: datetime
    updated_at: datetime
    messages: tuple[CaseMessage, ...]


@dataclass(frozen=True, slots=True)
class LookupLimit:
    """How many receipts that open nothing one caller may try in a while."""

    misses: int = 5
    window: timedelta = timedelta(minutes=15)
