"""The grammar of money against sentences in the voices of real people, and against everything else there is."""

import json
from decimal import Decimal as D
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.terms_tool import run
from bot.language import Field, Period, Rate, Reason, read_terms
from bot.language.terms import plain

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "terms.yml").read_text(encoding="utf-8"))


def _rate(found) -> str:
    kind = "" if found["kind"] == "interest" else f"/{found['kind']}"
    return f"{found['value']}/{found['period']}{kind}"


def _fee(fee) -> str:
    size = fee.get("amount") or f"{fee['percent']}%"
    return " ".join(part for part in (fee["name"], size, fee.get("when")) if part)


def _short(text: str) -> dict:
    found = read_terms(text).to_json()
    shown = {"rate": _rate, "term": lambda term: f"{term['count']} {term['unit']}"}
    shown["payment"] = lambda payment: f"{payment['amount']}/{payment['period']}"
    shown["fees"] = lambda fees: [_fee(fee) for fee in fees]
    short = {name: shown.get(name, lambda value: value)(value) for name, value in found.items() if name != "ambiguous"}
    asked = sorted(one["field"] for one in found.get("ambiguous", []))
    return short | ({"ask": asked} if asked else {})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["say"] or "empty")
def test_reads_what_was_said(case) -> None:
    expected = {name: value for name, value in case.items() if name != "say"}
    if "ask" in expected:
        expected["ask"] = sorted(expected["ask"])
    assert _short(case["say"]) == expected


def test_both_readings_are_given_with_the_words_said() -> None:
    question = read_terms("借一万，年息１分").unsure_of(Field.RATE)
    assert question is not None
    assert question.text == "年息１分"
    assert question.readings == (Rate(D(10), Period.YEAR), Rate(D(1), Period.MONTH))


@given(st.text(max_size=400))
def test_nothing_breaks_it(text: str) -> None:
    json.dumps(read_terms(text).to_json(), allow_nan=False)


VOCABULARY = [
    *"借还分厘万千个期年天一两二十半点元块到多",
    *("到手", "月息", "年化", "手续费", "先扣", "利息", "每月", "个月", "等额本息", "左右"),
    *(" ", ",", "，", "。", "-", "~", "$", "%", "1", "2", "12", "3.5"),
    *("borrow ", " at ", "a month", " payments of ", " and ", "half", "thousand", " percent", "fee", "upfront"),
]


@given(st.lists(st.sampled_from(VOCABULARY), max_size=25).map("".join))
def test_no_order_of_its_own_words_breaks_it(text: str) -> None:
    found = read_terms(text)
    json.dumps(found.to_json(), allow_nan=False)
    for question in found.ambiguous:
        assert question.readings
        assert question.text in text
        if question.reason is not Reason.APPROXIMATE and question.field is not Field.PAYMENT:
            assert getattr(found, question.field.value) is None or question.field is Field.RATE


amounts = st.integers(100, 10_000_000)
rates = st.decimals("0.01", "36", places=2)


@given(amounts, rates, st.integers(2, 60))
def test_reads_back_what_it_prints(amount: int, rate: D, count: int) -> None:
    for text in (
        f"借{amount}元，月利率{plain(rate)}%，分{count}期",
        f"borrow {amount:,} yuan at {plain(rate)}% a month over {count} months",
    ):
        found = read_terms(text)
        assert found.principal == amount
        assert found.rate == Rate(rate, Period.MONTH)
        assert found.term is not None
        assert (found.term.count, found.term.unit) == (count, Period.MONTH)
        assert not found.ambiguous


def test_the_tool_answers_every_line() -> None:
    lines = ['{"text": "借一万"}', "nonsense", "[]", '{"words": 1}', '{"text": "月息2分"}']
    answers = [json.loads(line) for line in run(lines)]
    assert answers[0] == {"principal": "10000"}
    assert [answer["error"]["code"] for answer in answers[1:4]] == ["not_json", "not_object", "missing"]
    assert answers[3]["error"]["field"] == "text"
    assert answers[4] == {"rate": {"value": "2", "period": "month", "kind": "interest"}}
