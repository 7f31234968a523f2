"""The grammar of money: what a sentence says about a loan, and what it leaves open.

Every number is given its part by the cue words around it, nearest first and within its clause. Nothing is filled in:
what was not said is absent, and what can be read in more than one way is a question (``Terms.ambiguous``).
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from bot.language.folding import MOST_READ, fold
from bot.language.numerals import Digits, digits
from bot.language.terms import (
    Ambiguity,
    Fee,
    Field,
    Method,
    Payment,
    Period,
    Rate,
    RateKind,
    Reading,
    Reason,
    Term,
    Terms,
    When,
)
from bot.language.tokens import Kind, Token, tokens

_MOST = Decimal("1e12")
_SMALLEST_BARE_SUM = 100
_LEAST_BARE_INTEREST = 37
"""Below, a number said as interest without any unit is a percentage; at or above, a sum of yuan."""
_LEAST_BARE_FEE = 5
_LEAST_SHARE_REPAID = 20
"""借1万一个月200: a sum each period of at most a twentieth of the loan is interest; more may be either."""
_PLACES = Decimal("0.000001")
_ABOUT_BEFORE = re.compile(
    r"(?:大概|大约|差不多|大致|左右|约莫|约|将近|接近|估计|可能|好像|about|around|approximately|approx\.?"
    r"|roughly|nearly|almost"
    r"|some|maybe|~)[ 是有要借了能贷每月还a]{0,6}$"
)
_ABOUT_AFTER = re.compile(r" ?(?:元|块钱?|个月)?(?:左右|上下|出头|不到|来块|or so\b|ish\b|roughly\b|give or take)")
_ON = re.compile(r"\bon (?:an? )?(?:about |around )?[$¥]?$")
_ALTOGETHER = re.compile(r"[总一1]共|全部|加起来|总的|总利?息|total")


@dataclass(slots=True)
class _Sentence:
    """One text under reading: its tokens, and what has been found so far."""

    text: Digits
    tokens: list[Token]
    used: set[int] = field(default_factory=set)
    questions: list[Ambiguity] = field(default_factory=list)

    def quote(self, token: Token, last: Token | None = None) -> str:
        return self.text.quote(token.start, (last or token).end)

    def ask(self, about: Field, words: str, reason: Reason, *readings: Reading) -> None:
        self.questions.append(Ambiguity(about, words, reason, readings))

    def at(self, place: int) -> Token | None:
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def before(self, place: int, skip: frozenset[Kind] = frozenset()) -> Token | None:
        """The token just before in the same clause, past those to skip."""
        place -= 1
        while place >= 0 and self.tokens[place].kind in skip:
            place -= 1
        token = self.at(place)
        return None if token is None or token.kind is Kind.STOP else token

    def after(self, place: int) -> Token | None:
        token = self.at(place + 1)
        return None if token is None or token.kind is Kind.STOP else token

    def clause(self, place: int) -> tuple[int, int]:
        """First and one past the last place of the clause."""
        start = place
        while start > 0 and self.tokens[start - 1].kind is not Kind.STOP:
            start -= 1
        end = place
        while end < len(self.tokens) and self.tokens[end].kind is not Kind.STOP:
            end += 1
        return start, end

    def vague(self, token: Token) -> bool:
        if token.number is not None and token.number.vague:
            return True
        text = self.text.text
        return bool(
            _ABOUT_BEFORE.search(text[max(0, token.start - 16) : token.start])
            or _ABOUT_AFTER.match(text, token.end)
            or _ABOUT_AFTER.search(token.words)
        )


def read_terms(text: str, today: date | None = None) -> Terms:  # noqa: ARG001
    """Read what a sentence says about a loan. Never fails; says nothing that was not said."""
    sentence = scan(text)
    if not any(token.number is not None or token.kind is Kind.METHOD for token in sentence.tokens):
        return Terms()
    term = _read_term(sentence)
    sums = _Sums(sentence, term)
    sums.sort()
    rate, fees = _read_rates(sentence)
    return sums.settle(rate, fees, _read_method(sentence))


def scan(text: str) -> _Sentence:
    """Fold, rewrite the numbers, find the tokens."""
    text = text[:MOST_READ]
    found = digits(fold(text), text)
    return _Sentence(found, tokens(found))


# --- methods -------------------------------------------------------------------------------------------------------


def _read_method(sentence: _Sentence) -> Method | None:
    said = [token for token in sentence.tokens if token.kind is Kind.METHOD]
    methods = list(dict.fromkeys(Method(token.detail) for token in said))
    if len(methods) > 1:
        words = sentence.quote(said[0], said[-1])
        sentence.ask(Field.METHOD, words, Reason.SEVERAL_SAID, *methods)
        return None
    return methods[0] if methods else None


# --- terms ---------------------------------------------------------------------------------------------------------


def _is_period(sentence: _Sentence, place: int) -> bool:
    """Whether "一个月" or "7天" says how often rather than how long: 一个月200, 2个点一个月, 每7天."""
    token = sentence.tokens[place]
    if token.number is None or token.number.value != 1 or token.detail:
        return False
    following, previous = sentence.after(place), sentence.before(place)
    if previous is not None and previous.kind in {Kind.PERCENT, Kind.FEN}:
        # 月息八厘做一年 has its period already; 两个点一个月 has it here.
        return token.start - previous.end <= 1 and not _has_period(sentence, place - 1)
    if following is not None and following.kind in {Kind.PERCENT, Kind.FEN, Kind.INTEREST, Kind.FEE}:
        return True
    if following is not None and following.kind is Kind.PAY:
        money = sentence.at(place + 2)
        return money is not None and money.kind is Kind.MONEY and not _looks_whole(sentence, place)
    return following is not None and following.kind is Kind.MONEY


def _has_period(sentence: _Sentence, place: int) -> bool:
    return any(one.kind is Kind.PERIOD and one.detail != "pay" for one in _nearby(sentence, place))


def _looks_whole(sentence: _Sentence, place: int) -> bool:
    """借3000一周还3000: what is paid back is no less than what was lent, so the week is the term."""
    money = sentence.tokens[place + 2]
    others = [
        token.number.value
        for token in sentence.tokens[:place]
        if token.kind is Kind.MONEY and token.number is not None and token.number.value >= _SMALLEST_BARE_SUM
    ]
    return bool(others) and money.number is not None and money.number.value >= min(others)


def read_term_token(token: Token) -> Term | tuple[Reading, ...] | None:
    """A term, the readings of one that is no whole number, or nothing."""
    if token.number is None or token.unit is None:
        return None
    if token.number.high is not None:
        return tuple(Term(int(end), token.unit) for end in (token.number.value, token.number.high) if end == int(end))
    count, unit = token.number.value, token.unit
    if count == count.to_integral_value():
        return Term(int(count), unit) if 0 < count <= 40_000 else None  # noqa: PLR2004
    if unit is Period.YEAR and (count * 12) == (count * 12).to_integral_value():
        return Term(int(count * 12), Period.MONTH)
    per = {Period.MONTH: 30, Period.WEEK: 7}.get(unit)
    if per is None:
        return None
    return (Term(int((count * per).to_integral_value(rounding=ROUND_HALF_UP)), Period.DAY),)


def _read_term(sentence: _Sentence) -> Term | None:
    """The term; instalments win over months, months beside years add up (1年零3个月)."""
    found: list[tuple[Token, Term]] = []
    asked: list[tuple[Token, tuple[Reading, ...]]] = []
    for place, token in enumerate(sentence.tokens):
        if token.kind is not Kind.TERM or _is_period(sentence, place) or _is_each(sentence, token):
            continue
        if _is_length(sentence, place) or _is_length(sentence, place - 1):
            continue
        term = read_term_token(token)
        if isinstance(term, Term):
            if sentence.vague(token):
                sentence.ask(Field.TERM, sentence.quote(token), Reason.APPROXIMATE, term)
            found.append((token, term))
        elif term:
            asked.append((token, term))
        sentence.used.add(place)
    if not found and asked:
        token, readings = asked[0]
        reason = Reason.RANGE if len(readings) > 1 else Reason.APPROXIMATE
        sentence.ask(Field.TERM, sentence.quote(token), reason, *readings)
        return None
    return _in_lengths(sentence, _one_term(sentence, found))


def _is_length(sentence: _Sentence, place: int) -> bool:
    """15天一期: how long one instalment is."""
    first, second = sentence.at(place), sentence.at(place + 1)
    if first is None or second is None or first.kind is not Kind.TERM or second.kind is not Kind.TERM:
        return False
    one = second.number is not None and second.number.value == 1 and "期" in second.words
    return one and not first.detail and second.start - first.end <= 1


def _in_lengths(sentence: _Sentence, term: Term | None) -> Term | None:
    """The term in instalments of the length that was said: 4期，7天一期 is four weeks."""
    length = next((token for place, token in enumerate(sentence.tokens) if _is_length(sentence, place)), None)
    each = None if length is None else read_term_token(length)
    if length is None or not isinstance(each, Term):
        return term
    if term is not None and (each.count == 1 or each == Term(7, Period.DAY)):
        return Term(term.count, Period.WEEK if each.count > 1 else each.unit)
    count = 1 if term is None else term.count
    sentence.ask(Field.TERM, sentence.quote(length), Reason.TWO_READINGS, Term(each.count * count, each.unit))
    return None


def _is_each(sentence: _Sentence, token: Token) -> bool:
    """每7天, 分4期每期7天: says how long one instalment is."""
    return sentence.text.text[max(0, token.start - 3) : token.start].rstrip(" ").endswith(("每", "每期", "every"))


def _one_term(sentence: _Sentence, found: list[tuple[Token, Term]]) -> Term | None:
    if not found:
        return None
    instalments = [(token, term) for token, term in found if token.detail]
    best = instalments or found
    if len(best) == 2 and not instalments:  # noqa: PLR2004
        (first, years), (second, months) = best
        between = sentence.text.text[first.end : second.start].strip(" 零又and")
        if not between and years.unit is Period.YEAR and months.unit is Period.MONTH:
            return Term(years.count * 12 + months.count)
    terms = list(dict.fromkeys(_in_months(term) for _, term in best))
    if len(terms) == 1:
        return best[0][1]
    sentence.ask(Field.TERM, sentence.quote(best[0][0], best[-1][0]), Reason.SEVERAL_SAID, *(term for _, term in best))
    return None


def _in_months(term: Term) -> Term:
    return Term(term.count * 12) if term.unit is Period.YEAR else term


# --- rates ---------------------------------------------------------------------------------------------------------

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


def read_rates(sentence: _Sentence) -> Rate | None:
    """The rate alone, for an answer to the one question about it."""
    return _read_rates(sentence)[0]


def _read_rates(sentence: _Sentence) -> tuple[Rate | None, list[Fee]]:
    said = [
        _rate_at(sentence, place)
        for place, token in enumerate(sentence.tokens)
        if token.kind in {Kind.PERCENT, Kind.FEN} and token.number is not None
    ]
    fees: list[Fee] = []
    rates: list[_Said] = []
    interest = any(one.fee is None and not one.upfront for one in said)
    for one in said:
        if one.upfront or (one.fee is not None and _is_extra(one.fee, interest=interest)):
            fees.append(_percentage_fee(one))
        else:
            rates.append(one)
    return _one_rate(sentence, rates), fees


def _is_extra(fee: Token, *, interest: bool) -> bool:
    """A fee beside the interest, rather than the price of the loan itself (手续费率 in place of a rate)."""
    return interest or bool(
        re.search(r"会员|担保|保险|保费|评估|保证|押金|insurance|guarantee|member|deposit", fee.words)
    )


def _percentage_fee(said: _Said) -> Fee:
    number = said.token.number
    name = said.fee.words.strip() if said.fee is not None else _unnamed(said.token)
    when = When.UPFRONT if said.upfront else When.EACH if said.period not in {None, Period.ONCE} else None
    value = Decimal(0) if number is None else number.value * (10 if said.token.detail[:1] in {"毛", "角"} else 1)
    return Fee(name, percent=value, when=when)


def _one_rate(sentence: _Sentence, said: list[_Said]) -> Rate | None:
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


def _rate_at(sentence: _Sentence, place: int) -> _Said:
    token = sentence.tokens[place]
    start, end = sentence.clause(place)
    nearby = _nearby(sentence, place)
    fee = next((one for one in nearby if one.kind is Kind.FEE), None)
    fee = fee or _name_after(sentence, place)
    following = sentence.after(place)
    if following is not None and following.kind is Kind.FEE:
        following = sentence.after(place + 1)
    upfront = any(one.kind is Kind.UPFRONT for one in (*nearby, *([following] if following else [])))
    period = _period_of(sentence, place, fee)
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
    reading = options[0] if len(options) == 1 else None
    return _Said(token, words, reading, tuple(options), reason, fee, period, upfront)


def _nearby(sentence: _Sentence, place: int) -> list[Token]:
    """The cues before a rate, back to the last number or the end of the clause before."""
    found: list[Token] = []
    for back in range(place - 1, -1, -1):
        token = sentence.tokens[back]
        if token.kind in {Kind.MONEY, Kind.PERCENT, Kind.FEN, Kind.DATE, Kind.METHOD}:
            break
        if token.kind is Kind.TERM and not _is_period(sentence, back):
            break
        if token.kind is Kind.STOP:
            if found or not _lone_cue(sentence, back):
                break
            continue
        found.append(token)
    return found[::-1]


def _lone_cue(sentence: _Sentence, stop: int) -> bool:
    """Whether the clause before a stop is a cue without any number: 月息，2分."""
    for back in range(stop - 1, -1, -1):
        token = sentence.tokens[back]
        if token.kind is Kind.STOP:
            break
        if token.number is not None or token.kind is Kind.METHOD:
            return False
    return True


def _name_after(sentence: _Sentence, place: int) -> Token | None:
    """扣10%服务费: the name of the fee follows."""
    following = sentence.after(place)
    return following if following is not None and following.kind is Kind.FEE else None


def _period_of(sentence: _Sentence, place: int, fee: Token | None) -> Period | None:  # noqa: PLR0911
    """The period a rate is said for: the cue that follows at once, else the nearest before it."""
    following = sentence.after(place)
    if following is not None:
        if following.kind is Kind.PERIOD:
            return following.unit
        if following.kind is Kind.TERM and _is_period(sentence, place + 1):
            return following.unit
        if following.kind in {Kind.FEE, Kind.INTEREST}:
            later = sentence.after(place + 1)
            if later is not None and later.kind is Kind.PERIOD and later.detail in {"", "rate", "instalment"}:
                return later.unit
    for token in reversed(_nearby(sentence, place)):
        if token.kind is Kind.PERIOD and token.detail != "pay":
            return token.unit
        if token.kind is Kind.TERM:
            return token.unit
        if token.kind not in _BETWEEN_PERIOD_AND_RATE:
            return None
    return fee.unit if fee is not None else None


def _readings(token: Token, value: Decimal, period: Period | None, kind: RateKind) -> tuple[list[Rate], Reason | None]:
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
        readings = [Rate(value, one, kind) for one in ([period] if period else [Period.MONTH, Period.ONCE])]
        return readings, Reason.PERIOD_UNKNOWN
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


# --- sums ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sum:
    """A sum of money and the part its cues give it."""

    place: int
    token: Token
    value: Decimal
    period: Period | None = None
    upfront: bool = False
    name: str = ""
    instalment: bool = False
    """Said of 每期: as long as an instalment is."""


_ROLES = {
    Kind.PRINCIPAL: "principal",
    Kind.RECEIVED: "received",
    Kind.FEE: "fee",
    Kind.INTEREST: "interest",
    Kind.TOTAL: "total",
    Kind.PAY: "payment",
    Kind.UPFRONT: "upfront",
}


def _unnamed(cue: Token) -> str:
    """What to call a deduction nobody named."""
    return "deduction" if cue.words.isascii() else "砍头息"


class _Sums:
    """Gives every sum its part, then puts the parts together."""

    def __init__(self, sentence: _Sentence, term: Term | None) -> None:
        self.sentence = sentence
        self.term = term
        self.parts: dict[str, list[_Sum]] = {}
        self.bare_rate: Rate | None = None

    def sort(self) -> None:
        for place, token in enumerate(self.sentence.tokens):
            if token.kind is not Kind.MONEY or token.number is None or not 0 < token.number.value <= _MOST:
                continue
            one = _Sum(place, token, token.number.value)
            role = self._role(one)
            if role is not None and not self._is_percentage(one, role):
                self.parts.setdefault(role, []).append(one)

    def _is_percentage(self, one: _Sum, role: str) -> bool:
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
            self.bare_rate = Rate(one.value, one.period)
        elif one.period is Period.DAY:
            return False
        else:
            periods = [one.period] if one.period else [Period.MONTH, Period.YEAR, Period.ONCE]
            readings = [Rate(value, period) for period in periods for value in values]
            reason = Reason.RANGE if len(values) > 1 else Reason.PERIOD_UNKNOWN
            self.sentence.ask(Field.RATE, words, reason, *readings)
        return True

    def _period_follows(self, one: _Sum) -> bool:
        following = self.sentence.after(one.place)
        return following is not None and following.kind is Kind.PERIOD

    def _worded(self, one: _Sum) -> str | None:
        """The part a small word just before gives a sum: per 10,000; on 50,000; 36 instalments of 1,521.10."""
        text = self.sentence.text.text
        if text[max(0, one.token.start - 5) : one.token.start].strip(" $¥").endswith(("per", "每")):
            return "base"
        if _ON.search(text[max(0, one.token.start - 10) : one.token.start]):
            return "principal"
        previous = self.sentence.at(one.place - 1)
        counted = previous is not None and previous.kind is Kind.TERM and bool(previous.detail)
        if counted and previous is not None and text[previous.end : one.token.start].strip(" $¥") == "of":
            return "payment"
        return None

    def _role(self, one: _Sum) -> str | None:  # noqa: PLR0911
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
        if forward is not None and (nearest is None or nearest.kind in {Kind.PAY, Kind.UPFRONT, Kind.PRINCIPAL}):
            nearest = forward
        if nearest is None:
            return self._without_cue(one)
        if nearest.kind is Kind.UPFRONT:
            named = next((token for token in (*reversed(back), later) if token and token.kind is Kind.FEE), None)
            one.name = named.words.strip() if named else _unnamed(nearest)
            return "fee"
        if nearest.kind is Kind.PERIOD:
            one.name = nearest.words
            return {"pay": "payment", "fee": "fee"}.get(nearest.detail, "interest")
        if nearest.kind is Kind.FEE:
            one.name = nearest.words.strip()
            return "fee"
        if nearest.kind is Kind.INTEREST and one.upfront:
            one.name = _unnamed(nearest)
            return "fee"
        if nearest.kind is Kind.RECEIVED and nearest.words.startswith("给") and one.period is not None:
            return "payment"  # 每月给八百
        return _ROLES[nearest.kind]

    def _back(self, one: _Sum) -> list[Token]:
        """Cues before a sum: up to the number before, or the clause; a lone comma after a cue is passed over."""
        found: list[Token] = []
        for back in range(one.place - 1, -1, -1):
            token = self.sentence.tokens[back]
            if token.kind in {Kind.MONEY, Kind.PERCENT, Kind.FEN}:
                if token.kind is not Kind.MONEY and found and not _has_period(self.sentence, back):
                    belongs = found[-1].kind is Kind.PERIOD or (
                        found[-1].kind is Kind.TERM and _is_period(self.sentence, back + 1)
                    )
                    if belongs:  # 2% a month: the month is spoken for
                        found.pop()
                break
            if token.kind is Kind.STOP:
                if found or not _lone_cue(self.sentence, back):
                    break
                continue
            found.append(token)
        return found[::-1]

    def _forward(self, one: _Sum, following: Token | None, later: Token | None) -> Token | None:
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

    def _period(self, one: _Sum, following: Token | None, back: list[Token]) -> Period | None:
        later = self.sentence.after(one.place + 1)
        spoken_for = later is not None and later.kind in {Kind.MONEY, Kind.PERCENT, Kind.FEN}  # 1万日息5元
        if following is not None and following.kind is Kind.PERIOD and (following.words.isascii() or not spoken_for):
            return following.unit
        for token in reversed(back):
            if token.kind is Kind.PERIOD:
                one.instalment = token.detail == "instalment"
                return token.unit
            if token.kind is Kind.TERM and _is_period(self.sentence, self.sentence.tokens.index(token)):
                return token.unit
        if following is not None and following.kind is Kind.TERM and _is_period(self.sentence, one.place + 1):
            later = self.sentence.at(one.place + 2)
            if later is None or later.kind is Kind.STOP:
                return following.unit
        return None

    def _without_cue(self, one: _Sum) -> str | None:
        previous = self.sentence.before(one.place, frozenset({Kind.PERIOD, Kind.TERM}))
        if one.period is not None and previous is not None and previous.kind is Kind.MONEY:
            return "each"
        if one.period is not None:
            return "each"
        if one.token.detail or one.value >= _SMALLEST_BARE_SUM:
            return "bare"
        return None

    # -- together

    def settle(self, rate: Rate | None, fees: list[Fee], method: Method | None) -> Terms:
        principal = self._principal()
        received = self._single(Field.RECEIVED, self.parts.get("received", []))
        fees = fees + [self._fee(one) for one in self.parts.get("fee", [])]
        payment, total, interest = self._payments(principal, received)
        rate = rate or self.bare_rate
        if rate is None and interest is not None and not self._asked(Field.RATE):
            rate = self._rate_of(interest, principal or received)
        return Terms(
            principal=principal,
            received=received,
            rate=rate,
            term=self.term,
            payment=payment,
            total=total,
            fees=tuple(fees),
            method=method,
            ambiguous=tuple(self.sentence.questions),
        )

    def _asked(self, about: Field) -> bool:
        return any(one.field is about for one in self.sentence.questions)

    def _principal(self) -> Decimal | None:
        said = self.parts.get("principal", [])
        if not said:
            bare = self.parts.get("bare", [])
            said = bare[:1]
            self.parts["bare"] = bare[1:]
        if not said:
            return None
        first = said[0]
        if first.token.detail == "ge" or (len(said) == 1 and first.value < 10 and not first.token.detail):  # noqa: PLR2004
            words = self.sentence.quote(first.token)
            self.sentence.ask(Field.PRINCIPAL, words, Reason.TWO_READINGS, first.value * 10_000, first.value)
            return None
        return self._single(Field.PRINCIPAL, said)

    def _single(self, about: Field, said: list[_Sum]) -> Decimal | None:
        if not said:
            return None
        first = said[0]
        number = first.token.number
        words = self.sentence.quote(first.token)
        if number is not None and number.high is not None:
            self.sentence.ask(about, words, Reason.RANGE, number.value, number.high)
            return None
        values = list(dict.fromkeys(one.value for one in said))
        if len(values) > 1:
            words = self.sentence.quote(first.token, said[-1].token)
            self.sentence.ask(about, words, Reason.SEVERAL_SAID, *values)
            return None
        if self.sentence.vague(first.token):
            self.sentence.ask(about, words, Reason.APPROXIMATE, first.value)
        return first.value

    def _fee(self, one: _Sum) -> Fee:
        when = When.UPFRONT if one.upfront else When.EACH if one.period is not None else None
        return Fee(one.name, amount=one.value, when=when)

    def _payments(  # noqa: C901
        self, principal: Decimal | None, received: Decimal | None
    ) -> tuple[Payment | None, Decimal | None, _Sum | None]:
        """Which sums are paid back each period, which at once, and which are interest."""
        interest = next(iter(self.parts.get("interest", [])), None)
        total = self._single(Field.TOTAL, self.parts.get("total", []))
        said = self.parts.get("payment", [])
        lent = principal or next((one.value for one in self.parts.get("base", [])), received)
        for one in self.parts.get("each", []):
            if said or lent is None or self._repays(one, lent):
                said = said or [one]
            elif self._is_interest(one, lent):
                interest = interest or one
            elif interest is None:
                self._ask_what(one, lent)
        if not said:
            return None, total, interest
        amount = self._single(Field.PAYMENT, said)
        if amount is None:
            return None, total, interest
        period = said[0].period or self._unsaid_period(amount, principal or received)
        if said[0].instalment and self.term is None and self._asked(Field.TERM):
            period = None
        elif said[0].instalment and self.term is not None and self.term.unit is Period.WEEK:
            period = Period.WEEK
        if period is None:
            words = self.sentence.quote(said[0].token)
            readings = (Payment(amount, Period.MONTH), Payment(amount, Period.ONCE))
            self.sentence.ask(Field.PAYMENT, words, Reason.PERIOD_UNKNOWN, *readings)
            return None, total, interest
        if period is Period.ONCE and self.term is not None and total is None and self._instalments():
            return None, amount, interest
        return Payment(amount, period), total, interest

    def _instalments(self) -> bool:
        return any(token.kind is Kind.TERM and token.detail for token in self.sentence.tokens)

    def _unsaid_period(self, amount: Decimal, lent: Decimal | None) -> Period | None:
        """36期还1072: no less than the loan all told, so each; no less than the loan at once, so once."""
        if lent is not None and amount >= lent:
            return Period.ONCE
        if self.term is not None and self._instalments() and self.term.count > 1:
            return Period.MONTH if self.term.unit is Period.YEAR else self.term.unit
        return None

    def _repays(self, one: _Sum, lent: Decimal) -> bool:
        """3期，每期2300: together no less than the loan, so these are instalments."""
        if self.term is None or one.value >= lent:
            return False
        same = one.instalment or one.period is _in_months(self.term).unit
        return same and one.value * _in_months(self.term).count >= lent

    @staticmethod
    def _is_interest(one: _Sum, lent: Decimal) -> bool:
        return one.value * _LEAST_SHARE_REPAID <= lent

    def _ask_what(self, one: _Sum, lent: Decimal) -> None:
        period = one.period or Period.MONTH
        words = self.sentence.quote(one.token)
        rate = Rate(_percentage(one.value, lent), period)
        self.sentence.ask(Field.PAYMENT, words, Reason.TWO_READINGS, Payment(one.value, period), rate)

    def _rate_of(self, interest: _Sum, principal: Decimal | None) -> Rate | None:
        """借1万一个月200: the sum as a percentage of the loan, or of the sum just before it (一万块一天5块)."""
        base = next((one.value for one in self.parts.get("base", [])), principal)
        for back in range(interest.place - 1, -1, -1):
            token = self.sentence.tokens[back]
            if token.kind is Kind.MONEY and token.number is not None:
                base = token.number.value
                break
            if token.kind not in {Kind.PERIOD, Kind.TERM, Kind.INTEREST}:
                break
        if not base or interest.token.number is None or interest.token.number.high is not None:
            return None
        percent = _percentage(interest.value, base)
        start = interest.token.start
        if interest.period is not None:
            return Rate(percent, interest.period)
        if _ALTOGETHER.search(self.sentence.text.text[max(0, start - 8) : start]):
            return Rate(percent, Period.ONCE)
        words = self.sentence.quote(interest.token)
        readings = (Rate(percent, Period.ONCE), Rate(percent, Period.MONTH))
        self.sentence.ask(Field.RATE, words, Reason.PERIOD_UNKNOWN, *readings)
        return None


def _percentage(part: Decimal, whole: Decimal) -> Decimal:
    with localcontext(prec=40):
        value = part * 100 / whole
        return value if value == value.quantize(_PLACES) else value.quantize(_PLACES, rounding=ROUND_HALF_UP)
