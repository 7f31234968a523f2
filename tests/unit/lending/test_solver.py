"""The solver against pyxirr and exact arithmetic, where library solvers give up or make things up."""

import math
from decimal import Decimal as D
from decimal import localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.lending import CashFlow, NoRateError, SeveralRatesError, annual_rate
from bot.lending.annual_rate import periodic_rate

FEN = st.integers(1, 10**12)
PAYMENTS = st.lists(FEN, min_size=1, max_size=120)


def worth(amounts: list[int], growth: Fraction) -> Fraction:
    """Exactly: what the amounts have grown to at their end."""
    value = Fraction(0)
    for amount in amounts:
        value = value * growth + amount
    return value


@settings(deadline=None)
@given(st.integers(1, 10**8), PAYMENTS)
def test_the_root_of_a_plain_loan_is_bracketed_exactly(received: int, payments: list[int]) -> None:
    """In exact rationals the balance changes sign within a few parts in 10¹¹ of the rate found."""
    amounts = [received, *(-paid for paid in payments)]
    growth = 1 + Fraction(periodic_rate(amounts, 12).per_period)
    slack = max(abs(growth - 1), Fraction(1, 10**3)) / 10**10
    assume(growth > slack)
    assert worth(amounts, growth - slack) <= 0 <= worth(amounts, growth + slack)


@settings(deadline=None)
@given(st.integers(1, 10**8), PAYMENTS)
def test_a_plain_loan_is_solved_alike_by_both_ways(received: int, payments: list[int]) -> None:
    """Half a period earlier for all: no longer times 0, 1, 2, so the counting solver takes it."""
    amounts = [received, *(-paid for paid in payments)]
    counted = annual_rate([CashFlow(time - 0.5, D(amount)) for time, amount in enumerate(amounts)], 12)
    plain = periodic_rate(amounts, 12)
    assert float(plain.per_period) == pytest.approx(float(counted.per_period), rel=1e-9, abs=1e-11)


@settings(deadline=None)
@given(st.integers(100, 10**9), st.integers(1, 360), st.integers(0, 60_000))
def test_level_payments_at_a_known_rate(received: int, count: int, rate: int) -> None:
    """Payments of the exact annuity: up to 60 % a period, the rate comes back."""
    with localcontext(prec=60):
        i = D(rate) / 100_000
        level = received / count if not i else received * i / (1 - (1 + i) ** -count)
        level = D(level)
    found = annual_rate([CashFlow(0, D(received)), *(CashFlow(k, -level) for k in range(1, count + 1))], 12)
    assert float(found.per_period) == pytest.approx(rate / 100_000, rel=1e-9, abs=1e-10)


@settings(deadline=None)
@given(st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=60))
def test_what_pyxirr_finds_is_among_ours(amounts: list[int]) -> None:
    oracle = pyxirr.irr(amounts, silent=True)
    assume(oracle is not None and -0.9 < oracle < 10)
    assert oracle is not None
    size = sum(abs(amount) / (1 + oracle) ** time for time, amount in enumerate(amounts))
    assume(abs(pyxirr.npv(oracle, amounts)) < 1e-12 * size)
    try:
        rates = (periodic_rate(amounts, 1),)
    except SeveralRatesError as several:
        rates = several.rates
    assert any(math.isclose(float(rate.per_period), oracle, rel_tol=1e-5, abs_tol=1e-5) for rate in rates)


@pytest.mark.parametrize(
    ("amounts", "per_period"),
    [
        ([D("0.01"), D("-0.01")], "0"), ([1, -1], "0"), ([1, -2], "1"), ([D("0.01"), D(-10000)], "999999"),
        ([10000, -5000, -5000], "0"), ([10000, *([-1] * 10000)], "0"), ([100, -50], "-0.5"), ([-100, 110], "0.1"),
        ([100, 0, 0, -133.1], "0.1"), ([0, 0, 100, -110], "0.1"), ([D("1e300"), D("-1.1e300")], "0.1"),
        ([D("1e-300"), D("-1.1e-300")], "0.1"), ([D("1e400"), D("-1.1e400")], "0.1"),
    ],
)  # fmt: skip
def test_the_smallest_the_largest_and_nothing(amounts: list[D | int], per_period: str) -> None:
    found = periodic_rate(amounts, 12)
    assert float(found.per_period) == pytest.approx(float(per_period), rel=1e-12, abs=1e-15)
    assert not str(found.nominal).startswith("-0.00")


@settings(deadline=None)
@given(st.lists(st.integers(-900, 900).filter(bool), min_size=4, max_size=40))
def test_every_rate_named_is_one(amounts: list[int]) -> None:
    """Money to and fro, mostly far below zero: what is named balances the flows to within the digits kept."""
    flows = [CashFlow(time / 2, D(amount)) for time, amount in enumerate(amounts)]
    changes = sum((a > 0) != (b > 0) for a, b in pairwise(amounts))
    try:
        rates = (annual_rate(flows, 1),)
    except SeveralRatesError as several:
        rates = several.rates
    except NoRateError:
        rates = ()
    assert len(rates) <= changes  # Descartes
    for rate in rates:
        growth = 1 + float(rate.per_period)
        parts = [amount * growth ** -(time / 2) for time, amount in enumerate(amounts)]
        assert abs(math.fsum(parts)) <= 1e-6 * math.fsum(map(abs, parts))


def test_thousands_of_payments_below_zero() -> None:
    """Far from the root Newton's steps are as short as a period; 10,000 of them never arrive without halving."""
    found = annual_rate([CashFlow(0.5, D(10001)), *(CashFlow(k, D(-1)) for k in range(1, 10001))], 12)
    growth = 1 + float(found.per_period)
    assert sum(growth ** (0.5 - k) for k in range(1, 10001)) == pytest.approx(10001, rel=1e-9)


def test_a_rate_too_small_to_show_has_no_sign() -> None:
    assert str(periodic_rate([10**9, -(10**9) + 1], 1).nominal) == "0.00"


@pytest.mark.parametrize("count", [1, 12, 360])
def test_nearly_everything_deducted(count: int) -> None:
    """0.01 in hand of 10,000, repaid in equal parts: so dear that only the first payment counts."""
    each = D(10000) / count
    found = periodic_rate([D("0.01"), *([-each] * count)], 12)
    assert found.per_period == pytest.approx(each * 100 - (1 if count == 1 else 0), rel=D("1e-3"))


def test_a_double_root_at_zero() -> None:
    assert periodic_rate([100, -200, 100], 12).nominal == 0


@pytest.mark.parametrize("amounts", [[], [5], [0, 0], [5, 5], [-5, 0]])
def test_one_direction(amounts: list[int]) -> None:
    with pytest.raises(NoRateError, match="one direction"):
        periodic_rate(amounts, 12)
