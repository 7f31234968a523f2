"""Figures to the fen and to 0.01 point, against values computed independently and published cases."""

import math
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from bot.lending import LoanTerms, Method, Rate, RateKind, Term, TermsError, Unit, quote
from bot.lending.annual_rate import annualise


def flat(percent: str, unit: Unit = Unit.MONTH) -> Rate:
    return Rate(D(percent), unit, RateKind.FLAT_FEE)


def interest(percent: str, unit: Unit = Unit.MONTH) -> Rate:
    return Rate(D(percent), unit)


# Flat fee each instalment (percent), equal principal; nominal / effective over 3, 6, 12, 24 and 36 months.
FLAT_GOLD = {
    "0.50": "8.98 / 9.36 | 10.21 / 10.71 | 10.90 / 11.46 | 11.13 / 11.71 | 11.08 / 11.66",
    "0.60": "10.77 / 11.32 | 12.24 / 12.95 | 13.03 / 13.84 | 13.27 / 14.10 | 13.17 / 14.00",
    "0.66": "11.84 / 12.51 | 13.45 / 14.31 | 14.31 / 15.29 | 14.54 / 15.55 | 14.41 / 15.40",
    "0.75": "13.45 / 14.31 | 15.27 / 16.38 | 16.22 / 17.48 | 16.43 / 17.72 | 16.24 / 17.51",
    "1.00": "17.91 / 19.46 | 20.29 / 22.29 | 21.46 / 23.70 | 21.57 / 23.84 | 21.20 / 23.39",
    "1.50": "26.80 / 30.35 | 30.23 / 34.79 | 31.72 / 36.76 | 31.46 / 36.42 | 30.59 / 35.27",
}
MONTHS = (3, 6, 12, 24, 36)
FLAT_CASES = [
    (fee, months, *cell.split(" / "))
    for fee, row in FLAT_GOLD.items()
    for months, cell in zip(MONTHS, row.split(" | "), strict=True)
]


@pytest.mark.parametrize(("fee", "months", "nominal", "effective"), FLAT_CASES)
def test_flat_fee(fee: str, months: int, nominal: str, effective: str) -> None:
    found = quote(LoanTerms(D(18_000), Term(months), flat(fee), Method.FLAT))
    assert (found.rate.nominal, found.rate.effective) == (D(nominal), D(effective))


CASES: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("12,000 by 12 × 1,072", {"principal": D(12000), "term": Term(12), "payment": D(1072)},
     {"nominal": "13.03", "effective": "13.84", "total_paid": "12864.00"}),
    ("annuity 12 %", {"principal": D(10000), "term": Term(12), "rate": interest("12", Unit.YEAR)},
     {"first": "888.49", "nominal": "12.00"}),
    ("annuity 24 %", {"principal": D(10000), "term": Term(12), "rate": interest("2")},
     {"first": "945.60", "total_cost": "1347.15", "effective": "26.82"}),
    ("annuity 36 %", {"principal": D(10000), "term": Term(1, Unit.YEAR), "rate": interest("3")},
     {"first": "1004.62", "effective": "42.58"}),
    ("equal principal", {"principal": D(10000), "term": Term(12), "rate": interest("2"),
                         "method": Method.EQUAL_PRINCIPAL},
     {"first": "1033.33", "last": "850.00", "total_cost": "1300.00", "nominal": "24.00"}),
    ("interest first", {"principal": D(10000), "term": Term(12), "rate": interest("1"),
                        "method": Method.INTEREST_FIRST},
     {"first": "100.00", "last": "10100.00", "effective": "12.68"}),
    ("bullet", {"principal": D(10000), "term": Term(12), "rate": interest("2"), "method": Method.BULLET},
     {"first": "12400.00", "nominal": "24.00", "effective": "24.00"}),
    ("10 % deducted", {"principal": D(10000), "received": D(9000), "term": Term(12),
                       "rate": interest("12", Unit.YEAR)},
     {"nominal": "32.50", "effective": "37.81"}),
    ("714", {"principal": D(3000), "received": D(2100), "term": Term(7, Unit.DAY), "payment": D(3000),
             "method": Method.BULLET},
     {"nominal": "2234.69", "total_cost": "900.00"}),
    ("九出十三归, 3 months", {"principal": D(10), "received": D(9), "term": Term(3), "payment": D(13),
                         "method": Method.BULLET},
     {"nominal": "177.78", "effective": "335.31"}),
    ("phone lease, press: 162.35 %", {"principal": D("5450.56"), "term": Term(9), "payment": D("1083.15")},
     {"nominal": "162.36"}),
    ("fee once, in month 1", {"principal": D(12000), "term": Term(12), "rate": flat("7.2", Unit.ONCE)},
     {"nominal": "13.86", "first": "1864.00"}),
    ("daily 万五 for 30 days", {"principal": D(10000), "term": Term(30, Unit.DAY), "rate": interest("0.05", Unit.DAY),
                            "method": Method.BULLET},
     {"first": "10150.00", "nominal": "18.25"}),
    ("interest-free", {"principal": D(12000), "term": Term(12), "rate": interest("0")},
     {"first": "1000.00", "nominal": "0.00", "total_cost": "0.00"}),
    ("a home loan", {"principal": D(1_000_000), "term": Term(30, Unit.YEAR), "rate": interest("3.5", Unit.YEAR)},
     {"first": "4490.45", "nominal": "3.50"}),
    ("a home loan, equal principal", {"principal": D(1_000_000), "term": Term(30, Unit.YEAR),
                                      "rate": interest("3.5", Unit.YEAR), "method": Method.EQUAL_PRINCIPAL},
     {"first": "5694.44", "last": "2785.88", "total_cost": "526458.33"}),
    ("7,000 in hand, 10,000 after 30 days", {"principal": D(10000), "received": D(7000), "term": Term(30, Unit.DAY),
                                             "payment": D(10000), "method": Method.BULLET},
     {"nominal": "521.43", "total_cost": "3000.00"}),
    ("九出十三归, 30 days", {"principal": D(10), "received": D(9), "term": Term(30, Unit.DAY), "payment": D(13),
                        "method": Method.BULLET},
     {"nominal": "540.74"}),
    ("annuity 18 %", {"principal": D(10000), "term": Term(12), "rate": interest("18", Unit.YEAR)},
     {"first": "916.80", "nominal": "18.00"}),
    ("万三点五 a day, one year", {"principal": D(10000), "term": Term(365, Unit.DAY),
                             "rate": interest("0.035", Unit.DAY), "method": Method.BULLET},
     {"first": "11277.50", "nominal": "12.78"}),
    ("interest said once, spread", {"principal": D(12000), "term": Term(12), "rate": interest("7.2", Unit.ONCE)},
     {"first": "1072.00", "total_cost": "864.00", "nominal": "13.03"}),
    ("interest said once, due at the end", {"principal": D(10000), "term": Term(6), "method": Method.BULLET,
                                            "rate": interest("10", Unit.ONCE)},
     {"first": "11000.00", "nominal": "20.00"}),
    ("interest first, by its instalment", {"principal": D(10000), "term": Term(12), "payment": D(200),
                                           "method": Method.INTEREST_FIRST},
     {"first": "200.00", "last": "10200.00", "nominal": "24.00"}),
    ("equal principal, by its first instalment", {"principal": D(12000), "term": Term(12), "payment": D(1240),
                                                  "method": Method.EQUAL_PRINCIPAL},
     {"first": "1240.00", "last": "1020.00", "nominal": "24.00"}),
    ("等本等息, by its instalment", {"principal": D(12000), "term": Term(12), "payment": D(1072),
                               "method": Method.FLAT},
     {"first": "1072.00", "last": "1072.00", "nominal": "13.03"}),
    ("paid once a year", {"principal": D(30000), "term": Term(3, Unit.YEAR), "payment": D(12000),
                          "payment_every": Unit.YEAR},
     {"total_paid": "36000.00", "nominal": "9.70"}),
    ("paid every week", {"principal": D(12000), "term": Term(3), "payment": D(1000), "payment_every": Unit.WEEK},
     {"total_paid": "13000.00"}),
    ("both said: what is paid counts", {"principal": D(12000), "term": Term(12), "rate": interest("0.6"),
                                        "payment": D(1072)},
     {"nominal": "13.03"}),
    ("a small loan at exactly the line", {"principal": D(100), "term": Term(12), "rate": interest("1")},
     {"nominal": "12.00", "effective": "12.68"}),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_worked_case(terms: dict[str, Any], expected: dict[str, str]) -> None:
    found = quote(LoanTerms(**terms))
    shown = {
        "nominal": found.rate.nominal,
        "effective": found.rate.effective,
        "first": found.first_payment,
        "last": found.instalments[-1].payment,
        "total_paid": found.total_paid,
        "total_cost": found.total_cost,
    }
    assert {name: shown[name] for name in expected} == {name: D(value) for name, value in expected.items()}


@pytest.mark.parametrize(("fee", "nominal"), [("0.552", "12.0"), ("1.123", "24.0"), ("1.713", "36.0")])
def test_the_flat_fee_at_which_a_line_is_reached(fee: str, nominal: str) -> None:
    """Break-even of twelve instalments, printed to a thousandth of a percent a month."""
    found = quote(LoanTerms(D(12_000_000), Term(12), flat(fee), Method.FLAT)).rate.nominal
    assert found.quantize(D("0.1")) == D(nominal)


@pytest.mark.parametrize(("monthly", "effective"), [("1", "12.68"), ("2", "26.82"), ("3", "42.58")])
def test_interest_only_month_by_month(monthly: str, effective: str) -> None:
    found = quote(LoanTerms(D(10000), Term(12), interest(monthly), Method.INTEREST_FIRST)).rate
    assert (found.nominal, found.effective) == (D(monthly) * 12, D(effective))


def test_five_in_ten_thousand_a_day_three_ways() -> None:
    """18.25 % by 365 days, 18.00 % by 360, 20.02 % compounded."""
    assert annualise(0.0005, 365).nominal == D("18.25")
    assert annualise(0.0005, 360).nominal == D("18.00")
    assert annualise(0.0005, 365).effective == D("20.02")


METHODS = st.sampled_from(list(Method))
TERMS = st.builds(
    LoanTerms,
    principal=st.integers(100, 10_000_000).map(lambda fen: D(fen) / 100 * 10),
    term=st.builds(Term, st.integers(1, 120)),
    rate=st.builds(
        Rate, st.integers(0, 1000).map(lambda n: D(n) / 100), st.just(Unit.MONTH), st.sampled_from(RateKind)
    ),
    method=METHODS,
    fee_each=st.integers(0, 500).map(lambda fen: D(fen) / 100),
)


@given(TERMS)
def test_a_schedule_adds_up(terms: LoanTerms) -> None:
    found = quote(terms)
    assert sum(line.principal for line in found.instalments) == terms.principal.quantize(D("0.01"))
    assert found.instalments[-1].balance == 0
    for line in found.instalments:
        assert line.payment == line.principal + line.interest + line.fees
        assert min(line.principal, line.interest, line.fees, line.balance) >= 0
    assert found.total_paid - found.total_cost == found.received


@given(TERMS, st.integers(1, 99))
def test_more_deducted_never_lowers_the_rate(terms: LoanTerms, percent: int) -> None:
    less = terms.principal * (100 - percent) / 100
    dearer = LoanTerms(terms.principal, terms.term, terms.rate, terms.method, received=less, fee_each=terms.fee_each)
    assert quote(dearer).rate.per_period >= quote(terms).rate.per_period


@given(TERMS, st.integers(0, 50))
def test_the_rate_balances_the_payments_shown(terms: LoanTerms, deducted: int) -> None:
    """To within the half fen that each payment is rounded by."""
    found = quote(replace(terms, received=terms.principal * (100 - deducted) / 100))
    powers = [float(1 + found.rate.per_period) ** -line.period for line in found.instalments]
    worth = sum(float(line.payment) * power for line, power in zip(found.instalments, powers, strict=True))
    assert worth == pytest.approx(float(found.received), abs=0.005 * sum(powers) + 1e-7, rel=1e-9)


@given(TERMS, st.integers(5, 50))
def test_the_rate_is_what_pyxirr_finds(terms: LoanTerms, deducted: int) -> None:
    found = quote(replace(terms, received=terms.principal * (100 - deducted) / 100))
    flows = [float(found.received), *(-float(line.payment) for line in found.instalments)]
    oracle = pyxirr.irr(flows, silent=True)
    if oracle is not None and abs(pyxirr.npv(oracle, flows)) < 1e-6 * flows[0] and terms.principal > 1000:
        assert float(found.rate.per_period) == pytest.approx(oracle, abs=1e-8)


@given(st.integers(100, 10_000_000), st.integers(1, 600), st.integers(0, 300), st.sampled_from(Method))
def test_an_instalment_that_was_said_adds_up(fen: int, periods: int, dearer: int, method: Method) -> None:
    """Whatever the instalment, the schedule shows exactly it, and never a part below zero."""
    payment = D(math.ceil(fen / periods * (100 + dearer) / 100)) / 100
    if method is Method.BULLET:
        payment = max(payment, D(fen) / 100)
    found = quote(LoanTerms(D(fen) / 100, Term(periods), method=method, payment=payment))
    assert sum(line.principal for line in found.instalments) == D(fen) / 100
    assert found.instalments[-1].balance == 0
    assert found.first_payment == payment or (method is Method.INTEREST_FIRST and periods == 1)
    for line in found.instalments:
        assert line.payment == line.principal + line.interest
        assert min(line.principal, line.interest, line.balance) >= 0
    if method in {Method.EQUAL_INSTALMENT, Method.FLAT}:
        assert {line.payment for line in found.instalments} == {payment}


@given(TERMS, st.integers(1, 10_000))
def test_a_higher_fee_never_lowers_the_rate(terms: LoanTerms, fen: int) -> None:
    dearer = replace(terms, fee_each=terms.fee_each + D(fen) / 100)
    assert quote(dearer).rate.per_period >= quote(terms).rate.per_period


@given(
    st.builds(
        LoanTerms,
        principal=st.decimals(D("0.01"), D("1e12"), places=2),
        term=st.builds(Term, st.integers(1, 600)),
        rate=st.builds(Rate, st.decimals(0, 100_000, places=4), st.sampled_from(Unit), st.sampled_from(RateKind)),
        method=METHODS,
        received=st.just(D("0.01")),
    )
)
def test_the_largest_and_the_smallest_are_computed(terms: LoanTerms) -> None:
    found = quote(terms)
    assert sum(line.principal for line in found.instalments) == terms.principal
    assert found.rate.nominal >= 0


def test_the_dearest_loan_there_can_be() -> None:
    """A fen in hand of the largest sum, at the highest rate, for the longest time."""
    dearest = LoanTerms(
        D("1e12"), Term(36_500, Unit.DAY), interest("100000", Unit.DAY), Method.BULLET, received=D("0.01")
    )
    assert quote(dearest).rate.per_period > D("1e21")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"principal": D(-1)}, "principal"), ({"principal": D(0)}, "principal"),
        ({"principal": D("1e15")}, "principal"),
        ({"principal": D("NaN")}, "principal"), ({"received": D(20000)}, "received"), ({"rate": None}, "rate"),
        ({"fee_upfront": D(10000)}, "received"), ({"rate": None, "payment": D(100)}, "payment"),
        ({"fee_each": D(-1)}, "fees"), ({"principal": D("0.001")}, "principal"),
        ({"term": Term(365, Unit.DAY), "payment_every": Unit.DAY, "principal": D(0)}, "principal"),
        ({"term": Term(700, Unit.DAY)}, "term"),
        ({"rate": None, "payment": D(10), "method": Method.EQUAL_PRINCIPAL}, "payment"),
    ],
)  # fmt: skip
def test_senseless_terms_name_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(TermsError) as refused:
        quote(LoanTerms(**({"principal": D(10000), "term": Term(12), "rate": interest("2")} | change)))
    assert refused.value.field == field


@pytest.mark.parametrize("count", [0, -3, 601])
def test_senseless_term(count: int) -> None:
    with pytest.raises(TermsError, match="term"):
        Term(count)
