"""Access to the console: invitations, enrolment, signing in, sessions."""

import unicodedata
from collections.abc import Callable
from datetime import datetime

from bot import audit
from bot.staff.errors import (
    CodeRefusedError,
    InvitationInvalidError,
    NameRefusedError,
    PassphraseRefusedError,
    SignInRefusedError,
    TooManyAttemptsError,
)
from bot.staff.model import Attempts, Invitation, Role, StaffLimits, StaffMember, TotpSecret
from bot.staff.ports import StaffStore, StaffUnit
from bot.staff.secrets import Passphrases, matching_step, new_token, new_totp_secret, token_hash, totp_for_app

MIN_PASSPHRASE = 12
MAX_PASSPHRASE = 200
MAX_NAME = 60

Clock = Callable[[], datetime]


class StaffDesk:
    """Who may use the console. Slow hashing never happens inside a transaction."""

    def __init__(
        self,
        store: StaffStore,
        clock: Clock,
        passphrases: Passphrases | None = None,
        limits: StaffLimits | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._passphrases = passphrases or Passphrases()
        self._limits = limits or StaffLimits()

    def invite(self, name: str, role: Role) -> str:
        """Invite somebody; returns the token that lets them enrol once. Inviting again replaces the token."""
        name = _tidy(name)
        if not name or len(name) > MAX_NAME or not name.isprintable():
            raise NameRefusedError(f"a name has 1 to {MAX_NAME} printable characters")
        token = new_token()
        with self._store.unit() as unit:
            if unit.is_enrolled(name):
                raise NameRefusedError(f"{name} has access already")
            now = self._clock()
            unit.invite(name, role, token_hash(token), now + self._limits.invitation)
            unit.log(audit.STAFF_INVITED, now, staff_id=unit.staff_id(name), by=audit.OPERATOR)
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
        if not MIN_PASSPHRASE <= len(passphrase) <= MAX_PASSPHRASE:
            raise PassphraseRefusedError(f"a passphrase has {MIN_PASSPHRASE} to {MAX_PASSPHRASE} characters")
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
        if known is None or step is None or not passphrase_fits:
            self._log_failure(name, now)
            raise SignInRefusedError("refused")
        rehashed = self._passphrases.hash(passphrase) if self._passphrases.is_outdated(known.passphrase_hash) else None
        token = new_token()
        if not self._begin_session(name, step, token_hash(token), rehashed, now):
            self._log_failure(name, now)
            raise SignInRefusedError("refused")
        return token

    def _begin_session(self, name: str, step: int, hashed: str, rehashed: str | None, now: datetime) -> bool:
        with self._store.unit() as unit:
            current = unit.credentials(name)
            # Read again under lock: of two sign-ins with one code, one is refused.
            if current is None or step <= current.last_code_step:
                return False
            unit.use_code(current.member.id, step)
            if rehashed:
                unit.replace_hash(current.member.id, rehashed)
            unit.clear_attempts(name)
            unit.end_sessions_before(now - self._limits.absolute)
            unit.add_session(current.member.id, hashed, now)
            unit.log(audit.STAFF_SIGNED_IN, now, staff_id=current.member.id)
            return True

    def session(self, token: str) -> StaffMember | None:
        """Who a session belongs to; ``None`` when it is unknown, idle too long or too old."""
        hashed = token_hash(token)
        now = self._clock()
        with self._store.reading() as unit:
            found = unit.session(hashed)
        if found is None:
            return None
        if now - found.seen_at > self._limits.idle or now - found.started_at > self._limits.absolute:
            self.sign_out(token)
            return None
        if now - found.seen_at >= self._limits.seen_resolution:
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

    def _open_invitation(self, unit: StaffUnit, token: str) -> Invitation:
        invitation = unit.invitation(token_hash(token))
        if invitation is None or invitation.expires_at <= self._clock():
            raise InvitationInvalidError("unknown, used or expired")
        return invitation

    def _log_failure(self, name: str, now: datetime) -> None:
        with self._store.unit() as unit:
            unit.log(audit.STAFF_SIGN_IN_FAILED, now, name=name)

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


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()
