"""What people hand in to show what happened: taken by what it is, made harmless, or kindly refused. Pure.

Nothing of a file as it was sent is ever kept: pictures and pages are drawn anew, texts are written anew.
"""

from bot.evidence.accepting import accept
from bot.evidence.isolated import accept_isolated
from bot.evidence.limits import (
    KEPT_UNCLAIMED,
    MAX_BYTES,
    MAX_IN_CASE,
    MAX_PAGES,
    MAX_UNCLAIMED,
)
from bot.evidence.model import Accepted, FileKind, Refusal, RefusedFileError

__all__ = [
    "KEPT_UNCLAIMED",
    "MAX_BYTES",
    "MAX_IN_CASE",
    "MAX_PAGES",
    "MAX_UNCLAIMED",
    "Accepted",
    "FileKind",
    "Refusal",
    "RefusedFileError",
    "accept",
    "accept_isolated",
]
