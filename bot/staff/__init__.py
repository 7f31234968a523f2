"""Access to the staff console, free of framework and storage."""

from bot.staff.desk import MAX_NAME, MAX_PASSPHRASE, MIN_PASSPHRASE, StaffDesk
from bot.staff.errors import (
    CodeRefusedError,
    InvitationInvalidError,
    NameRefusedError,
    OwnAccessError,
    PassphraseRefusedError,
    SignInRefusedError,
    StaffError,
    TooManyAttemptsError,
)
from bot.staff.model import (
    RIGHTS,
    AccessState,
    Right,
    Role,
    StaffEntry,
    StaffLimits,
    StaffMember,
    StaffSession,
    TotpSecret,
)
from bot.staff.secrets import Passphrases

__all__ = [
    "MAX_NAME",
    "MAX_PASSPHRASE",
    "MIN_PASSPHRASE",
    "RIGHTS",
    "AccessState",
    "CodeRefusedError",
    "InvitationInvalidError",
    "NameRefusedError",
    "OwnAccessError",
    "PassphraseRefusedError",
    "Passphrases",
    "Right",
    "Role",
    "SignInRefusedError",
    "StaffDesk",
    "StaffEntry",
    "StaffError",
    "StaffLimits",
    "StaffMember",
    "StaffSession",
    "TooManyAttemptsError",
    "TotpSecret",
]
