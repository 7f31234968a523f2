"""The complaint desk's store."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, select
from sqlalchemy.orm import Session, defer, joinedload, sessionmaker

from bot import audit as names
from bot.complaints import (
    Action,
    Assigned,
    Author,
    Case,
    CaseEvent,
    CaseFile,
    CaseMessage,
    ComplaintDraft,
    Kind,
    Note,
    Notice,
    Page,
    Particulars,
    QueueFilter,
    ResidentView,
    Status,
)
from bot.complaints.model import StaffActor
from bot.messages import Channel, Language
from bot.storage import access_log, audit
from bot.storage.base import keys_of
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
from bot.storage.staff_tables import StaffRow

_SEALED = (
    CaseRow.story,
    CaseRow.against,
    CaseRow.happened,
    CaseRow.amount,
    CaseRow.wish,
    CaseRow.contact,
    CaseRow.figures,
)


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
        )
        self._session.add(row)
        self._session.flush()
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
        row = self._session.scalar(_cases().where(CaseRow.id == case_id).with_for_update())
        return None if row is None else _case(row)

    def resident_view(self, case_id: int) -> ResidentView:
        """What a resident sees of a case: who on the desk wrote is not part of it."""
        row = self._session.scalars(_cases().where(CaseRow.id == case_id)).one()
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

    def add_message(self, case_id: int, author: Author, text: str, at: datetime, staff_id: int | None = None) -> None:
        """Append a message."""
        self._session.add(MessageRow(case_id=case_id, author=author, staff_id=staff_id, text=text, at=at))
        self._session.get_one(CaseRow, case_id).unanswered = author is Author.RESIDENT
        self._session.flush()

    def add_note(self, case_id: int, staff_id: int, text: str, at: datetime) -> None:
        """Append an internal note."""
        self._session.add(NoteRow(case_id=case_id, staff_id=staff_id, text=text, at=at))

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

    def tell(self, case: Case, notice: Notice, status: Status, text: str, at: datetime) -> None:
        """Put a notice into the outbox, unless the conversation was forgotten: then the receipt is the only way."""
        if case.sender is None:
            return
        self._session.add(
            OutboxRow(
                sender=case.sender,
                channel=case.channel,
                kind=notice,
                case_id=case.id,
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
        """Whether an active member of staff has this id."""
        return bool(self._session.scalar(select(StaffRow.is_active).where(StaffRow.id == staff_id)))

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
            case=_case(row),
            particulars=Particulars(
                story=row.story,
                against=row.against,
                when=row.happened,
                amount=row.amount,
                wish=row.wish,
                contact=row.contact,
                figures=None if row.figures is None else json.loads(row.figures),
            ),
            messages=tuple(self._messages(case_id)),
            notes=tuple(Note(note.staff.name, note.text, note.at) for note in notes),
            events=tuple(_event(event) for event in events),
        )

    def queue(self, actor: StaffActor, narrowed: QueueFilter, number: int, size: int) -> Page:
        """One page of cases. Sealed columns are not even read."""
        conditions = _conditions(actor, narrowed)
        total = self._session.scalar(select(func.count()).select_from(CaseRow).where(*conditions)) or 0
        is_closed = case((CaseRow.status.in_([status for status in Status if status.is_closed]), 1), else_=0)
        rows = self._session.scalars(
            _cases()
            .options(joinedload(CaseRow.assignee))
            .where(*conditions)
            .order_by(is_closed, CaseRow.opened_at, CaseRow.id)
            .limit(size)
            .offset((number - 1) * size)
        )
        return Page(tuple(_case(row) for row in rows), number, size, total)

    def _messages(self, case_id: int) -> Iterator[CaseMessage]:
        query = select(MessageRow).where(MessageRow.case_id == case_id).order_by(MessageRow.id)
        for row in self._session.scalars(query):
            yield CaseMessage(Author(row.author), row.text, row.at, row.staff.name if row.staff else None)

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


def _cases() -> Select[Any]:
    return select(CaseRow).options(*(defer(column) for column in _SEALED))


def _conditions(actor: StaffActor, narrowed: QueueFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if narrowed.status is not None:
        conditions.append(CaseRow.status == narrowed.status)
    if narrowed.kind is not None:
        conditions.append(CaseRow.kind == narrowed.kind)
    if narrowed.assigned is Assigned.MINE:
        conditions.append(CaseRow.assignee_id == actor.id)
    if narrowed.assigned is Assigned.UNASSIGNED:
        conditions.append(CaseRow.assignee_id.is_(None))
    if narrowed.searched_id is not None:
        conditions.append(CaseRow.id == narrowed.searched_id)
    return conditions


def _case(row: CaseRow) -> Case:
    return Case(
        id=row.id,
        version=row.version,
        kind=Kind(row.kind),
        status=Status(row.status),
        language=Language(row.language),
        channel=Channel(row.channel),
        sender=row.sender,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        assignee_id=row.assignee_id,
        assignee_name=row.assignee.name if row.assignee else None,
        unanswered=row.unanswered,
    )


def _event(row: EventRow) -> CaseEvent:
    return CaseEvent(
        action=Action(row.action),
        at=row.at,
        staff_name=row.staff.name if row.staff else None,
        from_status=None if row.from_status is None else Status(row.from_status),
        to_status=None if row.to_status is None else Status(row.to_status),
        assignee_name=row.assignee.name if row.assignee else None,
        reason=row.reason or "",
    )
