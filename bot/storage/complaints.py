"""The complaint desk's store."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from bot import audit as names
from bot.complaints import (
    Author,
    Case,
    CaseEvent,
    CaseFile,
    CaseMessage,
    ComplaintDraft,
    Delivery,
    DeliveryState,
    Kind,
    Note,
    Notice,
    Page,
    QueueFilter,
    ResidentView,
    Status,
)
from bot.complaints.model import StaffActor
from bot.complaints.queue import Moments
from bot.messages import Language
from bot.staff import RIGHTS, Right, Role
from bot.storage import access_log, audit, evidence_rows
from bot.storage.base import keys_of
from bot.storage.case_index import index_pending, put_down
from bot.storage.case_rows import answers_kept, case_of, cases, event_of, particulars_of
from bot.storage.complaint_tables import (
    CaseRow,
    EventRow,
    MessageRow,
    NoteRow,
    OutboxRow,
    ReceiptMissRow,
    ReceiptRow,
)
from bot.storage.locks import hold
from bot.storage.outbox import body_of
from bot.storage.queue import page_of
from bot.storage.staff_tables import StaffRow


class SqlComplaintStore:
    """``ComplaintStore`` on SQLAlchemy."""

    def __init__(self, writers: sessionmaker[Session], readers: sessionmaker[Session]) -> None:
        self._writers = writers
        self._readers = readers

    @contextmanager
    def unit(self) -> Iterator["SqlComplaintUnit"]:
        """A transaction."""
        with self._writers.begin() as session:
            yield SqlComplaintUnit(session)

    @contextmanager
    def reading(self) -> Iterator["SqlComplaintUnit"]:
        """A transaction that only reads."""
        with self._readers.begin() as session:
            yield SqlComplaintUnit(session)


class SqlComplaintUnit:
    """``ComplaintUnit`` on one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, draft: ComplaintDraft, at: datetime) -> int:
        """Write a new case; its id. Contact details without their own consent are not written at all."""
        row = CaseRow(
            draft_hash=self._draft_hash(draft.sender, draft.draft_id),
            kind=draft.kind,
            status=Status.RECEIVED,
            language=draft.language,
            channel=draft.channel,
            sender=draft.sender,
            opened_at=at,
            updated_at=at,
            story=draft.story,
            against=draft.against,
            happened=draft.when,
            amount=draft.amount,
            wish=draft.wish,
            contact=draft.contact if draft.contact_consent else None,
            figures=None if draft.figures is None else json.dumps(draft.figures, ensure_ascii=False),
            answers=answers_kept(draft.answers),
            pack_version=draft.pack_version,
            on_behalf=draft.on_behalf,
        )
        self._session.add(row)
        self._session.flush()
        put_down(self._session, row.id)
        return row.id

    def of_draft(self, sender: str, draft_id: str) -> int | None:
        """The case an earlier filing of the draft made. A second filing at the same moment waits for this one."""
        hashed = self._draft_hash(sender, draft_id)
        hold(self._session, hashed)
        return self._session.scalar(select(CaseRow.id).where(CaseRow.draft_hash == hashed))

    def add_receipt(self, case_id: int, receipt_hash: str, at: datetime) -> None:
        """Let a receipt open a case."""
        self._session.add(ReceiptRow(receipt_hash=receipt_hash, case_id=case_id, issued_at=at))
        self._session.flush()

    def of_receipt(self, receipt_hash: str) -> int | None:
        """The case a receipt opens."""
        return self._session.scalar(select(ReceiptRow.case_id).where(ReceiptRow.receipt_hash == receipt_hash))

    def locked(self, case_id: int) -> Case | None:
        """A case, kept from others until the unit ends."""
        row = self._session.scalar(cases().where(CaseRow.id == case_id).with_for_update())
        return None if row is None else case_of(row)

    def resident_view(self, case_id: int) -> ResidentView:
        """What a resident sees of a case: who on the desk wrote is not part of it."""
        row = self._session.scalars(cases().where(CaseRow.id == case_id)).one()
        messages = tuple(
            CaseMessage(author=message.author, text=message.text, at=message.at) for message in self._messages(case_id)
        )
        return ResidentView(
            kind=Kind(row.kind),
            status=Status(row.status),
            language=Language(row.language),
            opened_at=row.opened_at,
            updated_at=row.updated_at,
            messages=messages,
        )

    def change(self, case: Case, at: datetime, *, status: Status | None = None, assignee_id: int | None = None) -> int:
        """Change a locked case; its new version."""
        row = self._row(case)
        if status is not None:
            row.status = status
        if assignee_id is not None:
            row.assignee_id = assignee_id
        return self._touched(row, at)

    def unassign(self, case: Case, at: datetime) -> int:
        """Take a locked case from its assignee; its new version."""
        row = self._row(case)
        row.assignee_id = None
        return self._touched(row, at)

    def add_message(self, case_id: int, author: Author, text: str, at: datetime, staff_id: int | None = None) -> int:
        """Append a message; its id. The first one from staff is the first answer."""
        message = MessageRow(case_id=case_id, author=author, staff_id=staff_id, text=text, at=at)
        self._session.add(message)
        row = self._session.get_one(CaseRow, case_id)
        row.unanswered = author is Author.RESIDENT
        if author is Author.STAFF and row.answered_at is None:
            row.answered_at = at
        self._session.flush()
        put_down(self._session, case_id)
        return message.id

    def promise(self, case_id: int, due_at: datetime, *, is_first: bool = False) -> None:
        """Keep when the next thing is due."""
        row = self._session.get_one(CaseRow, case_id)
        row.due_at = due_at
        if is_first:
            row.first_due_at = due_at
        self._session.flush()

    def await_answer(self, case_id: int) -> None:
        """Mark that the resident spoke last."""
        self._session.get_one(CaseRow, case_id).unanswered = True

    def leader_of(self, case_id: int) -> Case | None:
        """The case that this one is answered with, locked."""
        leader = self._session.scalar(select(CaseRow.merged_into).where(CaseRow.id == case_id))
        return None if leader is None else self.locked(leader)

    def merged_into(self, case_id: int) -> list[Case]:
        """The cases answered with this one, locked."""
        query = cases().where(CaseRow.merged_into == case_id).order_by(CaseRow.id).with_for_update()
        return [case_of(row) for row in self._session.scalars(query)]

    def add_note(self, case_id: int, staff_id: int, text: str, at: datetime) -> None:
        """Append an internal note."""
        self._session.add(NoteRow(case_id=case_id, staff_id=staff_id, text=text, at=at))
        self._session.flush()
        put_down(self._session, case_id)

    def add_event(
        self, case_id: int, event: CaseEvent, *, staff_id: int | None = None, assignee_id: int | None = None
    ) -> None:
        """Append to the history; the ids stand for the event's names."""
        self._session.add(
            EventRow(
                case_id=case_id,
                action=event.action,
                staff_id=staff_id,
                assignee_id=assignee_id,
                from_status=event.from_status,
                to_status=event.to_status,
                reason=event.reason or None,
                at=event.at,
            )
        )
        audit.append(
            self._session,
            names.RESIDENT if staff_id is None else names.staff(staff_id),
            f"case.{event.action}",
            names.case(case_id),
            event.at,
            _told(event, assignee_id),
        )

    def tell(  # noqa: PLR0913 - one notice has as many parts
        self, case: Case, notice: Notice, status: Status, text: str, at: datetime, *, message_id: int | None = None
    ) -> None:
        """Put a notice into the outbox, unless the conversation was forgotten: then the receipt is the only way."""
        if case.sender is None:
            return
        self._session.add(
            OutboxRow(
                sender=case.sender,
                channel=case.channel,
                kind=notice,
                case_id=case.id,
                message_id=message_id,
                body=body_of(case.language, case.kind, status, text),
                created_at=at,
                due_at=at,
            )
        )

    def misses(self, caller: str, since: datetime) -> list[datetime]:
        """When a caller's receipts opened nothing, oldest first."""
        query = (
            select(ReceiptMissRow.at)
            .where(ReceiptMissRow.caller_hash == self._hash("caller", caller), ReceiptMissRow.at > since)
            .order_by(ReceiptMissRow.at)
        )
        return list(self._session.scalars(query))

    def add_miss(self, caller: str, at: datetime, forget_before: datetime) -> None:
        """Remember that a receipt opened nothing, and drop what is too old to count."""
        self._session.execute(delete(ReceiptMissRow).where(ReceiptMissRow.at <= forget_before))
        self._session.add(ReceiptMissRow(caller_hash=self._hash("caller", caller), at=at))

    def is_on_desk(self, staff_id: int) -> bool:
        """Whether an active member of staff who works on cases has this id."""
        role = self._session.scalar(select(StaffRow.role).where(StaffRow.id == staff_id, StaffRow.is_active))
        return role is not None and Right.WORK_CASES in RIGHTS[Role(role)]

    def log_access(self, actor: StaffActor, what: str, case_id: int | None, at: datetime) -> None:
        """Write down that a member of staff read personal data."""
        access_log.append(self._session, actor.id, what, case_id, at)

    def file_of(self, case_id: int) -> CaseFile | None:
        """Everything about a case."""
        row = self._session.get(CaseRow, case_id)
        if row is None:
            return None
        notes = self._session.scalars(select(NoteRow).where(NoteRow.case_id == case_id).order_by(NoteRow.id))
        events = self._session.scalars(select(EventRow).where(EventRow.case_id == case_id).order_by(EventRow.id))
        return CaseFile(
            case=case_of(row),
            particulars=particulars_of(row),
            messages=tuple(self._messages(case_id, with_delivery=True)),
            notes=tuple(Note(note.staff.name, note.text, note.at, note.id) for note in notes),
            events=tuple(event_of(event) for event in events),
        )

    def claim_evidence(self, sender: str, case_id: int) -> int:
        """Move what somebody sent into a case; how many files it were."""
        return evidence_rows.claim(self._session, sender, case_id)

    def queue(self, actor: StaffActor, narrowed: QueueFilter, moments: Moments, number: int, size: int) -> Page:
        """One page of cases."""
        return page_of(self._session, actor, narrowed, moments, number=number, size=size)

    def index_pending(self, limit: int) -> int:
        """Bring at most so many new or changed cases into the index; how many it were."""
        return index_pending(self._session, limit)

    def _messages(self, case_id: int, *, with_delivery: bool = False) -> Iterator[CaseMessage]:
        query = select(MessageRow).where(MessageRow.case_id == case_id).order_by(MessageRow.id)
        deliveries = self._deliveries(case_id) if with_delivery else {}
        for row in self._session.scalars(query):
            delivery = None
            if with_delivery and row.author == Author.STAFF:
                delivery = deliveries.get(row.id, Delivery(DeliveryState.RECEIPT_ONLY))
            name = row.staff.name if row.staff else None
            yield CaseMessage(Author(row.author), row.text, row.at, name, row.id, delivery)

    def _deliveries(self, case_id: int) -> dict[int | None, Delivery]:
        query = select(OutboxRow.message_id, OutboxRow.attempts, OutboxRow.delivered_at).where(
            OutboxRow.case_id == case_id, OutboxRow.message_id.is_not(None)
        )
        found: dict[int | None, Delivery] = {}
        for message_id, attempts, delivered_at in self._session.execute(query):
            if delivered_at is not None:
                state = DeliveryState.DELIVERED
            else:
                state = DeliveryState.RETRYING if attempts else DeliveryState.WAITING
            found[message_id] = Delivery(state, attempts, delivered_at)
        return found

    def _row(self, case: Case) -> CaseRow:
        return self._session.get_one(CaseRow, case.id)

    def _touched(self, row: CaseRow, at: datetime) -> int:
        row.updated_at = at
        row.version += 1
        self._session.flush()
        return row.version

    def _draft_hash(self, sender: str, draft_id: str) -> str:
        # With the sender in it, a draft id that somebody else learnt or made up opens nothing of theirs.
        return self._hash("draft", f"{sender}\0{draft_id}")

    def _hash(self, purpose: str, value: str) -> str:
        return keys_of(self._session.get_bind().dialect).lookup_hash(purpose, value)


def _told(event: CaseEvent, assignee_id: int | None) -> names.Details:
    """What the audit log keeps of an event: states and ids, never the reason."""
    told = {"from": event.from_status, "to": event.to_status, "assignee": assignee_id}
    return {key: value for key, value in told.items() if value is not None}
