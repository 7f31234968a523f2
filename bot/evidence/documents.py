"""PDFs become pictures of their pages: scripts, links, forms, attachments and hidden layers stay behind.

PDFium draws; it is built without JavaScript, and forms are never started. It must not be used by two threads at once.
"""

import math
from typing import Any

import pypdfium2

from bot.evidence.limits import LONG_SIDE, MAX_PAGES
from bot.evidence.model import Refusal, RefusedFileError
from bot.evidence.pictures import JPEG, encode

_POINTS_PER_INCH = 72
_MOST_DPI = 200
"""Enough for small print; a page of A4 is then 1654 by 2339."""
_PASSWORD = 4
"""``FPDF_ERR_PASSWORD`` of PDFium's ``fpdfview.h``."""


def draw_pages(content: bytes) -> tuple[str, tuple[bytes, ...]]:
    """Media type and content of every page. Raises ``RefusedFileError``."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD
        raise RefusedFileError(Refusal.LOCKED if locked else Refusal.UNREADABLE) from None
    try:
        if len(document) > MAX_PAGES:
            raise RefusedFileError(Refusal.TOO_MANY_PAGES)
        pages = tuple(_draw(document[number]) for number in range(len(document)))
    except pypdfium2.PdfiumError:
        raise RefusedFileError(Refusal.UNREADABLE) from None
    finally:
        document.close()
    if not pages:
        raise RefusedFileError(Refusal.UNREADABLE)
    return JPEG, pages


def _draw(page: Any) -> bytes:
    longest = max(page.get_size())
    if not (math.isfinite(longest) and longest > 0):
        raise RefusedFileError(Refusal.UNREADABLE)
    # A page may call itself as large as a field: it is its pixels that are limited.
    scale = min(_MOST_DPI / _POINTS_PER_INCH, (LONG_SIDE - 1) / longest)
    bitmap = page.render(scale=scale)
    _, content = encode(bitmap.to_pil(), as_png=False)
    bitmap.close()
    page.close()
    return content
