"""What a file is once it is taken, and why one is not."""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from bot.evidence.limits import MAX_NAME


class FileKind(StrEnum):
    """What people call it."""

    PICTURE = "picture"
    DOCUMENT = "document"
    TEXT = "text"


class Refusal(StrEnum):
    """Why a file is not taken. The wording of each says what works instead."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE = "type"
    """Nothing we take: sounds, films, programs, web pages, office files."""
    HEIC = "heic"
    """A picture as only some phones write and show it."""
    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    LOCKED = "locked"
    """A document with a password."""


class RefusedFileError(Exception):
    """A file is not taken."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file made harmless. Every page is one ``media_type``; a picture and a text have one page."""

    kind: FileKind
    media_type: str
    pages: tuple[bytes, ...] = field(repr=False)
    name: str = field(default="", repr=False)
    """What its sender's device called it, tidied; it opens nothing and decides nothing."""
    digest: str = field(default="", repr=False)
    """SHA-256 of what was sent, in hex: the same file sent again is recognised by it."""

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        return sum(map(len, self.pages))


def tidy_name(declared: str) -> str:
    """A name without folders and without letters that do not show (such as those that turn the direction)."""
    last = PurePosixPath(declared.replace("\\", "/")).name
    shown = "".join(letter for letter in unicodedata.normalize("NFC", last) if letter.isprintable()).strip(" .")
    if len(shown) <= MAX_NAME:
        return shown
    ending = PurePosixPath(shown).suffix[:10]
    return f"{shown[: MAX_NAME - len(ending) - 1]}…{ending}"
