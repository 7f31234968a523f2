"""One file: what it is, and what of it is kept."""

import hashlib

from bot.evidence.documents import draw_pages
from bot.evidence.limits import MAX_BYTES
from bot.evidence.model import Accepted, FileKind, Refusal, RefusedFileError, tidy_name
from bot.evidence.pictures import redraw
from bot.evidence.signatures import Signature, signature
from bot.evidence.texts import TEXT, rewrite


def accept(content: bytes, declared_name: str = "") -> Accepted:
    """Take a file by what it is. Raises ``RefusedFileError``.

    Decodes in this process; whoever receives files from strangers wants ``accept_isolated``.
    """
    check_size(content)
    name, digest = tidy_name(declared_name), hashlib.sha256(content).hexdigest()
    found = signature(content)
    if found is Signature.HEIC:
        raise RefusedFileError(Refusal.HEIC)
    if found is Signature.PDF:
        media_type, pages = draw_pages(content)
        return Accepted(FileKind.DOCUMENT, media_type, pages, name, digest)
    if found is Signature.UNKNOWN:
        return Accepted(FileKind.TEXT, TEXT, (rewrite(content),), name, digest)
    media_type, picture = redraw(content, found.value)
    return Accepted(FileKind.PICTURE, media_type, (picture,), name, digest)


def check_size(content: bytes) -> None:
    """Raise ``RefusedFileError`` unless there is something, and not too much."""
    if not content:
        raise RefusedFileError(Refusal.EMPTY)
    if len(content) > MAX_BYTES:
        raise RefusedFileError(Refusal.TOO_LARGE)
