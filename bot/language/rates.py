"""Rates: percentages, 分 and 厘, and the period each is said for; percentages that are fees."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from bot.language.sentence import Sentence, is_period, nearby_cues
from bot.language.terms import (
    Fee,
    Field,
    Period,
    Rate,
    RateKind,
    Reason,
    When,
)
from bot.language.tokens import Kind, Token

_HAN = re.compile(r"[一-鿿]")
_PLACES = Decimal("0.000001")
_BETWEEN_PERIOD_AND_RATE = frozenset({Kind.INTEREST, Kind.FEE, Kind.FLAT, Kind.PRINCIPAL, Kind.PAY, Kind.UPFRONT})


@dataclass(frozen=True, slots=True)
class _Said:
    """A rate as said, before it is known whether it is the rate or a fee."""

    token: Token
    words: str
    reading: Rate | None
    options: tuple[Rate, ...]
    reason: Reason
    fee: Token | None
    period: Period | None
    upfront: bool


def read_rates(sentence: Sentence) -> Rate | None:
    """The rate alone, for an answer to the one question about it."""
    return read_rates_and_fees(sentence)[0]


def read_rates_and_fees(sentence: Sentence) -> tuple[Rate | None, list[Fee]]:
    """The one rate of a sentence, and the percentages in it that are fees."""
    said = [
        _rate_at(sentence, place)
        for place, token in enumerate(sentence.tokens)
        if token.kind in {Kind.PERCENT, Kind.FEN} and token.number is not None
    ]
    fees: list[Fee] = []
    rates: list[_Said] = []
    free = any(token.kind is Kind.FREE for token in sentence.tokens)
    interest = free or any(one.fee is None and not one.upfront for one in said)
    for one in said:
        if one.upfront or (one.fee is not None and _is_extra(one.fee, interest=interest)):
            fees.append(_percentage_fee(sentence, one))
        else:
            rates.append(one)
    rate = _one_rate(sentence, rates)
    if rate is None and not rates and free:  # nothing is nothing, whatever the period
        rate = Rate(Decimal(0), Period.YEAR)
    return rate, fees


def _is_extra(fee: Token, *, interest: bool) -> bool:
    """A fee beside the interest, rather than the price of the loan itself (手续费率 in place of a rate)."""
    return interest or bool(
        re.search(
            r"会员|中介|好处|介绍|担保|保险|保费|评估|保证|押金|insurance|guarantee|member|deposit|agency|broker|referral|origination|arrangement",
            fee.words,
        )
    )


def _percentage_fee(sentence: Sentence, said: _Said) -> Fee:
    number = said.token.number
    name = said.fee.words.strip() if said.fee is not None else unnamed(sentence)
    when = When.UPFRONT if said.upfront else When.EACH if said.period not in {None, Period.ONCE} else None
    value = Decimal(0) if number is None else number.value * (10 if said.token.detail[:1] in {"毛", "角"} else 1)
    return Fee(name, percent=value, when=when)


def _one_rate(sentence: Sentence, said: list[_Said]) -> Rate | None:
    settled = [one for one in said if one.reading is not None]
    if not settled:
        if said:
            one = said[0]
            sentence.ask(Field.RATE, one.words, one.reason, *one.options)
        return None
    for one in said:
        if one.reading is None:  # beside a rate, 收3个点 is a charge of its own: which, is to be asked
            percentages = tuple(Fee(one.words, percent=option.value) for option in one.options[:1])
            sentence.ask(Field.FEES, one.words, one.reason, *percentages)
    rates = [one.reading for one in settled if one.reading is not None]
    first = rates[0]
    if all(_same_rate(first, other) for other in rates[1:]):
        if sentence.vague(settled[0].token):
            sentence.ask(Field.RATE, settled[0].words, Reason.APPROXIMATE, first)
        return first
    words = sentence.quote(settled[0].token, settled[-1].token)
    sentence.ask(Field.RATE, words, Reason.SEVERAL_SAID, *dict.fromkeys(rates))
    return None


_A_YEAR = {Period.DAY: (365, 360), Period.WEEK: (52,), Period.MONTH: (12,), Period.YEAR: (1,), Period.ONCE: (1,)}


def _same_rate(one: Rate, other: Rate) -> bool:
    """月息2分也就是年化24% is one rate said twice."""
    return any(
        abs(one.value * a - other.value * b) <= Decimal("0.1")
        for a in _A_YEAR[one.period]
        for b in _A_YEAR[other.period]
    )


def _rate_at(sentence: Sentence, place: int) -> _Said:
    token = sentence.tokens[place]
    start, end = sentence.clause(place)
    nearby = nearby_cues(sentence, place)
    fee = next((one for one in nearby if one.kind is Kind.FEE), None)
    fee = fee or _name_after(sentence, place)
    following = sentence.after(place)
    if following is not None and following.kind is Kind.FEE:
        following = sentence.after(place + 1)
    upfront = any(one.kind is Kind.UPFRONT for one in (*nearby, *([following] if following else [])))
    period = _period_of(sentence, place, fee)
    by_quarter = _by_quarter(sentence, place)
    if period is None and any(one.kind is Kind.ONCE for one in sentence.tokens[start:end]):
        period = Period.ONCE
    kind = RateKind.INTEREST if fee is None else RateKind.FLAT_FEE
    before = next((one for one in reversed(nearby) if one.kind in {Kind.PERIOD, Kind.INTEREST, Kind.FEE}), token)
    words = sentence.quote(before if before.start < token.start else token, token)
    number = token.number
    values = () if number is None else (number.value,) if number.high is None else (number.value, number.high)
    options: list[Rate] = []
    reason = Reason.TWO_READINGS
    for value in values:
        readings, why = _readings(token, value, period, kind)
        options += readings
        reason = why or reason
    if len(values) > 1:
        reason = Reason.RANGE
    if by_quarter and period is Period.MONTH:  # four quarters a year
        options = [Rate(one.value * 4, Period.YEAR, one.kind) for one in options]
    reading = options[0] if len(options) == 1 else None
    return _Said(token, words, reading, tuple(options), reason, fee, period, upfront)


def _by_quarter(sentence: Sentence, place: int) -> bool:
    """Whether a rate is said for a quarter of a year."""
    following = sentence.after(place)
    near = [*nearby_cues(sentence, place), *([following] if following is not None else [])]
    return any(one.kind is Kind.PERIOD and one.detail == "quarter" for one in near)


def _name_after(sentence: Sentence, place: int) -> Token | None:
    """扣10%服务费: the name of the fee follows."""
    following = sentence.after(place)
    return following if following is not None and following.kind is Kind.FEE else None


def _period_of(sentence: Sentence, place: int, fee: Token | None) -> Period | None:  # noqa: C901, PLR0911
    """The period a rate is said for: the cue that follows at once, else the nearest before it."""
    following = sentence.after(place)
    if following is not None and following.kind is Kind.METHOD:  # 1% flat per month
        following = sentence.after(place + 1)
    if following is not None:
        if following.kind is Kind.PERIOD and following.detail != "pay":  # 3.3%，每月还多少
            return following.unit
        if following.kind is Kind.TERM and is_period(sentence, place + 1):
            return following.unit
        if following.kind in {Kind.FEE, Kind.INTEREST}:
            later = sentence.after(place + 1)
            if later is not None and later.kind is Kind.PERIOD and later.detail in {"", "rate", "instalment"}:
                return later.unit
    for token in reversed(nearby_cues(sentence, place)):
        if token.kind is Kind.PERIOD and token.detail != "pay":
            return token.unit
        if token.kind is Kind.TERM:
            return token.unit
        if token.kind not in _BETWEEN_PERIOD_AND_RATE:
            return None
    return fee.unit if fee is not None else None


def _readings(token: Token, value: Decimal, period: Period | None, kind: RateKind) -> tuple[list[Rate], Reason | None]:
    if not value:  # nothing is nothing, whatever the period
        return [Rate(value, period or Period.YEAR, kind)], None
    if token.kind is Kind.PERCENT:
        if period is not None:
            return [Rate(value, period, kind)], None
        if token.detail == "daily" and kind is RateKind.INTEREST:  # 万五 and 千一 are said of a day
            return [Rate(value, Period.DAY, kind)], None
        periods = (Period.MONTH, Period.ONCE) if kind is RateKind.FLAT_FEE else (Period.MONTH, Period.YEAR, Period.ONCE)
        return [Rate(value, one, kind) for one in periods], Reason.PERIOD_UNKNOWN
    return _fen_readings(token, value, period, kind)


def _fen_readings(  # noqa: PLR0911
    token: Token, value: Decimal, period: Period | None, kind: RateKind
) -> tuple[list[Rate], Reason | None]:
    """分, 厘, 毫: of a month 1 分 is 1 %, of a year 10 %."""
    unit = token.detail[:1]
    monthly, yearly = Rate(value, Period.MONTH, kind), Rate(value * 10, Period.YEAR, kind)
    if unit in {"毛", "角"}:
        return [Rate(value, one, kind) for one in ([period] if period else [Period.MONTH, Period.ONCE])], (
            Reason.PERIOD_UNKNOWN
        )
    if period is Period.DAY:
        if unit == "厘":  # 0.1 % in talk, 0.01 % in old bank usage
            return [Rate(value, Period.DAY, kind), Rate(value / 10, Period.DAY, kind)], Reason.TWO_READINGS
        return [Rate(value, Period.DAY, kind)], None
    if period in {Period.MONTH, Period.WEEK, Period.ONCE}:
        return [Rate(value, period, kind)], None
    if period is Period.YEAR:
        # Many who say 年息1分 mean one percent a month.
        return ([yearly, monthly], Reason.TWO_READINGS) if unit == "分" else ([yearly], None)
    if unit == "分" and token.detail.endswith(("利", "息")):  # 二分利 is custom for two percent a month
        return [monthly], None
    return [monthly, yearly], Reason.PERIOD_UNKNOWN


def unnamed(sentence: Sentence) -> str:
    """What to call a deduction nobody named."""
    return "砍头息" if _HAN.search(sentence.text.text) else "deduction"


def percentage(part: Decimal, whole: Decimal) -> Decimal:
    """A part of a whole in percent, to six places, half up."""
    with localcontext(prec=40):
        value = part * 100 / whole
        return value if value == value.quantize(_PLACES) else value.quantize(_PLACES, rounding=ROUND_HALF_UP)
