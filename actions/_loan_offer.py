"""What has been said about one loan so far: facts gathered over turns, what is still open, terms to compute from.

Pure; lives in one Rasa slot as JSON. The grammar in ``bot.language`` reads the words, this only keeps account.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.content.law import Lender
from bot.lending import (
    LoanTerms,
    Method,
    Quote,
    Rate,
    RateKind,
    Term,
    TermsError,
    Unit,
    deduct_first_interest,
    quote,
)

_DAYS = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.YEAR: 365}
_PRICES = frozenset({"rate", "payment", "total"})
_PAYS_AS_SAID = frozenset({None, Method.EQUAL_INSTALMENT, Method.FLAT})


class Question(StrEnum):
    """What the form can ask, named as the form's slots, in the order it asks."""

    READING = "loan_reading"
    PRINCIPAL = "loan_principal"
    PRICE = "loan_price"
    TERM = "loan_term"
    METHOD = "loan_method"
    LENDER = "loan_lender"
    SIGNED = "loan_contract_date"


_ESSENTIALS = frozenset({Question.READING, Question.PRINCIPAL, Question.PRICE, Question.TERM})


class Fee(BaseModel):
    """A charge besides interest: a sum, or percent of the sum borrowed. ``each`` is ``None`` when nobody said when."""

    model_config = ConfigDict(frozen=True)

    amount: Decimal | None = None
    percent: Decimal | None = None
    each: bool | None = None

    def of(self, principal: Decimal) -> Decimal:
        """The charge in yuan."""
        return self.amount if self.amount is not None else principal * (self.percent or Decimal(0)) / 100


class Unsure(BaseModel):
    """Words that can be read in several ways: to be asked, never chosen for the person."""

    model_config = ConfigDict(frozen=True)

    fact: str
    words: str
    readings: tuple[tuple[str, str], ...]
    """Each a fact and its value, as a button would send them (``actions/_loan_words.py``)."""


class Offer(BaseModel):
    """An offer as far as it is known. Nothing in it is guessed; what is assumed is named beside the answer."""

    model_config = ConfigDict(frozen=True)

    principal: Decimal | None = None
    received: Decimal | None = None
    rate: Rate | None = None
    payment: Decimal | None = None
    payment_period: Unit | None = None
    total: Decimal | None = None
    """Everything paid back together, when only that was said."""
    term: Term | None = None
    method: Method | None = None
    fees: tuple[Fee, ...] = ()
    deducts_interest: bool = False
    """The first interest is kept back before the money is paid out (砍头息)."""
    lender: Lender | None = None
    signed: date | None = None
    unsure: tuple[Unsure, ...] = ()
    brief: bool = False
    """Said in one breath: what was left out is assumed and named in the answer, not asked."""

    @classmethod
    def from_slot(cls, value: object) -> Self:
        """The offer in a slot; an empty one when the slot holds nothing that fits."""
        try:
            return cls.model_validate(value or {})
        except ValidationError:
            return cls()

    def to_slot(self) -> dict[str, Any]:
        """JSON for the slot."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def with_(self, **changes: object) -> Self:
        """A copy with some facts changed."""
        return self.model_copy(update=changes)

    @property
    def sum(self) -> Decimal | None:
        """The sum borrowed; when only the money in hand was said, that."""
        return self.principal if self.principal is not None else self.received

    @property
    def has_any(self) -> bool:
        """Whether anything was said yet."""
        return self != type(self)()

    @property
    def is_short_of_essentials(self) -> bool:
        """Whether sum, price or time are open: without them nothing can be computed."""
        return bool(set(self.open_questions()) & _ESSENTIALS)

    @property
    def turned_round(self) -> Question | None:
        """What the other three figures give by themselves: the sum that can be borrowed, or the time it takes."""
        if self.unsure or self.rate is None or self.payment is None or self.rate.period is Unit.ONCE:
            return None
        if self.method not in _PAYS_AS_SAID or any(fee.percent is not None for fee in self.fees):
            return None
        if self.sum is None:
            # Instalments of a year are reckoned by the month: how much a yearly payment carries is not told.
            return None if self.term is None or self.payment_period is Unit.YEAR else Question.PRINCIPAL
        on_the_sum = self.rate.kind is RateKind.FLAT_FEE or self.method is Method.FLAT
        return Question.TERM if self.term is None and not on_the_sum else None

    @property
    def says_enough(self) -> bool:
        """Whether sum, price and time were all named, be it in words that still have to be settled."""
        return not set(self.open_questions()) & (_ESSENTIALS - {Question.READING})

    def without(self, fact: str) -> Self:
        """The offer with one fact forgotten, to be asked again."""
        if fact in _PRICES:
            return self.model_copy(update=dict.fromkeys(_PRICES))
        return self.model_copy(update={fact: () if fact == "fees" else None})

    def open_questions(self) -> list[Question]:
        """What has to be asked yet, in order: the fewest questions that let the loan be computed and judged."""
        if self.turned_round is not None:
            return []
        unsure = {doubt.fact for doubt in self.unsure}
        has_price = self.rate is not None or self.payment is not None or self.total is not None
        essentials = {
            Question.READING: not unsure,
            Question.PRINCIPAL: self.sum is not None or "principal" in unsure or "received" in unsure,
            Question.PRICE: has_price or bool(unsure & _PRICES),
            Question.TERM: self.term is not None or "term" in unsure,
        }
        missing = [question for question, known in essentials.items() if not known]
        if self.brief:
            return missing
        circumstances = {
            Question.METHOD: not self.assumes_method or "method" in unsure,
            Question.LENDER: self.lender is not None,
            Question.SIGNED: self.lender is not Lender.PRIVATE or self.signed is not None,
        }
        return missing + [question for question, known in circumstances.items() if not known]

    @property
    def assumes_method(self) -> bool:
        """Whether equal instalments are our assumption: neither said nor plain from the rest."""
        charged_on_the_sum = self.rate is not None and self.rate.kind is RateKind.FLAT_FEE
        plain = charged_on_the_sum or self.payment is not None or (self.term is not None and self.term.count == 1)
        return self.method is None and not plain

    @property
    def assumes_lender(self) -> bool:
        """Whether nobody said who lends."""
        return self.lender in {None, Lender.UNKNOWN}

    @property
    def claims_to_be_free(self) -> bool:
        """Whether no interest was promised: what it costs then hides elsewhere."""
        return self.rate is not None and self.rate.value == 0

    @property
    def assumes_fee_upfront(self) -> bool:
        """Whether a fee is taken to be paid at the start because nobody said when."""
        return any(fee.each is None for fee in self.fees)

    def terms(self) -> LoanTerms:
        """Terms to compute from.

        When both a rate and an instalment were said, the instalment counts: it is what is really paid.

        Raises:
            TermsError: something is missing or makes no sense.
        """
        principal = self.sum
        if principal is None or self.term is None:
            raise TermsError("missing", "principal" if principal is None else "term", "not said yet")
        term = self._counted(self.term)
        rate, payment = self._price(principal, term)
        terms = LoanTerms(
            principal=principal,
            term=term,
            rate=rate,
            method=self.method or self._implied_method(),
            payment=payment,
            received=self.received,
            fee_upfront=self._upfront(principal),
            fee_each=sum((fee.of(principal) for fee in self.fees if fee.each), Decimal(0)),
        )
        return deduct_first_interest(terms) if self.deducts_interest and rate is not None else terms

    def _price(self, principal: Decimal, term: Term) -> tuple[Rate | None, Decimal | None]:
        if self.payment is None:
            if self.total is not None and self.rate is None:
                return self._price_of_total(principal, term, self.total)
            return self.rate, None
        covers = self.payment * _periods(term) >= principal
        if self.rate is not None and not (covers and self.method in _PAYS_AS_SAID):
            return self.rate, None
        return None, self.payment

    def _price_of_total(self, principal: Decimal, term: Term, total: Decimal) -> tuple[Rate | None, Decimal | None]:
        if total < principal:
            raise TermsError("too_small", "payment", "less is repaid than was borrowed")
        if self.method is Method.INTEREST_FIRST:
            return Rate((total - principal) * 100 / principal, Unit.ONCE), None
        return None, total if self.method is Method.BULLET else total / _periods(term)

    def _upfront(self, principal: Decimal) -> Decimal:
        """Fees at the start; none on top when the money in hand was said and already lacks them."""
        fees = sum((fee.of(principal) for fee in self.fees if not fee.each), Decimal(0))
        withheld = principal - self.received if self.received is not None else Decimal(0)
        return Decimal(0) if fees <= withheld else fees

    def _implied_method(self) -> Method:
        on_the_sum = self.rate is not None and self.rate.kind is RateKind.FLAT_FEE
        return Method.FLAT if on_the_sum and self.payment is None else Method.EQUAL_INSTALMENT

    def _counted(self, term: Term) -> Term:
        """The term in instalments: 1000 a month for 90 days is three of them."""
        paid = self.payment_period
        if self.payment is None or paid is None or paid in {term.unit, Unit.ONCE}:
            return term
        if (term.unit, paid) == (Unit.YEAR, Unit.MONTH):
            return Term(term.count * 12, Unit.MONTH)
        return Term(max(1, round(term.count * _DAYS[term.unit] / _DAYS[paid])), paid)

    def quote(self) -> Quote:
        """What it costs. Raises ``TermsError`` like :meth:`terms`."""
        return quote(self.terms())


def _periods(term: Term) -> int:
    return term.count * 12 if term.unit is Unit.YEAR else term.count
