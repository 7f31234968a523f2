"""A copy of one case that leaves the desk: whole, or with everything hidden that somebody marked.

The redacted copy never holds contact details. What was marked once is hidden in it everywhere, in texts written later
and in reasons and tags as well: a word blacked out in one place and legible in another is not hidden.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot import audit
from bot.complaints.casework_ports import CaseworkStore
from bot.complaints.errors import CaseNotFoundError
from bot.complaints.evidence import EvidenceStore
from bot.complaints.likeness import numbers_in
from bot.complaints.model import Action, Answer, CaseEvent, CaseFile, StaffActor
from bot.complaints.redaction import HIDDEN, Span, redacted


class Form(StrEnum):
    """What a copy is delivered as."""

    PDF = "pdf"
    ZIP = "zip"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a case. ``suffix`` is ours (``.png``), chosen by what the file is, never by what it was called."""

    suffix: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseCopy:
    """A case as it may leave the desk."""

    file: CaseFile
    tags: tuple[str, ...] = field(repr=False)
    is_original: bool
    made_at: datetime
    made_by: str
    attachments: tuple[Attachment, ...] = ()


_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "text/plain": ".txt"}


class Exports:
    """Makes copies. Reading the case and writing down that a copy was made are one transaction."""

    def __init__(self, store: CaseworkStore, evidence: EvidenceStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._evidence = evidence
        self._clock = clock

    def copy(self, actor: StaffActor, case_id: int, form: Form, *, original: bool) -> CaseCopy:
        """A copy; the audit log and the case's history then have it. Raises ``CaseNotFoundError``."""
        now = self._clock()
        with self._store.unit() as unit:
            file = unit.file_of(case_id) if unit.locked(case_id) is not None else None
            if file is None:
                raise CaseNotFoundError("no such case")
            what = audit.CASE_ORIGINAL_EXPORTED if original else audit.CASE_COPY_EXPORTED
            unit.log_access(actor, f"{what} {form}", case_id, now)
            unit.add_event(case_id, CaseEvent(Action.EXPORTED, now), staff_id=actor.id)
            extras = unit.extras(case_id, actor.id, now)
        whole = CaseCopy(file, extras.tags, original, now, actor.name)
        if original:
            return replace(whole, attachments=tuple(self._attachments(case_id)))
        hide = hiding(file, extras.spans)
        # Nobody can black out a picture here, so files stay with the original.
        return replace(whole, file=hidden(file, hide), tags=tuple(hide("", tag) for tag in extras.tags))

    def _attachments(self, case_id: int) -> Iterator[Attachment]:
        with self._evidence.reading() as unit:
            for item in unit.evidence_of(case_id):
                for number in range(1, item.pages + 1):
                    page = unit.evidence_page(case_id, item.id, number)
                    if page is not None:
                        yield Attachment(_SUFFIXES[page.media_type], page.content)


Hide = Callable[[str, str], str]
"""A text of a part (a field, ``message:7``; empty for texts that are no part) with everything hidden."""


def hiding(file: CaseFile, spans: tuple[Span, ...]) -> Hide:
    """What hides the spans of a case, the same words anywhere else, and the contact details."""
    parts = file.parts
    words = {parts[span.part][span.start : span.stop] for span in spans if span.part in parts}
    contact = file.particulars.contact or ""
    words |= {contact.strip()} | numbers_in(contact)
    ordered = sorted(words - {""}, key=lambda word: (-len(word), word))

    def hide(part: str, text: str) -> str:
        text = redacted(part, text, spans)
        for word in ordered:
            text = text.replace(word, HIDDEN * 4)
        return text

    return hide


def hidden(file: CaseFile, hide: Hide) -> CaseFile:
    """A case without what is hidden, and without contact details."""
    said = file.particulars
    return replace(
        file,
        particulars=replace(
            said,
            story=hide("story", said.story),
            against=hide("against", said.against),
            when=hide("when", said.when),
            amount=hide("amount", said.amount),
            wish=hide("wish", said.wish),
            contact=None,
            answers=tuple(_hidden_answer(one, hide) for one in said.answers),
            figures=_hidden_value(said.figures, hide),
        ),
        messages=tuple(replace(message, text=hide(f"message:{message.id}", message.text)) for message in file.messages),
        notes=tuple(replace(note, text=hide(f"note:{note.id}", note.text)) for note in file.notes),
        events=tuple(replace(event, reason=hide("", event.reason)) for event in file.events),
    )


def as_data(copy: CaseCopy) -> dict[str, Any]:
    """A copy for machines, ready for JSON. Moments are in UTC (ISO 8601); nothing of it opens the case."""
    case = copy.file.case
    return {
        "number": case.number,
        "copy": "original" if copy.is_original else "redacted",
        "made_at": copy.made_at.isoformat(),
        "made_by": copy.made_by,
        "kind": case.kind,
        "status": case.status,
        "severity": case.severity,
        "language": case.language,
        "channel": case.channel,
        "received_at": case.opened_at.isoformat(),
        "changed_at": case.updated_at.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "assignee": case.assignee_name,
        "tags": list(copy.tags),
        "complaint": asdict(copy.file.particulars),
        "messages": [
            {"at": one.at.isoformat(), "from": one.author, "staff": one.staff_name, "text": one.text}
            for one in copy.file.messages
        ],
        "notes": [{"at": one.at.isoformat(), "staff": one.staff_name, "text": one.text} for one in copy.file.notes],
        "history": [
            {
                "at": one.at.isoformat(),
                "action": one.action,
                "staff": one.staff_name,
                "from": one.from_status,
                "to": one.to_status,
                "assignee": one.assignee_name,
                "reason": one.reason,
            }
            for one in copy.file.events
        ],
        "files": [file_name(place, one) for place, one in enumerate(copy.attachments, 1)],
    }


def file_name(place: int, attachment: Attachment) -> str:
    """What a file of a case is called in an archive: a number, whatever its sender called it."""
    return f"files/{place:03d}{attachment.suffix}"


def _hidden_answer(answer: Answer, hide: Hide) -> Answer:
    # The option that was tapped says what its text says.
    text = hide(f"answer:{answer.id}", answer.text)
    return answer if text == answer.text else replace(answer, text=text, option="")


def _hidden_value(value: Any, hide: Hide) -> Any:
    if isinstance(value, dict):
        return {key: _hidden_value(one, hide) for key, one in value.items()}
    if isinstance(value, list):
        return [_hidden_value(one, hide) for one in value]
    # A number is as telling as the word for it.
    text = hide("", str(value))
    return value if text == str(value) else text
