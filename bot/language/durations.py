"""How long: instalments, months and days, and what says how often instead."""

from decimal import ROUND_HALF_UP

from bot.language.sentence import Sentence, is_period
from bot.language.terms import (
    Field,
    Period,
    Reading,
    Reason,
    Term,
)
from bot.language.tokens import Kind, Token


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


def read_term_said(sentence: Sentence) -> Term | None:
    """The term; instalments win over months, months beside years add up (1年零3个月)."""
    found: list[tuple[Token, Term]] = []
    asked: list[tuple[Token, tuple[Reading, ...]]] = []
    length: Period | None = None
    for place, token in enumerate(sentence.tokens):
        if token.kind is not Kind.TERM or is_period(sentence, place) or _is_each(sentence, token):
            continue
        if _is_length(sentence, place) or _is_length(sentence, place - 1):
            continue
        before = sentence.before(place)
        if token.detail and before is not None and before.kind is Kind.PERIOD and token.words == "1期":
            length = before.unit  # 每周一期
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
    term_said = _one_term(sentence, found)
    if term_said is not None and length is not None and term_said.unit is Period.MONTH:
        term_said = Term(term_said.count, length)
    return _in_lengths(sentence, term_said)


def _is_length(sentence: Sentence, place: int) -> bool:
    """15天一期: how long one instalment is."""
    first, second = sentence.at(place), sentence.at(place + 1)
    if first is None or second is None or first.kind is not Kind.TERM or second.kind is not Kind.TERM:
        return False
    one = second.number is not None and second.number.value == 1 and "期" in second.words
    return one and not first.detail and second.start - first.end <= 1


def _in_lengths(sentence: Sentence, term: Term | None) -> Term | None:
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


def _is_each(sentence: Sentence, token: Token) -> bool:
    """每7天, 分4期每期7天: says how long one instalment is."""
    return sentence.text.text[max(0, token.start - 6) : token.start].rstrip(" ").endswith(("每", "每期", "every"))


def _one_term(sentence: Sentence, found: list[tuple[Token, Term]]) -> Term | None:
    if not found:
        return None
    instalments = [(token, term) for token, term in found if token.detail]
    best = instalments or found
    if len(best) == 2 and not instalments:  # noqa: PLR2004
        (first, years), (second, months) = best
        between = sentence.text.text[first.end : second.start].strip(" 零又and")
        if not between and years.unit is Period.YEAR and months.unit is Period.MONTH:
            return Term(years.count * 12 + months.count)
    terms = list(dict.fromkeys(in_months(term) for _, term in best))
    if len(terms) == 1:
        return best[0][1]
    sentence.ask(Field.TERM, sentence.quote(best[0][0], best[-1][0]), Reason.SEVERAL_SAID, *(term for _, term in best))
    return None


def in_months(term: Term) -> Term:
    """Years counted in months, anything else as it is."""
    return Term(term.count * 12) if term.unit is Period.YEAR else term
