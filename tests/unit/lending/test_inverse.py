from decimal import Decimal as D

import numpy_financial as npf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lending import LoanTerms, Method, Rate, RateKind, Term, TermsError, Unit, quote
from bot.lending.inverse import affordable_principal, repayment_time

MONTHLY = Rate(D(1), Unit.MONTH)


def test_what_800_a_month_carries() -> None:
    """The annuity of two years at 1 % a month."""
    found = affordable_principal(D(800), MONTHLY, Term(24))
    assert found == pytest.approx(D(str(npf.pv(0.01, 24, -800))), abs=D("0.12"))
    assert affordable_principal(D(800), MONTHLY, Term(24), Method.INTEREST_FIRST) == 80000
    assert affordable_principal(D(800), MONTHLY, Term(1), Method.BULLET) == D("792.07")
    assert affordable_principal(D(800), Rate(D(0), Unit.MONTH), Term(24)) == 19200


@settings(deadline=None)
@given(
    st.decimals(1, 10_000, places=2), st.decimals(0, 10, places=2), st.integers(1, 120), st.sampled_from(Method),
    st.sampled_from(RateKind),
)  # fmt: skip
def test_one_fen_more_would_not_fit(payment: D, percent: D, months: int, method: Method, kind: RateKind) -> None:
    rate = Rate(percent, Unit.MONTH, kind)
    try:
        most = affordable_principal(payment, rate, Term(months), method)
    except TermsError as refused:
        assert refused.code in {"no_limit", "too_small"}  # noqa: PT017 - either is an answer
        return

    def instalment(principal: D) -> D:
        line = quote(LoanTerms(principal, Term(months), rate, method)).instalments[0]
        return line.payment - (line.principal if method is Method.INTEREST_FIRST else 0)

    assert instalment(most) <= payment
    assert instalment(most + D("0.02") * months + D("0.02") / max(percent / 100, D("0.0001"))) >= payment


def test_how_long_it_takes() -> None:
    found = repayment_time(D(10000), D(500), MONTHLY)
    assert found.instalments == -(-float(npf.nper(0.01, -500, 10000)) // 1)
    assert found.total_paid == 10000 + found.total_interest == 500 * (found.instalments - 1) + found.last_payment
    assert repayment_time(D(1000), D(1000), Rate(D(0), Unit.YEAR)).instalments == 1


@pytest.mark.parametrize(
    ("payment", "rate", "code"),
    [
        (D(100), MONTHLY, "never"), (D(99), MONTHLY, "never"), (D("100.01"), MONTHLY, "too_long"),
        (D(1000), Rate(D(1), Unit.MONTH, RateKind.FLAT_FEE), "unsupported"),
    ],
)  # fmt: skip
def test_when_no_number_of_instalments_is_enough(payment: D, rate: Rate, code: str) -> None:
    with pytest.raises(TermsError) as refused:
        repayment_time(D(10000), payment, rate)
    assert refused.value.code == code


def test_no_sum_or_any_sum() -> None:
    with pytest.raises(TermsError, match="any sum"):
        affordable_principal(D(800), Rate(D(0), Unit.MONTH), Term(12), Method.INTEREST_FIRST)
    with pytest.raises(TermsError, match="carry the fee"):
        affordable_principal(D(5), MONTHLY, Term(12), fee_each=D(5))
