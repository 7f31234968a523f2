"""Finding words in sealed texts: which terms a text has, and whether it really says what was asked.

The index holds keyed hashes of terms, cut to 16 bits, so that several terms share each value: a stolen table names
neither words nor, with certainty, which cases share one. What the index finds is therefore opened and read again here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_WORD = re.compile(r"[a-z0-9à-ɏ]+")
_PREFIXES = range(3, 7)
_TAIL = 4
"""People know the last four digits of a number."""


def folded(text: str) -> str:
    """A text as it is compared: compatible forms and case made one, white space and signs dropped to single spaces."""
    return re.sub(r"[^\w]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def terms_of(texts: Iterable[str]) -> set[str]:
    """The terms a case is found by: pairs of Chinese characters; beginnings of words; last digits of numbers."""
    return {term for text in texts for term in _terms(folded(text))}


def asked_terms(asked: str) -> set[str]:
    """The terms that every case holding ``asked`` has. Empty when it is too short to be searched."""
    found: set[str] = set()
    for part in folded(asked).split():
        found.update(_pairs(part))
        for word in _WORD.findall(part):
            if len(word) >= _PREFIXES.start:
                found.add(word[: _PREFIXES.stop - 1])
    return found


def says(texts: Iterable[str], asked: str) -> bool:
    """Whether each part of what was asked stands somewhere in the texts."""
    whole = "\n".join(folded(text) for text in texts)
    return all(part in whole for part in folded(asked).split())


def _terms(text: str) -> Iterator[str]:
    yield from _pairs(text)
    for word in _WORD.findall(text):
        yield from (word[:length] for length in _PREFIXES if length <= len(word))
        if word.isdecimal() and len(word) > _TAIL:
            yield word[-_TAIL:]


def _pairs(text: str) -> Iterator[str]:
    for run in _CHINESE.findall(text):
        yield from (run[at : at + 2] for at in range(len(run) - 1))
