"""What can be told from the letters alone: which language it is; and making typed text harmless to handle."""

import re
import unicodedata

from bot.messages import Language

_CHINESE = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
MOST_LETTERS = 20_000
"""What is kept of any text, whatever a channel allows; more is nobody's message."""
_KEPT_CONTROLS = frozenset("\n\t")
# Zero-width joiners stay: they hold emoji together. Overrides of direction and other invisible controls go.
_JOINERS = frozenset("\u200c\u200d")


def guess_language(text: str) -> Language | None:
    """Chinese when any Chinese letter stands in it, English when it is words of Latin letters, else unknown."""
    if _CHINESE.search(text):
        return Language.ZH
    words = _LATIN_WORD.findall(text)
    letters = sum(letter.isalpha() for letter in text)
    if words and sum(map(len, words)) * 2 > letters:
        return Language.EN
    return None


def clean(text: str) -> str:
    """Typed text without control characters and direction overrides, with plain line ends, trimmed and bounded."""
    lines = (
        text[:MOST_LETTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    )
    kept = (letter for letter in lines if letter in _KEPT_CONTROLS or letter in _JOINERS or _is_shown(letter))
    return "".join(kept).strip()


def _is_shown(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
