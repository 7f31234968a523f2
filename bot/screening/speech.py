"""Tells an attempt from a warning, a lesson or a denial: words spoken against are no accusation."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.fraud import FraudPack, Phrases
from bot.screening.lexicon import Lexicon, Match, PhraseSet, Reading

_CLAUSE_END = frozenset(",。!?\n;:")
_SENTENCE_END = frozenset("。!?\n;")
_CLAUSE_REACH = 20
_SENTENCE_REACH = 60


@dataclass(frozen=True, slots=True)
class Shade:
    """Tokens that are spoken against, and the words that do it."""

    start: int
    end: int
    cue: tuple[int, int]

    def covers(self, match: Match) -> bool:
        """Whether a place of the match lies in it, and the cue is not itself one of the places ("别告诉家人")."""
        if any(start < self.cue[1] and self.cue[0] < end for start, end in match.places):
            return False
        return any(self.start <= start < self.end for start, _ in match.places)


@dataclass(frozen=True, slots=True)
class Tone:
    """How a text as a whole speaks."""

    teaches: bool
    discount: int
    shades: tuple[Shade, ...]
    cues: tuple[str, ...] = ()
    """Names of the groups of words that set the tone."""

    def allows(self, match: Match) -> bool:
        """Whether a match is said, not spoken against."""
        return not any(shade.covers(match) for shade in self.shades)


class SpeechReader:
    """Reads the tone of a text."""

    def __init__(self, pack: FraudPack, lexicon: Lexicon) -> None:
        def compiled(phrases: Phrases) -> PhraseSet:
            return lexicon.add(pack.phrase(text) for text in phrases.both)

        speech = pack.speech
        self._prohibitions = compiled(speech.prohibitions)
        self._warnings = compiled(speech.warnings)
        self._judgements = compiled(speech.judgements)
        self._directives = compiled(speech.directives)
        self._contexts = [(context, compiled(context)) for context in speech.contexts]
        self._groups = {
            "prohibitions": self._prohibitions,
            "warnings": self._warnings,
            "judgements": self._judgements,
            "teaching": compiled(speech.teaching),
            "questions": compiled(speech.questions),
            "stories": compiled(speech.stories),
            "directives": self._directives,
        }

    def tone(self, reading: Reading) -> Tone:
        """How this text speaks."""
        shades = list(_forward(self._prohibitions, reading, _CLAUSE_END, _CLAUSE_REACH))
        shades += _forward(self._warnings, reading, _SENTENCE_END, _SENTENCE_REACH)
        present = {name for name, phrases in self._groups.items() if phrases.occur(reading)}
        story = "stories" in present
        if not story:
            shades += _backward(self._judgements, reading)
        shaded = Tone(teaches=False, discount=0, shades=tuple(shades))
        led_away = any(shaded.allows(match) for _, match in self._directives.matches(reading))
        teaches = not (story or led_away or present.isdisjoint({"teaching", "questions", "judgements"}))
        contexts = [context for context, phrases in self._contexts if phrases.occur(reading)]
        discount = max((context.discount for context in contexts), default=0)
        cues = (*sorted(present), *(context.id for context in contexts), *(["leads away"] if led_away else []))
        return Tone(teaches, discount, tuple(shades), cues)


def _forward(phrases: PhraseSet, reading: Reading, ends: frozenset[str], reach: int) -> Iterator[Shade]:
    for _, match in phrases.matches(reading):
        end = match.end
        while end < len(reading.tokens) and end - match.end < reach and reading.tokens[end] not in ends:
            end += 1
        yield Shade(match.end, end, (match.start, match.end))


def _backward(phrases: PhraseSet, reading: Reading) -> Iterator[Shade]:
    for _, match in phrases.matches(reading):
        start = match.start
        while start > 0 and match.start - start < _SENTENCE_REACH and reading.tokens[start - 1] not in _SENTENCE_END:
            start -= 1
        yield Shade(start, match.start, (match.start, match.end))
