"""Grace, balloon, odd first period, rate changes, roll-overs: to the fen, and the rate that was stated comes back."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import numpy_financial as npf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lending import Grace, LoanTerms, Method, Quote, Rate, RateChange, RateKind, RollOver, Term, TermsError, Unit
from bot.lending import quote as quoted
from bot.lending.irregular import rate_changes_on

YEARLY_12 = Rate(D(12), Unit.YEAR)
BASE: dict[str, Any] = {"principal": D(12000), "term": Term(12), "rate": Rate(D(1), Unit.MONTH)}


def loan(**changes: Any) -> Quote:
    return quoted(LoanTerms(**(BASE | changes)))


def test_interest_only_then_level() -> None:
    """Three months of 120.00, then the annuity of nine months on the whole sum."""
    found = loan(grace=Grace(3))
    assert [line.payment for line in found.instalments[:3]] == [D("120.00")] * 3
    assert found.instalments[2].balance == 12000
    assert found.instalments[3].payment == D(str(npf.pmt(0.01, 9, -12000))).quantize(D("0.01"))
    assert found.rate.nominal == D("12.00")


def test_no_payment_then_level_on_what_has_grown() -> None:
    """12000 × 1.01³ = 12363.61 is owed when repayment begins."""
    found = loan(grace=Grace(3, pays_interest=False))
    assert [line.payment for line in found.instalments[:3]] == [D("0.00")] * 3
    assert found.instalments[2].balance == D("12363.61")
    assert found.instalments[3].payment == D(str(npf.pmt(0.01, 9, -12363.61))).quantize(D("0.01"))
    assert sum(line.principal for line in found.instalments) == 12000
    assert found.rate.nominal == D("12.00")


def test_balloon() -> None:
    found = loan(balloon=D(6000))
    level = D(str(npf.pmt(0.01, 12, -12000, 6000))).quantize(D("0.01"))
    assert found.first_payment == level
    assert found.last_payment == pytest.approx(level + 6000, abs=D("0.12"))
    assert (found.rate.nominal, found.instalments[-2].balance > 6000) == (D("12.00"), True)


def test_balloon_of_equal_principal_and_of_a_flat_loan() -> None:
    falling = loan(balloon=D(6000), method=Method.EQUAL_PRINCIPAL)
    assert (falling.first_payment, falling.last_payment) == (D("620.00"), D("6565.00"))
    flat = loan(balloon=D(6000), method=Method.FLAT)
    assert (flat.first_payment, flat.last_payment) == (D("620.00"), D("6620.00"))


def test_days_of_an_odd_first_period_cost_their_interest() -> None:
    """45 days at 12 % a year on 12,000 are 177.53; what is repaid stays as in the regular loan."""
    odd, regular = loan(first_period_days=45), loan()
    assert odd.instalments[0].interest == D("177.53")
    assert odd.instalments[0].principal == regular.instalments[0].principal
    assert odd.instalments[1:] == regular.instalments[1:]
    assert odd.rate.nominal == D("12.00")
    assert loan(first_period_days=10).instalments[0].interest == D("39.45")


def test_a_rate_change_levels_the_rest_anew() -> None:
    """LPR falls by half a point after a year of a home loan: 348 instalments on what is then owed."""
    home = {"principal": D(1_000_000), "term": Term(30, Unit.YEAR), "rate": Rate(D("3.5"), Unit.YEAR)}
    found = loan(**home, rate_changes=(RateChange(13, Rate(D(3), Unit.YEAR)),))
    owed = found.instalments[11].balance
    assert found.first_payment == D("4490.45")
    assert found.instalments[12].payment == D(str(npf.pmt(0.0025, 348, -float(owed)))).quantize(D("0.01"))
    assert D("3.00") < found.rate.nominal < D("3.50")
    assert loan(**home, rate_changes=(RateChange(13, home["rate"]),)).instalments == loan(**home).instalments


def test_dated_rate_changes() -> None:
    """Paid out on 15 March: the period from 15 January is the eleventh; a change on the 16th waits a month."""
    three, four = Rate(D(3), Unit.YEAR), Rate(D(4), Unit.YEAR)
    start = date(2025, 3, 15)
    assert rate_changes_on(start, [(date(2026, 1, 15), three)]) == (RateChange(11, three),)
    assert rate_changes_on(start, [(date(2026, 1, 16), three)]) == (RateChange(12, three),)
    assert rate_changes_on(start, [(date(2026, 1, 2), four), (date(2026, 1, 1), three)]) == (RateChange(11, four),)
    assert rate_changes_on(start, [(start, three)]) == ()
    assert rate_changes_on(date(2025, 1, 31), [(date(2025, 2, 28), three)]) == (RateChange(2, three),)


def test_a_714_loan_rolled_over() -> None:
    """3,000 signed, 2,100 in hand, put off three times for 900 a week: 2,700 paid and all still owed."""
    found = loan(principal=D(3000), received=D(2100), rate=None, payment=D(3000), term=Term(7, Unit.DAY),
                 method=Method.BULLET, rollover=RollOver(3, D(900)))  # fmt: skip
    assert [line.payment for line in found.instalments] == [D(900), D(900), D(900), D(3000)]
    assert [line.balance for line in found.instalments] == [3000, 3000, 3000, 0]
    assert found.total_cost == D("3600.00")
    week = float(found.rate.per_period)
    assert sum(float(line.payment) / (1 + week) ** line.period for line in found.instalments) == pytest.approx(2100)


def test_each_roll_over_of_a_stated_rate_pays_its_interest() -> None:
    found = loan(method=Method.BULLET, term=Term(1), rollover=RollOver(2, D(50)))
    assert [line.payment for line in found.instalments] == [D(170), D(170), D(12120)]
    assert [line.fees for line in found.instalments] == [D(50), D(50), D(0)]


@pytest.mark.parametrize("shape", [{"balloon": D(6000)}, {"grace": Grace(3)}, {"grace": Grace(3, pays_interest=False)}])
def test_an_instalment_hides_the_rate_it_was_made_from(shape: dict[str, Any]) -> None:
    made = loan(**shape)
    said = loan(rate=None, payment=made.instalments[5].payment, **shape)
    assert said.rate.nominal == pytest.approx(D(12), abs=D("0.1"))
    assert said.instalments[-1].balance == 0
    assert sum(line.principal for line in said.instalments) == 12000


def test_a_level_instalment_after_a_long_first_period_is_cheaper() -> None:
    """12 × 1066.19 from the 45th day on: 12,000 · (1 + 1.48·i) = 1066.19 · (1 + a₁₁(i)) at 11.16 % a year."""
    said = loan(rate=None, payment=D("1066.19"), first_period_days=45)
    i, f = said.rate.per_period, D(45) * 12 / 365
    worth = D("1066.19") * sum((1 + i) ** -k for k in range(12))
    assert worth == pytest.approx(12000 * (1 + f * i), abs=D("0.0001"))
    assert (said.rate.nominal, said.level) == (D("11.16"), True)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"grace": Grace(12)}, "out_of_range", "grace"),
        ({"grace": Grace(2, pays_interest=False), "method": Method.FLAT}, "unsupported", "grace"),
        ({"balloon": D(12000)}, "too_large", "balloon"), ({"balloon": D(-1)}, "negative", "balloon"),
        ({"balloon": D(1), "method": Method.INTEREST_FIRST}, "unsupported", "balloon"),
        ({"first_period_days": 0}, "out_of_range", "first_period_days"),
        ({"first_period_days": 40, "method": Method.BULLET}, "unsupported", "first_period_days"),
        ({"rate_changes": (RateChange(13, YEARLY_12),)}, "out_of_range", "rate_changes"),
        ({"rate_changes": (RateChange(5, YEARLY_12), RateChange(5, YEARLY_12))}, "out_of_order", "rate_changes"),
        ({"rate_changes": (RateChange(5, YEARLY_12),), "method": Method.FLAT}, "unsupported", "rate_changes"),
        ({"rate_changes": (RateChange(5, YEARLY_12),), "rate": None, "payment": D(1100)}, "unsupported",
         "rate_changes"),
        ({"rollover": RollOver(1, D(9))}, "unsupported", "rollovers"),
        ({"balloon": D(1), "rate": None, "payment": D(900)}, "too_small", "payment"),
        ({"balloon": D(1), "rate": None, "payment": D(1100), "method": Method.FLAT}, "unsupported", "payment"),
        ({"grace": Grace(2), "first_period_days": 9, "rate": None, "payment": D(1300)}, "unsupported",
         "first_period_days"),
        ({"rollover": RollOver(1, D(9)), "method": Method.BULLET, "rate": None, "payment": D(9)}, "too_small",
         "payment"),
    ],
)  # fmt: skip
def test_departures_that_make_no_sense(change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(TermsError) as refused:
        loan(**change)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Grace(0), "grace"), (lambda: RateChange(1, YEARLY_12), "rate_changes"),
        (lambda: RateChange(2, Rate(D(1), Unit.MONTH, RateKind.FLAT_FEE)), "rate_changes"),
        (lambda: RollOver(0, D(1)), "rollovers"), (lambda: RollOver(1, D(-1)), "rollovers"),
    ],
)  # fmt: skip
def test_departures_without_a_meaning(make: Any, field: str) -> None:
    with pytest.raises(TermsError) as refused:
        make()
    assert refused.value.field == field


SHAPES = st.fixed_dictionaries(
    {},
    optional={
        "grace": st.builds(Grace, st.integers(1, 11), st.booleans()),
        "balloon": st.decimals(0, 11_000, places=2),
        "first_period_days": st.integers(1, 100),
        "rate_changes": st.lists(
            st.builds(
                RateChange, st.integers(2, 12), st.builds(Rate, st.decimals(0, 50, places=2), st.just(Unit.YEAR))
            ),
            max_size=3,
            unique_by=lambda change: change.from_period,
        ).map(lambda changes: tuple(sorted(changes, key=lambda change: change.from_period))),
    },
)
METHODS = st.sampled_from([Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL, Method.INTEREST_FIRST])


@settings(deadline=None)
@given(SHAPES, METHODS, st.decimals(0, 60, places=2))
def test_whatever_departs_still_adds_up(shape: dict[str, Any], method: Method, percent: D) -> None:
    if method is Method.INTEREST_FIRST:
        shape.pop("balloon", None)
    rate = Rate(percent, Unit.YEAR)
    found = loan(method=method, rate=rate, **shape)
    assert sum(line.principal for line in found.instalments) == 12000
    assert found.instalments[-1].balance == 0
    owed = D(12000)
    for line in found.instalments:
        assert line.payment == line.principal + line.interest + line.fees >= 0
        owed -= line.principal
        assert line.balance == owed >= 0
    if not shape.get("rate_changes"):
        assert found.rate.nominal == pytest.approx(percent, abs=D("0.05"))
