"""Sums of money, each given its part by the cue words around it."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from bot.language.rates import unnamed
from bot.language.sentence import SMALLEST_BARE_SUM, Sentence, has_period, is_lone_cue, is_period
from bot.language.terms import (
    Fee,
    Field,
    Period,
    Rate,
    RateKind,
    Reason,
)
from bot.language.tokens import Kind, Token

_MOST = Decimal("1e12")
_ASKS = re.compile(r"多少|几多|多大|啥|什么|how much|what")
_LEAST_BARE_INTEREST = 37
"""Below, a number said as interest without any unit is a percentage; at or above, a sum of yuan."""
_LEAST_BARE_FEE = 5
_ON = re.compile(r"\b(?:on|for the|of the) (?:an? |the )?(?:about |around )?[$¥£]?$")


@dataclass(slots=True)
class Sum:
    """A sum of money and the part its cues give it."""

    place: int
    token: Token
    value: Decimal
    period: Period | None = None
    upfront: bool = False
    name: str = ""
    quarterly: bool = False
    instalment: bool = False
    """Said of 每期: as long as an instalment is."""


_YIELDING = frozenset({Kind.PAY, Kind.UPFRONT, Kind.PRINCIPAL, Kind.RECEIVED})
_ROLES = {
    Kind.PRINCIPAL: "principal",
    Kind.RECEIVED: "received",
    Kind.FEE: "fee",
    Kind.INTEREST: "interest",
    Kind.TOTAL: "total",
    Kind.PAY: "payment",
    Kind.UPFRONT: "upfront",
}


@dataclass(slots=True)
class Sorted:
    """Every sum under its part, and a percentage that was said without its sign."""

    parts: dict[str, list[Sum]] = field(default_factory=dict)
    bare_rate: Rate | None = None


_FIELDS = {"payment": Field.PAYMENT, "each": Field.PAYMENT, "received": Field.RECEIVED, "total": Field.TOTAL}


def sort_sums(sentence: Sentence) -> Sorted:
    """Give every sum its part."""
    sorter = _Sorter(sentence)
    sorter.sort()
    return sorter.sorted


class _Sorter:
    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.sorted = Sorted()

    def sort(self) -> None:
        for place, token in enumerate(self.sentence.tokens):
            if token.kind is not Kind.MONEY or token.number is None or token.number.value <= 0:
                continue
            one = Sum(place, token, token.number.value)
            role = self._role(one)
            if one.value > _MOST:
                about = _FIELDS.get(role or "", Field.PRINCIPAL)
                self.sentence.ask(about, self.sentence.quote(token), Reason.TOO_LARGE)
                continue
            if one.quarterly and role in {"payment", "each", "interest"}:
                continue  # no period of ours; nothing is better than a wrong month
            if role is not None and not self._is_percentage(one, role):
                self.sorted.parts.setdefault(role, []).append(one)

    def _is_percentage(self, one: Sum, role: str) -> bool:
        """月息1.5, 利率4.9, 手续费0.6: no unit was said and it is too small for a sum, so it is a percentage."""
        if one.token.detail or one.value >= _LEAST_BARE_INTEREST or role not in {"interest", "fee"} or one.upfront:
            return False
        values = (
            (one.value,)
            if one.token.number is None or one.token.number.high is None
            else (one.value, one.token.number.high)
        )
        words = self.sentence.quote(one.token)
        if role == "fee":
            if one.value >= _LEAST_BARE_FEE:
                return False
            period = one.period or Period.MONTH
            rate = Rate(one.value, period, RateKind.FLAT_FEE)
            self.sentence.ask(Field.RATE, words, Reason.TWO_READINGS, rate, Fee(one.name, amount=one.value))
        elif self._period_follows(one):
            return False  # interest is 20 per month
        elif one.period in {Period.MONTH, Period.YEAR} and len(values) == 1:
            self.sorted.bare_rate = Rate(one.value, one.period)
        elif one.period is Period.DAY:
            return False
        else:
            periods = [one.period] if one.period else [Period.MONTH, Period.YEAR, Period.ONCE]
            readings = [Rate(value, period) for period in periods for value in values]
            reason = Reason.RANGE if len(values) > 1 else Reason.PERIOD_UNKNOWN
            self.sentence.ask(Field.RATE, words, reason, *readings)
        return True

    def _period_follows(self, one: Sum) -> bool:
        following = self.sentence.after(one.place)
        return following is not None and following.kind is Kind.PERIOD

    def _worded(self, one: Sum) -> str | None:
        """The part a small word just before gives a sum: per 10,000; on 50,000; 36 instalments of 1,521.10."""
        text = self.sentence.text.text
        if text[max(0, one.token.start - 7) : one.token.start].strip(" $¥").endswith(("per", "每", "every")):
            return "base"
        if _ON.search(text[max(0, one.token.start - 10) : one.token.start]):
            return "principal"
        previous = self.sentence.at(one.place - 1)
        counted = previous is not None and previous.kind is Kind.TERM and bool(previous.detail)
        if counted and previous is not None and text[previous.end : one.token.start].strip(" $¥") == "of":
            return "payment"
        return None

    def _role(self, one: Sum) -> str | None:  # noqa: PLR0911
        worded = self._worded(one)
        if worded is not None:
            return worded
        back = self._back(one)
        following = self.sentence.after(one.place)
        later = self.sentence.at(one.place + 2)
        forward = self._forward(one, following, later)
        one.period = self._period(one, following, back)
        one.upfront = any(token.kind is Kind.UPFRONT for token in back) or (
            following is not None
            and Kind.UPFRONT in {following.kind, later.kind if later is not None else following.kind}
        )
        nearest = next(
            (
                token
                for token in reversed(back)
                if token.kind in _ROLES or (token.kind is Kind.PERIOD and token.detail in {"pay", "rate", "fee"})
            ),
            None,
        )
        asked_after = forward is not None and forward.kind is Kind.INTEREST and self._asks_for(one, forward, nearest)
        if forward is not None and not asked_after and (nearest is None or nearest.kind in _YIELDING):
            nearest = forward
        if nearest is None:
            return self._without_cue(one)
        if nearest.kind is Kind.UPFRONT:
            named = next((token for token in (*reversed(back), later) if token and token.kind is Kind.FEE), None)
            one.name = named.words.strip() if named else unnamed(self.sentence)
            return "fee"
        if nearest.kind is Kind.PERIOD:
            one.name = nearest.words
            return {"pay": "payment", "fee": "fee"}.get(nearest.detail, "interest")
        if nearest.kind is Kind.FEE:
            one.name = nearest.words.strip()
            return "fee"
        if nearest.kind is Kind.INTEREST and one.upfront:
            one.name = unnamed(self.sentence)
            return "fee"
        if nearest.kind is Kind.RECEIVED and nearest.words.startswith("给") and one.period is not None:
            return "payment"  # 每月给八百
        return _ROLES[nearest.kind]

    def _asks_for(self, one: Sum, interest: Token, nearest: Token | None) -> bool:
        """借3万要多少利息, 借3万元的利息: the interest is what is asked for, and the sum is the loan."""
        borrowed = nearest is not None and nearest.kind is Kind.PRINCIPAL
        return borrowed or bool(_ASKS.search(self.sentence.text.text[one.token.end : interest.end + 4]))

    def _back(self, one: Sum) -> list[Token]:
        """Cues before a sum: up to the number before, or the clause; a lone comma after a cue is passed over."""
        found: list[Token] = []
        for back in range(one.place - 1, -1, -1):
            token = self.sentence.tokens[back]
            if token.kind in {Kind.MONEY, Kind.PERCENT, Kind.FEN}:
                if token.kind is not Kind.MONEY and found and not has_period(self.sentence, back):
                    belongs = found[-1].kind is Kind.PERIOD or (
                        found[-1].kind is Kind.TERM and is_period(self.sentence, back + 1)
                    )
                    if belongs:  # 2% a month: the month is spoken for
                        found.pop()
                break
            if token.kind is Kind.STOP:
                if found or not is_lone_cue(self.sentence, back):
                    break
                continue
            found.append(token)
        return found[::-1]

    def _forward(self, one: Sum, following: Token | None, later: Token | None) -> Token | None:
        """The cue that follows at once and is not the cue of the next number: 200手续费, 1万的贷款."""
        if following is None or following.kind not in _ROLES:
            return None
        gap = self.sentence.text.text[one.token.end : following.start]
        if len(gap) > 3 or (  # noqa: PLR2004
            later is not None and later.kind in {Kind.MONEY, Kind.PERCENT, Kind.FEN} and following.kind is not Kind.FEE
        ):
            return None
        if (
            following.kind is Kind.FEE
            and later is not None
            and later.kind in {Kind.MONEY, Kind.PERCENT}
            and one.token.detail != "unit"
        ):
            return None
        return following

    def _period(self, one: Sum, following: Token | None, back: list[Token]) -> Period | None:
        later = self.sentence.after(one.place + 1)
        spoken_for = later is not None and later.kind in {Kind.MONEY, Kind.PERCENT, Kind.FEN}  # 1万日息5元
        if following is not None and following.kind is Kind.PERIOD:
            one.quarterly = following.detail == "quarter"
        if following is not None and following.kind is Kind.PERIOD and (following.words.isascii() or not spoken_for):
            return following.unit
        named = following is not None and following.kind in {Kind.INTEREST, Kind.FEE}
        if named and later is not None and later.kind is Kind.PERIOD and later.words.isascii():
            return later.unit  # 200 interest a month
        for token in reversed(back):
            if token.kind is Kind.PERIOD:
                one.instalment = token.detail == "instalment"
                one.quarterly = token.detail == "quarter"
                return token.unit
            if token.kind is Kind.TERM and is_period(self.sentence, self.sentence.tokens.index(token)):
                one.instalment = bool(token.detail)
                return token.unit
        if following is not None and following.kind is Kind.TERM and is_period(self.sentence, one.place + 1):
            later = self.sentence.at(one.place + 2)
            if later is None or later.kind is Kind.STOP:
                return following.unit
        return None

    def _without_cue(self, one: Sum) -> str | None:
        previous = self.sentence.before(one.place, frozenset({Kind.PERIOD, Kind.TERM}))
        if one.period is not None and previous is not None and previous.kind is Kind.MONEY:
            return "each"
        if one.period is not None:
            return "each"
        if one.token.detail or one.value >= SMALLEST_BARE_SUM:
            return "bare"
        return None
