"""Side by side, against the purse, several at once, and against the table the lender must show."""

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lending import LoanTerms, Method, Rate, RateKind, Term, TermsError, Unit, quote
from bot.lending.affordability import Strain, Thresholds, afford
from bot.lending.compare import compare, monthly_burden
from bot.lending.disclosure import (
    ChargeKind,
    ContingentCost,
    DisclosedCharge,
    DisclosureTable,
    Finding,
    FindingCode,
    check_disclosure,
)
from bot.lending.payoff import BudgetError, Debt, Order, payoff
from bot.lending.terms import RollOver

# Side by side.


def test_the_cheaper_rate_is_not_the_lighter_month() -> None:
    short = quote(LoanTerms(D(12000), Term(6), Rate(D(1), Unit.MONTH)))
    long = quote(LoanTerms(D(12000), Term(24), Rate(D("1.2"), Unit.MONTH)))
    found = compare([short, long])
    assert (found.lowest_total_cost, found.lowest_annual_rate, found.lowest_monthly_burden) == ((0,), (0,), (1,))
    assert (found.same_money_in_hand, found.same_length) == (True, False)
    assert [row.months for row in found.offers] == [D("6.0"), D("24.0")]


def test_equal_offers_are_named_together() -> None:
    offer = quote(LoanTerms(D(12000), Term(12), Rate(D("0.6"), Unit.MONTH, RateKind.FLAT_FEE), Method.FLAT))
    same = quote(LoanTerms(D(12000), Term(12), payment=D(1072)))
    assert compare([offer, same]).lowest_total_cost == (0, 1)
    with pytest.raises(TermsError, match="two offers"):
        compare([offer])


@pytest.mark.parametrize(
    ("terms", "burden"),
    [
        (LoanTerms(D(12000), Term(12), payment=D(1072)), "1072.00"),
        (LoanTerms(D(1000), Term(8, Unit.WEEK), payment=D(150)), "600.00"),
        (LoanTerms(D(1000), Term(20, Unit.DAY), payment=D(60), payment_every=Unit.DAY), "1200.00"),
        (LoanTerms(D(1000), Term(7, Unit.DAY), payment=D(1300), method=Method.BULLET, rollover=RollOver(2, D(300))),
         "1900.00"),
        (LoanTerms(D(3000), Term(3, Unit.YEAR), payment=D(1200), payment_every=Unit.YEAR), "1200.00"),
    ],
)  # fmt: skip
def test_the_hardest_month(terms: LoanTerms, burden: str) -> None:
    assert monthly_burden(quote(terms)) == D(burden)


# Against the purse.

RULE_OF_THUMB = Thresholds(noticeable=D(20), heavy=D(40))


@pytest.mark.parametrize(
    ("instalment", "share", "left", "strain"),
    [
        (D(400), "18.00", "1100.00", Strain.LIGHT), (D(500), "20.00", "1000.00", Strain.NOTICEABLE),
        (D(1500), "40.00", "0.00", Strain.HEAVY), (D("1500.01"), "40.00", "-0.01", Strain.BEYOND_MEANS),
    ],
)  # fmt: skip
def test_strain(instalment: D, share: str, left: str, strain: Strain) -> None:
    found = afford(D(5000), D(3000), D(500), instalment, RULE_OF_THUMB)
    assert (found.debt_share, found.left, found.strain) == (D(share), D(left), strain)
    assert found.left_before == D(1500)


def test_a_purse_that_makes_no_sense() -> None:
    with pytest.raises(TermsError, match="income"):
        afford(D(0), D(1), D(1), D(1), RULE_OF_THUMB)
    with pytest.raises(TermsError, match="zero or more"):
        afford(D(1), D(-1), D(1), D(1), RULE_OF_THUMB)
    with pytest.raises(TermsError, match="above heavy"):
        Thresholds(D(50), D(40))


# Several debts.

CARD, APP, FRIEND = (
    Debt("card", D(8000), D(18), D(400)),
    Debt("app", D(5000), D(24), D(250)),
    Debt("friend", D(2000), D(0)),
)
DEBTS = [CARD, APP, FRIEND]


def test_dearest_first_costs_less_and_smallest_first_clears_sooner() -> None:
    avalanche, snowball = payoff(DEBTS, D(1500), Order.AVALANCHE), payoff(DEBTS, D(1500), Order.SNOWBALL)
    assert [debt.name for debt in avalanche.cleared] == ["app", "card", "friend"]
    assert [debt.name for debt in snowball.cleared] == ["friend", "app", "card"]
    assert avalanche.total_interest < snowball.total_interest
    assert snowball.cleared[0].month < avalanche.cleared[0].month
    assert avalanche.total_paid == 15000 + avalanche.total_interest


def test_one_debt_is_plain_repayment() -> None:
    """1,000 at 12 %: 10.00, then 5.10, then 0.15 of interest."""
    found = payoff([Debt("one", D(1000), D(12))], D(500), Order.SNOWBALL)
    assert (found.months, found.total_interest, found.total_paid) == (3, D("15.25"), D("1015.25"))


@pytest.mark.parametrize(
    ("debts", "budget", "code", "needed", "shortfall"),
    [
        (DEBTS, "600", "below_minimums", "650.00", "50.00"),
        ([replace(APP, minimum=D(0))], "100", "below_interest", "100.01", "0.01"),
        ([Debt("slow", D(100_000), D("0.6"))], "50.01", "too_long", "50.01", "0.00"),
    ],
)  # fmt: skip
def test_a_budget_that_does_not_do(debts: list[Debt], budget: str, code: str, needed: str, shortfall: str) -> None:
    with pytest.raises(BudgetError) as refused:
        payoff(debts, D(budget), Order.AVALANCHE)
    assert (refused.value.code, refused.value.needed, refused.value.shortfall) == (code, D(needed), D(shortfall))


def test_debts_that_make_no_sense() -> None:
    for make in (
        lambda: payoff([], D(1), Order.SNOWBALL), lambda: Debt("x", D(0), D(1)), lambda: Debt("x", D(1), D(-1)),
        lambda: Debt("x", D(1), D(1), D(-1)), lambda: payoff(DEBTS, D(-1), Order.SNOWBALL),
    ):  # fmt: skip
        with pytest.raises(TermsError):
            make()


DEBT = st.builds(
    Debt,
    st.just("x"),
    st.decimals(1, 100_000, places=2),
    st.decimals(0, 60, places=1),
    st.decimals(0, 100, places=2),
)


@settings(deadline=None)
@given(st.lists(DEBT, min_size=1, max_size=5), st.integers(105, 300))
def test_the_avalanche_never_costs_more(debts: list[Debt], percent: int) -> None:
    least = sum(max(debt.minimum, debt.balance * debt.annual_rate / 1200) for debt in debts)
    budget = ((least + 10) * percent / 100).quantize(D("0.01"))
    try:
        avalanche, snowball = (payoff(debts, budget, order) for order in Order)
    except BudgetError as refused:
        assert refused.code == "too_long"  # noqa: PT017
        return
    assert avalanche.total_interest <= snowball.total_interest + D("0.01") * len(debts) * snowball.months
    for found in (avalanche, snowball):
        assert len(found.cleared) == len(debts)
        assert found.months == max(debt.month for debt in found.cleared)


# The table.

TERMS = LoanTerms(D(10000), Term(12), Rate(D(12), Unit.YEAR), fee_each=D(20))
GOOD = DisclosureTable(
    principal=D(10000),
    charges=(
        DisclosedCharge("贷款利息", ChargeKind.INTEREST, "某银行", "等额本息", D("12.00")),
        DisclosedCharge("担保费", ChargeKind.FEE_EACH, "某担保公司", "每期20元", D("4.25")),
    ),
    total_annualised=D("16.25"),
    contingent=(ContingentCost("逾期罚息", "某银行", "合同利率上浮50%"),),
    says_no_other_charges=True,
)


def test_a_table_that_agrees() -> None:
    assert quote(TERMS).rate.nominal == D("16.25")
    assert check_disclosure(GOOD, TERMS) == ()


INTEREST, GUARANTEE = GOOD.charges


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"principal": None}, [Finding(FindingCode.MISSING, "principal")]),
        ({"contingent": None, "says_no_other_charges": False},
         [Finding(FindingCode.MISSING, "contingent"), Finding(FindingCode.MISSING, "no_other_charges")]),
        ({"principal": D(9000)}, [Finding(FindingCode.PRINCIPAL_DIFFERS, "principal", "", D(9000), D(10000))]),
        ({"charges": (replace(INTEREST, collector=" "), replace(GUARANTEE, annualised=None))},
         [Finding(FindingCode.MISSING, "annualised", "担保费"), Finding(FindingCode.MISSING, "collector", "贷款利息")]),
        ({"charges": (INTEREST,), "total_annualised": D("12.00")},
         [Finding(FindingCode.TOTAL_DIFFERS, "total_annualised", "", D("12.00"), D("16.25")),
          Finding(FindingCode.CHARGE_NOT_LISTED, "", "fee_each", None, D("240.00"))]),
        ({"total_annualised": D("15.00")},
         [Finding(FindingCode.PARTS_DO_NOT_ADD_UP, "total_annualised", "", D("15.00"), D("16.25")),
          Finding(FindingCode.TOTAL_DIFFERS, "total_annualised", "", D("15.00"), D("16.25"))]),
        ({"charges": (), "total_annualised": None},
         [Finding(FindingCode.MISSING, "total_annualised"), Finding(FindingCode.NO_CHARGES),
          Finding(FindingCode.CHARGE_NOT_LISTED, "", "interest", None, D("661.86")),
          Finding(FindingCode.CHARGE_NOT_LISTED, "", "fee_each", None, D("240.00"))]),
    ],
)  # fmt: skip
def test_a_table_with_faults(change: dict[str, Any], expected: list[Finding]) -> None:
    assert list(check_disclosure(replace(GOOD, **change), TERMS)) == expected


def test_money_kept_back_must_be_listed() -> None:
    kept_back = replace(TERMS, received=D(9500))
    codes = [finding for finding in check_disclosure(GOOD, kept_back) if finding.code is FindingCode.CHARGE_NOT_LISTED]
    assert codes == [Finding(FindingCode.CHARGE_NOT_LISTED, "", "upfront_fee", None, D("500.00"))]


def test_the_effective_rate_is_as_good_a_total() -> None:
    effective = quote(TERMS).rate.effective
    assert effective is not None
    charges = (INTEREST, replace(GUARANTEE, annualised=effective - 12))
    assert check_disclosure(replace(GOOD, charges=charges, total_annualised=effective), TERMS) == ()
