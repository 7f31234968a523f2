"""Debts as people tell them: "花呗欠3000，年化15%，每月最低还300", several in one breath, or an answer to one question.

``bot.language`` reads sums, rates and times; this tells which clause is about which debt, and what is its minimum. The
cue words are ``debts_words_...`` of ``data/wording``.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from actions._debts import Owed, Question, yearly
from bot.content.law import Lender
from bot.content.wording import Wording
from bot.language import read_amount, read_term, read_terms
from bot.language import terms as grammar
from bot.lending import Rate, RateKind, TermsError, Unit
from bot.messages import Language

_LENDERS = (Lender.MICROLOAN, Lender.INSTITUTION, Lender.PRIVATE)
_MOST_INSTALMENTS = 600
_LONGEST_NAME = 12
# A comma between thousands parts nothing.
_CLAUSES = re.compile(r"[，。；;、\n!！?？]|,(?!\d{3}(?!\d))|(?<!\d),|\.(?!\d)|\band\b|和(?=[^\d]{2})")
_NUMBER = re.compile(
    r"\d[\d,.]*(?:[万千百wk](?![a-z]))?|[一二两三四五六七八九十百千万零]{2,}|[一二两三四五六七八九十][万千百块]"
)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_BARE_RATE = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*[%％]?\s*")
_NAME_IN_ENGLISH_AFTER = re.compile(r"\b(?:to|on|from|with|at|for)\s+(.+)", re.IGNORECASE)
_EDGES = " \t:：-—"
# 还呗 and 有钱花 are names of apps.
_CHINESE_FILLERS = re.compile(
    r"^(?:我|还有(?!呗)|还欠|还(?!呗)|又|有(?!钱花)|在|是|从|跟|的|那|另外|然后|加上|以及|欠了?|借了)+"
    r"|(?:那儿|那里|那边|这边|里|还有|还|的|是|有|欠|了|大概|差不多|大约|一共|共|年?利率|年化|利息|[年月日]息|本金|余额)+$"
)
_ENGLISH_FILLERS = re.compile(
    r"^(?:(?:i|i've|i'm|we|my|our|a|an|the|also|still|have|has|got|there|is|it|about|around|on|to|and|plus|then)\b\s*)+"
    r"|(?:\s*\b(?:is|has|have|about|around|of|at|for|i|we|still|a|loan of|interest|rate))+$",
    re.IGNORECASE,
)
_FIGURES_AT_AN_EDGE = re.compile(r"^[\d.,\s]+$|[\s:：]*[\d.,]+\s*(?:元|块钱?|万|千|yuan|rmb)?\s*$", re.IGNORECASE)


class Cues:
    """The cue words of both languages, ready to be looked for."""

    def __init__(self, wording: Wording) -> None:
        self._words = {
            name: [part for tongue in Language for part in wording.say(f"debts_words_{name}", tongue).split("/")]
            for name in ("owed", "minimum", "unknown", "none", "done", "wrong", *map(str, _LENDERS))
        }
        self.owed = self._pattern("owed")
        self.minimum = self._pattern("minimum")

    def _pattern(self, name: str) -> re.Pattern[str]:
        longest_first = sorted(self._words[name], key=len, reverse=True)
        whole = [rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in longest_first]
        return re.compile("|".join(whole), re.IGNORECASE)

    def speaks_of(self, name: str, text: str) -> bool:
        """Whether one of the words occurs."""
        return self._pattern(name).search(text) is not None

    def is_only(self, name: str, text: str) -> bool:
        """Whether the text is one of the words and nothing else."""
        return self._pattern(name).fullmatch(text.strip(" \t\n.!。！~～,，了呢啊吧")) is not None

    def lender(self, text: str) -> Lender | None:
        """Who lends, when a word tells."""
        return next((kind for kind in _LENDERS if self.speaks_of(str(kind), text)), None)


def read_debts(text: str, cues: Cues, today: date) -> list[Owed]:
    """Every debt a text tells of, each with what is said of it. A debt begins where a name and a sum stand together."""
    debts: list[Owed] = []
    for clause in filter(None, (part.strip() for part in _CLAUSES.split(text))):
        found = _read_clause(clause, debts[-1].balance if debts else None, cues, today)
        begins = found.balance is not None and bool(found.name)
        if not debts or (begins and debts[-1].balance is not None):
            debts.append(Owed())
        debts[-1] = merged(debts[-1], found)
    return [debt for debt in debts if _says_something(debt)]


def _says_something(debt: Owed) -> bool:
    return any(value is not None for value in (debt.balance, debt.rate, debt.minimum, debt.count)) or bool(
        debt.readings
    )


def merged(known: Owed, said: Owed) -> Owed:
    """What was known with what was said now; what was said now counts."""
    new = {
        name: getattr(said, name)
        for name in ("balance", "minimum", "count", "lender")
        if getattr(said, name) is not None
    }
    if said.rate is not None or said.readings:
        new |= {"rate": said.rate, "readings": said.readings, "is_rate_unknown": False, "is_worked_out": False}
    elif known.is_worked_out and new.keys() & {"balance", "minimum", "count"}:
        new |= {"rate": None, "is_worked_out": False}
    if said.asks_instalment and said.rate is None:
        new["asks_instalment"] = True
    return known.with_(name=known.name or said.name, **new)


def _read_clause(clause: str, known_balance: Decimal | None, cues: Cues, today: date) -> Owed:
    lowest = cues.minimum.search(clause)
    main, minimum = (clause, None) if lowest is None else (clause[: lowest.start()], clause[lowest.end() :])
    owed = cues.owed.search(main)
    debt = _of_terms(read_terms(main, today), main)
    if debt.balance is None and owed and (balance := read_amount(main[owed.end() :])) is not None:
        debt = Owed(balance=balance)
    if minimum is not None:
        debt = debt.with_(minimum=_minimum(minimum, debt.balance or known_balance))
    if cues.speaks_of("unknown", clause) and debt.rate is None:
        debt = debt.with_(asks_instalment=True)
    longest = _LONGEST_NAME * (2 if clause.isascii() else 1)
    may_be_a_name = not _says_something(debt) and not debt.asks_instalment and len(clause) <= longest
    tells_name = debt.balance is not None or debt.readings or debt.rate is not None or may_be_a_name
    return debt.with_(name=_name(main, owed) if tells_name else "", lender=cues.lender(clause))


def _minimum(words: str, balance: Decimal | None) -> Decimal | None:
    percent = _PERCENT.search(words)
    if percent is not None:
        return balance * Decimal(percent[1]) / 100 if balance is not None else None
    return read_amount(words)


def _of_terms(said: grammar.Terms, words: str) -> Owed:
    debt = Owed(balance=said.principal)
    if said.payment is not None and said.payment.period is grammar.Period.MONTH:
        debt = debt.with_(minimum=said.payment.amount)
    if said.term is not None and said.term.unit in {grammar.Period.MONTH, grammar.Period.YEAR}:
        debt = debt.with_(count=said.term.count * (12 if said.term.unit is grammar.Period.YEAR else 1))
    if said.rate is not None:
        return with_rate(debt, Rate(said.rate.value, Unit(said.rate.period), RateKind(said.rate.kind)))
    doubt = said.unsure_of(grammar.Field.RATE)
    readings = [reading for reading in (doubt.readings if doubt else ()) if isinstance(reading, grammar.Rate)]
    if readings and _PERCENT.search(words) and all(reading.kind is grammar.RateKind.INTEREST for reading in readings):
        # Once in all is no rate of a debt that is already running.
        likely = [one for one in readings if one.period in {grammar.Period.MONTH, grammar.Period.YEAR}]
        return debt.with_(readings=tuple(f"{one.value} {one.period} {one.kind}" for one in likely))
    if readings:
        return debt.with_(readings=tuple(f"{one.value} {one.period} {one.kind}" for one in readings))
    return debt


def with_rate(debt: Owed, rate: Rate) -> Owed:
    """With a rate as told. A fee on the sum first borrowed is no yearly rate: instalment and number are asked."""
    found = yearly(rate)
    if found is None:
        return debt.with_(readings=(), asks_instalment=True)
    return debt.with_(rate=found, readings=(), is_rate_unknown=False, is_worked_out=False)


def _name(clause: str, owed: re.Match[str] | None) -> str:
    """Whom it is owed to, or what it is called: the words before the sum, between, or after it."""
    number = _NUMBER.search(clause, owed.end()) if owed else None
    number = number or _NUMBER.search(clause)
    before, between = clause[: number.start()] if number else clause, ""
    if owed is not None:
        before = clause[: owed.start()]
        between = clause[owed.end() : number.start()] if number and number.start() > owed.end() else ""
    after = _NAME_IN_ENGLISH_AFTER.search(clause)
    for place in (before, between, after[1] if after else ""):
        name, previous = place.strip(_EDGES), None
        while name != previous:
            previous = name
            for filler in (_FIGURES_AT_AN_EDGE, _CHINESE_FILLERS, _ENGLISH_FILLERS):
                name = filler.sub("", name).strip(_EDGES)
        if re.search(r"[^\W\d_]", name):
            return name[:_LONGEST_NAME] if not name.isascii() else " ".join(name.split()[:4])[:24]
    return ""


def read_answer(text: str, asked: Question, debt: Owed, cues: Cues, today: date) -> Owed | None:
    """The debt with what a text says in answer to a question about it; nothing when it says nothing."""
    changes = _bare_answer(text, asked, cues)
    if changes:
        return debt.with_(**changes)
    found = _instalment(text, asked, today)
    if found is not None:
        return debt.with_(minimum=found[0], count=found[1] or debt.count, asks_instalment=True)
    return _from_sentence(text, debt, cues, today)


def _bare_answer(text: str, asked: Question, cues: Cues) -> dict[str, object]:
    """What a few words mean only because of the question before them."""
    match asked:
        case Question.BALANCE:
            return {"balance": balance} if (balance := read_amount(text)) is not None else {}
        case Question.COUNT | Question.INSTALMENT if cues.speaks_of("unknown", text):
            return {"is_rate_unknown": True}
        case Question.COUNT:
            term = read_term(text)
            return {"count": term.count * (12 if term.unit is grammar.Period.YEAR else 1)} if term else {}
        case Question.RATE | Question.READING if cues.is_only("none", text):
            return {"rate": Decimal(0), "readings": ()}
        case Question.RATE | Question.READING if bare := _BARE_RATE.fullmatch(text):
            return {"readings": tuple(f"{bare[1]} {period} interest" for period in (Unit.YEAR, Unit.MONTH))}
    return {}


def _from_sentence(text: str, debt: Owed, cues: Cues, today: date) -> Owed | None:
    said = read_debts(text, cues, today)[:1]
    if said:
        return merged(debt, said[0])
    if cues.speaks_of("unknown", text):
        return debt.with_(asks_instalment=True, readings=())
    return None


def _instalment(text: str, asked: Question, today: date) -> tuple[Decimal, int | None] | None:
    """Instalment and number of "每月500，还剩9期", "500 a month, 9 left", or the instalment alone."""
    said = read_terms(text, today)
    if asked is not Question.INSTALMENT and (asked is not Question.RATE or said.payment is None or said.rate):
        return None
    amount = said.payment.amount if said.payment is not None else said.principal
    counts = list(_counts(text, amount)) if said.term is None else [said.term.count]
    return None if amount is None else (amount, counts[0] if counts else None)


def _counts(text: str, amount: Decimal | None) -> Iterator[int]:
    for found in re.findall(r"\d+(?:[.,]\d+)*", text):
        number = Decimal(found.replace(",", ""))
        if number != amount and number == int(number) and 0 < number <= _MOST_INSTALMENTS:
            yield int(number)


def read_budget(text: str, cues: Cues, today: date) -> Decimal | None:
    """What can be paid each month; nothing at all counts as zero."""
    amount = read_amount(text)
    if amount is None:
        said = read_terms(text, today)
        amount = said.payment.amount if said.payment is not None else said.principal
    if amount is None and (cues.is_only("none", text) or text.strip(" 元块") in {"0", "零"}):
        return Decimal(0)
    return amount


def is_sensible(debt: Owed) -> bool:
    """Whether the figures can be those of a debt."""
    try:
        debt.with_(balance=debt.balance or Decimal(1)).as_debt()
        debt.worked_out()
    except (TermsError, InvalidOperation):
        return False
    return True
