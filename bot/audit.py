"""The port every part writes the audit log through, and what entries are called.

An entry says who did what to what, never what was read: no text, name, number or receipt of a resident belongs into
``details``. Actors and subjects are ``kind:id`` (``staff:3``, ``case:12``); ``operator`` is the command line,
``system`` the daily work, ``resident`` whoever holds a receipt.
"""

from collections.abc import Mapping
from typing import Protocol

OPERATOR = "operator"
SYSTEM = "system"
RESIDENT = "resident"
NOBODY = "unknown"
"""Somebody who could not sign in."""

CASE_VIEWED = "case.viewed"
EVIDENCE_VIEWED = "case.evidence_viewed"
STAFF_SIGNED_IN = "staff.signed_in"
STAFF_SIGNED_OUT = "staff.signed_out"
STAFF_SIGN_IN_FAILED = "staff.sign_in_failed"
STAFF_INVITED = "staff.invited"
STAFF_ENROLLED = "staff.enrolled"
STAFF_DEACTIVATED = "staff.deactivated"
STAFF_ROLE_CHANGED = "staff.role_changed"
STAFF_RESET = "staff.access_reset"
STAFF_SESSIONS_ENDED = "staff.signed_out_everywhere"
STAFF_RECOVERY_CODES_ISSUED = "staff.recovery_codes_issued"
STAFF_RECOVERY_CODE_USED = "staff.recovery_code_used"
STAFF_PASSPHRASE_CHANGED = "staff.passphrase_changed"  # noqa: S105 - the name of an action
AUDIT_READ = "audit.read"
AUDIT_VERIFIED = "audit.verified"
CASE_NOTICE_GIVEN = "case.retention_notice_given"
CASE_POSTPONED = "case.retention_postponed"
CASE_PURGED = "case.purged"
RETENTION_RUN = "retention.run"
KEYS_ROTATION_BEGUN = "keys.rotation_begun"
KEYS_ROTATED = "keys.rotated"
KEYS_SHREDDED = "keys.shredded"
BACKUP_MADE = "backup.made"
BACKUP_RESTORED = "backup.restored"

CASE_SEARCHED = "searched texts"
CASE_CONTACT_UNMASKED = "unmasked contact"
CLUSTERS_READ = "read clusters"
CASE_ORIGINAL_EXPORTED = "exported original"
CASE_COPY_EXPORTED = "exported redacted copy"
"""Both are followed by the form: "pdf" or "zip"."""

ACTIONS = (
    CASE_VIEWED,
    CASE_SEARCHED,
    CASE_CONTACT_UNMASKED,
    CLUSTERS_READ,
    f"{CASE_ORIGINAL_EXPORTED} pdf",
    f"{CASE_ORIGINAL_EXPORTED} zip",
    f"{CASE_COPY_EXPORTED} pdf",
    f"{CASE_COPY_EXPORTED} zip",
    STAFF_SIGNED_IN,
    STAFF_SIGNED_OUT,
    STAFF_SIGN_IN_FAILED,
    STAFF_INVITED,
    STAFF_ENROLLED,
    STAFF_DEACTIVATED,
    STAFF_ROLE_CHANGED,
    STAFF_RESET,
    STAFF_SESSIONS_ENDED,
    STAFF_RECOVERY_CODES_ISSUED,
    STAFF_RECOVERY_CODE_USED,
    STAFF_PASSPHRASE_CHANGED,
    AUDIT_READ,
    AUDIT_VERIFIED,
    CASE_NOTICE_GIVEN,
    CASE_POSTPONED,
    CASE_PURGED,
    RETENTION_RUN,
    KEYS_ROTATION_BEGUN,
    KEYS_ROTATED,
    KEYS_SHREDDED,
    BACKUP_MADE,
    BACKUP_RESTORED,
)
"""All of the above. Beside them stands each line of a case's history, as ``case.`` and its action."""

Details = Mapping[str, str | int | bool | None]


def staff(staff_id: int) -> str:
    """How a member of staff is named."""
    return f"staff:{staff_id}"


def case(case_id: int) -> str:
    """How a complaint is named."""
    return f"case:{case_id}"


class AuditLog(Protocol):
    """Where what happened is written down for good (``bot.storage.audit.SqlAuditLog`` fits)."""

    def record(self, actor: str, action: str, subject: str, details: Details | None = None) -> None:
        """Add one entry, on disk when this returns. Raises whatever the database raises: act only once it is there."""
