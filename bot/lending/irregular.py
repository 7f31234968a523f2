"""Schedules that depart from the plain ones: grace, balloon, odd first period, rate changes, roll-overs.

Conventions, where none is law: a level instalment is computed anew from what is owed at each change of rate and at the
end of a grace period; days beyond or short of a regular first period change the first instalment's interest only, by
days over 365 (首期按天计息); unpaid interest is added to the sum owed.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

from bot.lending.money import to_fen
from bot.lending.schedule import (
    DAYS_A_YEAR,
    PRECISION,
    Calendar,
    Instalment,
    all_at_the_end,
    charges_on_original_sum,
    falling_evenly,
    falls,
    is_on_original_sum,
    lines,
    rate_per_period,
)
from bot.lending.terms import LoanTerms, Method, Rate, RateChange, RateKind, TermsError


def first_period(terms: LoanTerms, when: Calendar) -> Decimal:
    """The length of the first period in periods: one, unless the terms say so many days."""
    if terms.first_period_days is None:
        return Decimal(1)
    return terms.first_period_days * when.per_year / DAYS_A_YEAR


def rate_changes_on(start: date, changes: Sequence[tuple[date, Rate]]) -> tuple[RateChange, ...]:
    """Dated changes of a loan paid out on ``start`` and repaid monthly: each holds from the first whole month after it.

    Of several that fall into one month the last counts; one on or before ``start`` is the rate the loan begins with,
    and left out.
    """
    by_period: dict[int, Rate] = {}
    for day, rate in sorted(changes, key=lambda change: change[0]):
        if day > start:
            months = (day.year - start.year) * 12 + day.month - start.month
            last = monthrange(day.year, day.month)[1]
            begins = months if day.day <= min(start.day, last) else months + 1
            by_period[begins + 1] = rate
    return tuple(RateChange(period, rate) for period, rate in sorted(by_period.items()))


def check_departures(terms: LoanTerms, when: Calendar) -> None:
    """Raises ``TermsError`` naming the departure that makes no sense with the rest of the terms."""
    method, grace = terms.method, terms.grace
    if grace is not None and grace.periods >= when.periods:
        raise TermsError("out_of_range", "grace", "after the grace period at least one instalment must follow")
    if grace is not None and not grace.pays_interest and is_on_original_sum(terms):
        raise TermsError("unsupported", "grace", "a charge on the original sum does not grow: say when it falls due")
    if terms.balloon and method in {Method.BULLET, Method.INTEREST_FIRST}:
        raise TermsError("unsupported", "balloon", "here the whole sum comes back with the last instalment anyway")
    if terms.first_period_days is not None and method is Method.BULLET:
        raise TermsError("unsupported", "first_period_days", "a loan that comes back at once has one period: its term")
    if terms.rate_changes:
        if terms.rate_changes[-1].from_period > when.periods:
            raise TermsError("out_of_range", "rate_changes", f"the loan has {when.periods} instalments")
        if terms.rate is None or is_on_original_sum(terms):
            raise TermsError("unsupported", "rate_changes", "only interest on the sum owed changes with the rate")


def build_irregular(terms: LoanTerms, when: Calendar) -> tuple[Instalment, ...]:
    """The schedule of a stated rate. Principal parts add up to the loan; the last balance is zero."""
    if terms.rollover is not None:
        interest = to_fen(terms.principal * rate_per_period(terms, when))
        return build_rolled_over(terms, when, interest, last_only=False)
    with localcontext(prec=PRECISION):
        if is_on_original_sum(terms):
            parts = _parts_of_original_sum(terms, when)
            charges = charges_on_original_sum(terms, when, rate_per_period(terms, when))
        else:
            parts, charges = _on_balance(terms, when)
    as_fee = terms.rate is not None and terms.rate.kind is RateKind.FLAT_FEE
    return tuple(lines(terms, parts, charges, charges_are_fees=as_fee))


def build_rolled_over(terms: LoanTerms, when: Calendar, charge: int, *, last_only: bool) -> tuple[Instalment, ...]:
    """Each roll-over's fee, and the charge of each term (or of the last alone) in fen; the sum is due at the end."""
    if terms.rollover is None:
        raise TermsError("missing", "rollovers", "no roll-over was agreed")
    before = 0 if last_only else charge
    charges = [before] * terms.rollover.times + [charge]
    plain = lines(terms, all_at_the_end(to_fen(terms.principal), when.periods), charges, charges_are_fees=False)
    return tuple(
        line
        if line.period == when.periods
        else replace(line, payment=line.payment + terms.rollover.fee, fees=line.fees + terms.rollover.fee)
        for line in plain
    )


def _parts_of_original_sum(terms: LoanTerms, when: Calendar) -> list[int]:
    waits = terms.grace.periods if terms.grace else 0
    if terms.method is Method.INTEREST_FIRST:
        return all_at_the_end(to_fen(terms.principal), when.periods)
    parts = falling_evenly(to_fen(terms.principal) - to_fen(terms.balloon), when.periods - waits)
    parts[-1] += to_fen(terms.balloon)
    return [0] * waits + parts


def rates_by_period(terms: LoanTerms, when: Calendar) -> list[Decimal]:
    """The stated rate of each period, as fractions."""
    rates = [rate_per_period(terms, when)] * when.periods
    for change in terms.rate_changes:
        rest = when.periods - change.from_period + 1
        rates[change.from_period - 1 :] = [rate_per_period(replace(terms, rate=change.rate), when)] * rest
    return rates


def _on_balance(terms: LoanTerms, when: Calendar) -> tuple[list[int], list[int]]:
    """Interest on what is still owed, period by period."""
    owed, balloon = to_fen(terms.principal), to_fen(terms.balloon)
    waits = terms.grace.periods if terms.grace else 0
    length = first_period(terms, when)
    payment, rate_before = 0, None
    parts, charges = [], []
    for number, rate in enumerate(rates_by_period(terms, when), 1):
        left = when.periods - number + 1
        regular = to_fen(Decimal(owed) / 100 * rate)
        interest = to_fen(Decimal(owed) / 100 * rate * length) if number == 1 else regular
        if number <= waits:
            part = 0 if terms.grace and terms.grace.pays_interest else -interest
        elif left == 1:
            part = owed
        elif terms.method is Method.EQUAL_PRINCIPAL:
            part = falling_evenly(owed - balloon, left)[0]
        elif terms.method is Method.EQUAL_INSTALMENT:
            if rate != rate_before or number == waits + 1:
                payment, rate_before = level_payment(owed, balloon, left, rate), rate
            part = min(max(payment - regular, 0), owed - balloon)
        else:
            part = 0
        owed -= part
        parts.append(part)
        charges.append(interest)
    return parts, charges


def level_payment(owed: int, balloon: int, periods: int, rate: Decimal) -> int:
    """The level instalment in fen that repays all but the balloon, which falls due with the last on top of it."""
    if rate == 0:
        return to_fen(Decimal(owed - balloon) / periods / 100)
    worth = (1 + rate) ** -periods
    return to_fen((owed - balloon * worth) * rate / (1 - worth) / 100)


def payments_said(terms: LoanTerms, payment: Decimal, when: Calendar) -> list[Decimal]:
    """What is paid each period by a level instalment that was said, with grace and balloon.

    While only interest is paid nothing changes, so the rate is that of the instalments that follow.
    """
    if terms.method is not Method.EQUAL_INSTALMENT:
        raise TermsError("unsupported", "payment", "such a loan is computed from its rate, not from its instalment")
    waits = terms.grace.periods if terms.grace else 0
    if terms.grace and terms.grace.pays_interest:
        if terms.first_period_days is not None:
            raise TermsError("unsupported", "first_period_days", "give the rate: the first interest depends on it")
        payments = [payment] * (when.periods - waits)
    else:
        payments = [Decimal(0)] * waits + [payment] * (when.periods - waits)
    payments[-1] += terms.balloon
    return payments


def build_irregular_from_payment(
    terms: LoanTerms, payments: Sequence[Decimal], per_period: Decimal, first: Decimal
) -> tuple[Instalment, ...]:
    """The schedule of the payments said; each balance is what the payments after it are worth at the hidden rate."""
    total, paid = to_fen(terms.principal), [to_fen(payment) for payment in payments]
    with localcontext(prec=PRECISION):
        worth = [Decimal(0)]
        for payment in reversed(paid[1:]):
            worth.append((worth[-1] + payment) / (1 + per_period))
        # Takes off what is left of the rate's own rounding.
        scale = total * (1 + first * per_period) / (worth[-1] + paid[0])
        parts = falls([total, *(to_fen(balance * scale / 100) for balance in reversed(worth))])
        charges = [payment - part for payment, part in zip(paid, parts, strict=True)]
        if terms.grace and terms.grace.pays_interest:
            waits = terms.grace.periods
            parts = [0] * waits + parts
            charges = [to_fen(terms.principal * per_period)] * waits + charges
    return tuple(lines(terms, parts, charges, charges_are_fees=False))
