"""One text under reading: its tokens, their neighbours, and the questions it leaves."""

import re
from dataclasses import dataclass, field

from bot.language.asides import blank_asides
from bot.language.corrections import put_right
from bot.language.folding import MOST_READ, fold
from bot.language.numerals import Digits, digits
from bot.language.spelling import rewrite
from bot.language.terms import (
    Ambiguity,
    Field,
    Reading,
    Reason,
)
from bot.language.tokens import Kind, Token, tokens

SMALLEST_BARE_SUM = 100
_ABOUT_BEFORE = re.compile(
    r"(?:大概|大约|差不多|不到|不足|小|快|just under|just over|a bit over|a little over|under|a little under|大致"
    r"|左右|约莫|约|将近"
    r"|接近|估计|可能|好像|about|around|approximately|approx\.?"
    r"|roughly|nearly|almost"
    r"|some|maybe|~)[ 是有要借了能贷每月还a]{0,6}$"
)
_HOW_MUCH = re.compile(r" ?(?:要|得|应该)?(?:还|付|交|给)(?:多少|几)")
_ABOUT_AFTER = re.compile(
    r" ?(?:元|块钱?|个月)?(?:多(?![少大久长])|左右|上下|出头|不到|来块|or so\b|ish\b|roughly\b|give or take)"
)


@dataclass(slots=True)
class Sentence:
    """One text under reading: its tokens, and what has been found so far."""

    text: Digits
    tokens: list[Token]
    used: set[int] = field(default_factory=set)
    questions: list[Ambiguity] = field(default_factory=list)

    def quote(self, token: Token, last: Token | None = None) -> str:
        """The words as they were written."""
        return self.text.quote(token.start, (last or token).end)

    def ask(self, about: Field, words: str, reason: Reason, *readings: Reading) -> None:
        """Leave something open, to be asked."""
        self.questions.append(Ambiguity(about, words, reason, readings))

    def at(self, place: int) -> Token | None:
        """The token at a place, if there is one."""
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def before(self, place: int, skip: frozenset[Kind] = frozenset()) -> Token | None:
        """The token just before in the same clause, past those to skip."""
        place -= 1
        while place >= 0 and self.tokens[place].kind in skip:
            place -= 1
        token = self.at(place)
        return None if token is None or token.kind is Kind.STOP else token

    def after(self, place: int) -> Token | None:
        """The token just after in the same clause."""
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
        """Whether "about" or the like was said of it."""
        if token.number is not None and token.number.vague:
            return True
        text = self.text.text
        return bool(
            _ABOUT_BEFORE.search(text[max(0, token.start - 16) : token.start])
            or _ABOUT_AFTER.match(text, token.end)
            or _ABOUT_AFTER.search(token.words)
        )


def scan(text: str) -> Sentence:
    """Fold, rewrite the numbers, find the tokens."""
    text = text[:MOST_READ]
    usual, places = rewrite(text)
    found = digits(blank_asides(fold(usual)), text, places)
    return Sentence(found, put_right(tokens(found)))


def is_period(sentence: Sentence, place: int) -> bool:  # noqa: PLR0911
    """Whether "一个月" or "7天" says how often rather than how long: 一个月200, 2个点一个月, 每7天."""
    token = sentence.tokens[place]
    if token.number is None or token.number.value != 1:
        return False
    following, previous = sentence.after(place), sentence.before(place)
    if token.detail:  # 一期1072
        return token.words.endswith("期") and following is not None and following.kind is Kind.MONEY
    if following is not None and following.kind is Kind.RECEIVED and following.words.startswith("给"):
        return True
    if _HOW_MUCH.match(sentence.text.text, token.end):  # 一个月还多少
        return True
    if previous is not None and previous.kind in {Kind.PERCENT, Kind.FEN}:
        # 月息八厘做一年 has its period already; 两个点一个月 has it here.
        return token.start - previous.end <= 1 and not has_period(sentence, place - 1)
    if following is not None and following.kind in {Kind.PERCENT, Kind.FEN, Kind.INTEREST, Kind.FEE}:
        return True
    if following is not None and following.kind is Kind.PAY:
        money = sentence.at(place + 2)
        if money is not None and money.kind is Kind.INTEREST:
            return True
        return money is not None and money.kind is Kind.MONEY and not _looks_whole(sentence, place)
    return following is not None and following.kind is Kind.MONEY


def has_period(sentence: Sentence, place: int) -> bool:
    """Whether the cues before a number say for how long it counts."""
    return any(one.kind is Kind.PERIOD and one.detail != "pay" for one in nearby_cues(sentence, place))


def _looks_whole(sentence: Sentence, place: int) -> bool:
    """借3000一周还3000: what is paid back is no less than what was lent, so the week is the term."""
    money = sentence.tokens[place + 2]
    others = [
        token.number.value
        for token in sentence.tokens[:place]
        if token.kind is Kind.MONEY and token.number is not None and token.number.value >= SMALLEST_BARE_SUM
    ]
    return bool(others) and money.number is not None and money.number.value >= min(others)


def nearby_cues(sentence: Sentence, place: int) -> list[Token]:
    """The cues before a rate, back to the last number or the end of the clause before."""
    found: list[Token] = []
    for back in range(place - 1, -1, -1):
        token = sentence.tokens[back]
        if token.kind in {Kind.MONEY, Kind.PERCENT, Kind.FEN, Kind.DATE, Kind.METHOD}:
            break
        if token.kind is Kind.TERM and not is_period(sentence, back):
            break
        if token.kind is Kind.STOP:
            if found or not is_lone_cue(sentence, back):
                break
            continue
        found.append(token)
    return found[::-1]


def is_lone_cue(sentence: Sentence, stop: int) -> bool:
    """Whether the clause before a stop is a cue without any number: 月息，2分."""
    for back in range(stop - 1, -1, -1):
        token = sentence.tokens[back]
        if token.kind is Kind.STOP:
            break
        if token.number is not None or token.kind is Kind.METHOD:
            return False
    return True
