"""Access to the console: invitations, enrolment, signing in, sessions."""

import unicodedata
from collections.abc import Callable
from datetime import datetime

from bot import audit
from bot.staff.errors import (
    CodeRefusedError,
    InvitationInvalidError,
    NameRefusedError,
    OwnAccessError,
    PassphraseRefusedError,
    SignInRefusedError,
    TooManyAttemptsError,
)
from bot.staff.model import (
    Attempts,
    Credentials,
    Invitation,
    Role,
    StaffEntry,
    StaffLimits,
    StaffMember,
    StaffSession,
    TotpSecret,
)
from bot.staff.ports import StaffStore, StaffUnit
from bot.staff.secrets import (
    Passphrases,
    matching_step,
    new_recovery_code,
    new_token,
    new_totp_secret,
    tidy_recovery_code,
    token_hash,
    totp_for_app,
)

MIN_PASSPHRASE = 12
MAX_PASSPHRASE = 200
MAX_NAME = 60
RECOVERY_CODES = 10

Clock = Callable[[], datetime]


class StaffDesk:
    """Who may use the console. Slow hashing never happens inside a transaction."""

    def __init__(
        self,
        store: StaffStore,
        clock: Clock,
        is_weak: Callable[[str], bool],
        passphrases: Passphrases | None = None,
        limits: StaffLimits | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._is_weak = is_weak
        self._passphrases = passphrases or Passphrases()
        self._limits = limits or StaffLimits()

    def invite(self, name: str, role: Role, by: StaffMember | None = None) -> str:
        """Invite somebody; returns the token that lets them enrol once. Inviting again replaces the token.

        ``by`` is who does it, here and below; ``None`` is the command line.
        """
        name = _tidy(name)
        if not name or len(name) > MAX_NAME or not name.isprintable():
            raise NameRefusedError(f"a name has 1 to {MAX_NAME} printable characters")
        token = new_token()
        with self._store.unit() as unit:
            if unit.is_enrolled(name):
                raise NameRefusedError(f"{name} has access already")
            now = self._clock()
            unit.invite(name, role, token_hash(token), now + self._limits.invitation)
            unit.log(audit.STAFF_INVITED, now, staff_id=unit.staff_id(name), by=_actor(by), details={"role": role})
        return token

    def begin_enrolment(self, token: str) -> TotpSecret:
        """The secret for the person's authenticator app; the same one as long as the invitation is open."""
        with self._store.unit() as unit:
            invitation = self._open_invitation(unit, token)
            secret = invitation.totp_secret
            if secret is None:
                secret = new_totp_secret()
                unit.keep_totp(invitation.staff_id, secret)
        return totp_for_app(secret, invitation.name)

    def enrol(self, token: str, passphrase: str, code: str) -> StaffMember:
        """Complete an invitation. The code proves that the app was set up; it is used up by that."""
        self._check_new(passphrase)
        now = self._clock()
        with self._store.reading() as unit:
            # Known before the slow hash, so that strangers cannot make us work.
            self._open_invitation(unit, token)
        hashed = self._passphrases.hash(passphrase)
        with self._store.unit() as unit:
            invitation = self._open_invitation(unit, token)
            step = None if invitation.totp_secret is None else matching_step(invitation.totp_secret, code, now)
            if step is None:
                raise CodeRefusedError("the code does not fit")
            unit.log(audit.STAFF_ENROLLED, now, staff_id=invitation.staff_id)
            return unit.enrol(invitation.staff_id, hashed, step, now)

    def sign_in(self, name: str, passphrase: str, code: str) -> str:
        """Start a session; returns its token. Refusals are the same whether or not the name exists."""
        name = _tidy(name)[:MAX_NAME]
        now = self._clock()
        self._count_attempt(name, now)
        with self._store.reading() as unit:
            known = unit.credentials(name)
        passphrase = passphrase[: MAX_PASSPHRASE + 1]
        passphrase_fits = self._passphrases.fits(passphrase, known.passphrase_hash if known else None)
        step = matching_step(known.totp_secret if known else new_totp_secret(), code, now)
        recovery = self._recovery_code(known, code) if step is None and passphrase_fits else None
        if known is None or (step is None and recovery is None) or not passphrase_fits:
            self._log_failure(name, now)
            raise SignInRefusedError("refused")
        rehashed = self._passphrases.hash(passphrase) if self._passphrases.is_outdated(known.passphrase_hash) else None
        token = new_token()
        with self._store.unit() as unit:
            current = unit.credentials(name)
            # Read again under lock: of two sign-ins with one code, one is refused.
            if current is not None and self._use(unit, current, step, recovery, now):
                self._begin_session(unit, current.member, token_hash(token), rehashed)
                return token
        self._log_failure(name, now)
        raise SignInRefusedError("refused")

    def _begin_session(self, unit: StaffUnit, member: StaffMember, hashed: str, rehashed: str | None) -> None:
        now = self._clock()
        if rehashed:
            unit.replace_hash(member.id, rehashed)
        unit.clear_attempts(member.name)
        unit.end_sessions_before(now - self._limits.absolute)
        unit.add_session(member.id, hashed, now)
        unit.log(audit.STAFF_SIGNED_IN, now, staff_id=member.id)

    def session(self, token: str, *, counts: bool = True) -> StaffMember | None:
        """Who a session belongs to; ``None`` when it is unknown, idle too long or too old.

        ``counts``: whether this keeps it from becoming idle; what a page asks by itself does not.
        """
        hashed = token_hash(token)
        now = self._clock()
        with self._store.reading() as unit:
            found = unit.session(hashed)
        if found is None:
            return None
        if self._is_over(found, now):
            self.sign_out(token)
            return None
        if counts and now - found.seen_at >= self._limits.seen_resolution:
            with self._store.unit() as unit:
                unit.touch_session(hashed, now)
        return found.member

    def sign_out(self, token: str) -> None:
        """End a session."""
        hashed = token_hash(token)
        with self._store.unit() as unit:
            owner = unit.session_owner(hashed)
            if owner is not None:
                unit.end_session(hashed)
                unit.log(audit.STAFF_SIGNED_OUT, self._clock(), staff_id=owner)

    def step_up(self, token: str, code: str) -> None:
        """Show a fresh one-time code in a session, for what needs more than being signed in.

        Raises ``TooManyAttemptsError`` or ``CodeRefusedError``. Wrong codes count as failed sign-ins do.
        """
        now = self._clock()
        hashed = token_hash(token)
        with self._store.reading() as unit:
            found = unit.session(hashed)
        if found is None:
            raise CodeRefusedError("no such session")
        self._count_attempt(found.member.name, now)
        with self._store.unit() as unit:
            known = unit.credentials_of(found.member.id)
            step = None if known is None else matching_step(known.totp_secret, code, now)
            if known is None or step is None or step <= known.last_code_step:
                raise CodeRefusedError("the code does not fit, or was used")
            unit.use_code(found.member.id, step)
            unit.clear_attempts(found.member.name)
            unit.step_up(hashed, now)

    def is_stepped_up(self, token: str) -> bool:
        """Whether a fresh code was shown in this session a short while ago."""
        with self._store.reading() as unit:
            found = unit.session(token_hash(token))
        at = found.stepped_up_at if found else None
        return at is not None and self._clock() - at <= self._limits.step_up

    def sessions(self, member: StaffMember, token: str) -> list[StaffSession]:
        """A person's own sessions, newest first; the one of ``token`` is marked as current."""
        now = self._clock()
        with self._store.reading() as unit:
            found = unit.sessions_of(member.id, token_hash(token))
        # Those that ran out are not deleted before somebody comes with them, or signs in.
        return [one for one in found if not self._is_over(one, now)]

    def sign_out_everywhere(self, member: StaffMember) -> None:
        """End every session of a person."""
        with self._store.unit() as unit:
            unit.end_sessions_of(member.id)
            unit.log(audit.STAFF_SESSIONS_ENDED, self._clock(), staff_id=member.id)

    def change_passphrase(self, member: StaffMember, token: str, current: str, new: str) -> None:
        """Replace a person's passphrase. Their other sessions end: whoever knew the old one is out.

        Raises:
            PassphraseRefusedError: the new one is too short, too long or too common.
            SignInRefusedError: the current one is wrong; that counts as a failed sign-in does.
            TooManyAttemptsError: after too many of these.
        """
        self._check_new(new)
        now = self._clock()
        self._count_attempt(member.name, now)
        with self._store.reading() as unit:
            known = unit.credentials_of(member.id)
        if not self._passphrases.fits(current[: MAX_PASSPHRASE + 1], known.passphrase_hash if known else None):
            self._log_failure(member.name, now)
            raise SignInRefusedError("refused")
        hashed = self._passphrases.hash(new)
        with self._store.unit() as unit:
            unit.replace_hash(member.id, hashed)
            unit.clear_attempts(member.name)
            unit.end_sessions_of(member.id, but=token_hash(token))
            unit.log(audit.STAFF_PASSPHRASE_CHANGED, now, staff_id=member.id)

    def issue_recovery_codes(self, member: StaffMember) -> tuple[str, ...]:
        """New recovery codes, shown this once; earlier ones no longer work."""
        codes = tuple(new_recovery_code() for _ in range(RECOVERY_CODES))
        hashes = [self._passphrases.hash(code) for code in codes]
        with self._store.unit() as unit:
            unit.keep_recovery_codes(member.id, hashes)
            unit.log(audit.STAFF_RECOVERY_CODES_ISSUED, self._clock(), staff_id=member.id)
        return codes

    def recovery_codes_left(self, member: StaffMember) -> int:
        """How many recovery codes are unused."""
        with self._store.reading() as unit:
            return len(unit.recovery_codes(member.id))

    def everyone(self) -> tuple[StaffEntry, ...]:
        """Everybody who ever had access or an invitation."""
        with self._store.reading() as unit:
            return unit.everyone()

    def set_role(self, staff_id: int, role: Role, by: StaffMember | None = None) -> bool:
        """Change somebody's role; they have to sign in again. Raises ``OwnAccessError`` for one's own."""
        _not_oneself(staff_id, by)
        with self._store.unit() as unit:
            entry = _entry(unit, staff_id)
            if entry is None or entry.member.role is role:
                return entry is not None
            details = {"from": entry.member.role, "to": role}
            unit.log(audit.STAFF_ROLE_CHANGED, self._clock(), staff_id=staff_id, by=_actor(by), details=details)
            return unit.set_role(staff_id, role)

    def reset(self, staff_id: int, by: StaffMember | None = None) -> str | None:
        """End somebody's access and invite them anew, for a lost phone; the token. ``None`` when there is nobody.

        Raises ``OwnAccessError`` for one's own.
        """
        _not_oneself(staff_id, by)
        token = new_token()
        now = self._clock()
        with self._store.unit() as unit:
            entry = _entry(unit, staff_id)
            if entry is None:
                return None
            unit.deactivate(entry.member.name)
            unit.invite(entry.member.name, entry.member.role, token_hash(token), now + self._limits.invitation)
            unit.log(audit.STAFF_RESET, now, staff_id=staff_id, by=_actor(by), details={"role": entry.member.role})
        return token

    def end_access(self, staff_id: int, by: StaffMember | None = None) -> bool:
        """End somebody's access by id; whether there was any. Raises ``OwnAccessError`` for one's own."""
        _not_oneself(staff_id, by)
        with self._store.unit() as unit:
            entry = _entry(unit, staff_id)
            if entry is None or not unit.deactivate(entry.member.name):
                return False
            unit.log(audit.STAFF_DEACTIVATED, self._clock(), staff_id=staff_id, by=_actor(by))
            return True

    def members(self) -> tuple[StaffMember, ...]:
        """Everybody with access, by name."""
        with self._store.reading() as unit:
            return unit.members()

    def deactivate(self, name: str) -> bool:
        """End somebody's access at once; inviting them again lets them set it up anew."""
        with self._store.unit() as unit:
            was_there = unit.deactivate(_tidy(name))
            if was_there:
                gone = unit.staff_id(_tidy(name))
                unit.log(audit.STAFF_DEACTIVATED, self._clock(), staff_id=gone, by=audit.OPERATOR)
            return was_there

    def _is_over(self, session: StaffSession, now: datetime) -> bool:
        return now - session.seen_at > self._limits.idle or now - session.started_at > self._limits.absolute

    def _check_new(self, passphrase: str) -> None:
        if not MIN_PASSPHRASE <= len(passphrase) <= MAX_PASSPHRASE:
            raise PassphraseRefusedError(f"a passphrase has {MIN_PASSPHRASE} to {MAX_PASSPHRASE} characters")
        if self._is_weak(passphrase):
            raise PassphraseRefusedError("one of the first passphrases anybody would try")

    def _open_invitation(self, unit: StaffUnit, token: str) -> Invitation:
        invitation = unit.invitation(token_hash(token))
        if invitation is None or invitation.expires_at <= self._clock():
            raise InvitationInvalidError("unknown, used or expired")
        return invitation

    def _log_failure(self, name: str, now: datetime) -> None:
        with self._store.unit() as unit:
            unit.log(audit.STAFF_SIGN_IN_FAILED, now, name=name)

    def _recovery_code(self, known: Credentials | None, typed: str) -> int | None:
        code = tidy_recovery_code(typed)
        if known is None or code is None:
            return None
        with self._store.reading() as unit:
            kept = unit.recovery_codes(known.member.id)
        return next((code_id for code_id, stored in kept if self._passphrases.fits(code, stored)), None)

    @staticmethod
    def _use(unit: StaffUnit, known: Credentials, step: int | None, recovery: int | None, now: datetime) -> bool:
        if step is None:
            if recovery is None or not unit.use_recovery_code(recovery, now):
                return False
            unit.log(audit.STAFF_RECOVERY_CODE_USED, now, staff_id=known.member.id)
            return True
        if step <= known.last_code_step:
            return False
        unit.use_code(known.member.id, step)
        return True

    def _count_attempt(self, name: str, now: datetime) -> None:
        # Counted as a failure before anything is checked, and cleared by success: a volley of parallel guesses
        # cannot outrun the count.
        with self._store.unit() as unit:
            attempts = unit.attempts(name)
            if attempts.blocked_until is not None and now < attempts.blocked_until:
                raise TooManyAttemptsError(attempts.blocked_until)
            failures = attempts.count + 1
            block = self._limits.block_after(failures)
            unit.keep_attempts(name, Attempts(failures, now + block if block else None), now)


def _actor(by: StaffMember | None) -> str:
    return audit.OPERATOR if by is None else audit.staff(by.id)


def _entry(unit: StaffUnit, staff_id: int) -> StaffEntry | None:
    return next((entry for entry in unit.everyone() if entry.member.id == staff_id), None)


def _not_oneself(staff_id: int, by: StaffMember | None) -> None:
    if by is not None and by.id == staff_id:
        raise OwnAccessError("somebody else has to")


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()
