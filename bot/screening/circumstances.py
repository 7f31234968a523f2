"""What a text tells beside the trick: who calls, whether it has happened already, whether somebody despairs."""

from collections.abc import Iterable

from bot.content.fraud import FraudPack
from bot.screening.finding import Emergency
from bot.screening.lexicon import Lexicon, Match, PhraseSet, Reading
from bot.screening.speech import Tone

_BEFORE = 4
"""Tokens before an emergency sign in which a denial ("还没", "not yet") counts."""


class Circumstances:
    """Compiled once from the packs."""

    def __init__(self, pack: FraudPack, lexicon: Lexicon) -> None:
        def compiled(phrases: Iterable[str]) -> PhraseSet:
            return lexicon.add(pack.phrase(text) for text in phrases)

        self._pack = pack.emergencies
        self._emergencies = [(sign, compiled(sign.both)) for sign in pack.emergencies.signs]
        self._denials = compiled(pack.emergencies.denials.both)
        self._distress = compiled(pack.distress.signs.both)
        self._figurative = compiled(pack.distress.figurative.both)
        self._callers = [(caller.id, compiled(caller.both)) for caller in pack.callers]

    def emergency(self, reading: Reading, tone: Tone, longest_quote: int, *, suspicious: bool) -> Emergency | None:
        """What has already happened. Payments and the like count only in a ``suspicious`` text."""
        denied = [match.end for _, match in self._denials.matches(reading)]
        kinds: list[str] = []
        quote = ""
        for sign, phrases in self._emergencies:
            if not (sign.certain or suspicious):
                continue
            match = next((match for _, match in phrases.matches(reading) if tone.allows(match)), None)
            if match and not any(match.start - _BEFORE <= end <= match.end for end in denied):
                kinds.append(sign.id)
                quote = quote or reading.quote(match, longest_quote)
        return Emergency(tuple(kinds), quote, self._pack.steps, self._pack.source) if kinds else None

    def distress(self, reading: Reading) -> bool:
        """Whether somebody may not want to live. Rather once too often: only figurative speech is left out."""
        found = [match for _, match in self._distress.matches(reading)]
        if not found:
            return False
        figurative = [match for _, match in self._figurative.matches(reading)]
        return any(not any(_overlap(match, other) for other in figurative) for match in found)

    def claimed_caller(self, reading: Reading) -> str | None:
        """The caller named first."""
        named = [(match.start, caller) for caller, phrases in self._callers for _, match in phrases.matches(reading)]
        return min(named)[1] if named else None


def _overlap(one: Match, other: Match) -> bool:
    return one.start < other.end and other.start < one.end
