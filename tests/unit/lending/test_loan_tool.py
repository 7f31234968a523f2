"""``mingbai loan``: every line gets one answer, whatever stands on it."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import loan_tool
from bot.cli.loan_tool import run
from bot.content.law import load_law

LOAN = {
    "principal": "10000",
    "rate": {"value": "2", "period": "month", "kind": "interest"},
    "term": {"count": 12, "unit": "month"},
    "method": "equal_instalment",
}


@pytest.fixture(scope="module", autouse=True)
def _law_is_read_once() -> Iterator[None]:
    """A run reads the law once for all its lines; here every line is a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loan_tool, "load_law", cache(load_law))
        yield


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
        ({"lender": "private", "contract_date": "2018-01-01"}, {"private": False}),
        ({"lender": "private", "contract_date": "2014-01-01"}, {}),
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
        ({"ask": "moon"}, "unknown", "ask"), ({"ask": "term", "balloon": "5"}, "unsupported", "balloon"),
        ({"ask": "term"}, "missing", "payment"), ({"ask": "principal"}, "missing", "payment"),
        ({"grace": 3}, "wrong_type", "grace"), ({"grace": {"periods": 2, "pays": "half"}}, "unknown", "grace"),
        ({"rate_changes": [{"from_period": 2}]}, "missing", "rate_changes"),
        ({"rate_changes": "1"}, "wrong_type", "rate_changes"), ({"convention": "moon"}, "unknown", "convention"),
        ({"first_period_days": "1.5"}, "not_whole", "first_period_days"),
        ({"prepayment": {"after_period": 12}}, "out_of_range", "prepayment"),
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
        st.sampled_from(["amount", "count", "unit", "value", "period", "kind", "date", "when", "percent", "periods",
                         "pays", "fee", "rate", "from_period", "after_period", "keep"]), inner
    ),
    max_leaves=8,
)  # fmt: skip
FIELDS = ["principal", "received", "rate", "term", "payment", "total", "fees", "method", "cash_flows",
          "periods_per_year", "day_count", "lender", "contract_date", "grace", "balloon", "first_period_days",
          "rate_changes", "rollovers", "prepayment", "convention", "ask",
          "movements", "debts", "budget", "settle_on"]  # fmt: skip


ANSWERS = {"annual_rate_nominal", "instalments_needed", "to_settle", "avalanche"}


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON), st.booleans())
def test_anything_is_answered(data: dict[str, Any], on_a_loan: bool) -> None:  # noqa: FBT001
    found = answer(LOAN | data if on_a_loan else data)
    assert ANSWERS & set(found) or found["error"]["message"]


NUMBER = st.sampled_from(["0", "1", "-1", "2", "3", "11", "12", "13", "0.5", "0.005", "9999.99", "1e15", "x", None])
NEW = st.fixed_dictionaries(
    {},
    optional={
        "grace": st.fixed_dictionaries(
            {"periods": NUMBER}, optional={"pays": st.sampled_from(["interest", "nothing"])}
        ),
        "balloon": NUMBER,
        "first_period_days": NUMBER,
        "rate_changes": st.lists(st.fixed_dictionaries({"from_period": NUMBER, "rate": NUMBER}), max_size=3),
        "rollovers": st.fixed_dictionaries({"count": NUMBER, "fee": NUMBER}),
        "prepayment": st.fixed_dictionaries({"after_period": NUMBER}, optional={"amount": NUMBER, "fee": NUMBER}),
        "convention": st.sampled_from(["pboc", "us_actuarial", "eu_apr", "uk_apr", "x"]),
        "ask": st.sampled_from(["principal", "term", None, "x"]),
        "method": st.sampled_from(["equal_instalment", "equal_principal", "interest_first", "bullet", "flat"]),
        "payment": NUMBER,
        "rate": st.fixed_dictionaries({"value": NUMBER}, optional={"period": st.sampled_from(["day", "year", "once"])}),
        "received": NUMBER,
        "fees": st.lists(st.fixed_dictionaries({"amount": NUMBER, "when": st.sampled_from(["each", "upfront"])})),
    },
)


@settings(deadline=None, max_examples=300)
@given(NEW)
def test_any_departure_is_answered(data: dict[str, Any]) -> None:
    found = answer(LOAN | data)
    assert ANSWERS & set(found) or found["error"]["message"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"grace": {"periods": 3}}, ["200.00", "200.00", "200.00", "1225.15"]),
        ({"grace": {"periods": 2, "pays": "nothing"}}, ["0.00", "0.00", "1158.24"]),
        ({"balloon": "5000"}, ["572.80"]),
        ({"first_period_days": 45}, ["1041.49", "945.60"]),
        ({"rate_changes": [{"from_period": 2, "rate": "1"}]}, ["945.60", "892.62"]),
        ({"rate_changes": [{"from_period": 2, "rate": {"value": "12", "period": "year"}}]}, ["945.60", "892.62"]),
        ({"method": "bullet", "term": {"count": 1}, "rollovers": {"count": 2, "fee": "500"}},
         ["700.00", "700.00", "10200.00"]),
    ],
)  # fmt: skip
def test_what_departs_from_the_plain_terms(said: dict[str, Any], shown: list[str]) -> None:
    found = answer(LOAN | said)
    assert [line["payment"] for line in found["instalments"]][: len(shown)] == shown
    assert found["instalments"][-1]["balance"] == "0.00"


def test_a_prepayment() -> None:
    found = answer(LOAN | {"prepayment": {"after_period": 6, "fee": "50"}})
    assert found["prepayment"]["amount"] == found["instalments"][5]["balance"] == "5296.67"
    assert (found["prepayment"]["periods_saved"], found["prepayment"]["saved"]) == (6, "326.88")
    part = answer(LOAN | {"prepayment": {"after_period": 6, "amount": "2000", "keep": "term"}})["prepayment"]
    assert (part["periods_saved"], len(part["instalments"])) == (0, 12)


def test_the_rate_by_another_convention() -> None:
    found = answer(LOAN | {"convention": "eu_apr"})
    assert (found["convention"], found["annual_rate_convention"]) == ("eu_apr", "26.82")
    flows = [{"date": "1978-02-10", "amount": "6000"}] + [
        {"date": f"{1978 + (month + 3) // 12}-{(month + 3) % 12 + 1:02}-01", "amount": "-200"} for month in range(36)
    ]
    assert answer({"cash_flows": flows, "convention": "us_actuarial"})["annual_rate_convention"] == "11.82"


def test_the_questions_turned_round() -> None:
    most = answer({"ask": "principal", "payment": "800", "rate": {"value": "1"}, "term": {"count": 24}})
    assert (most["principal"], most["instalments"][0]["payment"]) == ("16994.70", "800.00")
    dearer = {"ask": "principal", "payment": "800", "rate": {"value": "1"}, "term": {"count": 24},
              "fees": [{"amount": "50", "when": "each"}]}  # fmt: skip
    assert answer(dearer)["instalments"][0]["payment"] == "800.00"
    long = answer({"ask": "term", "principal": "10000", "payment": {"amount": "500"}, "rate": {"value": "1"}})
    assert (long["instalments_needed"], long["total_interest"]) == (23, "1213.48")
    never = answer({"ask": "term", "principal": "10000", "payment": "100", "rate": {"value": "1"}})
    assert never["error"]["code"] == "never"


def test_draws_and_repayments() -> None:
    moves = [{"date": "2026-03-01", "amount": "10000"}, {"date": "2026-03-11", "amount": "-6050"}]
    line = {"movements": moves, "rate": {"value": "0.05", "period": "day"}, "settle_on": "2026-03-31"}
    found = answer(line)
    assert [row["balance"] for row in found["lines"]] == ["10000.00", "4000.00", "0.00"]
    assert (found["total_interest"], found["annual_rate_simple"]) == ("90.00", "18.25")
    assert answer(line | {"rate": {"value": "2"}})["error"]["field"] == "rate"
    assert answer(line | {"movements": [{"date": "2026-03-01", "amount": "-1"}]})["error"]["code"] == "missing"
    assert answer(line | {"movements": [{"amount": "1"}]})["error"]["code"] == "not_a_date"


def test_several_debts() -> None:
    debts = [{"name": "card", "balance": "8000", "annual_rate": "18", "minimum": "400"},
             {"name": "app", "balance": "5000", "annual_rate": "24"}]  # fmt: skip
    found = answer({"debts": debts, "budget": "1500"})
    assert [debt["name"] for debt in found["avalanche"]["cleared"]] == ["app", "card"]
    assert float(found["avalanche"]["total_interest"]) <= float(found["snowball"]["total_interest"])
    short = answer({"debts": debts, "budget": "300"})["error"]
    assert (short["code"], short["field"]) == ("below_minimums", "budget")
    assert answer({"debts": [], "budget": "1"})["error"]["field"] == "debts"


DAY = st.sampled_from(["2026-03-01", "2026-03-11", "2026-05-01", "9999-12-31", "x"])
MOVE = st.fixed_dictionaries({"date": DAY, "amount": NUMBER}, optional={"fee": NUMBER})
DEBT = st.fixed_dictionaries({"balance": NUMBER, "annual_rate": NUMBER}, optional={"name": NUMBER, "minimum": NUMBER})


@settings(deadline=None)
@given(st.lists(MOVE, max_size=4), st.lists(DEBT, max_size=3), NUMBER, DAY)
def test_any_account_is_answered(moves: list[Any], debts: list[Any], number: str | None, settle_on: str) -> None:
    moved = answer({"movements": moves, "rate": {"value": number, "period": "day"}, "settle_on": settle_on})
    assert ANSWERS & set(moved) or moved["error"]["message"]
    owed = answer({"debts": debts, "budget": number})
    assert ANSWERS & set(owed) or owed["error"]["message"]
