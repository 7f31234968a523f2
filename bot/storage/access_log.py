"""How the complaint desk writes into the audit log that personal data was read."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import audit as names
from bot.storage import audit

_ACTIONS = {"read case": names.CASE_VIEWED, "viewed evidence": names.EVIDENCE_VIEWED}


def append(session: Session, staff_id: int, what: str, case_id: int | None, at: datetime) -> None:
    """Add an entry within the caller's transaction. ``what`` may be an action of the log itself."""
    subject = "cases" if case_id is None else names.case(case_id)
    audit.append(session, names.staff(staff_id), _ACTIONS.get(what, what), subject, at)
