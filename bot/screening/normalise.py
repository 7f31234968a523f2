"""Brings a text as it really comes into one plain form, and remembers where every letter stood."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

_HAN = "㐀-䶿一-鿿"
# Marks put between the letters of a word so that filters miss it; neither commas nor ends of sentences.
_INSIDE_WORDS = re.compile(rf"(?<=[{_HAN}])(?:[ \t]*\n[ \t]*|[ \t.·•・*_\-~^|\\`'\"…#=/]{{1,4}})(?=[{_HAN}])")
_COMMAS_INSIDE = re.compile(rf"(?<![{_HAN}])[{_HAN}](?:[,、][{_HAN}]){{2,}}(?![{_HAN}])")
_SPELLED_OUT = re.compile(r"(?<![a-z])(?:[a-z][ .\-_*]){3,}[a-z](?![a-z])")
_LEETSPEAK = re.compile(r"(?<![a-z0-9])[a-z]+[0134$@]+[a-z]+(?![a-z0-9])")
_LEET = str.maketrans("0134$@", "oieasa")
# Letters of other scripts that look Latin, and pictures that stand for a word.
_LOOK_ALIKES = {
    **dict(zip("аеорсухікмтнв", "aeopcyxikmthb", strict=True)),
    **dict(zip("αερονι", "aepovi", strict=True)),
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "🐧": "qq",
    "︎": "",
}
_SYMBOLS = frozenset({"So", "Sk", "Co", "Cs", "Cn"})


class Normalised:
    """A plain text; ``original(start, end)`` gives the words of the source that a part of it came from."""

    __slots__ = ("_ends", "_source", "_starts", "text")

    def __init__(self, source: str, text: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.text = text
        self._source = source
        self._starts = starts
        self._ends = ends

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the part ``start:end`` stood in the source."""
        return self._starts[start], self._ends[end - 1]

    def original(self, start: int, end: int) -> str:
        """The words of the source."""
        first, last = self.span(start, end)
        return self._source[first:last]


class _Folding(dict[str, str]):
    """What one letter becomes; worked out once for each letter ever met (bounded by Unicode)."""

    def __init__(self, traditional: Mapping[str, str]) -> None:
        super().__init__(_LOOK_ALIKES)
        self._traditional = traditional

    def __missing__(self, letter: str) -> str:
        category = unicodedata.category(letter)
        if letter == "\n":
            folded = "\n"
        elif letter.isspace():
            folded = " "
        elif category in {"Cc", "Cf", "Mn", "Me"}:
            folded = ""
        elif category in _SYMBOLS and unicodedata.normalize("NFKC", letter) == letter:
            folded = " "
        else:
            folded = self._plain(letter)
        self[letter] = folded
        return folded

    def _plain(self, letter: str) -> str:
        plain = unicodedata.normalize("NFKC", letter).lower()
        if plain and plain[0] < "ɐ":
            plain = "".join(part for part in unicodedata.normalize("NFD", plain) if not unicodedata.combining(part))
        return "".join(_LOOK_ALIKES.get(part, self._traditional.get(part, part)) for part in plain)


class Normaliser:
    """Makes ``Normalised`` texts. ``codes`` are hidden spellings, ``traditional`` pairs of letters."""

    def __init__(self, codes: Mapping[str, str], traditional: tuple[str, ...]) -> None:
        self._folding = _Folding({pair[0]: pair[1] for pair in traditional})
        self._codes = {self._fold(code): word for code, word in codes.items()}
        self._code_pattern = re.compile("|".join(_bounded(code) for code in sorted(self._codes, key=len, reverse=True)))

    def __call__(self, source: str) -> Normalised:
        """The plain form of one text."""
        letters = list(map(self._folding.__getitem__, source))
        text = "".join(letters)
        starts: Sequence[int] = range(len(source))
        ends: Sequence[int] = range(1, len(source) + 1)
        if len(text) != len(source) or not all(letters):
            starts = [at for at, folded in enumerate(letters) for _ in folded]
            ends = [at + 1 for at in starts]
        for pattern, replace in (
            (_INSIDE_WORDS, _nothing),
            (_COMMAS_INSIDE, _without_commas),
            (_SPELLED_OUT, _letters_only),
            (_LEETSPEAK, _as_letters),
            (self._code_pattern, self._decoded),
        ):
            text, starts, ends = _rewrite(text, starts, ends, pattern, replace)
        return Normalised(source, text, starts, ends)

    def bare(self, source: str) -> str:
        """The letters and digits of the plain form alone: equal for copies that differ in dress only."""
        return "".join(letter for letter in self(source).text if letter.isalnum())

    def _decoded(self, found: re.Match[str]) -> str:
        return self._codes[found[0]]

    def _fold(self, text: str) -> str:
        return "".join(self._folding[letter] for letter in text)


def _bounded(code: str) -> str:
    """A code made of letters only counts as a whole word; its neighbours may be Chinese.

    Every code begins with its letter, then looks back: so ``re`` passes over all places where none begins (4 times
    faster than looking back first).
    """
    first = re.escape(code[0])
    before = f"(?<![a-z]{first})" if code[0].isascii() and code[0].isalpha() else ""
    after = "(?![a-z])" if code[-1].isascii() and code[-1].isalpha() else ""
    return f"{first}{before}{re.escape(code[1:])}{after}"


def _nothing(_: re.Match[str]) -> str:
    return ""


def _without_commas(found: re.Match[str]) -> str:
    return found[0].replace(",", "").replace("、", "")


def _letters_only(found: re.Match[str]) -> str:
    return "".join(letter for letter in found[0] if letter.isalpha())


def _as_letters(found: re.Match[str]) -> str:
    return found[0].translate(_LEET)


def _rewrite(
    text: str,
    starts: Sequence[int],
    ends: Sequence[int],
    pattern: re.Pattern[str],
    replace: Callable[[re.Match[str]], str],
) -> tuple[str, Sequence[int], Sequence[int]]:
    found = list(pattern.finditer(text))
    if not found:
        return text, starts, ends
    parts: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    last = 0
    for match in found:
        start, end = match.span()
        word = replace(match)
        parts += (text[last:start], word)
        new_starts += starts[last:start]
        new_ends += ends[last:start]
        new_starts += [starts[start]] * len(word)
        new_ends += [ends[end - 1]] * len(word)
        last = end
    parts.append(text[last:])
    new_starts += starts[last:]
    new_ends += ends[last:]
    return "".join(parts), new_starts, new_ends
