"""The words that matter in a sentence about a loan, in order: sums, rates, terms, and the cues that tell their part."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.language.cues import PATTERN
from bot.language.numerals import Digits, Number, parse
from bot.language.terms import Method, Period


class Kind(StrEnum):
    """What a token is."""

    STOP = "stop"
    OOPS = "oops"
    DENIED = "denied"
    FREE = "free"
    NINE_OUT = "nine_out"
    DATE = "date"
    METHOD = "method"
    PERCENT = "percent"
    FEN = "fen"
    TERM = "term"
    MONEY = "money"
    PERIOD = "period"
    PRINCIPAL = "principal"
    RECEIVED = "received"
    UPFRONT = "upfront"
    ONCE = "once"
    FEE = "fee"
    FLAT = "flat"
    INTEREST = "interest"
    TOTAL = "total"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the text: its kind, its words in plain letters, and what of it was read."""

    kind: Kind
    start: int
    end: int
    words: str
    number: Number | None = None
    """The sum, the rate in percent, or the count of a term."""
    unit: Period | None = None
    detail: str = ""


_UNITS = {
    "月": Period.MONTH, "期": Period.MONTH, "次": Period.MONTH, "m": Period.MONTH,
    "日": Period.DAY, "天": Period.DAY, "d": Period.DAY,
    "年": Period.YEAR, "y": Period.YEAR, "a": Period.YEAR, "周": Period.WEEK, "星": Period.WEEK, "礼": Period.WEEK,
    "w": Period.WEEK, "i": Period.MONTH, "p": Period.MONTH, "e": Period.MONTH, "r": Period.MONTH,
}  # fmt: skip
_METHODS = (
    (Method.FLAT, re.compile(r"等本等息|flat")),
    (Method.EQUAL_PRINCIPAL, re.compile(r"等额本金|equal (?:monthly )?principal")),
    (Method.INTEREST_FIRST, re.compile(r"到期.*还本(?!付)|^本金|^principal (?!and)|付息;? ?到期还本")),
    (Method.BULLET, re.compile(r"还本付息|到期(?!还本)|还清|利随本清|bullet|end$|maturity$")),
    (Method.INTEREST_FIRST, re.compile(r"先息|先还|付息|还息|利息|只还|interest[- ](?:only|first)")),
    (Method.EQUAL_INSTALMENT, re.compile(r".")),
)
_BETWEEN = re.compile(r" ?(?:到|至|-|~|—+|–|to|or|或者?) ?")
_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")
_MOST_DIGITS = 15
_MOST_TOKENS = 300
"""More is no sentence; reading looks back from each token, so their number must be bounded."""


def tokens(text: Digits) -> list[Token]:
    """Every token, in order."""
    found: list[Token] = []
    for match in PATTERN.finditer(text.text):
        token = _token(match)
        if token is None:
            continue
        if len(found) == _MOST_TOKENS:
            break
        token = _tenths(found[-1] if found else None, token)
        joined = _range(found[-1], token, text.text) if found else None
        if joined is not None:
            found[-1] = joined
        else:
            found.append(token)
    return found


def _tenths(cue: Token | None, token: Token) -> Token:
    """月息一毛 is ten percent, 月利息一分钱 one; 日息五毛 is half a yuan."""
    monthly = cue is not None and cue.kind is Kind.PERIOD and cue.detail == "rate" and cue.unit is Period.MONTH
    if not monthly or cue is None or token.kind is not Kind.MONEY:
        return token
    if token.number is None or token.start - cue.end > 1:
        return token
    coin = next((name for name in ("毛", "角", "分钱") if token.words.endswith(name)), None)
    if coin is None:
        return token
    return Token(Kind.FEN, token.start, token.end, token.words, _scaled(token.number, Decimal(100)), detail=coin[0])


def _range(first: Token, second: Token, text: str) -> Token | None:
    """1分到2分, 6个月至12个月: one token with two ends."""
    if first.kind is not second.kind or first.unit is not second.unit or first.number is None or second.number is None:
        return None
    low, high = first.number, second.number
    if low.high is not None or high.high is not None or not low.value < high.value:
        return None
    if not _BETWEEN.fullmatch(text, first.end, second.start):
        return None
    words = text[first.start : second.end]
    number = Number(low.value, high.value, low.vague or high.vague)
    return Token(first.kind, first.start, second.end, words, number, first.unit, first.detail or second.detail)


def _token(found: re.Match[str]) -> Token | None:
    name = found.lastgroup or ""
    # ``lastgroup`` names the outermost group that closed last: the alternative itself.
    start, end, words = found.start(), found.end(), found[0]
    if name in _READERS:
        return _READERS[name](found)
    if name == "minus":
        return None
    if name == "fee" and (found["f1"] or found["f2"] or words.endswith("费率")):
        return Token(Kind.FEE, start, end, words, unit=_unit_within(words), detail="rate")
    unit = Period.MONTH if name == "fee" and words.startswith("monthly") else None
    return Token(Kind(name), start, end, words, unit=unit)


def _date(found: re.Match[str]) -> Token:
    return Token(Kind.DATE, found.start(), found.end(), found[0])


def _method(found: re.Match[str]) -> Token:
    words = found[0]
    method = next(method for method, pattern in _METHODS if pattern.search(words))
    return Token(Kind.METHOD, found.start(), found.end(), words, detail=method.value)


def _percent(found: re.Match[str]) -> Token:
    if found["of"]:
        scale = {"百": Decimal(1), "千": _TENTH, "万": _HUNDREDTH}[found["of"]]
        number = _scaled(parse(found["of_n"]), scale)
        detail = "" if found["of"] == "百" else "daily"
    elif found["short"]:
        number = _scaled(parse(found["short_n"]), _TENTH if found["short"] == "千" else _HUNDREDTH)
        detail = "daily"
    else:
        unit = found["pc_unit"]
        number, detail = parse(found["pc"]), ""
        if unit.startswith("个半"):
            number = Number(number.value + Decimal("0.5"), number.high, number.vague)
        elif unit == "‰":
            number = _scaled(number, _TENTH)
        elif unit in {"‱", "bps"} or unit.startswith("basis"):
            number = _scaled(number, _HUNDREDTH)
        elif unit == "成":
            number = _scaled(number, Decimal(10))
    return Token(Kind.PERCENT, found.start(), found.end(), found[0], number, detail=detail)


def _fen(found: re.Match[str]) -> Token:
    """``number`` counts 分; what a 分 is worth depends on the period."""
    scale = {"分": Decimal(1), "厘": _TENTH, "毫": _HUNDREDTH}.get(found["fen_unit"], Decimal(10))
    number = parse(found["fen_n"])
    more = found["fen_more"]
    if more:
        number = Number(
            number.value + (Decimal("0.5") if more == "半" else Decimal(more) / 10), number.high, number.vague
        )
    if found["fen_hao"]:
        number = Number(number.value + Decimal(found["fen_hao"]) / 100, number.high, number.vague)
    detail = found["fen_unit"] + (found["fen_tail"] or "")
    return Token(Kind.FEN, found.start(), found.end(), found[0], _scaled(number, scale), detail=detail)


def _term(found: re.Match[str]) -> Token:
    start, end, words = found.start(), found.end(), found[0]
    if found["and_half"]:
        return Token(Kind.TERM, start, end, words, Number(Decimal("1.5")), Period.YEAR)
    if found["for_a"]:
        return Token(Kind.TERM, start, end, words, Number(Decimal(1)), Period(found["fu"]), "")
    if found["half_of"]:
        unit = Period.YEAR if "年" in words or "year" in words else Period.MONTH
        return Token(Kind.TERM, start, end, words, Number(Decimal("0.5")), unit)
    if found["tb"]:
        return Token(Kind.TERM, start, end, words, Number(Decimal(found["tb"])), Period.MONTH, "instalments")
    number, unit_words = parse(found["tn"]), found["tu"]
    if found["half"] or found["t_half"]:
        number = Number(number.value + Decimal("0.5"), number.high, number.vague)
    if unit_words.startswith(("季", "q")):
        number, unit = _scaled(number, Decimal(3)), Period.MONTH
    else:
        unit = _UNITS[unit_words[0]]
        if unit_words.startswith("d"):
            unit = Period.DAY
    detail = "instalments" if unit_words[0] in "期次iperq" or unit_words.endswith("ly") else ""
    return Token(Kind.TERM, start, end, words, number, unit, detail)


def _money(found: re.Match[str]) -> Token | None:
    if len(found["mn"]) > 2 * _MOST_DIGITS:
        return None
    number, unit = parse(found["mn"]), found["mu"] or ""
    if found["big"]:
        number = _scaled(number, Decimal(10_000 if "w" in found["big"] else 1000))
    if found["mao"]:
        number = Number(number.value + Decimal(found["mao"]) / 10, number.high, number.vague)
    elif unit.startswith(("毛", "角")):
        number = _scaled(number, _TENTH)
    elif unit == "分钱":
        number = _scaled(number, _HUNDREDTH)
    detail = "ge" if found["ge"] else "unit" if unit or found["cur"] else ""
    return Token(Kind.MONEY, found.start(), found.end(), found[0], number, detail=detail)


def _period(found: re.Match[str]) -> Token:
    words = found["p_zh"] or found["p_bare"] or found["p_each"] or found["p_en"] or found["p_sl"] or found["p_adv"]
    unit = Period.DAY if words[0] == "d" else _UNITS.get(words[0], Period.MONTH)
    if words.startswith("季") or words == "quarter":
        return Token(Kind.PERIOD, found.start(), found.end(), found[0], unit=Period.MONTH, detail="quarter")
    if words.startswith("p") and words.replace(".", "") == "pa":
        unit = Period.YEAR
    detail = ""
    if found["p_zh"]:
        tail = "还" if found[0].endswith("还本付息") else found[0].rstrip("率")[-1]
        detail = {"供": "pay", "还": "pay", "款": "pay", "本": "pay", "金": "pay", "均": "", "费": "fee"}.get(
            tail, "rate"
        )
    elif words in {"期", "instalment", "installment", "period"}:
        detail = "instalment"
    elif words in {"apr", "apy"} or words.startswith("annuali"):
        detail = "rate"
    return Token(Kind.PERIOD, found.start(), found.end(), found[0], unit=unit, detail=detail)


def _unit_within(words: str) -> Period | None:
    return {"月": Period.MONTH, "年": Period.YEAR, "日": Period.DAY}.get(words[0])


def _scaled(number: Number, by: Decimal) -> Number:
    return Number(number.value * by, None if number.high is None else number.high * by, number.vague)


_READERS = {
    "date": _date,
    "method": _method,
    "percent": _percent,
    "fen": _fen,
    "term": _term,
    "money": _money,
    "period": _period,
}


def within(found: list[Token], *kinds: Kind) -> Iterator[Token]:
    """Those of some kinds."""
    return (token for token in found if token.kind in kinds)
