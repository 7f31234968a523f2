"""From the terms of an offer to everything a person should see about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.lending.annual_rate import AnnualRate, CashFlow, NoRateError, SeveralRatesError, annual_rate, annualise
from bot.lending.irregular import (
    build_irregular,
    build_irregular_from_payment,
    build_rolled_over,
    check_departures,
    first_period,
    payments_said,
)
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
    first = first_period(terms, when)
    stated, instalments = _schedule(terms, when, first)
    payments = [line.payment for line in instalments]
    received = from_fen(to_fen(terms.money_in_hand))
    total = sum(payments, Decimal(0))
    rate = _rate(received, payments, when, stated, first)
    return Quote(terms, instalments, received, total, total - received, rate)


def cash_flows(found: Quote) -> tuple[CashFlow, ...]:
    """The money received and every payment, in periods. An odd first period counts simple, as in Regulation Z.

    There, what is received grows over a first period of ``f`` periods to ``1 + f·i``, and every payment is a whole
    number of periods later. That is the same as ``f`` of the money received one period earlier and the rest with it.
    """
    payments = [line.payment for line in found.instalments]
    return _flows(found.received, payments, first_period(found.terms, calendar(found.terms)))


def _flows(received: Decimal, payments: Sequence[Decimal], first: Decimal) -> tuple[CashFlow, ...]:
    if first == 1:
        return (CashFlow(0, received), *(CashFlow(number, -paid) for number, paid in enumerate(payments, 1)))
    split = (CashFlow(-1, received * first), CashFlow(0, received * (1 - first)))
    return (*split, *(CashFlow(number, -paid) for number, paid in enumerate(payments)))


def _schedule(terms: LoanTerms, when: Calendar, first: Decimal) -> tuple[Decimal | None, tuple[Instalment, ...]]:
    """The instalments, and the one rate a period they were made from if one was stated."""
    if terms.departs:
        check_departures(terms, when)
    if terms.payment is not None:
        return _schedule_of_payment(terms, terms.payment, when, first)
    stated = rate_per_period(terms, when)
    if not terms.departs:
        return stated, build(terms, when, stated)
    return None if terms.rate_changes else stated, build_irregular(terms, when)


def _schedule_of_payment(
    terms: LoanTerms, payment: Decimal, when: Calendar, first: Decimal
) -> tuple[Decimal | None, tuple[Instalment, ...]]:
    if terms.rollover is not None:
        if payment < terms.principal:
            raise _too_small()
        return None, build_rolled_over(terms, when, to_fen(payment - terms.principal), last_only=True)
    if terms.departs:
        payments = payments_said(terms, payment, when)
        if sum(payments, Decimal(0)) < terms.principal:
            raise _too_small()
        hidden = _rate(terms.principal, payments, when, None, first).per_period
        return None, build_irregular_from_payment(terms, payments, hidden, first)
    if terms.method is Method.INTEREST_FIRST:
        return None, build_interest_first(terms, when)
    if terms.method is Method.EQUAL_PRINCIPAL:
        first_part = terms.principal / when.periods
        if payment < first_part:
            raise _too_small()
        implied = (payment - first_part) / terms.principal
        return implied, build(replace(terms, rate=None), when, implied)
    if payment * when.periods < terms.principal:
        raise _too_small()
    hidden = _rate(terms.principal, [payment] * when.periods, when, None, first).per_period
    return None, build_from_payment(terms, when, hidden)


def _too_small() -> TermsError:
    return TermsError("too_small", "payment", "the instalments together are less than the sum borrowed")


def _rate(
    received: Decimal, payments: Sequence[Decimal], when: Calendar, stated: Decimal | None, first: Decimal
) -> AnnualRate:
    per_year = float(when.per_year)
    if stated is not None and _explains(float(stated), float(received), payments, float(first)):
        return annualise(float(stated), per_year)
    try:
        return annual_rate(_flows(received, payments, first), per_year)
    except (NoRateError, SeveralRatesError) as error:
        raise TermsError("no_rate", "payment", str(error)) from error


def _explains(stated: float, received: float, payments: Sequence[Decimal], first: float) -> bool:
    """Whether the stated rate balances the payments to within half a fen each, the rounding of a schedule.

    Then it is the rate. Otherwise a small loan at exactly a legal line would seem above it by its rounding alone.
    """
    discount = 1 / (1 + stated)
    present = annuity = 0.0
    for paid in reversed(payments):
        present = present * discount + float(paid)
        annuity = annuity * discount + 1
    over_first = 1 / (1 + first * stated)
    half_a_fen = float(FEN) / 2
    return abs(present * over_first - received) <= half_a_fen * annuity * over_first * (1 + 1e-9) + 1e-12 * received
