"""The staff desk's store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from bot import audit as names
from bot.staff import AccessState, Role, StaffEntry, StaffMember
from bot.staff.model import Attempts, Credentials, Invitation, StaffSession
from bot.storage import audit
from bot.storage.base import keys_of
from bot.storage.locks import hold
from bot.storage.staff_tables import RecoveryCodeRow, SignInAttemptsRow, StaffRow, StaffSessionRow

_ATTEMPTS_KEPT = timedelta(days=1)
_NAME_HASH_SHOWN = 16


class SqlStaffStore:
    """``StaffStore`` on SQLAlchemy."""

    def __init__(self, writers: sessionmaker[Session], readers: sessionmaker[Session]) -> None:
        self._writers = writers
        self._readers = readers

    @contextmanager
    def unit(self) -> Iterator["SqlStaffUnit"]:
        """A transaction."""
        with self._writers.begin() as session:
            yield SqlStaffUnit(session, locking=True)

    @contextmanager
    def reading(self) -> Iterator["SqlStaffUnit"]:
        """A transaction that only reads, and so cannot lock."""
        with self._readers.begin() as session:
            yield SqlStaffUnit(session, locking=False)


class SqlStaffUnit:
    """``StaffUnit`` on one session."""

    def __init__(self, session: Session, *, locking: bool) -> None:
        self._session = session
        self._locking = locking

    def is_enrolled(self, name: str) -> bool:
        """Whether somebody of this name has access."""
        row = self._named(name)
        return row is not None and row.is_active

    def invite(self, name: str, role: Role, token_hash: str, expires_at: datetime) -> None:
        """Write an invitation; it replaces an earlier one of that name."""
        hold(self._session, f"invite {self._name_hash(name)}")
        row = self._named(name)
        if row is None:
            row = StaffRow(name_key=name.casefold())
            self._session.add(row)
        row.name = name
        row.role = role
        row.totp_secret = None
        row.invitation_hash = token_hash
        row.invitation_expires_at = expires_at
        self._session.flush()

    def invitation(self, token_hash: str) -> Invitation | None:
        """An invitation, locked."""
        query = select(StaffRow).where(StaffRow.invitation_hash == token_hash)
        row = self._session.scalar(query.with_for_update() if self._locking else query)
        if row is None or row.invitation_expires_at is None:
            return None
        return Invitation(row.id, row.name, Role(row.role), row.invitation_expires_at, row.totp_secret)

    def keep_totp(self, staff_id: int, secret: str) -> None:
        """Give an invitation its secret."""
        self._session.get_one(StaffRow, staff_id).totp_secret = secret

    def enrol(self, staff_id: int, passphrase_hash: str, code_step: int, at: datetime) -> StaffMember:
        """Turn an invitation into access."""
        row = self._session.get_one(StaffRow, staff_id)
        row.passphrase_hash = passphrase_hash
        row.last_code_step = code_step
        row.is_active = True
        row.enrolled_at = at
        row.invitation_hash = row.invitation_expires_at = None
        return _member(row)

    def credentials(self, name: str) -> Credentials | None:
        """What a sign-in is held against, locked."""
        return _credentials(self._named(name))

    def credentials_of(self, staff_id: int) -> Credentials | None:
        """The same by id."""
        query = select(StaffRow).where(StaffRow.id == staff_id)
        return _credentials(self._session.scalar(query.with_for_update() if self._locking else query))

    def step_up(self, token_hash: str, at: datetime) -> None:
        """Note that a session showed a fresh code."""
        self._session.execute(
            update(StaffSessionRow).where(StaffSessionRow.token_hash == token_hash).values(stepped_up_at=at)
        )

    def end_sessions_of(self, staff_id: int, *, but: str = "") -> None:
        """End every session of somebody, ``but`` the one with this hash."""
        self._session.execute(
            delete(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id, StaffSessionRow.token_hash != but)
        )

    def sessions_of(self, staff_id: int, current: str) -> list[StaffSession]:
        """Somebody's sessions, newest first; the one with the hash ``current`` is marked."""
        query = select(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id)
        rows = self._session.scalars(query.order_by(StaffSessionRow.started_at.desc()))
        return [replace(_session(row), is_current=row.token_hash == current) for row in rows]

    def keep_recovery_codes(self, staff_id: int, hashes: list[str]) -> None:
        """Replace somebody's recovery codes."""
        self._session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff_id == staff_id))
        self._session.add_all(RecoveryCodeRow(staff_id=staff_id, code_hash=hashed) for hashed in hashes)

    def recovery_codes(self, staff_id: int) -> list[tuple[int, str]]:
        """Id and hash of the unused ones."""
        rows = self._session.scalars(
            select(RecoveryCodeRow).where(RecoveryCodeRow.staff_id == staff_id, RecoveryCodeRow.used_at.is_(None))
        )
        return [(row.id, row.code_hash) for row in rows]

    def use_recovery_code(self, code_id: int, at: datetime) -> bool:
        """Use one up; ``False`` when it was used meanwhile."""
        used = self._session.execute(
            update(RecoveryCodeRow)
            .where(RecoveryCodeRow.id == code_id, RecoveryCodeRow.used_at.is_(None))
            .values(used_at=at)
            .returning(RecoveryCodeRow.id)
        )
        return used.first() is not None

    def everyone(self) -> tuple[StaffEntry, ...]:
        """Everybody who ever had access or an invitation, by name."""
        counted = select(StaffSessionRow.staff_id, func.count()).group_by(StaffSessionRow.staff_id)
        sessions = {staff_id: count for staff_id, count in self._session.execute(counted)}  # noqa: C416 - rows are no pairs
        rows = self._session.scalars(select(StaffRow).order_by(StaffRow.name))
        return tuple(StaffEntry(_member(row), _state(row), sessions.get(row.id, 0)) for row in rows)

    def set_role(self, staff_id: int, role: Role) -> bool:
        """Change somebody's role; their sessions end."""
        row = self._session.get(StaffRow, staff_id)
        if row is None:
            return False
        row.role = role
        self.end_sessions_of(staff_id)
        return True

    def replace_hash(self, staff_id: int, passphrase_hash: str) -> None:
        """Keep a hash made with newer parameters."""
        self._session.get_one(StaffRow, staff_id).passphrase_hash = passphrase_hash

    def use_code(self, staff_id: int, code_step: int) -> None:
        """Use up a code's time step and all before it."""
        self._session.get_one(StaffRow, staff_id).last_code_step = code_step

    def attempts(self, name: str) -> Attempts:
        """Failures under a name, locked."""
        hashed = self._name_hash(name)
        hold(self._session, hashed)
        row = self._session.get(SignInAttemptsRow, hashed)
        return Attempts() if row is None else Attempts(row.count, row.blocked_until)

    def keep_attempts(self, name: str, attempts: Attempts, at: datetime) -> None:
        """Write failures down; those of names nobody tried for a day are dropped."""
        self._session.execute(delete(SignInAttemptsRow).where(SignInAttemptsRow.last_at < at - _ATTEMPTS_KEPT))
        values = {"count": attempts.count, "blocked_until": attempts.blocked_until, "last_at": at}
        hashed = self._name_hash(name)
        kept = self._session.execute(
            update(SignInAttemptsRow)
            .where(SignInAttemptsRow.name_hash == hashed)
            .values(values)
            .returning(SignInAttemptsRow.name_hash)
        )
        if kept.first() is None:
            self._session.execute(insert(SignInAttemptsRow).values(name_hash=hashed, **values))

    def clear_attempts(self, name: str) -> None:
        """Forget failures."""
        self._session.execute(delete(SignInAttemptsRow).where(SignInAttemptsRow.name_hash == self._name_hash(name)))

    def add_session(self, staff_id: int, token_hash: str, at: datetime) -> None:
        """Start a session."""
        self._session.add(StaffSessionRow(token_hash=token_hash, staff_id=staff_id, started_at=at, seen_at=at))

    def session(self, token_hash: str) -> StaffSession | None:
        """A session of somebody who still has access."""
        row = self._session.get(StaffSessionRow, token_hash)
        if row is None or not row.staff.is_active:
            return None
        return _session(row)

    def touch_session(self, token_hash: str, at: datetime) -> None:
        """Note that a session is in use."""
        self._session.execute(
            update(StaffSessionRow).where(StaffSessionRow.token_hash == token_hash).values(seen_at=at)
        )

    def end_session(self, token_hash: str) -> None:
        """End a session, if it exists."""
        self._session.execute(delete(StaffSessionRow).where(StaffSessionRow.token_hash == token_hash))

    def end_sessions_before(self, started: datetime) -> None:
        """Drop sessions that began too long ago."""
        self._session.execute(delete(StaffSessionRow).where(StaffSessionRow.started_at < started))

    def log(  # noqa: PLR0913 - an entry's own fields
        self,
        action: str,
        at: datetime,
        *,
        staff_id: int | None = None,
        name: str = "",
        by: str = "",
        details: names.Details | None = None,
    ) -> None:
        """Write into the audit log. People type passphrases into name fields, so a name is hashed."""
        who = names.NOBODY if staff_id is None else names.staff(staff_id)
        subject = f"name:{self._name_hash(name)[:_NAME_HASH_SHOWN]}" if name else who
        audit.append(self._session, by or who, action, subject, at, details)

    def session_owner(self, token_hash: str) -> int | None:
        """Whose session this is, ended or idle or not."""
        return self._session.scalar(select(StaffSessionRow.staff_id).where(StaffSessionRow.token_hash == token_hash))

    def staff_id(self, name: str) -> int | None:
        """Who has this name."""
        row = self._named(name)
        return None if row is None else row.id

    def members(self) -> tuple[StaffMember, ...]:
        """Everybody with access, by name."""
        rows = self._session.scalars(select(StaffRow).where(StaffRow.is_active).order_by(StaffRow.name))
        return tuple(_member(row) for row in rows)

    def deactivate(self, name: str) -> bool:
        """End somebody's access, invitation and sessions."""
        row = self._named(name)
        if row is None:
            return False
        had_any = row.is_active or row.invitation_hash is not None
        row.is_active = False
        row.passphrase_hash = row.totp_secret = None
        row.invitation_hash = row.invitation_expires_at = None
        self.end_sessions_of(row.id)
        self._session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff_id == row.id))
        return had_any

    def _named(self, name: str) -> StaffRow | None:
        query = select(StaffRow).where(StaffRow.name_key == name.casefold())
        return self._session.scalar(query.with_for_update() if self._locking else query)

    def _name_hash(self, name: str) -> str:
        return keys_of(self._session.get_bind().dialect).lookup_hash("sign-in name", name.casefold())


def _member(row: StaffRow) -> StaffMember:
    return StaffMember(row.id, row.name, Role(row.role))


def _session(row: StaffSessionRow) -> StaffSession:
    return StaffSession(_member(row.staff), row.started_at, row.seen_at, row.stepped_up_at)


def _credentials(row: StaffRow | None) -> Credentials | None:
    if row is None or not row.is_active or row.passphrase_hash is None or row.totp_secret is None:
        return None
    return Credentials(_member(row), row.passphrase_hash, row.totp_secret, row.last_code_step)


def _state(row: StaffRow) -> AccessState:
    if row.is_active:
        return AccessState.ACTIVE
    return AccessState.INVITED if row.invitation_hash else AccessState.ENDED
