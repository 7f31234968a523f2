"""The annual rate hidden in a row of payments, found by a bracketed solver that says when there is none or several.

Convention (中国人民银行公告〔2021〕第3号): every cost over the money really in use. The rate of one period times the
periods of a year is the nominal rate (单利); compounded over the year it is the effective one (复利, IRR).

A plain loan, one sum received and then only payments at even spacing, is solved by a few of Newton's steps; anything
else, and a plain loan on which they do not settle, by the solver that counts roots.

That solver works on the force of interest ``u = ln(1 + rate)``, in which a flow's present value is ``a·exp(−u·t)``:
smooth, free of poles, and as happy with a hundredth of a period as with 360 of them. Floats live here only; what
leaves is ``Decimal``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from bot.lending.day_count import year_fraction
from bot.lending.money import rounded_percent

_LOWEST, _HIGHEST = math.log(1e-9), math.log(1e30)  # of 1 + rate a period: beyond what any loan we take can cost
_STEP = 0.05
_CLOSE_ENOUGH = 1e-14
_TOUCHES_ZERO = 1e-12
_MOST_CHANGES = 200
_MOST_STEPS = 60
_FEW, _TINY = 24, 1e-5
_MOST_SHOWN = 1e12  # an effective rate beyond this is not a figure for people


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Money at a time counted in periods (may be fractional): to the borrower positive, from the borrower negative."""

    time: float
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AnnualRate:
    """``per_period`` as a fraction, the annual rates in percent with two places.

    ``effective`` is ``None`` when it is too large to mean anything.
    """

    per_period: Decimal
    periods_per_year: float
    nominal: Decimal
    effective: Decimal | None


class NoRateError(ValueError):
    """No rate makes these flows balance; the message says why."""


class SeveralRatesError(ValueError):
    """More than one rate balances these flows."""

    def __init__(self, rates: tuple[AnnualRate, ...]) -> None:
        super().__init__("more than one rate balances these payments")
        self.rates = rates


def annual_rate(flows: Sequence[CashFlow], periods_per_year: float) -> AnnualRate:
    """The one rate that balances the flows.

    Raises:
        NoRateError: all flows have one direction, or no rate above −100 % balances them.
        SeveralRatesError: the flows change direction more than once and several rates balance them.
    """
    if [flow.time for flow in flows] == list(range(len(flows))):
        plain = _plain_root([float(flow.amount) for flow in flows])
        if plain is not None:
            return annualise(math.expm1(plain), periods_per_year)
    terms = _merge(flows)
    changes = _sign_changes(terms)
    if changes == 0:
        raise NoRateError("money flows in one direction only")
    if changes > _MOST_CHANGES:
        raise NoRateError("the money changes direction too often for one rate to mean anything")
    if changes == 1 and sum((flow.amount for flow in flows), Decimal(0)) == 0:
        return annualise(0.0, periods_per_year)
    rates = tuple(annualise(math.expm1(root), periods_per_year) for root in _roots(terms))
    if not rates:
        raise NoRateError("no rate balances the flows")
    if len(rates) > 1:
        raise SeveralRatesError(rates)
    return rates[0]


def periodic_rate(amounts: Sequence[Decimal | int], periods_per_year: float) -> AnnualRate:
    """:func:`annual_rate` of amounts at times 0, 1, 2 ...; in yuan or, as whole numbers, in fen."""
    plain = _plain_root([float(amount) for amount in amounts])
    if plain is not None:
        return annualise(math.expm1(plain), periods_per_year)
    return annual_rate([CashFlow(time, Decimal(amount)) for time, amount in enumerate(amounts)], periods_per_year)


def dated_annual_rate(
    flows: Sequence[tuple[date, Decimal]], day_count: str = "act/365", periods_per_year: float = 1
) -> AnnualRate:
    """XIRR: time in years from the first date by a named day count.

    A date knows no instalments, so the period is the year unless said otherwise; the effective rate is the same for
    every choice.

    Raises ``NoRateError`` and ``SeveralRatesError`` like :func:`annual_rate`, ``ValueError`` on an unknown day count.
    """
    first = min((day for day, _ in flows), default=date.min)
    timed = [CashFlow(year_fraction(first, day, day_count) * periods_per_year, amount) for day, amount in flows]
    return annual_rate(timed, periods_per_year)


def annualise(per_period: float, periods_per_year: float) -> AnnualRate:
    """Both annual rates of a rate a period."""
    try:
        effective = math.expm1(periods_per_year * math.log1p(per_period))
    except OverflowError:
        effective = math.inf
    return AnnualRate(
        _settle(per_period),
        periods_per_year,
        _shown(per_period * periods_per_year),
        _shown(effective) if effective < _MOST_SHOWN else None,
    )


def _settle(value: float) -> Decimal:
    """Twelve digits, without the solver's noise: a rate of exactly 1.005 % rounds as a person would round it."""
    return Decimal("%.12g" % value)  # noqa: UP031 - half the time of a format string, on every rate there is


def _shown(fraction: float) -> Decimal:
    return rounded_percent(_settle(fraction * 100))


def _level_force(excess: float, count: int) -> float:
    """Near the force of interest of ``count`` level payments whose total is ``exp(excess)`` times the advance."""
    force = 2 * excess / (count + 1)
    force *= 1 + force * (count - 1) / 12  # the payments' mean time is (count + 1) / 2, its variance (count² − 1) / 12
    if count > _FEW and _TINY < force < 1 / count * _FEW:
        for _ in range(4):
            level = math.log(-math.expm1(-count * force) / count / math.expm1(force)) + excess
            force += level / (1 / -math.expm1(-force) - count / math.expm1(count * force))
    return force


def _plain_root(amounts: list[float]) -> float | None:
    """The force of interest of one advance and a payment each period; ``None`` when it is no such loan.

    The logarithm of what the payments are worth falls with the force, and its fall only slackens (it is convex): from
    anywhere, Newton's steps reach the one root. They start where level payments of the same total would have it.
    A force that is zero but for the noise of a float is left to the solver that knows zero when it sees it.
    """
    if len(amounts) < 2:  # noqa: PLR2004 - an advance and a payment
        return None
    advance, *payments = amounts
    if advance < 0:
        advance, payments = -advance, [-amount for amount in payments]
    if max(payments) >= 0 or not 0 < advance < math.inf or math.isinf(min(payments)):
        return None
    payments.reverse()
    count = len(payments)
    force = _level_force(math.log(-sum(payments) / advance), count)
    for _ in range(_MOST_STEPS):
        discount = math.exp(-force)
        value = slope = 0.0
        for amount in payments:
            slope = slope * discount + value
            value = value * discount + amount
        worth = -value * discount / advance
        if not 0 < worth < math.inf:
            return None
        step = math.log(worth) / (1 + discount * slope / value)
        force += step
        # A step leaves an error of its square times at most half the spread of the times: no need to see it vanish.
        if step * step * count <= _CLOSE_ENOUGH * abs(force):
            return force if abs(force) > _TOUCHES_ZERO and _LOWEST < force < _HIGHEST else None
    return None


_Terms = list[tuple[float, float]]  # time and amount, in order of time


def _merge(flows: Sequence[CashFlow]) -> _Terms:
    """Flows at one time added up, zeros left out, counted from the first, scaled so that the largest is 1."""
    sums: dict[float, Decimal] = {}
    for flow in flows:
        sums[flow.time] = sums.get(flow.time, Decimal(0)) + flow.amount
    start = min((time for time, amount in sums.items() if amount), default=0.0)
    largest = max((abs(amount) for amount in sums.values()), default=Decimal(1)) or Decimal(1)
    return [(time - start, float(amount / largest)) for time, amount in sorted(sums.items()) if amount]


def _scale(terms: _Terms) -> _Terms:
    """The same roots in numbers that neither overflow nor vanish, however often this is repeated."""
    largest = max(abs(amount) for _, amount in terms)
    return [(time, amount / largest) for time, amount in terms]


def _sign_changes(terms: _Terms) -> int:
    return sum((before > 0) != (after > 0) for (_, before), (_, after) in pairwise(terms))


def _roots(terms: _Terms) -> list[float]:
    """Every force of interest at which the terms balance, in order.

    Descartes' rule of signs holds for real exponents: no change of sign, no root; one change, one root. With more
    changes, take a time ``c`` between the two sides of one. ``exp(u·c)`` times the value has the same roots, and its
    derivative, ``Σ a·(c − t)·exp(u·(c − t))``, changes sign one time fewer. The roots of that, found the same way, cut
    the line into pieces on which the value only rises or only falls: at most one root in each.
    """
    changes = _sign_changes(terms)
    if changes == 0:
        return []
    if changes == 1:
        return _single_root(terms)
    turn = next((before[0] + after[0]) / 2 for before, after in pairwise(terms) if (before[1] > 0) != (after[1] > 0))
    cuts = [_LOWEST, *_roots(_scale([(time, amount * (turn - time)) for time, amount in terms])), _HIGHEST]
    signs = [_sign(terms, cut) for cut in cuts]
    roots = [cut for cut, sign in zip(cuts, signs, strict=True) if sign == 0]
    for (low, at_low), (high, at_high) in pairwise(zip(cuts, signs, strict=True)):
        if at_low * at_high < 0:
            roots.append(_between(terms, low, high))
    return sorted(roots)


def _single_root(terms: _Terms) -> list[float]:
    """The root of terms that change sign once: walk outward from zero until the sign turns."""
    here, step = 0.0, _STEP
    value = _value_and_slope(terms, here)[0]
    if value == 0:
        return [here]
    # At high rates only the first term counts, at low ones the last: where we stand tells which way the root lies.
    upward = (value > 0) != (terms[0][1] > 0)
    limit = _HIGHEST if upward else _LOWEST
    while here != limit:
        there = min(here + step, limit) if upward else max(here - step, limit)
        if (_value_and_slope(terms, there)[0] > 0) != (value > 0):
            return [_between(terms, min(here, there), max(here, there))]
        here, step = there, step * 2
    return []


def _sign(terms: _Terms, force: float) -> int:
    """−1, 0 or 1; zero when the value drowns in the noise of its own sum, as at a root that only touches zero."""
    value = _value_and_slope(terms, force)[0]
    size = _value_and_slope([(time, abs(amount)) for time, amount in terms], force)[0]
    return 0 if abs(value) <= _TOUCHES_ZERO * size else int(math.copysign(1, value))


def _between(terms: _Terms, low: float, high: float) -> float:
    """The root in a bracket: Newton's steps, halving whenever one would leave it or does not pay."""
    low_is_positive = _value_and_slope(terms, low)[0] > 0
    force, step = (low + high) / 2, high - low
    for _ in range(200):
        value, slope = _value_and_slope(terms, force)
        if value == 0:
            break
        if (value > 0) == low_is_positive:
            low = force
        else:
            high = force
        new = force - value / slope if slope else math.inf
        if not low < new < high or abs(new - force) > abs(step) / 2:
            new = (low + high) / 2
        step = new - force
        settled = abs(step) <= _CLOSE_ENOUGH * (1 + abs(force))
        force = new
        if settled:
            break
    return force


def _value_and_slope(terms: _Terms, force: float) -> tuple[float, float]:
    """Present value and its slope, both over the largest discount factor, so that neither can overflow."""
    largest = max(0.0, -force * terms[-1][0])
    value = slope = 0.0
    for time, amount in terms:
        present = amount * math.exp(-force * time - largest)
        value += present
        slope -= time * present
    return value, slope
