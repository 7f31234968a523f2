"""``mingbai loan``: every line gets one answer, whatever stands on it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.loan_tool import run

LOAN = {
    "principal": "10000",
    "rate": {"value": "2", "period": "month", "kind": "interest"},
    "term": {"count": 12, "unit": "month"},
    "method": "equal_instalment",
}


def answer(data: object) -> dict[str, Any]:
    (line,) = run([json.dumps(data)])
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_loan() -> None:
    found = answer(LOAN)
    assert found["instalments"][0] == {
        "period": 1, "payment": "945.60", "interest": "200.00", "fees": "0.00", "principal": "745.60",
        "balance": "9254.40",
    }  # fmt: skip
    assert len(found["instalments"]) == 12
    assert found["instalments"][-1]["balance"] == "0.00"
    assert (found["total_paid"], found["total_cost"]) == ("11347.15", "1347.15")
    assert found["rate_per_period"] == "2.000000"
    assert (found["annual_rate_nominal"], found["annual_rate_effective"]) == ("24.00", "26.82")


@pytest.mark.parametrize(
    ("said", "crossed"),
    [
        ({"lender": "private", "contract_date": "2026-09-21"}, {"private": True}),
        ({"lender": "institution"}, {"institution": False}),
        ({"contract_date": "2026-09-21"}, {"private": True, "institution": False, "microloan": False}),
        ({"lender": "private", "contract_date": "2018-01-01"}, {}),
    ],
)
def test_lines_follow_the_lender(said: dict[str, str], crossed: dict[str, bool]) -> None:
    lines = answer(LOAN | said)["lines"]
    assert {line["lender"]: line["crossed"] for line in lines} == crossed
    assert all(line["source"] and line["as_of"] for line in lines)


@pytest.mark.parametrize(
    ("terms", "nominal"),
    [
        ({"principal": "3000", "received": "2100", "term": {"count": 7, "unit": "day"}, "payment": {"amount": "3000"}},
         "2234.69"),
        ({"received": "5450.56", "term": {"count": 9}, "payment": {"amount": "1083.15", "period": "month"}}, "162.36"),
        ({"principal": "12000", "term": {"count": 1, "unit": "year"}, "payment": {"amount": "1072", "period": "month"}},
         "13.03"),
        ({"principal": "30000", "term": {"count": 3, "unit": "year"}, "payment": {"amount": "12000", "period": "year"}},
         "9.70"),
        ({"principal": "10000", "term": {"count": 12}, "rate": {"value": "12", "period": "year"},
          "fees": [{"percent": "10", "when": "upfront"}]}, "32.50"),
        ({"principal": "12000", "term": {"count": 12}, "rate": {"value": 0, "period": "year"},
          "fees": [{"amount": 72, "when": "each"}]}, "13.03"),
        ({"principal": "10000", "term": {"count": 30, "unit": "day"}, "rate": {"value": "0.05", "period": "day"}},
         "18.25"),
        ({"principal": "12000", "term": {"count": 12}, "total": "12864"}, "13.03"),
        ({"principal": "9000", "term": {"count": 3}, "total": "13000", "method": "bullet"}, "177.78"),
    ],
)  # fmt: skip
def test_terms_as_the_grammar_reads_them(terms: dict[str, Any], nominal: str) -> None:
    assert answer(terms)["annual_rate_nominal"] == nominal


def test_cash_flows() -> None:
    flows = [{"period": 0, "amount": "12000"}, *({"period": n, "amount": "-1072"} for n in range(1, 13))]
    found = answer({"cash_flows": flows, "periods_per_year": 12})
    assert (found["annual_rate_nominal"], found["annual_rate_effective"]) == ("13.03", "13.84")
    assert (found["total_paid"], found["total_cost"]) == ("12864", "864")


def test_dated_cash_flows() -> None:
    flows = [{"date": "2025-01-01", "amount": "100"}, {"date": "2026-01-01", "amount": "-110"}]
    assert answer({"cash_flows": flows})["annual_rate_effective"] == "10.00"
    assert answer({"cash_flows": flows, "day_count": "act/360"})["annual_rate_effective"] == "9.86"


def test_several_rates_are_all_told() -> None:
    flows = [{"period": n, "amount": amount} for n, amount in enumerate(["100", "-230", "132"])]
    error = answer({"cash_flows": flows, "periods_per_year": 1})["error"]
    assert error["code"] == "several_rates"
    assert [rate["annual_rate_nominal"] for rate in error["rates"]] == ["10.00", "20.00"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"principal": "-1"}, "not_positive", "principal"), ({"principal": "1e13"}, "too_large", "principal"),
        ({"principal": "1e99999999"}, "too_large", "principal"), ({"principal": "many"}, "not_a_number", "principal"),
        ({"principal": True}, "missing", "principal"), ({"principal": None}, "missing", "received"),
        ({"principal": float("nan")}, "not_a_number", "principal"), ({"term": None}, "missing", "term"),
        ({"term": {"count": 0}}, "not_positive", "term"), ({"term": {"count": 601}}, "too_large", "term"),
        ({"term": {"count": "1.5"}}, "not_whole", "term"), ({"term": {"count": 1, "unit": "moon"}}, "unknown", "term"),
        ({"rate": "2"}, "missing", "rate"), ({"rate": {"value": "-2"}}, "negative", "rate"),
        ({"rate": None}, "missing", "rate"), ({"method": "balloon"}, "unknown", "method"),
        ({"payment": {"amount": "10"}}, "too_small", "payment"), ({"lender": "aunt"}, "unknown", "lender"),
        ({"rate": None, "total": "9999"}, "too_small", "total"),
        ({"contract_date": "yesterday"}, "not_a_date", "contract_date"), ({"fees": ["1"]}, "wrong_type", "fees"),
        ({"cash_flows": []}, "wrong_type", "cash_flows"),
        ({"cash_flows": [{"period": 0, "amount": "5"}]}, "no_rate", "cash_flows"),
        ({"cash_flows": [{"period": 0, "amount": "5"}], "day_count": "act/364"}, "unknown", "day_count"),
        ({"cash_flows": [{"date": "0000-01-01", "amount": "5"}]}, "not_a_date", "cash_flows"),
        ({"cash_flows": [{"period": 0, "amount": "5"}], "periods_per_year": 0}, "not_positive", "periods_per_year"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named(change: dict[str, Any], code: str, field: str) -> None:
    error = answer(LOAN | change)["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert error["message"]


def test_a_bad_line_does_not_stop_the_next() -> None:
    answers = [json.loads(line) for line in run(["{", "[]", "", json.dumps(LOAN)])]
    assert [line.get("error", {}).get("code") for line in answers] == ["not_json", "not_object", "not_json", None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["1000", "0.01", "1e12", "day", "week", "once", "2024-02-29", "9999-12-31", "0001-01-01"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["amount", "count", "unit", "value", "period", "kind", "date", "when", "percent"]), inner
    ),
    max_leaves=8,
)  # fmt: skip
FIELDS = ["principal", "received", "rate", "term", "payment", "total", "fees", "method", "cash_flows",
          "periods_per_year", "day_count", "lender", "contract_date"]  # fmt: skip


@given(st.dictionaries(st.sampled_from(FIELDS), JSON), st.booleans())
def test_anything_is_answered(data: dict[str, Any], on_a_loan: bool) -> None:  # noqa: FBT001
    found = answer(LOAN | data if on_a_loan else data)
    assert "annual_rate_nominal" in found or found["error"]["message"]
