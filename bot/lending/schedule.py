"""Repayment schedules in whole fen. The figures shown are the figures used: each line follows from the one above."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

from bot.lending.money import from_fen, to_fen
from bot.lending.terms import MOST_PERIODS, LoanTerms, Method, RateKind, TermsError, Unit

DAYS_A_YEAR = 365
PER_YEAR = {
    Unit.DAY: Decimal(DAYS_A_YEAR),
    Unit.WEEK: Decimal(DAYS_A_YEAR) / 7,
    Unit.MONTH: Decimal(12),
    Unit.YEAR: Decimal(1),
}
PRECISION = 40  # digits; enough for 600 periods of compounding on the largest loan


@dataclass(frozen=True, slots=True)
class Instalment:
    """One line of a schedule, yuan with two places. ``payment = principal + interest + fees``.

    ``principal`` is below zero where interest is not paid but added to the sum owed (grace without payment).
    """

    period: int
    payment: Decimal
    interest: Decimal
    fees: Decimal
    principal: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Calendar:
    """``periods`` payments, of which ``per_year`` fit in a year."""

    periods: int
    per_year: Decimal


def calendar(terms: LoanTerms) -> Calendar:
    """When payments fall: every unit of the term, years in months, unless the terms say otherwise.

    A bullet loan is one period as long as its term, and one more with each roll-over.

    Raises:
        TermsError: there would be more instalments than any loan has.
    """
    count, unit = terms.term.count, terms.term.unit
    every = terms.payment_every or (Unit.MONTH if unit is Unit.YEAR else unit)
    if terms.rollover is not None:
        return Calendar(terms.rollover.times + 1, PER_YEAR[unit] / count)
    if terms.method is Method.BULLET or every is Unit.ONCE:
        return Calendar(1, PER_YEAR[unit] / count)
    periods = max(1, round(count * PER_YEAR[every] / PER_YEAR[unit]))
    if periods > MOST_PERIODS:
        raise TermsError("too_large", "term", f"more than {MOST_PERIODS} instalments are surely a slip")
    return Calendar(periods, PER_YEAR[every])


def rate_per_period(terms: LoanTerms, when: Calendar) -> Decimal:
    """The rate as a fraction for one payment period: simple proportion, a day being 1/365 of a year."""
    if terms.rate is None:
        raise TermsError("missing", "rate", "no rate was given")
    fraction = terms.rate.value / 100
    if terms.rate.period is Unit.ONCE:
        return fraction / when.periods
    return fraction * PER_YEAR[terms.rate.period] / when.per_year


# A schedule is built from two columns in fen: the principal part of each period, and the charge of each period.


def build(terms: LoanTerms, when: Calendar, per_period: Decimal) -> tuple[Instalment, ...]:
    """The schedule of a rate. Principal parts add up to the loan; the last balance is zero."""
    with localcontext(prec=PRECISION):
        if is_on_original_sum(terms):
            parts = _parts_of_original_sum(terms, when)
            charges = charges_on_original_sum(terms, when, per_period)
        else:
            parts, charges = _on_balance(terms, when, per_period)
    as_fee = terms.rate is not None and terms.rate.kind is RateKind.FLAT_FEE
    return tuple(lines(terms, parts, charges, charges_are_fees=as_fee))


def build_from_payment(terms: LoanTerms, when: Calendar, per_period: Decimal) -> tuple[Instalment, ...]:
    """The schedule of a level instalment that was said; ``per_period`` is the rate hidden behind it."""
    if terms.payment is None:
        raise TermsError("missing", "payment", "no instalment was given")
    paid = to_fen(terms.payment)
    with localcontext(prec=PRECISION):
        if terms.method is Method.FLAT:
            parts = falling_evenly(to_fen(terms.principal), when.periods)
        else:
            parts = _hidden_parts(to_fen(terms.principal), paid, when.periods, per_period)
    return tuple(lines(terms, parts, [paid - part for part in parts], charges_are_fees=False))


def build_interest_first(terms: LoanTerms, when: Calendar) -> tuple[Instalment, ...]:
    """The schedule of an instalment that is interest only; the sum comes back with the last."""
    if terms.payment is None:
        raise TermsError("missing", "payment", "no instalment was given")
    parts = all_at_the_end(to_fen(terms.principal), when.periods)
    return tuple(lines(terms, parts, [to_fen(terms.payment)] * when.periods, charges_are_fees=False))


def is_on_original_sum(terms: LoanTerms) -> bool:
    """Whether the charge is on the sum first borrowed, however much has been repaid."""
    rate = terms.rate
    said_so = rate is not None and (rate.kind is RateKind.FLAT_FEE or rate.period is Unit.ONCE)
    return terms.method is Method.FLAT or said_so


def _parts_of_original_sum(terms: LoanTerms, when: Calendar) -> list[int]:
    """等本等息 keeps every instalment alike, so the last one takes what rounding left."""
    total = to_fen(terms.principal)
    if terms.method is Method.INTEREST_FIRST:
        return all_at_the_end(total, when.periods)
    alike = to_fen(terms.principal / when.periods)
    balances = [max(total - number * alike, 0) for number in range(when.periods)]
    return falls([*balances, 0])


def charges_on_original_sum(terms: LoanTerms, when: Calendar, per_period: Decimal) -> list[int]:
    """The same charge each period. Of what is charged once, a fee is due at first, interest is spread."""
    rate = terms.rate
    if rate is None or rate.period is not Unit.ONCE:
        return [to_fen(terms.principal * per_period)] * when.periods
    total = to_fen(terms.principal * rate.value / 100)
    if rate.kind is RateKind.FLAT_FEE:
        return [total] + [0] * (when.periods - 1)
    return falling_evenly(total, when.periods)


def _on_balance(terms: LoanTerms, when: Calendar, per_period: Decimal) -> tuple[list[int], list[int]]:
    """Interest on what is still owed."""
    match terms.method:
        case Method.EQUAL_INSTALMENT:
            return _equal_instalments(terms, when, per_period)
        case Method.EQUAL_PRINCIPAL:
            return _equal_principal(terms, when, per_period)
        case _:
            charges = [to_fen(terms.principal * per_period)] * when.periods
            if terms.interest_in_advance:
                charges[-1] = 0  # the last interest was paid with the instalment before
            return all_at_the_end(to_fen(terms.principal), when.periods), charges


def _equal_instalments(terms: LoanTerms, when: Calendar, per_period: Decimal) -> tuple[list[int], list[int]]:
    """等额本息: a level payment, of which interest takes its share first; the last one clears what is left."""
    owed, payment = to_fen(terms.principal), _level_payment(terms, when, per_period)
    parts, charges = [], []
    for left in range(when.periods, 0, -1):
        interest = to_fen(Decimal(owed) / 100 * per_period)
        part = owed if left == 1 else min(max(payment - interest, 0), owed)
        owed -= part
        parts.append(part)
        charges.append(interest)
    return parts, charges


def _equal_principal(terms: LoanTerms, when: Calendar, per_period: Decimal) -> tuple[list[int], list[int]]:
    """等额本金: the payment is rounded, as calculators print it; interest is what it holds beyond its part."""
    owed = to_fen(terms.principal)
    share = terms.principal / when.periods
    parts = falling_evenly(owed, when.periods)
    charges = []
    for part in parts:
        charges.append(max(to_fen(share + Decimal(owed) / 100 * per_period) - part, 0))
        owed -= part
    return parts, charges


def _level_payment(terms: LoanTerms, when: Calendar, per_period: Decimal) -> int:
    if per_period == 0:
        return to_fen(terms.principal / when.periods)
    discount = 1 - (1 + per_period) ** -when.periods
    return to_fen(terms.principal * per_period / discount)


def _hidden_parts(total: int, paid: int, periods: int, per_period: Decimal) -> list[int]:
    """What each level payment returns of the loan, from the balances it is worth at the hidden rate, last one first."""
    worth = [Decimal(0)]
    for _ in range(periods):
        worth.append((worth[-1] + paid) / (1 + per_period))
    scale = total / worth[-1]  # takes off what is left of the rate's own rounding
    return falls([to_fen(balance * scale / 100) for balance in reversed(worth)])


def falling_evenly(total: int, periods: int) -> list[int]:
    """Parts as equal as whole fen allow, with no rest piling up in the last."""
    return falls([to_fen(Decimal(total * (periods - number)) / periods / 100) for number in range(periods + 1)])


def all_at_the_end(total: int, periods: int) -> list[int]:
    """Nothing is repaid before the last instalment."""
    return [0] * (periods - 1) + [total]


def falls(balances: Iterable[int]) -> list[int]:
    """What each balance is below the one before."""
    return [before - after for before, after in pairwise(balances)]


def lines(terms: LoanTerms, parts: list[int], charges: list[int], *, charges_are_fees: bool) -> Iterator[Instalment]:
    """Instalments from the two columns and the fee of each."""
    owed, fee_each = to_fen(terms.principal), to_fen(terms.fee_each)
    for number, (part, charge) in enumerate(zip(parts, charges, strict=True), 1):
        owed -= part
        interest, fees = (0, charge + fee_each) if charges_are_fees else (charge, fee_each)
        yield Instalment(
            period=number,
            payment=from_fen(part + interest + fees),
            interest=from_fen(interest),
            fees=from_fen(fees),
            principal=from_fen(part),
            balance=from_fen(owed),
        )
