"""What one turn says about a loan: the grammar's reading, a tapped button, or a bare number after a question.

Buttons and open readings share one notation, so that what was ambiguous can be offered as buttons: money ``"9000"``,
a rate ``"2 month interest"``, a term ``"12 month"``, an instalment ``"900 month"``, a fee ``"amount 500 upfront"``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from actions._loan_card import figure, yuan
from actions._loan_offer import Fee, Offer, Question, Unsure
from bot.content.law import Lender
from bot.content.wording import Wording
from bot.language import read_amount, read_date, read_term, read_terms
from bot.language import terms as grammar
from bot.lending import LoanTerms, Method, Rate, RateKind, Term, TermsError, Unit
from bot.messages import Language

_EARLIEST = date(1990, 1, 1)
_MONEY = frozenset({"principal", "received", "total"})
_PRICES = ("rate", "payment", "total")
_FIGURES = {Question.PRINCIPAL: "principal", Question.PRICE: "rate", Question.TERM: "term"}
_LENDERS = ("microloan", "institution", "unknown", "private")
_MEASURE = "一"
"""As in 算一笔: nobody asks about a loan of one."""
_SURELY_YUAN = 100
"""From here on a bare number as a price is yuan, not percent."""
_BARE = re.compile(
    r"[-+−]?[\d.,，．０-９零〇一二两三四五六七八九十百千万亿kw]+ *(?:元|块|块钱|yuan|rmb)?", re.IGNORECASE
)
_HAS_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Heard:
    """Facts to put into the offer; the names of those that were said but cannot be right."""

    facts: dict[str, Any] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.facts or self.wrong)

    def into(self, offer: Offer) -> Offer:
        """The offer with these facts. A newly said price replaces the old one, whichever kind it was."""
        changes = dict(self.facts)
        doubts: tuple[Unsure, ...] = changes.pop("unsure", ())
        settled = set(changes) | {doubt.fact for doubt in doubts}
        prices = settled & set(_PRICES)
        # Settling a doubt replaces nothing: 2分利 is asked about, and the instalment said beside it stays.
        if prices and not prices <= {doubt.fact for doubt in offer.unsure}:
            settled |= set(_PRICES)  # a doubt about one price is settled by any other
            changes = {**dict.fromkeys(_PRICES), "payment_period": None, **changes}
        kept = tuple(doubt for doubt in offer.unsure if doubt.fact not in settled)
        return offer.model_copy(update={**changes, "unsure": kept + doubts})


def hear(text: str, asked: Question | None, offer: Offer, wording: Wording, today: date) -> Heard:
    """Read a sentence: the bare answer to what was asked, or everything it says."""
    answer = _answer(text, asked, offer, wording, today)
    if answer:
        return answer
    facts, wrong = _of_terms(read_terms(text, today))
    lender = next((kind for kind in _LENDERS if _speaks_of(kind, text, wording, "said")), None)
    if lender is not None:
        facts["lender"] = Lender(lender)
    checked = _checked(facts, today)
    heard = Heard(checked.facts, checked.wrong + wrong)
    if not heard and asked in _FIGURES and _HAS_DIGIT.search(text):
        return Heard(wrong=(_FIGURES[asked],))  # a figure, but zero, negative or beyond all sense
    return heard


def hear_choice(fact: str, value: str, today: date) -> Heard:
    """Read a tapped button. Anything unreadable says nothing."""
    try:
        return _checked(_choice(fact, value, today), today)
    except (ValueError, IndexError, InvalidOperation):
        return Heard(wrong=(fact,)) if fact in _MONEY | {"rate", "term", "payment", "fees"} else Heard()


def reading_title(fact: str, value: str, wording: Wording, tongue: Language) -> str:
    """One of several readings as the words of its button."""
    parts = value.split()
    if fact == "method":
        return wording.say(f"loan_method_{value}", tongue)
    if fact == "rate":
        kind = "rate_flat" if parts[2] == RateKind.FLAT_FEE else "rate"
        return wording.say(f"loan_card_{kind}_{parts[1]}", tongue, value=figure(Decimal(parts[0])))
    if fact == "term":
        return wording.say(f"loan_card_term_{parts[1]}", tongue, count=parts[0])
    if fact == "payment":
        return wording.say(f"loan_card_payment_{parts[1]}", tongue, amount=yuan(Decimal(parts[0])))
    if fact == "fees":
        return wording.say(f"loan_card_fee_{parts[0]}_{parts[2]}", tongue, value=figure(Decimal(parts[1])))
    return wording.say(f"loan_card_{fact}", tongue, amount=yuan(Decimal(value)))


def _of_terms(said: grammar.Terms) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The grammar's reading as facts, and the names of those beyond all sense."""
    values: dict[str, Any] = {
        "principal": said.principal,
        "received": said.received,
        "rate": said.rate,
        "term": said.term,
        "payment": said.payment,
        "total": said.total,
        "method": said.method,
    }
    facts: dict[str, Any] = {}
    wrong: list[str] = []
    for fact, value in values.items():
        if value is None:
            continue
        try:
            facts |= _choice(fact, _written(value), date.min)
        except TermsError as error:
            wrong.append(error.field)
    wrong += [doubt.field.value for doubt in said.ambiguous if doubt.reason is grammar.Reason.TOO_LARGE]
    if said.fees:
        facts["fees"] = tuple(_fee(_written(fee)) for fee in said.fees)
    if grammar.Practice.INTEREST_DEDUCTED_FIRST in said.practices:
        facts["deducts_interest"] = True
    doubts = tuple(
        Unsure(
            fact=doubt.field.value,
            words=doubt.text,
            readings=tuple((doubt.field.value, _written(reading)) for reading in doubt.readings),
        )
        for doubt in said.ambiguous
        if doubt.readings and doubt.field.value not in facts and doubt.text != _MEASURE
    )
    if doubts:
        facts["unsure"] = doubts
    return facts, tuple(wrong)


def _written(reading: grammar.Reading) -> str:
    """A reading in the notation of the buttons."""
    match reading:
        case grammar.Rate():
            return f"{reading.value} {reading.period} {reading.kind}"
        case grammar.Term():
            return f"{reading.count} {reading.unit}"
        case grammar.Payment():
            return f"{reading.amount} {reading.period}"
        case grammar.Fee():
            size = f"percent {reading.percent}" if reading.amount is None else f"amount {reading.amount}"
            return f"{size} {reading.when or 'unsaid'}"
    return str(reading)


def _choice(fact: str, value: str, today: date) -> dict[str, Any]:
    reader = _READERS.get(fact)
    if reader is not None:
        return {fact: reader(value)}
    if fact == "payment":
        amount, period = value.split()
        return _payment(Decimal(amount), Unit(period))
    if fact == "contract_date":
        return {"signed": today if value == "today" else date.fromisoformat(value)}
    # "I do not know" leaves the method open, to be assumed and named, and asks nothing more that could be assumed.
    return ({"brief": True} if value == "unknown" else {fact: Method(value)}) if fact == "method" else {}


def _rate(value: str) -> Rate:
    number, period, kind = value.split()
    return Rate(Decimal(number), Unit(period), RateKind(kind))


def _term(value: str) -> Term:
    count, unit = value.split()
    return Term(int(count), Unit(unit))


def _payment(amount: Decimal, period: Unit) -> dict[str, Any]:
    """An instalment; a single payment at the end also says how the loan is repaid."""
    if period is Unit.ONCE:
        return {"payment": amount, "payment_period": None, "method": Method.BULLET}
    return {"payment": amount, "payment_period": period}


def _fee(value: str) -> Fee:
    size, number, when = value.split()
    each = {"each": True, "upfront": False}.get(when)
    if size == "percent":
        return Fee(percent=Decimal(number), each=each)
    return Fee(amount=Decimal(number), each=each)


def _answer(text: str, asked: Question | None, offer: Offer, wording: Wording, today: date) -> Heard:
    """What a few words mean only because of the question before them."""
    match asked:
        case Question.SIGNED:
            day = today if _speaks_of("today", text, wording) else read_date(text, today)
            return _checked({"signed": day}, today) if day else Heard()
        case Question.LENDER:
            kind = next((kind for kind in _LENDERS if _speaks_of(kind, text, wording)), None)
            return Heard({"lender": Lender(kind)}) if kind else Heard()
        case Question.METHOD:
            return Heard({"brief": True}) if _speaks_of("unknown", text, wording) else Heard()
    return _bare_number(text, asked, offer, today) if _BARE.fullmatch(text.strip()) else Heard()


def _bare_number(text: str, asked: Question | None, offer: Offer, today: date) -> Heard:
    """A number alone is what was asked for; as a price it leaves several meanings open."""
    if asked is Question.TERM:
        term = read_term(text)
        return Heard(wrong=("term",)) if term is None else Heard({"term": Term(term.count, Unit(term.unit.value))})
    number = read_amount(text) if asked in _FIGURES else None
    if number is None:
        return Heard()
    if asked is Question.PRINCIPAL:
        return _checked({"principal": number}, today)
    readings: list[tuple[str, str]] = []
    if number < _SURELY_YUAN:
        readings = [("rate", f"{number} {period} interest") for period in (Unit.MONTH, Unit.YEAR)]
    else:
        readings = [("payment", f"{number} {Unit.MONTH}")]
        if offer.sum is not None:
            readings.append(("total", str(number if number > offer.sum else offer.sum + number)))
    return Heard({"unsure": (Unsure(fact="rate", words=text.strip(), readings=tuple(readings)),)})


def _speaks_of(kind: str, text: str, wording: Wording, where: str = "words") -> bool:
    """Whether one of the words that stand for an answer (``words``) or tell it unasked (``said``) occurs."""
    spoken, key = text.lower(), f"loan_card_{where}_{kind}"
    words = [part for tongue in Language for part in wording.say(key, tongue).split("/")]
    return any(word in spoken for word in words)


def _checked(facts: dict[str, Any], today: date) -> Heard:
    """Facts that can be right; the names of those that cannot."""
    wrong = [name for name in ("principal", "received", "payment", "total") if not _is_sum(facts.get(name))]
    if any(not _is_charge(fee) for fee in facts.get("fees", ())):
        wrong.append("fees")
    signed = facts.get("signed")
    if signed is not None and not _EARLIEST <= signed <= today:
        wrong.append("signed")
    return Heard({name: value for name, value in facts.items() if name not in wrong}, tuple(wrong))


def _is_sum(amount: Decimal | None) -> bool:
    if amount is None:
        return True
    try:
        LoanTerms(amount, Term(1), payment=amount)
    except TermsError:
        return False
    return True


def _is_charge(fee: Fee) -> bool:
    return fee.of(Decimal(100)) >= 0


_READERS: dict[str, Callable[[str], Any]] = {
    "principal": Decimal,
    "received": Decimal,
    "total": Decimal,
    "rate": _rate,
    "term": _term,
    "fees": lambda value: (_fee(value),),
    "lender": Lender,
}
