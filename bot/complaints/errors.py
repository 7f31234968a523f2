"""Why the desk refuses something. Entry points word these for people."""

from datetime import datetime


class ComplaintError(Exception):
    """Base of every refusal."""


class ConsentMissingError(ComplaintError):
    """The resident has not agreed to the complaint being stored and read."""


class BadTextError(ComplaintError):
    """A text is empty or longer than the desk takes."""


class CaseClosedError(ComplaintError):
    """The case was withdrawn; nothing is added to it any more."""


class TooManyLookupsError(ComplaintError):
    """Too many receipts that open nothing."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("too many receipts that open nothing")
        self.retry_at = retry_at


class TooManyFilesError(ComplaintError):
    """More files than are taken: of somebody who has not said what for, or of one case."""

    def __init__(self, limit: int) -> None:
        super().__init__("too many files")
        self.limit = limit


class CaseNotFoundError(ComplaintError):
    """There is no such case."""


class StaleVersionError(ComplaintError):
    """Somebody changed the case meanwhile; look again before acting."""


class StepNotAllowedError(ComplaintError):
    """The case cannot go from its state to that one, or not without a reason."""


class MergeNotAllowedError(StepNotAllowedError):
    """Cases merge into another one that is there, is not merged itself and was not withdrawn."""


class NotYoursError(ComplaintError):
    """Only the assignee or a supervisor may do this."""


class UnknownStaffError(ComplaintError):
    """There is nobody of that id on the desk."""
