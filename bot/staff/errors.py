"""Why the desk refuses somebody. Entry points word these for people."""

from datetime import datetime


class StaffError(ValueError):
    """Base of every refusal."""


class NameRefusedError(StaffError):
    """The name is empty, too long, or has access already."""


class InvitationInvalidError(StaffError):
    """The enrolment link is unknown, used or expired. Never says which."""


class PassphraseRefusedError(StaffError):
    """The passphrase is too short or too long."""


class OwnAccessError(StaffError):
    """Nobody changes their own role, or ends their own access: the desk must not lose its last administrator."""


class CodeRefusedError(StaffError):
    """The one-time code does not fit the secret: the app was not set up, or its clock is wrong."""


class SignInRefusedError(StaffError):
    """Name, passphrase or code is wrong. Never says which."""


class TooManyAttemptsError(StaffError):
    """Too many failures under this name, whether or not anybody has it."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("too many failed sign-ins")
        self.retry_at = retry_at
