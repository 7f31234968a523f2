"""Who works on the desk, and how they prove it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff may do."""

    HANDLER = "handler"
    SUPERVISOR = "supervisor"


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


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed sign-ins under one name since the last success, and until when further ones are refused unread."""

    count: int = 0
    blocked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StaffLimits:
    """Times and limits of the desk."""

    invitation: timedelta = timedelta(hours=24)
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
