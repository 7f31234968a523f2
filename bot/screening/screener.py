"""Holds a text against every family and says what was found, with the very words that show it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.content.base import Bilingual, Confidence
from bot.content.fraud import FraudFamily, FraudPack, FraudSign, Kind, Question
from bot.screening.circumstances import Circumstances
from bot.screening.finding import Emergency, Finding, FollowUp, FoundSign, Reason, Verdict
from bot.screening.forms import LINK
from bot.screening.judging import CHINESE, ENGLISH, Judgement, judge
from bot.screening.lexicon import Lexicon, Match, PhraseSet, Reading
from bot.screening.likeness import LikenessModel, Traits
from bot.screening.normalise import Normaliser
from bot.screening.speech import SpeechReader, Tone
from bot.screening.traits import TraitReader, pieces, runs

_LONGEST_QUOTE = 60
_LONGEST_TEXT = 4_000
"""Letters that are read; longer pastes are read up to here and, for what follows at the end, from there."""
_TAIL = 2_000
_MOST_SIGNS = 5
_MOST_QUESTIONS = 2
_SHORT = 4
_LETTER = re.compile(r"[^\W\d_]")
_CLAUSE_END = frozenset(",。!?;\n")
_ALARM = frozenset({Verdict.DANGER, Verdict.CAUTION})
_WORDING = "wording"
_TEACHING = 2.0
"""What the tone of a warning or a lesson takes off the likeness: such texts name every word of the trick."""


@dataclass(frozen=True, slots=True)
class _Sign:
    family: FraudFamily
    sign: FraudSign
    phrases: PhraseSet


@dataclass(frozen=True, slots=True)
class _Signs:
    found: list[FoundSign]
    met: list[tuple[str, str, bool]]
    """Family, sign, and whether it is said rather than spoken against."""


class Screener:
    """Compiled and trained once, then asked for any number of texts; safe to share between threads after building."""

    def __init__(self, pack: FraudPack) -> None:
        self._pack = pack
        self._families = {family.id: family for family in pack.families}
        self._normaliser = Normaliser(pack.spelling.codes, pack.spelling.traditional)
        self._lexicon = Lexicon(self._normaliser)
        self._signs = [
            _Sign(family, sign, self._lexicon.add(pack.phrase(text) for text in sign.both))
            for family in pack.families
            for sign in family.signs
        ]
        self._sign_of = {number: at for at, entry in enumerate(self._signs) for number in entry.phrases.numbers}
        self._speech = SpeechReader(pack, self._lexicon)
        self._circumstances = Circumstances(pack, self._lexicon)
        self._traits = TraitReader(pack, self._lexicon)
        self._questions = [(frozenset(question.families), _follow_up(question, pack)) for question in pack.questions]
        examples = list(pack.examples.texts())
        self._model = LikenessModel(examples, (self._traits_of(example.text) for example in examples))

    def screen(self, text: str) -> Finding:
        """Screen one text."""
        if len(text) > _LONGEST_TEXT + _TAIL:
            text = text[:_LONGEST_TEXT] + "\n" + text[-_TAIL:]
        reason = _unreadable(text)
        if reason in {Reason.EMPTY, Reason.ONLY_LINK, Reason.ONLY_DIGITS}:
            return self._nothing(Verdict.UNSURE, reason)
        reading = self._lexicon.read(text)
        finding = self._judged(reading, reason)
        return replace(
            finding,
            distress=self._circumstances.distress(reading),
            claimed_caller=self._circumstances.claimed_caller(reading),
        )

    def bare(self, text: str) -> str:
        """The letters and digits of a text in their plain form: equal for copies that differ in dress only."""
        return self._normaliser.bare(text)

    def _judged(self, reading: Reading, reason: Reason | None) -> Finding:
        tone = self._speech.tone(reading)
        signs = self._met(reading, tone)
        found = [] if tone.teaches else signs.found
        likeness = self._model.weigh(self._traits.traits(reading, tone, signs.met))
        if tone.teaches:
            likeness = replace(likeness, score=likeness.score - _TEACHING)
        if reason is Reason.TOO_SHORT:
            likeness = replace(likeness, score=min(likeness.score, 0.0))
        judgement = judge(found, tone.discount, likeness, CHINESE if reading.is_chinese else ENGLISH)
        alarm = judgement.verdict in _ALARM
        emergency = None
        if alarm or not tone.teaches:
            # Where money is gone already, one sign is enough: first aid too many is better than one too few.
            suspicious = alarm or bool(found)
            emergency = self._circumstances.emergency(reading, tone, _LONGEST_QUOTE, suspicious=suspicious)
        if alarm or emergency:
            return self._finding(judgement, found, emergency, reading)
        if reason:
            return self._nothing(Verdict.UNSURE, reason)
        if judgement.verdict is Verdict.UNSURE and not tone.teaches and (found or likeness.score > 0):
            return self._nothing(Verdict.UNSURE, Reason.WEAK_SIGNS, tuple(found))
        return self._nothing(Verdict.NO_SIGN, None, is_warning=tone.teaches)

    def _traits_of(self, text: str) -> Traits:
        reading = self._lexicon.read(text)
        tone = self._speech.tone(reading)
        return self._traits.traits(reading, tone, self._met(reading, tone).met)

    def _met(self, reading: Reading, tone: Tone) -> _Signs:
        signs = _Signs([], [])
        possible = {self._sign_of[number] for number in reading.possible if number in self._sign_of}
        for at in sorted(possible):
            entry = self._signs[at]
            first, more, met = _said(entry.phrases, reading, tone)
            if met:
                signs.met.append((entry.family.id, entry.sign.id, first is not None))
            if first:
                quote = reading.quote(first, _LONGEST_QUOTE)
                sign = entry.sign
                signs.found.append(FoundSign(sign.id, entry.family.id, quote, sign.why, sign.weight + more))
        return signs

    def _finding(
        self, judgement: Judgement, found: list[FoundSign], emergency: Emergency | None, reading: Reading
    ) -> Finding:
        families = tuple(self._families[family] for family in judgement.families)
        first = families[0] if families else None
        place = {family: at for at, family in enumerate(judgement.families)}
        shown = [sign for sign in found if sign.family in place or sign.family == Kind.GENERAL]
        shown.sort(key=lambda sign: (place.get(sign.family, len(place)), -sign.weight))
        if first and not any(sign.family == first.id for sign in shown):
            shown.insert(0, self._telling_words(reading, first))
        keys = dict.fromkeys(first.advice if first else ("unknown-trick",))
        confirmed = first is not None and first.confidence is not Confidence.UNCONFIRMED
        verdict = Verdict.DANGER if emergency else judgement.verdict
        return Finding(
            verdict=verdict,
            families=families,
            signs=_distinct(shown)[:_MOST_SIGNS],
            advice=tuple(self._pack.advice[key] for key in keys),
            rule_of_thumb=first.rule_of_thumb if first else None,
            how_it_goes_on=first.how_it_goes_on if first and confirmed else None,
            emergency=emergency,
            questions=self._asked(judgement.families[:1]) if verdict is Verdict.CAUTION else (),
            is_strong=judgement.is_strong,
        )

    def _telling_words(self, reading: Reading, family: FraudFamily) -> FoundSign:
        """The clause that speaks most for a trick, quoted when no sign of the rules stands in the text."""
        tokens = pieces(reading)
        best, best_weight = (0, len(tokens)), float("-inf")
        start = 0
        for end in range(1, len(tokens) + 1):
            if end < len(tokens) and reading.tokens[end] not in _CLAUSE_END and end - start < _LONGEST_QUOTE:
                continue
            weight = self._model.weight(dict.fromkeys(runs(tokens[start:end])))
            if weight > best_weight:
                best, best_weight = (start, end), weight
            start = end + 1 if end < len(tokens) and reading.tokens[end] in _CLAUSE_END else end
            if start >= len(tokens):
                break
        name, why = family.name, self._pack.likeness_why
        reason = Bilingual(zh=why.zh.format(family=name.zh), en=why.en.format(family=name.en))
        return FoundSign(_WORDING, family.id, reading.words(*best)[:_LONGEST_QUOTE], reason, 1)

    def _asked(self, families: tuple[str, ...]) -> tuple[FollowUp, ...]:
        fitting = [question for of, question in self._questions if not of.isdisjoint(families)]
        general = [question for of, question in self._questions if not of]
        return tuple((fitting + general)[:_MOST_QUESTIONS])

    def _nothing(
        self, verdict: Verdict, reason: Reason | None, signs: tuple[FoundSign, ...] = (), *, is_warning: bool = False
    ) -> Finding:
        key = {None: "no-proof", Reason.ONLY_LINK: "only-link", Reason.ONLY_DIGITS: "only-digits"}.get(
            reason, "tell-more"
        )
        advice: tuple[Bilingual, ...] = (self._pack.advice[key],)
        questions = self._asked(()) if verdict is Verdict.UNSURE else ()
        return Finding(
            verdict, advice=advice, reason=reason, signs=_distinct(signs), is_warning=is_warning, questions=questions
        )


def _follow_up(question: Question, pack: FraudPack) -> FollowUp:
    return FollowUp(
        question.id,
        question.ask,
        Verdict(question.if_yes) if question.if_yes else None,
        Verdict(question.if_no) if question.if_no else None,
        tuple(pack.advice[key] for key in question.advice),
    )


def _said(phrases: PhraseSet, reading: Reading, tone: Tone) -> tuple[Match | None, bool, bool]:
    """The first place, whether another phrase of the same sign stands elsewhere, and whether any stands at all."""
    first: tuple[int, Match] | None = None
    met = False
    for number, match in phrases.matches(reading):
        met = True
        if not tone.allows(match):
            continue
        if first is None:
            first = number, match
        elif number != first[0] and (match.start >= first[1].end or match.end <= first[1].start):
            return first[1], True, True
    return (first[1] if first else None), False, met


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
