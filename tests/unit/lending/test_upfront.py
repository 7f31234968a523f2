"""砍头息: the first interest kept back."""

from decimal import Decimal as D

import pytest

from bot.lending import LoanTerms, Method, Rate, Term, TermsError, Unit, quote
from bot.lending.upfront import deduct_first_interest

TWO_A_MONTH = Rate(D(2), Unit.MONTH)


def test_interest_first_is_paid_a_period_early() -> None:
    """10,000 at 2 % a month, first month deducted, 12 months interest only: 24.49 % (our gold table)."""
    found = quote(deduct_first_interest(LoanTerms(D(10_000), Term(12), TWO_A_MONTH, Method.INTEREST_FIRST)))
    assert found.received == D("9800.00")
    assert [line.payment for line in found.instalments] == [D("200.00")] * 11 + [D("10000.00")]
    assert found.rate.nominal == D("24.49")


def test_a_loan_that_comes_back_at_once_returns_the_bare_sum() -> None:
    found = quote(deduct_first_interest(LoanTerms(D(10_000), Term(1), TWO_A_MONTH, Method.BULLET)))
    assert (found.received, found.total_paid) == (D("9800.00"), D("10000.00"))
    assert found.rate.nominal == D("24.49")


def test_of_instalments_it_is_a_charge_on_top() -> None:
    found = quote(deduct_first_interest(LoanTerms(D(10_000), Term(12), TWO_A_MONTH)))
    assert found.received == D("9800.00")
    assert found.first_payment == D("945.60")
    assert found.rate.nominal > D(24)


def test_what_was_said_to_be_received_stands() -> None:
    terms = LoanTerms(D(10_000), Term(12), TWO_A_MONTH, Method.INTEREST_FIRST, received=D(9500))
    assert quote(deduct_first_interest(terms)).received == D("9500.00")


def test_only_interest_that_comes_first_is_paid_in_advance() -> None:
    with pytest.raises(TermsError, match="in advance"):
        LoanTerms(D(10_000), Term(12), TWO_A_MONTH, interest_in_advance=True)


def test_interest_that_eats_the_whole_sum_leaves_nothing() -> None:
    with pytest.raises(TermsError):
        quote(deduct_first_interest(LoanTerms(D(100), Term(1), Rate(D(100), Unit.MONTH), Method.BULLET)))
