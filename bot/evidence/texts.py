"""Plain texts, written anew as UTF-8."""

import codecs
import re
import unicodedata

from bot.evidence.limits import MAX_LETTERS
from bot.evidence.model import Refusal, RefusedFileError

TEXT = "text/plain; charset=utf-8"
_NOTEPAD = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}
_PLAIN = ("utf-8", "gb18030")
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})
_BEGINS_AS_MARKUP = re.compile(r"\s*<[a-z!?]", re.IGNORECASE)
_HOLDS_MARKUP = re.compile(r"<(script|svg|html|iframe)\b", re.IGNORECASE)
_MARKUP_WITHIN = 4096


def rewrite(content: bytes) -> bytes:
    """A text as UTF-8 with plain line ends. Raises ``RefusedFileError`` when it is none, or a web page or drawing."""
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    beginning = text[:_MARKUP_WITHIN]
    if _BEGINS_AS_MARKUP.match(beginning) or _HOLDS_MARKUP.search(beginning):
        raise RefusedFileError(Refusal.TYPE)
    if any(unicodedata.category(letter) in _NO_TEXT and letter not in "\n\t" for letter in text):
        raise RefusedFileError(Refusal.TYPE)
    if not text.strip():
        raise RefusedFileError(Refusal.EMPTY)
    if len(text) > MAX_LETTERS:
        raise RefusedFileError(Refusal.TOO_LARGE)
    return text.encode()


def _decoded(content: bytes) -> str:
    encodings = next(([name] for mark, name in _NOTEPAD.items() if content.startswith(mark)), _PLAIN)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedFileError(Refusal.TYPE)
