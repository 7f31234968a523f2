"""The worked examples rule-makers publish, and the day arithmetic under them."""

from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lending import CashFlow, LoanTerms, Method, NoRateError, Rate, Term, Unit, annual_rate, quote
from bot.lending.conventions import (
    Convention,
    Interval,
    UnitPeriod,
    eu_apr,
    figure,
    one_decimal,
    rate_of_dates,
    rate_of_periods,
    rate_of_quote,
    unit_period_of,
    unit_periods_between,
    us_actuarial_rate,
)

MONTH, WEEK = UnitPeriod(Interval.MONTH), UnitPeriod(Interval.WEEK)


def monthly(first: date, count: int, amount: str, step: int = 1) -> list[tuple[date, D]]:
    months = [first.year * 12 + first.month - 1 + step * number for number in range(count)]
    return [(date(month // 12, month % 12 + 1, first.day), -D(amount)) for month in months]


def daily(first: date, count: int, amount: str, step: int) -> list[tuple[date, D]]:
    return [(first + timedelta(days=step * number), -D(amount)) for number in range(count)]


def semimonthly(first: date, count: int, amount: str) -> list[tuple[date, D]]:
    return sorted(monthly(first, count // 2, amount) + monthly(first.replace(day=first.day + 15), count // 2, amount))


def on(month: int, day: int, amount: str, year: int = 1978) -> tuple[date, D]:
    return date(year, month, day), D(amount)


# Regulation Z, 12 CFR Part 1026, Appendix J, section (c), examples for the actuarial method.
APPENDIX_J = {
    "(c)(1)(i) monthly": ("9.69", [on(1, 10, "5000"), *monthly(date(1978, 2, 10), 24, "230")], MONTH),
    "(c)(1)(ii) long first period": ("11.82", [on(2, 10, "6000"), *monthly(date(1978, 4, 1), 36, "200")], MONTH),
    "(c)(1)(iii) semimonthly, short first period": (
        "10.34", [on(2, 23, "5000"), *semimonthly(date(1978, 3, 1), 24, "219.17")], UnitPeriod(Interval.SEMIMONTH)),
    "(c)(1)(iv) quarterly, long first period": (
        "8.97", [on(5, 23, "10000"), *monthly(date(1978, 10, 1), 40, "385", 3)], UnitPeriod(Interval.MONTH, 3)),
    "(c)(1)(v) weekly, long first period": (
        "14.96", [on(3, 20, "500"), *daily(date(1978, 4, 21), 30, "17.60", 7)], WEEK),
    "(c)(2)(i) odd first payment": (
        "10.08", [on(1, 10, "5000"), on(2, 10, "-250"), *monthly(date(1978, 3, 10), 23, "230")], MONTH),
    "(c)(2)(ii) every four weeks, long first period": (
        "28.50", [on(3, 18, "400"), on(4, 20, "-39.50"), *daily(date(1978, 5, 18), 11, "38.31", 28)],
        UnitPeriod(Interval.WEEK, 4)),
    "(c)(3)(i) odd final payment": (
        "10.50", [on(1, 10, "5000"), *monthly(date(1978, 2, 10), 23, "230"), on(1, 10, "-280", 1980)], MONTH),
    "(c)(3)(ii) every two weeks, short first period": (
        "12.22", [on(4, 3, "200"), *daily(date(1978, 4, 11), 19, "9.50", 14), on(1, 2, "-30", 1979)],
        UnitPeriod(Interval.WEEK, 2)),
    "(c)(4)(i) odd first and final payment": (
        "10.90", [on(1, 10, "5000"), on(2, 10, "-250"), *monthly(date(1978, 3, 10), 22, "230"),
                  on(1, 10, "-280", 1980)], MONTH),
    "(c)(4)(ii) every two months, short first period": (
        "7.30", [on(1, 10, "8000"), on(3, 1, "-449.36"), *monthly(date(1978, 5, 1), 18, "465", 2),
                 on(5, 1, "-200", 1981)], UnitPeriod(Interval.MONTH, 2)),
    "(c)(5)(i) single payment": ("11.45", [on(1, 3, "1000"), on(9, 15, "-1080")], UnitPeriod(Interval.DAY, 255)),
}  # fmt: skip


@pytest.mark.parametrize(("apr", "flows", "unit"), APPENDIX_J.values(), ids=APPENDIX_J)
def test_regulation_z_appendix_j(apr: str, flows: list[tuple[date, D]], unit: UnitPeriod) -> None:
    assert us_actuarial_rate(flows, unit).nominal == D(apr)
    if unit.interval is not Interval.SEMIMONTH:
        assert unit_period_of([day for day, _ in flows]) == unit
        assert figure(rate_of_dates(flows, Convention.US_ACTUARIAL), Convention.US_ACTUARIAL) == D(apr)


# Directive 87/102/EEC as amended by Directive 98/7/EC, Annex III: examples A 1 to 3 (calendar basis) and B 1.
LENT, YEAR_AND_A_HALF = (date(1994, 1, 1), D(1000)), (date(1995, 7, 1), D(-1200))
TWICE = [LENT, (date(1995, 1, 1), D(-600)), (date(1996, 1, 1), D(-600))]
ANNEX_III = {
    "A 1": ([LENT, YEAR_AND_A_HALF], False, "12.96", "13.0"),
    "A 2": ([(LENT[0], D(950)), YEAR_AND_A_HALF], False, "16.90", "16.9"),
    "A 3": (TWICE, False, "13.07", "13.1"),
    "B 1": ([LENT, YEAR_AND_A_HALF], True, "12.92", "12.9"),
}


@pytest.mark.parametrize(("flows", "standard_year", "two", "one"), ANNEX_III.values(), ids=ANNEX_III)
def test_directive_98_7_annex_iii(flows: list[tuple[date, D]], standard_year: bool, two: str, one: str) -> None:  # noqa: FBT001
    found = eu_apr(flows, standard_year=standard_year).effective
    assert found is not None
    assert (found, one_decimal(found)) == (D(two), D(one))


def test_pboc_consumer_article_of_2019() -> None:
    """PBOC, 2019-12-26: 0.05 % a day is 0.05 % × 365 = 18.25 % a year."""
    day = LoanTerms(D(10000), Term(1, Unit.DAY), Rate(D("0.05"), Unit.DAY), Method.BULLET)
    assert quote(day).rate.nominal == D("18.25")


@pytest.mark.parametrize(
    ("start", "end", "unit", "whole", "fraction"),
    [
        (date(1978, 2, 10), date(1978, 4, 1), MONTH, 1, Fraction(19, 30)),
        (date(1978, 5, 23), date(1978, 10, 1), UnitPeriod(Interval.MONTH, 3), 1, Fraction(39, 90)),
        (date(2024, 1, 31), date(2024, 2, 29), MONTH, 1, Fraction(0)),
        (date(2023, 1, 30), date(2023, 2, 28), MONTH, 1, Fraction(0)),
        (date(2020, 1, 1), date(2022, 3, 1), UnitPeriod(Interval.YEAR), 2, Fraction(2, 12)),
        (date(2020, 1, 1), date(2022, 3, 4), UnitPeriod(Interval.YEAR), 2, Fraction(63, 365)),
    ],
)  # fmt: skip
def test_unit_periods(start: date, end: date, unit: UnitPeriod, whole: int, fraction: Fraction) -> None:
    assert unit_periods_between(start, end, unit) == (whole, fraction)


def test_the_unit_period_of_odd_dates() -> None:
    irregular = [date(2025, 1, 1), date(2025, 1, 20), date(2025, 3, 3), date(2025, 4, 2)]
    assert unit_period_of(irregular) == MONTH
    assert unit_period_of([date(2020, 1, 1), date(2023, 1, 1)]) == UnitPeriod(Interval.YEAR)
    assert unit_period_of([date(2020, 1, 1)]) == MONTH


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 29)), min_size=1, max_size=5), st.integers(101, 180))
def test_fractions_multiplied_out_balance_as_written(times: list[tuple[int, int]], dearer: int) -> None:
    """The equation of (b)(8) as it stands in the rule, at the rate found."""
    each = D(1000) * dearer / 100 / len(times)
    flows = [CashFlow(0, D(1000)), *(CashFlow(whole + days / 30, -each) for whole, days in times)]
    i = float(rate_of_periods(flows, 12, Convention.US_ACTUARIAL).per_period)
    worth = sum(float(each) / ((1 + days / 30 * i) * (1 + i) ** whole) for whole, days in times)
    assert worth == pytest.approx(1000, rel=1e-8)


def test_whole_periods_need_no_convention() -> None:
    flows = [CashFlow(0, D(12000)), *(CashFlow(number, D(-1072)) for number in range(1, 13))]
    for convention in Convention:
        assert rate_of_periods(flows, 12, convention) == annual_rate(flows, 12)


def test_quotes_by_convention() -> None:
    weekly = quote(LoanTerms(D(1200), Term(12, Unit.WEEK), payment=D(110)))
    assert rate_of_quote(weekly, Convention.PBOC) is weekly.rate
    us = rate_of_quote(weekly, Convention.US_ACTUARIAL)
    assert us.nominal == (weekly.rate.per_period * 5200).quantize(D("0.01"))
    odd = quote(LoanTerms(D(12000), Term(12), Rate(D(1), Unit.MONTH), first_period_days=45))
    assert rate_of_quote(odd, Convention.US_ACTUARIAL).nominal == D("12.00")
    apr = rate_of_quote(odd, Convention.EU_APR)
    assert apr.effective == pytest.approx(D("12.68"), abs=D("0.03"))
    years = [45 / 365 + number / 12 for number in range(12)]
    worth = sum(
        float(line.payment) / (1 + float(apr.per_period)) ** (12 * year)
        for line, year in zip(odd.instalments, years, strict=True)
    )
    assert worth == pytest.approx(12000, abs=0.1)


def test_weeks_of_the_european_year() -> None:
    weeks = [(date(2025, 1, 1), D(100)), (date(2025, 12, 31), D(-110))]
    assert eu_apr(weeks).effective == D("10.00")
    assert rate_of_dates(weeks, Convention.UK_APR).effective == D("10.00")
    assert rate_of_dates(weeks, Convention.PBOC).effective == D("10.03")


def test_too_many_odd_periods() -> None:
    flows = [CashFlow(0, D(100)), *(CashFlow(1 + number / 101, D(-2)) for number in range(101))]
    with pytest.raises(NoRateError, match="odd fractions"):
        rate_of_periods(flows, 12, Convention.US_ACTUARIAL)
