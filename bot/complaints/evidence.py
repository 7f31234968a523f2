"""What residents hand in to show what happened: first it is theirs alone, then it belongs to a case.

A file waits under the name Rasa knows its sender by; filing a complaint, or opening a case by its receipt, takes it
along (``ComplaintUnit.claim_evidence``). What is never claimed is deleted (``KEPT_UNCLAIMED``).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.complaints.errors import TooManyFilesError
from bot.complaints.model import Action, StaffActor
from bot.complaints.ports import ComplaintUnit
from bot.complaints.service import Complaints
from bot.evidence import MAX_IN_CASE, MAX_UNCLAIMED, Accepted, FileKind

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A file without its content."""

    id: str
    kind: FileKind
    pages: int
    size: int
    """Bytes of what is kept."""
    at: datetime
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """One page, made harmless when it came in (``bot.evidence``)."""

    media_type: str
    content: bytes = field(repr=False)


class EvidenceUnit(ComplaintUnit, Protocol):
    """One transaction, with what evidence needs beside ``ComplaintUnit``."""

    def unclaimed(self, sender: str) -> tuple[EvidenceItem, ...]:
        """What somebody sent that belongs to no case, oldest first; nobody else adds to it until the unit ends."""

    def unclaimed_like(self, sender: str, digest: str) -> EvidenceItem | None:
        """The same file, sent before and not yet claimed."""

    def keep(self, sender: str, accepted: Accepted, at: datetime) -> EvidenceItem:
        """Write a file."""

    def drop_unclaimed(self, sender: str) -> int:
        """Delete what somebody sent that belongs to no case; how many files."""

    def evidence_of(self, case_id: int) -> tuple[EvidenceItem, ...]:
        """The files of a case, oldest first."""

    def evidence_page(self, case_id: int, file_id: str, number: int) -> EvidencePage | None:
        """One page of a file of a case; pages count from 1."""


class EvidenceStore(Protocol):
    """Where evidence is kept."""

    def unit(self) -> AbstractContextManager[EvidenceUnit]:
        """A transaction: committed at its end, undone by any exception."""

    def reading(self) -> AbstractContextManager[EvidenceUnit]:
        """The same for reading only."""


class Evidence:
    """Evidence from arrival to its reading by the desk. Every method is one transaction."""

    def __init__(self, store: EvidenceStore, complaints: Complaints, clock: Clock) -> None:
        self._store = store
        self._complaints = complaints
        self._clock = clock

    # What residents do. ``sender`` is Rasa's sender id.

    def keep(self, sender: str, accepted: Accepted) -> EvidenceItem:
        """Keep a file for its sender. The same file again is the same item. Raises ``TooManyFilesError``."""
        with self._store.unit() as unit:
            waiting = unit.unclaimed(sender)
            before = unit.unclaimed_like(sender, accepted.digest)
            if before is not None:
                return before
            if len(waiting) >= MAX_UNCLAIMED:
                raise TooManyFilesError(MAX_UNCLAIMED)
            return unit.keep(sender, accepted, self._clock())

    def unclaimed(self, sender: str) -> tuple[EvidenceItem, ...]:
        """What somebody sent that goes with the next complaint they file, or waits to be told what it is for."""
        with self._store.reading() as unit:
            return unit.unclaimed(sender)

    def drop(self, sender: str) -> int:
        """Delete what somebody sent that belongs to no case; how many files."""
        with self._store.unit() as unit:
            return unit.drop_unclaimed(sender)

    def add(self, receipt: str, sender: str) -> int | None:
        """Put what somebody sent into the case of a receipt; how many files, ``None`` if it opens nothing.

        A case that waited for them, or was closed, is worked on again. Raises ``TooManyFilesError``,
        ``CaseClosedError`` or ``TooManyLookupsError``; then nothing is lost.
        """
        case_id = self._complaints.opened(receipt, sender)
        if case_id is None:
            return None
        with self._store.unit() as unit:
            waiting = unit.unclaimed(sender)
            if not waiting:
                return 0
            with self._complaints.hearing(unit, case_id, Action.EVIDENCE_ADDED):
                if len(unit.evidence_of(case_id)) + len(waiting) > MAX_IN_CASE:
                    raise TooManyFilesError(MAX_IN_CASE)
                unit.claim_evidence(sender, case_id)
                unit.await_answer(case_id)
            return len(waiting)

    def of_receipt(self, receipt: str, caller: str) -> tuple[EvidenceItem, ...] | None:
        """The files of the case a receipt opens, without their contents; ``None`` if it opens nothing.

        Raises ``TooManyLookupsError``.
        """
        case_id = self._complaints.opened(receipt, caller)
        return None if case_id is None else self.of_case(case_id)

    # What staff do.

    def of_case(self, case_id: int) -> tuple[EvidenceItem, ...]:
        """The files of a case without their contents. Reading a case is what is logged (``Complaints.case``)."""
        with self._store.reading() as unit:
            return unit.evidence_of(case_id)

    def page(self, actor: StaffActor, case_id: int, file_id: str, number: int) -> EvidencePage | None:
        """One page of a file, from 1 on; that it was looked at is logged in the same transaction."""
        with self._store.unit() as unit:
            found = unit.evidence_page(case_id, file_id, number)
            if found is not None:
                unit.log_access(actor, "viewed evidence", case_id, self._clock())
            return found
