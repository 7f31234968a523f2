"""Passphrases, one-time codes and tokens."""

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime
from functools import cached_property

import argon2
import pyotp

from bot.staff.model import TotpSecret

ISSUER = "Mingbai"
_STEP_SECONDS = 30
_RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_LENGTH = 12
_TOLERATED_STEPS = 1
"""A phone's clock may be half a minute off either way."""


class Passphrases:
    """Argon2id, at the library's recommended cost unless told otherwise."""

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher()

    def hash(self, passphrase: str) -> str:
        """What is stored of a passphrase."""
        return self._hasher.hash(_normal(passphrase))

    def fits(self, passphrase: str, stored: str | None) -> bool:
        """Whether it fits. With nothing stored the same work is done, and the answer is no."""
        try:
            self._hasher.verify(self._nobody if stored is None else stored, _normal(passphrase))
        except argon2.exceptions.VerificationError:
            return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than ours."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe())


def new_token() -> str:
    """A bearer secret of 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token; with 256 random bits a plain hash suffices."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_recovery_code() -> str:
    """A code of 60 random bits in three groups, without letters that look like others."""
    letters = "".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4))


def tidy_recovery_code(typed: str) -> str | None:
    """A recovery code as it was issued, however it was typed; ``None`` when it cannot be one."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKC", typed).casefold() if letter in _RECOVERY_LETTERS)
    if len(bare) != _RECOVERY_LENGTH or bare.isdecimal():
        return None
    return "-".join(bare[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4))


def new_totp_secret() -> str:
    """A secret of 160 bits, as RFC 4226 recommends."""
    return pyotp.random_base32()


def totp_for_app(secret: str, name: str) -> TotpSecret:
    """The secret as an authenticator app takes it."""
    return TotpSecret(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER))


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, or ``None`` when it fits none near ``now``."""
    digits = unicodedata.normalize("NFKC", code).replace(" ", "").encode()
    totp = pyotp.TOTP(secret, interval=_STEP_SECONDS)
    current = int(now.timestamp()) // _STEP_SECONDS
    found = None
    for step in range(current - _TOLERATED_STEPS, current + _TOLERATED_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits):
            found = step
    return found


def _normal(passphrase: str) -> str:
    # The same passphrase typed on another keyboard must be the same bytes (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", passphrase)
