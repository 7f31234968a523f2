"""Holds a text against every family and says what was found, with the very words that show it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.content.base import Bilingual, Confidence
from bot.content.fraud import Emergencies, FraudFamily, FraudPack, FraudSign, Kind
from bot.screening.finding import Emergency, Finding, FoundSign, Reason, Verdict
from bot.screening.forms import LINK
from bot.screening.lexicon import Lexicon, Match, PhraseSet, Reading
from bot.screening.normalise import Normaliser
from bot.screening.speech import SpeechReader, Tone

_DANGER = 5
_CAUTION = 3
_LONGEST_QUOTE = 60
_LONGEST_TEXT = 20_000
"""Letters that are read; longer pastes are read up to here and, for what follows at the end, from there."""
_TAIL = 4_000
_MOST_FAMILIES = 3
_MOST_SIGNS = 5
_BEFORE = 4
"""Tokens before an emergency sign in which a denial ("还没", "not yet") counts."""
_SHORT = 4
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class _Sign:
    family: FraudFamily
    sign: FraudSign
    phrases: PhraseSet


class Screener:
    """Compiled once, then asked for any number of texts; safe to share between threads after building."""

    def __init__(self, pack: FraudPack) -> None:
        self._pack = pack
        self._lexicon = Lexicon(Normaliser(pack.spelling.codes, pack.spelling.traditional))
        self._signs = [
            _Sign(family, sign, self._compiled(sign.both)) for family in pack.families for sign in family.signs
        ]
        self._speech = SpeechReader(pack, self._lexicon)
        self._emergencies = [(sign, self._compiled(sign.both)) for sign in pack.emergencies.signs]
        self._denials = self._compiled(pack.emergencies.denials.both)

    def screen(self, text: str) -> Finding:
        """Screen one text."""
        if len(text) > _LONGEST_TEXT + _TAIL:
            text = text[:_LONGEST_TEXT] + "\n" + text[-_TAIL:]
        reason = _unreadable(text)
        if reason in {Reason.EMPTY, Reason.ONLY_LINK, Reason.ONLY_DIGITS}:
            return self._nothing(Verdict.UNSURE, reason)
        reading = self._lexicon.read(text)
        tone = self._speech.tone(reading)
        found = [] if tone.teaches else self._found(reading, tone)
        families = _ranked(found, tone.discount)
        emergency = None if tone.teaches else self._emergency(reading, tone, bool(families))
        if families or emergency:
            return self._finding(families, found, emergency)
        if reason:
            return self._nothing(Verdict.UNSURE, reason)
        if found and not tone.discount:
            return self._nothing(Verdict.UNSURE, Reason.WEAK_SIGNS, tuple(found))
        return self._nothing(Verdict.NO_SIGN, None, is_warning=tone.teaches)

    def _compiled(self, phrases: Iterable[str]) -> PhraseSet:
        return self._lexicon.add(self._pack.phrase(text) for text in phrases)

    def _found(self, reading: Reading, tone: Tone) -> list[FoundSign]:
        found = []
        for entry in self._signs:
            first, more = _said(entry.phrases, reading, tone)
            if first:
                quote = reading.quote(first, _LONGEST_QUOTE)
                sign = entry.sign
                found.append(FoundSign(sign.id, entry.family.id, quote, sign.why, sign.weight + more))
        return found

    def _emergency(self, reading: Reading, tone: Tone, suspicious: bool) -> Emergency | None:  # noqa: FBT001
        pack: Emergencies = self._pack.emergencies
        denied = [match.end for _, match in self._denials.matches(reading)]
        kinds: list[str] = []
        quote = ""
        for sign, phrases in self._emergencies:
            if not (sign.certain or suspicious):
                continue
            match = _first(phrases, reading, tone)
            if match and not any(match.start - _BEFORE <= end <= match.end for end in denied):
                kinds.append(sign.id)
                quote = quote or reading.quote(match, _LONGEST_QUOTE)
        return Emergency(tuple(kinds), quote, pack.steps, pack.source) if kinds else None

    def _finding(self, scores: list[tuple[str, int]], found: list[FoundSign], emergency: Emergency | None) -> Finding:
        by_id = {family.id: family for family in self._pack.families}
        families = tuple(by_id[family] for family, _ in scores[:_MOST_FAMILIES])
        danger = emergency is not None or scores[0][1] >= _DANGER
        named = {family.id for family in families}
        shown = [sign for sign in found if sign.family in named or by_id[sign.family].kind is Kind.GENERAL]
        shown.sort(key=lambda sign: -sign.weight)
        first = families[0] if families else None
        keys = dict.fromkeys(first.advice if first else ("unknown-trick",))
        confirmed = first is not None and first.confidence is not Confidence.UNCONFIRMED
        return Finding(
            verdict=Verdict.DANGER if danger else Verdict.CAUTION,
            families=families,
            signs=_distinct(shown)[:_MOST_SIGNS],
            advice=tuple(self._pack.advice[key] for key in keys),
            rule_of_thumb=first.rule_of_thumb if first else None,
            how_it_goes_on=first.how_it_goes_on if first and confirmed else None,
            emergency=emergency,
        )

    def _nothing(
        self, verdict: Verdict, reason: Reason | None, signs: tuple[FoundSign, ...] = (), *, is_warning: bool = False
    ) -> Finding:
        key = {None: "no-proof", Reason.ONLY_LINK: "only-link", Reason.ONLY_DIGITS: "only-digits"}.get(
            reason, "tell-more"
        )
        advice: tuple[Bilingual, ...] = (self._pack.advice[key],)
        return Finding(verdict, advice=advice, reason=reason, signs=_distinct(signs), is_warning=is_warning)


def _said(phrases: PhraseSet, reading: Reading, tone: Tone) -> tuple[Match | None, bool]:
    """The first place, and whether another phrase of the same sign stands elsewhere in the text."""
    first: tuple[int, Match] | None = None
    for number, match in phrases.matches(reading):
        if not tone.allows(match):
            continue
        if first is None:
            first = number, match
        elif number != first[0] and (match.start >= first[1].end or match.end <= first[1].start):
            return first[1], True
    return (first[1] if first else None), False


def _first(phrases: PhraseSet, reading: Reading, tone: Tone) -> Match | None:
    """The first place that is not spoken against."""
    return next((match for _, match in phrases.matches(reading) if tone.allows(match)), None)


def _ranked(found: list[FoundSign], discount: int) -> list[tuple[str, int]]:
    """Families with their scores, likeliest first. General signs strengthen the likeliest, or stand alone."""
    scores: dict[str, int] = {}
    for sign in found:
        scores[sign.family] = scores.get(sign.family, 0) + sign.weight
    general = scores.pop(Kind.GENERAL, 0)
    ranked = sorted(scores.items(), key=lambda score: -score[1])
    if general and ranked and ranked[0][1] > 1:
        ranked[0] = (ranked[0][0], ranked[0][1] + general)
    elif general:
        ranked = [(Kind.GENERAL.value, general)]
    strong = [(family, score - discount) for family, score in ranked if score - discount >= _CAUTION]
    return [(family, score) for family, score in strong if score * 2 >= strong[0][1]]


def _distinct(signs: Iterable[FoundSign]) -> tuple[FoundSign, ...]:
    """One sign for each quote."""
    return tuple({sign.quote: sign for sign in reversed(list(signs))}.values())[::-1]


def _unreadable(text: str) -> Reason | None:
    bare = text.strip()
    if not bare:
        return Reason.EMPTY
    without_links = LINK.sub("", bare.lower())
    if without_links != bare.lower() and not _LETTER.search(without_links):
        return Reason.ONLY_LINK
    if not _LETTER.search(bare):
        return Reason.ONLY_DIGITS if any(map(str.isdigit, bare)) else Reason.TOO_SHORT
    return Reason.TOO_SHORT if len(bare) < _SHORT else None
