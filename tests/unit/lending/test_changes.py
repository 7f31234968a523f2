"""What happens to a loan after it was signed: prepayment, delay, rolling interest up, draws and repayments."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import numpy_financial as npf
import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lending import Grace, LoanTerms, Method, Rate, RateChange, RateKind, Term, TermsError, Unit, quote
from bot.lending.overdue import bank_overdue, private_overdue, roll_up
from bot.lending.prepayment import Keep, Prepayment, prepay
from bot.lending.revolving import Movement, revolve

HOME = LoanTerms(D(1_000_000), Term(30, Unit.YEAR), Rate(D("3.5"), Unit.YEAR))
YEAR = LoanTerms(D(10000), Term(12), Rate(D(1), Unit.MONTH))


# Prepayment.


def test_a_home_loan_kept_to_its_instalment_gets_shorter() -> None:
    """200,000 after two years: what is left at 4490.45 a month takes nper() months."""
    loan = quote(HOME)
    owed = loan.instalments[23].balance - 200_000
    found = prepay(loan, Prepayment(24, D(200_000)))
    months = npf.nper(0.035 / 12, -4490.45, float(owed))
    assert len(found.instalments) - 24 == -(-float(months) // 1)
    assert {line.payment for line in found.instalments[24:-1]} == {D("4490.45")}
    assert found.instalments[-1].balance == 0
    assert found.periods_saved == 360 - len(found.instalments)
    assert found.saved == loan.total_paid - sum(line.payment for line in found.instalments) - 200_000


def test_a_home_loan_kept_to_its_term_gets_lighter() -> None:
    loan = quote(HOME)
    owed = loan.instalments[23].balance - 200_000
    found = prepay(loan, Prepayment(24, D(200_000), Keep.TERM))
    assert found.instalments[24].payment == D(str(npf.pmt(0.035 / 12, 336, -float(owed)))).quantize(D("0.01"))
    assert (len(found.instalments), found.periods_saved) == (360, 0)
    assert found.saved < prepay(loan, Prepayment(24, D(200_000))).saved


def test_paying_all_off() -> None:
    """Interest stops that day; the fee is taken off what is saved."""
    loan = quote(YEAR)
    found = prepay(loan, Prepayment(6, fee=D(50)))
    left = loan.instalments[5].balance
    assert (found.amount, found.due_that_day) == (left, loan.first_payment + left + 50)
    assert found.saved == sum(line.interest for line in loan.instalments[6:]) - 50
    assert (found.instalments[-1].balance, found.periods_saved) == (0, 6)


def test_a_flat_charge_goes_on_as_long_as_the_loan() -> None:
    """等本等息: the fee is on the original sum, so paying half early saves only the months that fall away."""
    loan = quote(LoanTerms(D(12000), Term(12), Rate(D("0.6"), Unit.MONTH, RateKind.FLAT_FEE), Method.FLAT))
    assert prepay(loan, Prepayment(6, D(3000))).saved == D("216.00")
    assert prepay(loan, Prepayment(6, D(3000), Keep.TERM)).saved == D("0.00")
    assert prepay(loan, Prepayment(6)).saved == D("432.00")


def test_interest_first_and_a_repricing() -> None:
    half = prepay(quote(replace(YEAR, method=Method.INTEREST_FIRST)), Prepayment(6, D(5000)))
    assert [line.payment for line in half.instalments[5:8]] == [D(100), D(50), D(50)]
    assert half.saved == D("300.00")
    repriced = replace(YEAR, rate_changes=(RateChange(10, Rate(D(2), Unit.MONTH)),))
    lighter = prepay(quote(repriced), Prepayment(6, D(2000), Keep.TERM)).instalments
    owed = lighter[8].balance
    assert lighter[9].payment == D(str(npf.pmt(0.02, 3, -float(owed)))).quantize(D("0.01"))


@pytest.mark.parametrize(
    ("prepayment", "code"),
    [
        (Prepayment(0), "out_of_range"), (Prepayment(12), "out_of_range"), (Prepayment(6, D(9999)), "too_large"),
        (Prepayment(6, D(0)), "not_positive"), (Prepayment(6, D(1), fee=D(-1)), "negative"),
    ],
)  # fmt: skip
def test_prepayments_that_make_no_sense(prepayment: Prepayment, code: str) -> None:
    with pytest.raises(TermsError) as refused:
        prepay(quote(YEAR), prepayment)
    assert (refused.value.code, refused.value.field) == (code, "prepayment")


LOANS = st.builds(
    LoanTerms,
    principal=st.decimals(1000, 100_000, places=2),
    term=st.builds(Term, st.integers(5, 60)),
    rate=st.builds(Rate, st.decimals(0, 5, places=2), st.just(Unit.MONTH), st.sampled_from(RateKind)),
    method=st.sampled_from([method for method in Method if method is not Method.BULLET]),
    fee_each=st.decimals(0, 20, places=2),
    grace=st.none() | st.builds(Grace, st.integers(1, 4)),
)


@settings(deadline=None)
@given(LOANS, st.integers(1, 4), st.integers(1, 100), st.sampled_from(Keep))
def test_whatever_is_prepaid_adds_up(terms: LoanTerms, after: int, percent: int, keep: Keep) -> None:
    loan = quote(terms)
    amount = (loan.instalments[after - 1].balance * percent / 100).quantize(D("0.01")) or D("0.01")
    found = prepay(loan, Prepayment(after, amount, keep))
    assert sum(line.principal for line in found.instalments) + amount == terms.principal
    assert found.instalments[-1].balance == 0
    assert len(found.instalments) <= len(loan.instalments)
    for line in found.instalments:
        assert line.payment == line.principal + line.interest + line.fees
        assert min(line.principal, line.interest, line.balance) >= 0
    # The last payment of the old schedule carries its own rounding.
    assert found.saved >= -D("0.01") * len(loan.instalments)


@settings(deadline=None)
@given(st.integers(1, 11), st.integers(900, 1500))
def test_a_loan_known_by_its_instalment_can_be_prepaid(after: int, each: int) -> None:
    loan = quote(LoanTerms(D(10000), Term(12), payment=D(each)))
    found = prepay(loan, Prepayment(after))
    assert found.saved == sum(line.interest for line in loan.instalments[after:])
    part = prepay(loan, Prepayment(after, D(100), Keep.TERM))
    assert part.instalments[-1].balance == 0


# Delay.


def test_a_bank_loan_overdue() -> None:
    """18 % raised by half is 27 %: of a year's 2,700 on 10,000, 300 is above 24 %."""
    found = bank_overdue(D(10000), D(18), 365, cap=D(24))
    assert (found.rate, found.interest, found.allowed, found.excess) == (D(27), D(2700), D(2400), D(300))
    assert found.uplift_in_range
    assert bank_overdue(D(10000), D(18), 365, cap=D(24), uplift=D(30)).rate == D("23.4")
    assert not bank_overdue(D(10000), D(18), 30, cap=D(24), uplift=D(100)).uplift_in_range


def test_unpaid_interest_and_fees_count_towards_the_cap() -> None:
    found = bank_overdue(D(10000), D(12), 73, cap=D(24), unpaid_interest=D(100), fees=D(200))
    assert (found.interest, found.compound, found.charged) == (D("360.00"), D("3.60"), D("563.60"))
    assert (found.allowed, found.excess) == (D("480.00"), D("83.60"))


@pytest.mark.parametrize(
    ("agreed", "rate", "excess"),
    [
        ({"overdue_rate": D(24)}, D(24), D(1200)), ({"loan_rate": D(10)}, D(10), D(0)), ({}, D(3), D(0)),
        ({"overdue_rate": D(8), "loan_rate": D(30)}, D(8), D(0)), ({"loan_rate": D(12), "fees": D(500)}, D(12), D(500)),
    ],
)  # fmt: skip
def test_a_private_loan_overdue(agreed: dict[str, Any], rate: D, excess: D) -> None:
    """Art. 28 and 29, with 4 × 3.00 = 12 % as the cap of everything together."""
    found = private_overdue(D(10000), 365, cap=D(12), one_year_lpr=D(3), **agreed)
    assert (found.rate, found.excess) == (rate, excess)


def test_interest_rolled_up() -> None:
    """Art. 27: 10,000 at 3 % a month rolled up for two years, against 12 % simple a year for the same time."""
    found = roll_up(D(10000), D(36), 24, D(12), cap=D(12))
    assert (found.claimed, found.supported, found.excess) == (D("20327.94"), D("12400.00"), D("7927.94"))
    low = roll_up(D(10000), D(6), 12, D(12), cap=D(12))
    assert (low.supported, low.excess) == (low.claimed, 0)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: bank_overdue(D(0), D(1), 1, cap=D(24)), "principal"),
        (lambda: bank_overdue(D(1), D(1), -1, cap=D(24)), "days"),
        (lambda: bank_overdue(D(1), D(-1), 1, cap=D(24)), "rate"),
        (lambda: private_overdue(D(1), 1, cap=D(12), one_year_lpr=D(3), fees=D(-1)), "fees"),
        (lambda: roll_up(D(1), D(1), 0, D(12), cap=D(12)), "periods"),
    ],
)  # fmt: skip
def test_delays_that_make_no_sense(call: Any, field: str) -> None:
    with pytest.raises(TermsError) as refused:
        call()
    assert refused.value.field == field


# Draws and repayments.

DAY = date(2026, 3, 1)


def test_a_credit_line() -> None:
    """万五 a day: 10,000 for 10 days is 50, then 4,000 for 20 days is 40."""
    found = revolve([Movement(DAY, D(10000)), Movement(DAY + timedelta(10), D(-6050))], D("0.05"), DAY + timedelta(30))
    assert [(line.accrued, line.interest, line.principal, line.balance) for line in found.lines] == [
        (0, 0, 0, 10000), (50, 50, 6000, 4000), (40, 40, 4000, 0),
    ]  # fmt: skip
    assert (found.total_interest, found.simple_rate, found.to_settle) == (D(90), D("18.25"), 0)
    assert found.rate is not None
    days = [line.day for line in found.lines]
    assert float(found.rate.per_period) == pytest.approx(pyxirr.xirr(days, [10000, -6050, -4040]), abs=1e-9)


def test_interest_is_paid_first_and_bears_none() -> None:
    found = revolve([Movement(DAY, D(10000)), Movement(DAY + timedelta(10), D(-30))], D("0.05"))
    assert (found.balance, found.unpaid_interest, found.rate) == (10000, 20, None)
    later = revolve([Movement(DAY, D(10000)), Movement(DAY + timedelta(10), D(-30))], D("0.05"), DAY + timedelta(20))
    assert later.lines[-1].paid == D("10070.00")


def test_a_fee_of_each_draw_raises_the_rate() -> None:
    free = revolve([Movement(DAY, D(1000))], D("0.05"), DAY + timedelta(30))
    dear = revolve([Movement(DAY, D(1000), fee=D(10))], D("0.05"), DAY + timedelta(30))
    assert free.simple_rate == D("18.25")
    assert dear.simple_rate == D("30.42")
    assert dear.rate is not None
    assert free.rate is not None
    assert dear.rate.nominal > free.rate.nominal


def test_money_back_the_same_day() -> None:
    found = revolve([Movement(DAY, D(1000))], D("0.05"), DAY)
    assert (found.simple_rate, found.rate, found.balance) == (None, None, 0)


@pytest.mark.parametrize(
    ("movements", "code"),
    [
        ([], "missing"), ([Movement(DAY, D(-5))], "missing"),
        ([Movement(DAY, D(5)), Movement(DAY - timedelta(1), D(5))], "out_of_order"),
        ([Movement(DAY, D(5)), Movement(DAY, D(-6))], "too_large"),
        ([Movement(DAY, D(5), fee=D(-6))], "out_of_range"),
    ],
)  # fmt: skip
def test_movements_that_make_no_sense(movements: list[Movement], code: str) -> None:
    with pytest.raises(TermsError) as refused:
        revolve(movements, D("0.05"))
    assert refused.value.code == code
