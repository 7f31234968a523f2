"""What complaints need from the store."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bot.complaints.model import (
    Author,
    Case,
    CaseEvent,
    CaseFile,
    ComplaintDraft,
    Notice,
    ResidentView,
    StaffActor,
    Status,
)
from bot.complaints.queue import Moments, Page, QueueFilter


class ReceiptHasher(Protocol):
    """Turns a receipt into what is stored of it: slow on purpose, keyed, the same each time."""

    def hash(self, receipt: str) -> str:
        """The look-up hash of 16 digits."""


class ComplaintUnit(Protocol):
    """One transaction. Whatever ``locked`` returns stays unchanged by others until its end."""

    def add(self, draft: ComplaintDraft, at: datetime) -> int:
        """Write a new case; its id."""

    def of_draft(self, sender: str, draft_id: str) -> int | None:
        """The case an earlier filing of the draft made."""

    def add_receipt(self, case_id: int, receipt_hash: str, at: datetime) -> None:
        """Let a receipt open a case."""

    def of_receipt(self, receipt_hash: str) -> int | None:
        """The case a receipt opens."""

    def locked(self, case_id: int) -> Case | None:
        """A case, kept from others until the unit ends."""

    def resident_view(self, case_id: int) -> ResidentView:
        """What a resident sees of a case."""

    def change(self, case: Case, at: datetime, *, status: Status | None = None, assignee_id: int | None = None) -> int:
        """Change a locked case; its new version."""

    def unassign(self, case: Case, at: datetime) -> int:
        """Take a locked case from its assignee; its new version."""

    def add_message(self, case_id: int, author: Author, text: str, at: datetime, staff_id: int | None = None) -> int:
        """Append a message; its id. The first one from staff is the first answer."""

    def promise(self, case_id: int, due_at: datetime, *, is_first: bool = False) -> None:
        """Keep when the next thing is due. The first promise is kept beside, to be held against the first answer."""

    def await_answer(self, case_id: int) -> None:
        """Mark that the resident spoke last."""

    def leader_of(self, case_id: int) -> Case | None:
        """The case that this one is answered with, locked."""

    def merged_into(self, case_id: int) -> list[Case]:
        """The cases answered with this one, locked."""

    def index_pending(self, limit: int) -> int:
        """Bring at most so many new or changed cases into the index of words and likenesses; how many it were."""

    def add_note(self, case_id: int, staff_id: int, text: str, at: datetime) -> None:
        """Append an internal note."""

    def add_event(
        self, case_id: int, event: CaseEvent, *, staff_id: int | None = None, assignee_id: int | None = None
    ) -> None:
        """Append to the history; the ids stand for the event's names."""

    def tell(  # noqa: PLR0913 - one notice has as many parts
        self, case: Case, notice: Notice, status: Status, text: str, at: datetime, *, message_id: int | None = None
    ) -> None:
        """Put a notice to the resident into the outbox."""

    def misses(self, caller: str, since: datetime) -> list[datetime]:
        """When a caller's receipts opened nothing, oldest first."""

    def add_miss(self, caller: str, at: datetime, forget_before: datetime) -> None:
        """Remember that a receipt opened nothing, and drop what is too old to count."""

    def is_on_desk(self, staff_id: int) -> bool:
        """Whether an active member of staff who works on cases has this id."""

    def log_access(self, actor: StaffActor, what: str, case_id: int | None, at: datetime) -> None:
        """Write down that a member of staff read personal data."""

    def file_of(self, case_id: int) -> CaseFile | None:
        """Everything about a case."""

    def claim_evidence(self, sender: str, case_id: int) -> int:
        """Move the files somebody sent (``bot.complaints.evidence``) into a case; how many it were."""

    def queue(self, actor: StaffActor, narrowed: QueueFilter, moments: Moments, number: int, size: int) -> Page:
        """One page of cases."""


class ComplaintStore(Protocol):
    """Where complaints are kept."""

    def unit(self) -> AbstractContextManager[ComplaintUnit]:
        """A transaction: committed at its end, undone by any exception."""

    def reading(self) -> AbstractContextManager[ComplaintUnit]:
        """The same for reading only."""
