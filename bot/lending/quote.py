"""From the terms of an offer to everything a person should see about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.lending.annual_rate import AnnualRate, CashFlow, NoRateError, annual_rate, annualise
from bot.lending.money import FEN, from_fen, to_fen
from bot.lending.schedule import (
    Calendar,
    Instalment,
    build,
    build_from_payment,
    build_interest_first,
    calendar,
    rate_per_period,
)
from bot.lending.terms import LoanTerms, Method, TermsError


@dataclass(frozen=True, slots=True)
class Quote:
    """What a loan costs. Money in yuan with two places."""

    terms: LoanTerms
    instalments: tuple[Instalment, ...]
    received: Decimal
    total_paid: Decimal
    total_cost: Decimal
    """What is paid beyond the money received: interest, every fee, and what was deducted up front."""
    rate: AnnualRate

    @property
    def rate_per_period(self) -> Decimal:
        """The rate of one period, as a fraction."""
        return self.rate.per_period

    @property
    def annual_rate_nominal(self) -> Decimal:
        """年化（单利）, percent."""
        return self.rate.nominal

    @property
    def annual_rate_effective(self) -> Decimal | None:
        """年化（复利）, percent; ``None`` when it is too large to mean anything."""
        return self.rate.effective

    @property
    def first_payment(self) -> Decimal:
        """The first instalment; the only one named when all are alike."""
        return self.instalments[0].payment

    @property
    def last_payment(self) -> Decimal:
        """The last instalment."""
        return self.instalments[-1].payment

    @property
    def level(self) -> bool:
        """Whether every instalment is the same but for the rounding in the last."""
        alike = all(line.payment == self.first_payment for line in self.instalments[:-1])
        return alike and abs(self.last_payment - self.first_payment) <= FEN * len(self.instalments)


def quote(terms: LoanTerms) -> Quote:
    """Compute schedule, totals and annual rate.

    When both a rate and an instalment are given, the instalment counts: it is what is really paid.

    Raises:
        TermsError: the terms cannot be computed: the instalments do not even return the sum.
    """
    when = calendar(terms)
    stated, instalments = _schedule(terms, when)
    payments = [line.payment for line in instalments]
    received = from_fen(to_fen(terms.money_in_hand))
    total = sum(payments, Decimal(0))
    rate = _rate(received, payments, float(when.per_year), stated)
    return Quote(terms, instalments, received, total, total - received, rate)


def _schedule(terms: LoanTerms, when: Calendar) -> tuple[Decimal | None, tuple[Instalment, ...]]:
    """The instalments, and the rate a period they were made from if one was stated."""
    if terms.payment is None:
        stated = rate_per_period(terms, when)
        return stated, build(terms, when, stated)
    if terms.method is Method.INTEREST_FIRST:
        return None, build_interest_first(terms, when)
    if terms.method is Method.EQUAL_PRINCIPAL:
        first_part = terms.principal / when.periods
        if terms.payment < first_part:
            raise _too_small()
        implied = (terms.payment - first_part) / terms.principal
        return implied, build(replace(terms, rate=None), when, implied)
    if terms.payment * when.periods < terms.principal:
        raise _too_small()
    hidden = _rate(terms.principal, [terms.payment] * when.periods, float(when.per_year), None)
    return None, build_from_payment(terms, when, hidden.per_period)


def _too_small() -> TermsError:
    return TermsError("too_small", "payment", "the instalments together are less than the sum borrowed")


def _rate(received: Decimal, payments: Sequence[Decimal], per_year: float, stated: Decimal | None) -> AnnualRate:
    if stated is not None and _explains(float(stated), float(received), payments):
        return annualise(float(stated), per_year)
    flows = [CashFlow(0, received), *(CashFlow(number, -paid) for number, paid in enumerate(payments, 1))]
    try:
        return annual_rate(flows, per_year)
    except NoRateError as error:
        raise TermsError("no_rate", "payment", str(error)) from error


def _explains(stated: float, received: float, payments: Sequence[Decimal]) -> bool:
    """Whether the stated rate balances the payments to within half a fen each, the rounding of a schedule.

    Then it is the rate. Otherwise a small loan at exactly a legal line would seem above it by its rounding alone.
    """
    discount = 1 / (1 + stated)
    present = annuity = 0.0
    for paid in reversed(payments):
        present = (present + float(paid)) * discount
        annuity = (annuity + 1) * discount
    half_a_fen = float(FEN) / 2
    return abs(present - received) <= half_a_fen * annuity * (1 + 1e-9) + 1e-12 * received
