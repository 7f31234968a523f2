"""Who works on the desk, and how they prove it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member of staff is on the desk."""

    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a member of staff may do. Every route of the console asks for one."""

    OWN_ACCESS = "own_access"
    WORK_CASES = "work_cases"
    UNMASK_CONTACT = "unmask_contact"
    REDACT = "redact"
    SEE_ORIGINAL = "see_original"
    EXPORT = "export"
    EXPORT_ORIGINAL = "export_original"
    BULK = "bulk"
    STATISTICS = "statistics"
    READ_LOG = "read_log"
    MANAGE_STAFF = "manage_staff"


_HANDLER = frozenset(
    {Right.OWN_ACCESS, Right.WORK_CASES, Right.UNMASK_CONTACT, Right.REDACT, Right.EXPORT, Right.STATISTICS}
)
RIGHTS = MappingProxyType(
    {
        Role.HANDLER: _HANDLER,
        Role.SUPERVISOR: _HANDLER | {Right.SEE_ORIGINAL, Right.EXPORT_ORIGINAL, Right.BULK},
        # Neither of the two ever sees a word of a case.
        Role.AUDITOR: frozenset({Right.OWN_ACCESS, Right.STATISTICS, Right.READ_LOG}),
        Role.ADMINISTRATOR: frozenset({Right.OWN_ACCESS, Right.MANAGE_STAFF}),
    }
)
"""What each role may do; one test walks every route with every role."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person on the desk."""

    id: int
    name: str
    role: Role

    @property
    def is_supervisor(self) -> bool:
        """Whether they may assign cases and act on anybody's."""
        return self.role is Role.SUPERVISOR

    def may(self, right: Right) -> bool:
        """Whether their role has this right."""
        return right in RIGHTS[self.role]


class AccessState(StrEnum):
    """Where somebody's access stands."""

    ACTIVE = "active"
    INVITED = "invited"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """A line of the staff page."""

    member: StaffMember
    state: AccessState
    sessions: int


@dataclass(frozen=True, slots=True)
class TotpSecret:
    """The secret behind the one-time codes, as an authenticator app takes it."""

    secret: str = field(repr=False)
    provisioning_uri: str = field(repr=False)
    """What the QR code says."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An enrolment that has not been completed. The token itself is never stored."""

    staff_id: int
    name: str
    role: Role
    expires_at: datetime
    totp_secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is held against."""

    member: StaffMember
    passphrase_hash: str = field(repr=False)
    totp_secret: str = field(repr=False)
    last_code_step: int
    """The time step of the last code that was accepted: that one and older ones are used up."""


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A session as stored."""

    member: StaffMember
    started_at: datetime
    seen_at: datetime
    stepped_up_at: datetime | None = None
    """When a fresh one-time code was last shown."""
    is_current: bool = False
    """In a list of sessions: the one that asked."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed sign-ins under one name since the last success, and until when further ones are refused unread."""

    count: int = 0
    blocked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StaffLimits:
    """Times and limits of the desk."""

    invitation: timedelta = timedelta(hours=24)
    step_up: timedelta = timedelta(minutes=5)
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    free_attempts: int = 5
    first_block: timedelta = timedelta(seconds=30)
    longest_block: timedelta = timedelta(minutes=15)
    seen_resolution: timedelta = timedelta(minutes=1)
    """How stale ``seen_at`` may get before a request costs a write."""

    def block_after(self, failures: int) -> timedelta | None:
        """How long to refuse after so many failures: nothing at first, then doubling."""
        beyond = failures - self.free_attempts
        if beyond < 0:
            return None
        doubled = self.first_block * (1 << min(beyond, 16))
        return min(doubled, self.longest_block)
