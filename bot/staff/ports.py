"""What the staff desk needs from the store."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bot.audit import Details
from bot.staff.model import Attempts, Credentials, Invitation, Role, StaffEntry, StaffMember, StaffSession


class StaffUnit(Protocol):
    """One transaction. Tokens come in hashed; what is read for change stays locked until the unit's end."""

    def is_enrolled(self, name: str) -> bool:
        """Whether somebody of this name has access (case does not count)."""

    def invite(self, name: str, role: Role, token_hash: str, expires_at: datetime) -> None:
        """Write an invitation; it replaces an earlier one of that name."""

    def invitation(self, token_hash: str) -> Invitation | None:
        """An invitation, locked."""

    def keep_totp(self, staff_id: int, secret: str) -> None:
        """Give an invitation its secret."""

    def enrol(self, staff_id: int, passphrase_hash: str, code_step: int, at: datetime) -> StaffMember:
        """Turn an invitation into access."""

    def credentials(self, name: str) -> Credentials | None:
        """What a sign-in is held against, locked; ``None`` when nobody of that name has access."""

    def replace_hash(self, staff_id: int, passphrase_hash: str) -> None:
        """Keep a hash made with newer parameters."""

    def use_code(self, staff_id: int, code_step: int) -> None:
        """Use up a code's time step and all before it."""

    def attempts(self, name: str) -> Attempts:
        """Failures under a name, locked."""

    def keep_attempts(self, name: str, attempts: Attempts, at: datetime) -> None:
        """Write failures down."""

    def clear_attempts(self, name: str) -> None:
        """Forget failures."""

    def add_session(self, staff_id: int, token_hash: str, at: datetime) -> None:
        """Start a session."""

    def session(self, token_hash: str) -> StaffSession | None:
        """A session of somebody who still has access."""

    def touch_session(self, token_hash: str, at: datetime) -> None:
        """Note that a session is in use."""

    def end_session(self, token_hash: str) -> None:
        """End a session, if it exists."""

    def credentials_of(self, staff_id: int) -> Credentials | None:
        """The same by id."""

    def step_up(self, token_hash: str, at: datetime) -> None:
        """Note that a session showed a fresh code."""

    def end_sessions_of(self, staff_id: int, *, but: str = "") -> None:
        """End every session of somebody, ``but`` the one with this hash."""

    def sessions_of(self, staff_id: int, current: str) -> list[StaffSession]:
        """Somebody's sessions, newest first; the one with the hash ``current`` is marked."""

    def keep_recovery_codes(self, staff_id: int, hashes: list[str]) -> None:
        """Replace somebody's recovery codes."""

    def recovery_codes(self, staff_id: int) -> list[tuple[int, str]]:
        """Id and hash of the unused ones."""

    def use_recovery_code(self, code_id: int, at: datetime) -> bool:
        """Use one up; ``False`` when it was used meanwhile."""

    def everyone(self) -> tuple[StaffEntry, ...]:
        """Everybody who ever had access or an invitation, by name."""

    def set_role(self, staff_id: int, role: Role) -> bool:
        """Change somebody's role; their sessions end. ``False`` when nobody has this id."""

    def end_sessions_before(self, started: datetime) -> None:
        """Drop sessions that began too long ago."""

    def session_owner(self, token_hash: str) -> int | None:
        """Whose session this is, whether or not it may still be used."""

    def staff_id(self, name: str) -> int | None:
        """Who has this name, with access or without."""

    def log(  # noqa: PLR0913 - an entry's own fields
        self,
        action: str,
        at: datetime,
        *,
        staff_id: int | None = None,
        name: str = "",
        by: str = "",
        details: Details | None = None,
    ) -> None:
        """Write into the audit log who came, went or failed to. A name is stored as a keyed hash only.

        ``by`` is the actor when it is not the member of staff themselves.
        """

    def members(self) -> tuple[StaffMember, ...]:
        """Everybody with access, by name."""

    def deactivate(self, name: str) -> bool:
        """End somebody's access and sessions; whether there was any. Their name stays in the history."""


class StaffStore(Protocol):
    """Where staff are kept."""

    def unit(self) -> AbstractContextManager[StaffUnit]:
        """A transaction: committed at its end, undone by any exception."""

    def reading(self) -> AbstractContextManager[StaffUnit]:
        """The same for reading only."""
