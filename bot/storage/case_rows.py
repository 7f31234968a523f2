"""Rows of cases as the services see them."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from bot.complaints.model import Action, Answer, Case, CaseEvent, Kind, OnBehalf, Particulars, Severity, Status
from bot.complaints.promises import running
from bot.messages import Channel, Language
from bot.storage.complaint_tables import CaseRow, EventRow

_SEALED = (
    CaseRow.story,
    CaseRow.against,
    CaseRow.happened,
    CaseRow.amount,
    CaseRow.wish,
    CaseRow.contact,
    CaseRow.figures,
    CaseRow.answers,
)


def cases() -> Select[Any]:
    """Cases without what is sealed of them."""
    return select(CaseRow).options(*(defer(column) for column in _SEALED))


def case_of(row: CaseRow) -> Case:
    """A case as a decision about it needs it."""
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
        due_at=running(row.due_at),
        severity=Severity(row.severity or Severity.NORMAL),
        merged_into=row.merged_into,
        is_escalated=row.escalated_due_at is not None and row.escalated_due_at == row.due_at,
    )


def particulars_of(row: CaseRow) -> Particulars:
    """What a case says."""
    return Particulars(
        story=row.story,
        against=row.against,
        when=row.happened,
        amount=row.amount,
        wish=row.wish,
        contact=row.contact,
        figures=None if row.figures is None else json.loads(row.figures),
        on_behalf=OnBehalf(row.on_behalf or OnBehalf.SELF),
        answers=answers_of(row.answers),
        pack_version=row.pack_version,
    )


def answers_of(kept: str | None) -> tuple[Answer, ...]:
    """The answers to the kind's own questions, from what the row keeps of them."""
    return tuple(Answer(**answer) for answer in json.loads(kept or "[]"))


def answers_kept(answers: Iterable[Answer]) -> str | None:
    """The same as the row keeps them."""
    kept = [asdict(answer) for answer in answers]
    return json.dumps(kept, ensure_ascii=False) if kept else None


def event_of(row: EventRow) -> CaseEvent:
    """A line of the history."""
    return CaseEvent(
        action=Action(row.action),
        at=row.at,
        staff_name=row.staff.name if row.staff else None,
        from_status=None if row.from_status is None else Status(row.from_status),
        to_status=None if row.to_status is None else Status(row.to_status),
        assignee_name=row.assignee.name if row.assignee else None,
        reason=row.reason or "",
    )
