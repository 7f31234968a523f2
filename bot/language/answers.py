"""Bare answers to one question, as forms get them: "12期", "一万", "两分", "好的"."""

import re
from decimal import Decimal

from bot.language.durations import read_term_token
from bot.language.rates import read_rates
from bot.language.sentence import scan
from bot.language.terms import Ambiguity, Rate, Term
from bot.language.tokens import Kind

_MOST_INSTALMENTS = 600
_NUMBERED = {Kind.MONEY, Kind.TERM, Kind.PERCENT, Kind.FEN, Kind.DATE}
# An answer to yes or no is short and asks nothing back; anything else is another matter.
_LONGEST_ANSWER = 40
_MOST_HAN = 12
_HAN = re.compile(r"[\u4e00-\u9fff]")
_UNSURE = re.compile(
    r"不(?:确定|確定|知道|清楚|一定|记得|記得|明白|懂|太懂|好说)|没(?:想好|听懂|看懂)|也许|也許|可能"
    r"|[吗嗎呢?？]|什么|什麼|怎么|怎麼|多少|几"
    r"|\b(?:not sure|unsure|don'?t (?:know|understand|remember)|no idea|maybe|perhaps|what|how|why(?! not)"
    r"|who|when|where|which)\b"
)
_YES_THOUGH_NEGATED = re.compile(
    r"(?:没错|沒錯|没问题|沒問題|不错|不錯|没关系|沒關係|没意见|不客气|no (?:problem|objection|worries)"
    r"|not wrong|why not)"
)
_NO = re.compile(
    r"(?:我|先|还是|還是|那|这|這)*(?:不|没|沒|否|别|別|算了|取消|拒绝|拒絕|错|錯|未|無|无|毋|唔|no\b|nope"
    r"|nah\b|n$|cancel|wrong|❌|👎|🙅)"
    r"|.*\b(?:not|don'?t|didn'?t|doesn'?t|isn'?t|won'?t|never|disagree|decline|refuse)\b"
)
_YES = re.compile(
    r"(?:我|就|那|请|請|都)*(?:是|对|對|好|行|可以|可|同意|要|嗯|恩|确认|確認|确定|確定|有|当然|當然|需要"
    r"|愿意|願意|想|中(?!国)|成|得(?!了)"
    r"|继续|繼續|(?:ok|okay|yes|yeah|yep|yup|y|sure|correct|right|agree|i agree|i do|i did|it is|of course"
    r"|confirm(?:ed)?|please|fine|true"
    r"|go ahead)(?![a-z])|✅|👍|👌)"
)


def read_amount(text: str) -> Decimal | None:
    """The one sum of an answer; ``None`` when there is none, several, a range, or "5个"."""
    sentence = scan(text)
    sums = [token for token in sentence.tokens if token.kind in _NUMBERED]
    if len(sums) != 1 or sums[0].kind is not Kind.MONEY or sums[0].number is None:
        return None
    token, number = sums[0], sums[0].number
    if token.detail == "ge" or number.high is not None or number.value <= 0:
        return None
    return number.value


def read_term(text: str) -> Term | None:
    """The one term of an answer. A bare "12" is twelve instalments of a month."""
    sentence = scan(text)
    found = [token for token in sentence.tokens if token.kind in _NUMBERED]
    if len(found) == 2 and all(token.kind is Kind.TERM for token in found):  # noqa: PLR2004
        terms = [read_term_token(token) for token in found]
        years, months = terms
        if isinstance(years, Term) and isinstance(months, Term) and (years.unit, months.unit) == ("year", "month"):
            return Term(years.count * 12 + months.count)
    if len(found) != 1 or found[0].number is None:
        return None
    if found[0].kind is Kind.MONEY and not found[0].detail:
        count = found[0].number.value
        whole = found[0].number.high is None and count == int(count) and 0 < count <= _MOST_INSTALMENTS
        return Term(int(count)) if whole else None
    if found[0].kind is not Kind.TERM:
        return None
    term = read_term_token(found[0])
    return term if isinstance(term, Term) else None


def read_rate(text: str) -> Rate | Ambiguity | None:
    """The one rate of an answer; an ``Ambiguity`` with its readings when it has more than one ("两分", "2%")."""
    sentence = scan(text)
    rate = read_rates(sentence)
    return rate or next((one for one in sentence.questions if one.field == "rate"), None)


def read_yes_no(text: str) -> bool | None:
    """Whether an answer agrees; ``None`` when it does neither."""
    words = text.strip().lower().lstrip(" ,.!，。！~").replace("’", "'")
    if not words or len(words) > _LONGEST_ANSWER or len(_HAN.findall(words)) > _MOST_HAN:
        return None
    if _YES_THOUGH_NEGATED.match(words):
        return True
    if _UNSURE.search(words):
        return None
    if _NO.match(words):
        return False
    return True if _YES.match(words) else None
