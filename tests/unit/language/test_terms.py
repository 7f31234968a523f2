"""The grammar of money against sentences in the voices of real people, and against everything else there is."""

import json
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.terms import short
from bot.cli.terms_tool import run
from bot.content.base import read_yaml
from bot.language import Field, Period, Rate, Reason, read_terms
from bot.language.folding import MOST_READ
from bot.language.terms import plain

FOLDER = Path(__file__).parent / "cases"
FILES = ("terms", "zh_sums_and_rates", "zh_offers", "zh_talk", "en")
CASES = [case for name in FILES for case in read_yaml(FOLDER / f"{name}.yml")]
NOT_YET = read_yaml(FOLDER / "not_yet.yml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["say"] or "empty")
def test_reads_what_was_said(case) -> None:
    expected = {name: value for name, value in case.items() if name != "say"}
    if "ask" in expected:
        expected["ask"] = sorted(expected["ask"])
    assert short(case["say"]) == expected


@pytest.mark.parametrize("case", NOT_YET, ids=lambda case: case["say"])
def test_what_is_not_read_yet_is_still_listed(case) -> None:
    """A case that is read by now belongs to the others."""
    assert short(case["say"]) != {name: value for name, value in case.items() if name != "say"}


CONTRACT = {
    "principal", "received", "rate", "term", "payment", "total", "fees", "method", "practices", "ambiguous",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["say"] or "empty")
def test_what_is_written_keeps_to_the_contract(case) -> None:
    found = read_terms(case["say"]).to_json()
    assert set(found) <= CONTRACT
    for rate in (found.get("rate"), *_rates_asked(found)):
        if rate is not None:
            assert rate["period"] in {"day", "month", "year", "once"}
            assert rate["kind"] in {"interest", "flat_fee"}
    if "term" in found:
        assert isinstance(found["term"]["count"], int)
        assert found["term"]["unit"] in {"day", "week", "month", "year"}
    for question in found.get("ambiguous", []):
        assert question["readings"] or question["reason"] == "too_large"
        if question["reason"] != "approximate" and question["field"] not in {"fees", "rate"}:
            assert question["field"] not in found


def _rates_asked(found) -> list:
    asked = [one["readings"] for one in found.get("ambiguous", []) if one["field"] == "rate"]
    return [reading for readings in asked for reading in readings if isinstance(reading, dict) and "kind" in reading]


def test_the_rate_of_a_week_is_written_by_the_day() -> None:
    found = read_terms("借一万，周息5%").to_json()
    assert found["rate"] == {
        "value": "0.714286",
        "period": "day",
        "kind": "interest",
        "said": {"value": "5", "period": "week"},
    }


def test_the_rate_of_a_quarter_is_a_quarter_of_the_years() -> None:
    assert read_terms("每季度3%").rate == Rate(D(12), Period.YEAR)


NASTY = [
    *("1", "9 ", "一", "万", "1,000 ", "借1万", "月息2分", "one hundred and ", "half a ", "不是", "no, 1", "1期", "1-"),
    *("1到", "1%", "between 1 and ", "1x", "打1个", "earn 1", "phone 1", "principal due ", "1️⃣", "月 息 ", "到期", "扣"),
    *(" ", "𠀀", "先扣第一个月", "1 or 2 ", "利息，", "(", "12:30 ", "年", "a couple of "),
]


@pytest.mark.parametrize("unit", NASTY)
def test_length_costs_nothing(unit: str) -> None:
    """A text a hundred thousand letters long is read as its beginning is: no pattern sees more of it."""
    text = (unit * (100_000 // len(unit) + 1))[:100_000]
    assert read_terms(text) == read_terms(text[:MOST_READ])


def _zh(amount: int, rate: D, count: int) -> list[str]:
    return [
        f"借{amount}元，月利率{plain(rate)}%，分{count}期",
        f"想贷{amount}块钱 月息{plain(rate)}% {count}个月",
        f"月利率{plain(rate)}%，本金{amount}，{count}期还清",
        f"借{amount}块，每月{plain(rate)}%的利息，借{count}个月",
        f"贷款金额：{amount}；期数：{count}；月利率：{plain(rate)}%",
        f"我今年52岁，想借{amount}元，分{count}期，月息{plain(rate)}%，电话13800001234",
    ]


def _en(amount: int, rate: D, count: int) -> list[str]:
    return [
        f"borrow {amount:,} yuan at {plain(rate)}% a month over {count} months",
        f"a loan of {amount}, {plain(rate)} percent per month, {count} monthly payments",
        f"{count} months, {amount:,} RMB, {plain(rate)}% monthly",
        f"I'm 45 and want to borrow {amount} for {count} months at {plain(rate)}% per month",
    ]


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
        assert question.readings or question.reason is Reason.TOO_LARGE
        assert question.text in text
        if question.reason is not Reason.APPROXIMATE and question.field not in {Field.PAYMENT, Field.FEES}:
            assert getattr(found, question.field.value) is None or question.field is Field.RATE


amounts = st.integers(100, 10_000_000)
rates = st.decimals("0.01", "36", places=2)


@given(amounts, rates, st.integers(2, 60))
def test_reads_back_what_it_prints(amount: int, rate: D, count: int) -> None:
    for text in _zh(amount, rate, count) + _en(amount, rate, count):
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


@given(st.text("我想问一下这个怎么办呢不知道好吗 ,。!?abcdefgh", max_size=60))
def test_without_a_number_nothing_is_invented(text: str) -> None:
    """No digit and no word for one: no sum, no time, no price."""
    found = read_terms(text)
    assert (found.principal, found.received, found.term, found.payment, found.rate) == (None,) * 5


figures = st.integers(1000, 999_999)


@given(figures, figures, st.sampled_from(["借{}，到手{}", "borrow {}, I get {} in hand", "合同{}，每月还{}"]))
def test_every_sum_was_said(first: int, second: int, words: str) -> None:
    found = read_terms(words.format(first, second))
    sums = {found.principal, found.received, found.payment.amount if found.payment else None} - {None}
    assert sums <= {D(first), D(second)}
