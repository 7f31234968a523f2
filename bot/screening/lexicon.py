"""Finds every word the packs know in one pass (spaCy's phrase matcher), then phrases among them.

The matcher sees only words of the packs: all others become one filler. So spaCy's string store never grows with what
people write, and nothing of it stays in memory.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot.content.fraud import FORMS, Phrase, Slot
from bot.screening import forms
from bot.screening.normalise import Normalised, Normaliser

NEAR = 14
"""Tokens (a Chinese letter, a Latin word, a number) between two places joined by ``+``."""
NEARBY = 90
"""Tokens that a phrase joined by ``&`` may stretch over."""
_ENOUGH = 40
"""Tries for one phrase in one text: a text that repeats a word ten thousand times costs no more."""
_CHINESE = re.compile("[㐀-鿿]")
_TOKEN = re.compile(r"[^\sa-z0-9]|[a-z]+(?:'[a-z]+)?|[0-9]+(?:[.,][0-9]+)*|\n")
_FILLER = "_"
_ASCII = "\x7f"
_SENTENCE_END = frozenset("。!?\n;")
_SHORTEST_STEM = 3

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CompiledPhrase:
    """A phrase made findable: ``groups`` of slot numbers."""

    number: int
    groups: tuple[tuple[int, ...], ...]


class PhraseSet:
    """Phrases asked for together; most texts hold none of them, and that is told without a look at each."""

    __slots__ = ("_groups", "_numbers")

    def __init__(self, phrases: Iterable[CompiledPhrase]) -> None:
        self._groups = {phrase.number: phrase.groups for phrase in phrases}
        self._numbers = frozenset(self._groups)

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of the phrases."""
        return self._numbers

    def occur(self, reading: "Reading") -> bool:
        """Whether one of them stands in the text."""
        return not self._numbers.isdisjoint(reading.possible) and any(True for _ in self.matches(reading))

    def matches(self, reading: "Reading") -> Iterator[tuple[int, "Match"]]:
        """Where they stand, each with the number of its phrase."""
        if self._numbers.isdisjoint(reading.possible):
            return
        for number in sorted(self._numbers & reading.possible):
            for match in _matches(self._groups[number], reading):
                yield number, match


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: where each of its places stands, in tokens."""

    places: tuple[Span, ...]

    @property
    def start(self) -> int:
        """First token."""
        return min(start for start, _ in self.places)

    @property
    def end(self) -> int:
        """Behind the last token."""
        return max(end for _, end in self.places)


class Reading:
    """One text, read: tokens, and where each slot occurs."""

    __slots__ = ("_ends", "_normalised", "_starts", "forms", "possible", "spans", "stems", "tokens")

    def __init__(self, normalised: Normalised) -> None:
        self._normalised = normalised
        places = list(_TOKEN.finditer(normalised.text))
        self.tokens = [place[0] for place in places]
        # Chinese letters, by far the most, have no endings.
        self.stems = [token if token > _ASCII else stem(token) for token in self.tokens]
        self._starts = [place.start() for place in places]
        self._ends = [place.end() for place in places]
        self.spans: Mapping[int, list[Span]] = {}
        """Where each slot occurs, in order."""
        self.possible: frozenset[int] = frozenset()
        """The phrases all of whose slots occur somewhere."""
        self.forms: dict[str, list[Span]] = {}
        """Links and numbers with the tokens they cover."""
        for name, match in forms.found(normalised.text):
            first = bisect_left(self._ends, match.start() + 1)
            last = bisect_left(self._starts, match.end())
            if first < last:
                self.forms.setdefault(name, []).append((first, last))

    @property
    def is_chinese(self) -> bool:
        """Whether any Chinese letter stands in it."""
        return _CHINESE.search(self._normalised.text) is not None

    def words(self, start: int, end: int) -> str:
        """The person's own words from one token to another."""
        return self._normalised.original(self._starts[start], self._ends[end - 1]).strip()

    def quote(self, match: Match, longest: int) -> str:
        """The person's own words: from first to last place, or only the longest place when that is too much."""
        start, end = match.start, match.end
        text = self.words(start, end)
        if len(text) > longest:
            start, end = max(match.places, key=lambda place: self._ends[place[1] - 1] - self._starts[place[0]])
            text = self.words(start, end)
        return text


def stem(token: str) -> str:
    """An English word without its ending: pay, pays, paying. Crude, but the same for packs and texts."""
    if not token.isascii() or not token[0].isalpha() or len(token) <= _SHORTEST_STEM:
        return token
    for ending in ("ing", "ed", "es", "s"):
        if token.endswith(ending) and len(token) - len(ending) >= _SHORTEST_STEM:
            token = token[: -len(ending)]
            break
    if len(token) > _SHORTEST_STEM and token[-1] == token[-2]:
        token = token[:-1]
    if len(token) > _SHORTEST_STEM and token[-1] == "e":
        token = token[:-1]
    return token[:-1] + "i" if token[-1] == "y" else token


class _Spans(dict[int, list[Span]]):
    """Where slots occur; put together only for those asked about, since a common word stands in a hundred slots."""

    def __init__(self, words_of: Sequence[Iterable[int]], spans_of: Mapping[int, list[Span]]) -> None:
        super().__init__()
        self._words_of = words_of
        self._spans_of = spans_of

    def __missing__(self, slot: int) -> list[Span]:
        spans = [span for word in self._words_of[slot] for span in self._spans_of.get(word, ())]
        spans.sort()
        self[slot] = spans
        return spans


class Lexicon:
    """Every word of every phrase, compiled once."""

    def __init__(self, normaliser: Normaliser) -> None:
        self._normaliser = normaliser
        self._vocab = spacy.blank("zh").vocab
        self._matcher = PhraseMatcher(self._vocab)
        self._slots: dict[Slot, int] = {}
        self._words_of: list[list[int]] = []
        """The words of each slot, by their keys."""
        self._slots_of: dict[int, set[int]] = defaultdict(set)
        """The slots of each word."""
        self._phrases = 0
        self._alone: dict[int, list[int]] = defaultdict(list)
        """By slot, the phrases that need no other."""
        self._joined: dict[int, list[tuple[int, frozenset[int]]]] = defaultdict(list)
        """By slot, the phrases that need others too, and which."""
        self._keys: dict[str, int] = {}
        self._known: dict[str, str] = {}

    def add(self, phrases: Iterable[Phrase]) -> PhraseSet:
        """Make phrases findable."""
        return PhraseSet([self._compiled(phrase) for phrase in phrases])

    def _compiled(self, phrase: Phrase) -> CompiledPhrase:
        groups = tuple(tuple(self._slot(slot) for slot in group) for group in phrase)
        compiled = CompiledPhrase(self._phrases, groups)
        self._phrases += 1
        # Under its rarest place, which is the one with the fewest words, a phrase is looked at least often.
        rarest = self._slots[min((slot for group in phrase for slot in group), key=len)]
        others = frozenset(slot for group in groups for slot in group) - {rarest}
        if others:
            self._joined[rarest].append((compiled.number, others))
        else:
            self._alone[rarest].append(compiled.number)
        return compiled

    def read(self, source: str) -> Reading:
        """Read one text."""
        reading = Reading(self._normaliser(source))
        found: dict[int, list[Span]] = {self._vocab.strings[form]: spans for form, spans in reading.forms.items()}
        if reading.tokens:
            known = self._known.get
            pairs = zip(reading.tokens, reading.stems, strict=True)
            words = [known(token) or known(stemmed, _FILLER) for token, stemmed in pairs]
            for key, start, end in self._matcher(Doc(self._vocab, words=words)):
                found.setdefault(key, []).append((start, end))
        reading.spans = _Spans(self._words_of, found)
        reading.possible = self._possible(frozenset().union(*[self._slots_of[key] for key in found]))
        return reading

    def _possible(self, slots: frozenset[int]) -> frozenset[int]:
        possible: list[int] = []
        for slot in slots & self._alone.keys():
            possible += self._alone[slot]
        for slot in slots & self._joined.keys():
            possible += [number for number, others in self._joined[slot] if others <= slots]
        return frozenset(possible)

    def _slot(self, slot: Slot) -> int:
        if slot not in self._slots:
            number = self._slots[slot] = len(self._slots)
            self._words_of.append(
                [self._vocab.strings.add(word) if word in FORMS else self._word(word) for word in slot]
            )
            for key in self._words_of[number]:
                self._slots_of[key].add(number)
        return self._slots[slot]

    def _word(self, word: str) -> int:
        if word not in self._keys:
            stems = [stem(token) for token in _TOKEN.findall(self._normaliser(word).text)]
            if not stems:
                raise ValueError(f"the word {word!r} has no letters")
            self._known.update((one, one) for one in stems)
            self._matcher.add(word, [Doc(self._vocab, words=stems)])
            self._keys[word] = self._vocab.strings[word]
        return self._keys[word]


def _matches(groups: tuple[tuple[int, ...], ...], reading: Reading) -> Iterator[Match]:
    first, *others = groups
    rest: list[list[tuple[Span, ...]]] = [list(_sequences(group, reading)) for group in others]
    if not all(rest):
        return
    for places in _sequences(first, reading):
        start, end = places[0][0], places[-1][1]
        whole = list(places)
        for candidates in rest:
            near = [
                other
                for other in candidates
                if max(end, other[-1][1]) - min(start, other[0][0]) <= NEARBY
                and (other[0][0] >= end or other[-1][1] <= start)
            ]
            if not near:
                break
            closest = min(near, key=lambda other: abs(other[0][0] - start))
            whole += closest
            start, end = min(start, closest[0][0]), max(end, closest[-1][1])
        else:
            yield Match(tuple(whole))


def _sequences(slots: tuple[int, ...], reading: Reading) -> Iterator[tuple[Span, ...]]:
    head, *tail = [reading.spans[slot] for slot in slots]
    for first in head[:_ENOUGH]:
        places = [first]
        for spans in tail:
            end = places[-1][1]
            at = bisect_left(spans, (end, 0))
            if at == len(spans) or spans[at][0] - end > NEAR or not _same_sentence(reading, first, spans[at]):
                break
            places.append(spans[at])
        else:
            yield tuple(places)


def _same_sentence(reading: Reading, one: Span, other: Span) -> bool:
    return _SENTENCE_END.isdisjoint(reading.tokens[one[0] : other[0]])
