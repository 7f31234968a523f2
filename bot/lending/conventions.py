"""Annual rates as different rule-makers define them. The same payments, other figures: never compare across.

- ``PBOC``: 中国人民银行公告〔2021〕第3号: all costs over the money really in use; by compound interest the IRR, by
  simple interest (to be called 单利) the rate of a period times the periods of a year.
- ``US_ACTUARIAL``: Regulation Z, 12 CFR 1026, Appendix J: the rate of a unit period times the unit periods of a year;
  a fraction of a unit period counts simple, ``(1 + f·i)(1 + i)^t``.
- ``EU_APR``: Directive 2008/48/EC, Annex I; ``UK_APR``: FCA Handbook, CONC App 1.2, the same equation: compound over
  the year, a year being 365 days (366 in a leap year), 52 weeks or 12 equal months.
"""

import math
from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from bot.lending.annual_rate import AnnualRate, CashFlow, NoRateError, annual_rate, annualise
from bot.lending.day_count import year_fraction
from bot.lending.quote import Quote
from bot.lending.terms import Unit

_MONTHS_A_YEAR, _WEEKS_A_YEAR, _DAYS_A_YEAR, _DAYS_A_WEEK, _DAYS_A_MONTH = 12, 52, 365, 7, 30
_MOST_ODD_PERIODS = 60
_FINEST = 10_000  # a fraction of a period in ten-thousandths takes off the noise of a float

DatedFlow = tuple[date, Decimal]


class Convention(StrEnum):
    """Who defines the annual rate."""

    PBOC = "pboc"
    US_ACTUARIAL = "us_actuarial"
    EU_APR = "eu_apr"
    UK_APR = "uk_apr"


class Interval(StrEnum):
    """The standard intervals of Appendix J (b)(3)(iii), and the year."""

    DAY = "day"
    WEEK = "week"
    SEMIMONTH = "semimonth"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class UnitPeriod:
    """Appendix J (b)(4): ``multiple`` intervals."""

    interval: Interval
    multiple: int = 1

    @property
    def per_year(self) -> float:
        """Unit periods in a year."""
        in_year = {
            Interval.DAY: _DAYS_A_YEAR,
            Interval.WEEK: _WEEKS_A_YEAR,
            Interval.SEMIMONTH: 2 * _MONTHS_A_YEAR,
            Interval.MONTH: _MONTHS_A_YEAR,
            Interval.YEAR: 1,
        }
        return in_year[self.interval] / self.multiple


def figure(rate: AnnualRate, convention: Convention) -> Decimal | None:
    """The figure this convention calls the annual rate, percent; ``None`` when it is too large to mean anything."""
    return rate.effective if convention in {Convention.EU_APR, Convention.UK_APR} else rate.nominal


def one_decimal(apr: Decimal) -> Decimal:
    """An APR as printed in the EU and the UK: one decimal place, half up (Annex I, remark (d))."""
    return apr.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def rate_of_quote(found: Quote, convention: Convention) -> AnnualRate:
    """The annual rate of an offer. Raises ``NoRateError`` and ``SeveralRatesError``."""
    if convention is Convention.PBOC:
        return found.rate
    per_year = found.rate.periods_per_year
    if found.terms.term.unit is Unit.WEEK or found.terms.payment_every is Unit.WEEK:
        per_year *= _WEEKS_A_YEAR * _DAYS_A_WEEK / _DAYS_A_YEAR
    first = found.terms.first_period_days
    if convention is Convention.US_ACTUARIAL or first is None:
        return annualise(float(found.rate.per_period), per_year)
    length = first / _DAYS_A_YEAR * per_year
    payments = [CashFlow(line.period - 1 + length, -line.payment) for line in found.instalments]
    return annual_rate([CashFlow(0, found.received), *payments], per_year)


def rate_of_periods(flows: Sequence[CashFlow], periods_per_year: float, convention: Convention) -> AnnualRate:
    """The annual rate of flows at times counted in periods. Raises ``NoRateError`` and ``SeveralRatesError``."""
    if convention is not Convention.US_ACTUARIAL:
        return annual_rate(flows, periods_per_year)
    start = min((flow.time for flow in flows), default=0.0)
    odd = []
    for flow in flows:
        time = Fraction(flow.time - start).limit_denominator(_FINEST)
        odd.append((math.floor(time), time - math.floor(time), flow.amount))
    return annual_rate(_without_fractions(odd), periods_per_year)


def rate_of_dates(flows: Sequence[DatedFlow], convention: Convention) -> AnnualRate:
    """The annual rate of dated flows. Raises ``NoRateError`` and ``SeveralRatesError``."""
    if convention is Convention.US_ACTUARIAL:
        return us_actuarial_rate(flows)
    if convention is Convention.PBOC:
        first = min((day for day, _ in flows), default=date.min)
        return annual_rate([CashFlow(year_fraction(first, day, "act/365"), amount) for day, amount in flows], 1)
    return eu_apr(flows)


# European Union and United Kingdom.


def eu_apr(flows: Sequence[DatedFlow], *, standard_year: bool = True) -> AnnualRate:
    """The APR of Annex I; ``effective`` is it.

    Intervals are equal months when every one is a whole number of months, else weeks of 52 a year when every one is
    whole weeks, else days of 365 a year (366 in a leap year). ``standard_year=False`` counts days throughout: the
    calendar basis of Directive 98/7/EC, Annex III A.
    """
    first = min((day for day, _ in flows), default=date.min)
    months = [_whole_months(first, day) for day, _ in flows]
    days = [(day - first).days for day, _ in flows]
    if standard_year and all(count is not None for count in months):
        times = [(count or 0) / _MONTHS_A_YEAR for count in months]
    elif standard_year and not any(count % _DAYS_A_WEEK for count in days):
        times = [count / _DAYS_A_WEEK / _WEEKS_A_YEAR for count in days]
    else:
        times = [year_fraction(first, day, "act/act") for day, _ in flows]
    return annual_rate([CashFlow(time, amount) for time, (_, amount) in zip(times, flows, strict=True)], 1)


# United States.


def us_actuarial_rate(flows: Sequence[DatedFlow], unit: UnitPeriod | None = None) -> AnnualRate:
    """The annual percentage rate of Appendix J; ``nominal`` is it. The unit period is found from the dates if not told.

    Raises ``NoRateError`` and ``SeveralRatesError``.
    """
    unit = unit or unit_period_of([day for day, _ in flows])
    first = min((day for day, _ in flows), default=date.min)
    odd = [(*unit_periods_between(first, day, unit), amount) for day, amount in flows]
    return annual_rate(_without_fractions(odd), unit.per_year)


def unit_period_of(days: Sequence[date]) -> UnitPeriod:
    """Appendix J (b)(4): the common period that occurs most often, the smaller of two; for a single payment the term.

    With no period common to any two intervals, their average to the nearest standard interval. Semimonths cannot be
    told from dates: name them.
    """
    ordered = sorted(set(days))
    gaps = [_period(start, end) for start, end in pairwise(ordered)]
    if not gaps:
        return UnitPeriod(Interval.MONTH)
    if len(gaps) == 1:
        return gaps[0] if gaps[0].per_year >= 1 else UnitPeriod(Interval.YEAR)
    most = Counter(gap for gap in gaps if gap.per_year >= 1).most_common()
    common = [gap for gap, times in most if times == most[0][1] and times > 1]
    if common:
        return max(common, key=lambda gap: gap.per_year)
    average = (ordered[-1] - ordered[0]).days / len(gaps)
    standard = [
        UnitPeriod(Interval.DAY),
        *(UnitPeriod(Interval.WEEK, weeks) for weeks in range(1, _WEEKS_A_YEAR)),
        UnitPeriod(Interval.SEMIMONTH),
        *(UnitPeriod(Interval.MONTH, months) for months in range(1, _MONTHS_A_YEAR)),
        UnitPeriod(Interval.YEAR),
    ]
    return min(standard, key=lambda unit: (abs(_DAYS_A_YEAR / unit.per_year - average), -unit.per_year))


def unit_periods_between(start: date, end: date, unit: UnitPeriod) -> tuple[int, Fraction]:
    """Whole unit periods and the remaining fraction between two dates, by Appendix J (b)(5)."""
    days = (end - start).days
    if unit.interval in {Interval.DAY, Interval.WEEK}:
        length = unit.multiple * (_DAYS_A_WEEK if unit.interval is Interval.WEEK else 1)
        return days // length, Fraction(days % length, length)
    exact = _whole_months(start, end)
    months = _months_back(start, end) if exact is None else exact
    rest = (_months_earlier(end, months) - start).days if exact is None else 0
    if unit.interval is Interval.YEAR or (unit.interval is Interval.MONTH and unit.multiple == _MONTHS_A_YEAR):
        years, odd_months = divmod(months, _MONTHS_A_YEAR)
        if not rest:
            return years, Fraction(odd_months, _MONTHS_A_YEAR)
        return years, Fraction((_months_earlier(end, years * _MONTHS_A_YEAR) - start).days, _DAYS_A_YEAR)
    length = _DAYS_A_MONTH // 2 if unit.interval is Interval.SEMIMONTH else _DAYS_A_MONTH * unit.multiple
    whole, odd = divmod(months * _DAYS_A_MONTH + rest, length)
    if length == _DAYS_A_MONTH:  # (b)(5)(ii): full months stay full however many days remain
        return months, Fraction(rest, _DAYS_A_MONTH)
    return whole, Fraction(odd, length)


def _period(start: date, end: date) -> UnitPeriod:
    months, days = _whole_months(start, end), (end - start).days
    if months:
        return UnitPeriod(Interval.MONTH, months)
    if days % _DAYS_A_WEEK == 0:
        return UnitPeriod(Interval.WEEK, days // _DAYS_A_WEEK)
    return UnitPeriod(Interval.DAY, days)


def _whole_months(start: date, end: date) -> int | None:
    """The months between two dates, if they are whole."""
    months = _months_back(start, end)
    same = _months_earlier(end, months) == start
    return months if same or _months_earlier(start, -months) == end else None


def _months_back(start: date, end: date) -> int:
    """Full months measured back from the later date."""
    months = (end.year - start.year) * _MONTHS_A_YEAR + end.month - start.month
    return months if _months_earlier(end, months) >= start else months - 1


def _months_earlier(day: date, months: int) -> date:
    """The same day of an earlier month; the last day of a month stays the last (Appendix J (b)(3)(iv))."""
    years, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 - months, _MONTHS_A_YEAR)
    last = monthrange(max(years, 1), month + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(max(years, 1), month + 1, last if is_last else min(day.day, last))


def _without_fractions(flows: Sequence[tuple[int, Fraction, Decimal]]) -> list[CashFlow]:
    """The same roots with whole times only.

    ``a / ((1 + f·i)(1 + i)^t)`` times ``1 + g·i`` for each other fraction ``g`` that occurs is a sum of whole powers,
    because ``1 + g·i = (1 − g) + g·(1 + i)``. None of these factors is zero above −100 %, so no root is added.
    """
    fractions = {fraction for _, fraction, _ in flows if fraction}
    if len(fractions) > _MOST_ODD_PERIODS:
        raise NoRateError("the payments fall at too many odd fractions of a period")
    whole: dict[int, Decimal] = {}
    for time, own, amount in flows:
        shares = [Decimal(1)]
        for fraction in fractions - {own}:
            odd = Decimal(fraction.numerator) / fraction.denominator
            shares = [
                a * (1 - odd) + b * odd for a, b in zip([*shares, Decimal(0)], [Decimal(0), *shares], strict=True)
            ]
        for power, share in enumerate(shares):
            whole[time - power] = whole.get(time - power, Decimal(0)) + amount * share
    return [CashFlow(time, amount) for time, amount in sorted(whole.items())]
