"""Bare answers to one question."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import Ambiguity, Period, Rate, Term, read_amount, read_date, read_rate, read_term, read_yes_no

TODAY = date(2026, 11, 24)

TERMS = [
    ("12期", 12, "month"), ("12", 12, "month"), ("十二", 12, "month"), ("一年半", 18, "month"),
    ("半年", 6, "month"), ("三个月", 3, "month"),
    ("三个月后", 3, "month"), ("1年零3个月", 15, "month"), ("7天", 7, "day"), ("两周", 2, "week"), ("3年", 3, "year"),
    ("two years", 2, "year"), ("a year and a half", 18, "month"), ("36 monthly payments", 36, "month"),
    ("half a year", 6, "month"),
    ("四个季度", 12, "month"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count", "unit"), TERMS)
def test_terms(text: str, count: int, unit: str) -> None:
    assert read_term(text) == Term(count, Period(unit))


AMOUNTS = [
    ("五千左右吧", "5000"), ("大概一万二", "12000"), ("about 5k", "5000"), ("half a million", "500000"),
    ("a couple of thousand", "2000"), ("借一万，不对两万", "20000"), ("10 thousnd", "10000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), AMOUNTS)
def test_one_amount(text: str, value: str) -> None:
    assert read_amount(text) == D(value)


@pytest.mark.parametrize("text", ["我28岁", "不记得了", "13812345678", "一万五到两万", "10个"])
def test_not_one_amount(text: str) -> None:
    assert read_amount(text) is None


MORE_TERMS = [
    ("俩月", 2, "month"), ("a fortnight", 2, "week"), ("18 mo", 18, "month"), ("12期，哦不24期", 24, "month"),
    ("期限12", 12, "month"), ("ten mounths", 10, "month"), ("十二个月左右", 12, "month"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count", "unit"), MORE_TERMS)
def test_more_terms(text: str, count: int, unit: str) -> None:
    assert read_term(text) == Term(count, Period(unit))


@pytest.mark.parametrize("text", ["", "不知道", "一万块", "2分", "0期", "12-24期", "3.5"])
def test_not_one_term(text: str) -> None:
    assert read_term(text) is None


@pytest.mark.parametrize(
    ("text", "value", "period"),
    [("月息两分", "2", "month"), ("年化18%", "18", "year"), ("万五", "0.05", "day"), ("2% a month", "2", "month"),
     ("15.4% p.a.", "15.4", "year"), ("两分利", "2", "month")],
)  # fmt: skip
def test_rates(text: str, value: str, period: str) -> None:
    assert read_rate(text) == Rate(D(value), Period(period))


@pytest.mark.parametrize("text", ["两分", "2个点", "2%", "年息一分", "月息1到2分"])
def test_rates_with_two_readings(text: str) -> None:
    found = read_rate(text)
    assert isinstance(found, Ambiguity)
    assert len(found.readings) > 1


DATES = [
    ("去年三月", date(2025, 3, 1)), ("2024年3月15号", date(2024, 3, 15)),
    ("二零二四年三月", date(2024, 3, 1)), ("March 2024", date(2024, 3, 1)),
    ("15 March 2024", date(2024, 3, 15)), ("March 15th, 2024", date(2024, 3, 15)), ("2024-03-15", date(2024, 3, 15)),
    ("2024/3", date(2024, 3, 1)), ("20240315", date(2024, 3, 15)), ("昨天", date(2026, 11, 23)),
    ("三天前", date(2026, 11, 21)),
    ("上个月", date(2026, 10, 1)), ("今年1月", date(2026, 1, 1)), ("3月", date(2026, 3, 1)),
    ("12月", date(2025, 12, 1)),
    ("前年", date(2024, 1, 1)), ("two years ago", date(2024, 11, 24)), ("半年前", date(2026, 5, 24)),
    ("last month", date(2026, 10, 1)),
    ("yesterday", date(2026, 11, 23)), ("last March", date(2026, 3, 1)), ("23年5月", date(2023, 5, 1)),
    ("2022", date(2022, 1, 1)),
    ("大概去年三月份", date(2025, 3, 1)), ("上个月15号", date(2026, 10, 15)),
    ("the 15th of last month", date(2026, 10, 15)),
    ("3/15/2024", date(2024, 3, 15)), ("15/3/2024", date(2024, 3, 15)), ("3 months back", date(2026, 8, 24)),
    ("a couple of months ago", date(2026, 9, 24)), ("去年10月份左右", date(2025, 10, 1)),
    ("去年年底", date(2025, 12, 1)),
    ("一个半月前", date(2026, 9, 24)), ("last year", date(2025, 1, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: date) -> None:
    assert read_date(text, TODAY) == expected


@pytest.mark.parametrize(
    "text", ["", "不记得了", "2024年13月", "2024-02-30", "may I ask", "一万", "99999999年前", "3/4/2024"]
)
def test_no_date(text: str) -> None:
    assert read_date(text, TODAY) is None


@pytest.mark.parametrize(
    "text", ["是", "好的", "可以", "没问题", "没错", "對", "嗯嗯", "yes", "OK", "I agree", "y", "sure", "同意", "👍"]
)
def test_yes(text: str) -> None:
    assert read_yes_no(text) is True


@pytest.mark.parametrize(
    "text",
    ["不", "不是", "没有", "不同意", "不要", "no", "No thanks", "nope", "我不同意", "算了", "I do not agree", "n"],
)
def test_no(text: str) -> None:
    assert read_yes_no(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "也许",
        "maybe",
        "中国银行",
        "可以贷多少",
        "想问一下怎么还",
        "不知道",
        "not sure",
        "no idea",
        "不明白",
        "要多少钱",
        "是吗",
        "借一万",
        "什么意思",
    ],
)
def test_neither(text: str) -> None:
    assert read_yes_no(text) is None


@given(st.text(max_size=300))
def test_nothing_breaks_them(text: str) -> None:
    for read in (read_amount, read_term, read_rate, read_yes_no):
        read(text)
    read_date(text, TODAY)
