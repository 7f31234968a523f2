from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from bot.lending import AnnualRate, CashFlow, NoRateError, SeveralRatesError, annual_rate, dated_annual_rate
from bot.lending.day_count import year_fraction


def flows(*amounts: str) -> list[CashFlow]:
    return [CashFlow(time, D(amount)) for time, amount in enumerate(amounts)]


def rates_of(timed: list[CashFlow]) -> tuple[AnnualRate, ...]:
    try:
        return (annual_rate(timed, 12),)
    except SeveralRatesError as several:
        return several.rates
    except NoRateError:
        return ()


def test_regulation_z_appendix_j_example() -> None:
    """Regulation Z, 12 CFR 1026, Appendix J, example (c)(1)(i): monthly payments, regular first period: 9.69 %."""
    found = annual_rate(flows("5000", *["-230"] * 24), 12)
    assert found.nominal == D("9.69")


def test_two_rates_are_both_named() -> None:
    with pytest.raises(SeveralRatesError) as found:
        annual_rate(flows("100", "-230", "132"), 1)
    assert [rate.nominal for rate in found.value.rates] == [D("10.00"), D("20.00")]


def test_three_rates_are_all_named() -> None:
    """(1 + r) = 1.1, 1.2 and 1.3 multiplied out."""
    with pytest.raises(SeveralRatesError) as found:
        annual_rate(flows("-1000", "3600", "-4310", "1716"), 1)
    assert [rate.nominal for rate in found.value.rates] == [D("10.00"), D("20.00"), D("30.00")]


def test_a_rate_that_only_touches_zero_is_one_rate() -> None:
    assert annual_rate(flows("100", "-220", "121"), 1).nominal == D("10.00")


def test_directions_that_change_may_leave_no_rate() -> None:
    with pytest.raises(NoRateError, match="no rate balances"):
        annual_rate(flows("1000", "-2000", "1500"), 1)


def test_rates_close_together_are_told_apart() -> None:
    """(x − 1.1)(x − 1.101): a grid would have to be lucky."""
    with pytest.raises(SeveralRatesError) as found:
        annual_rate(flows("1000000", "-2201000", "1211100"), 1)
    assert [rate.nominal for rate in found.value.rates] == [D("10.00"), D("10.10")]


GROWTH = st.lists(st.integers(-60, 300), min_size=1, max_size=5, unique=True)


@given(GROWTH)
def test_every_root_of_a_polynomial_is_found(percents: list[int]) -> None:
    """Flows multiplied out from known rates name exactly these rates again."""
    amounts = [D(1)]
    for percent in percents:
        growth = 1 + D(percent) / 100
        amounts = [a - growth * b for a, b in zip([*amounts, D(0)], [D(0), *amounts], strict=True)]
    found = rates_of([CashFlow(time, amount) for time, amount in enumerate(amounts)])
    assert [rate.nominal for rate in found] == [D(percent) * 12 for percent in sorted(percents)]


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-1000, 1000)), max_size=60), st.integers(1, 20))
def test_any_flows_get_an_answer(timed: list[tuple[int, int]], parts: int) -> None:
    rates = rates_of([CashFlow(time / parts, D(amount)) for time, amount in timed])
    assert list(rates) == sorted(rates, key=lambda rate: rate.per_period)


def test_money_that_goes_to_and_fro_for_ever() -> None:
    with pytest.raises(NoRateError, match="too often"):
        annual_rate(flows(*(["5", "-6"] * 1000)), 12)


def test_first_month_deducted() -> None:
    """10,000 at 2 % a month, first month deducted, interest only: 24.49 % on the 9,800 in hand."""
    assert annual_rate(flows("9800", *["-200"] * 11, "-10000"), 12).nominal == D("24.49")


def test_a_week_of_days() -> None:
    """714: 2,100 in hand, 3,000 back after seven days. A date knows no week, so the period is told."""
    week = [(date(2025, 1, 1), D(2100)), (date(2025, 1, 8), D(-3000))]
    assert dated_annual_rate(week, periods_per_year=365 / 7).nominal == D("2234.69")
    assert dated_annual_rate(week).effective == dated_annual_rate(week, periods_per_year=365 / 7).effective


@pytest.mark.parametrize("amounts", [["100", "50"], ["-5"], ["0"], []])
def test_one_direction_has_no_rate(amounts: list[str]) -> None:
    with pytest.raises(NoRateError, match="one direction"):
        annual_rate(flows(*amounts), 12)


def test_nearly_everything_deducted() -> None:
    """Library solvers return nonsense here; one period makes the exact answer known."""
    assert annual_rate(flows("1", "-10000"), 12).per_period == 9999


def test_a_rate_below_zero() -> None:
    assert annual_rate(flows("100", "-50", "-40"), 1).nominal < 0


def test_thirty_years_of_months() -> None:
    assert annual_rate(flows("1000000", *["-4490.45"] * 360), 12).nominal == D("3.50")


def test_an_effective_rate_beyond_sense_is_left_out() -> None:
    assert annual_rate(flows("1000", "-3000"), 365 / 7).effective is None


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [("act/365", 366 / 365), ("act/360", 366 / 360), ("act/act", 1.0), ("30/360", 1.0), ("30E/360", 1.0)],
)
def test_day_counts_over_a_leap_year(day_count: str, expected: float) -> None:
    assert year_fraction(date(2024, 1, 1), date(2025, 1, 1), day_count) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("start", "end", "bond", "european"),
    [
        (date(2024, 1, 31), date(2024, 3, 31), 60, 60), (date(2024, 1, 30), date(2024, 3, 31), 60, 60),
        (date(2024, 1, 15), date(2024, 3, 31), 76, 75), (date(2024, 2, 29), date(2024, 3, 31), 32, 31),
    ],
)  # fmt: skip
def test_thirty_day_months(start: date, end: date, bond: int, european: int) -> None:
    """ISDA 2006 section 4.16 (f) and (g)."""
    assert year_fraction(start, end, "30/360") * 360 == pytest.approx(bond)
    assert year_fraction(start, end, "30E/360") * 360 == pytest.approx(european)


def test_act_act_splits_at_the_year() -> None:
    """1 November 2003 to 1 May 2004: 61 days of 365 and 121 of 366 (ISDA's own example of the method)."""
    assert year_fraction(date(2003, 11, 1), date(2004, 5, 1), "act/act") == pytest.approx(61 / 365 + 121 / 366)


def test_dated_flows_are_what_pyxirr_finds() -> None:
    day, amounts = date(2025, 1, 31), [10_000, -900, -1200, -3000, -6100]
    dated = [(day + timedelta(days=47 * step), D(amount)) for step, amount in enumerate(amounts)]
    oracle = pyxirr.xirr([when for when, _ in dated], amounts)
    assert dated_annual_rate(dated).per_period == pytest.approx(D(oracle), abs=D("1e-9"))


def test_dated_flows() -> None:
    year = [(date(2025, 1, 1), D(100)), (date(2026, 1, 1), D(-110))]
    assert dated_annual_rate(year).effective == D("10.00")


def test_unknown_day_count() -> None:
    with pytest.raises(ValueError, match="unknown day count"):
        dated_annual_rate([(date(2025, 1, 1), D(1)), (date(2025, 1, 2), D(-1))], "act/364")
