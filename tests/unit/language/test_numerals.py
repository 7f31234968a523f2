"""Numbers as people write and say them."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import read_amount
from bot.language.folding import fold
from bot.language.numerals import digits

WRITTEN = [
    ("一万二", "12000"), ("两万五", "25000"), ("3千5", "3500"), ("1.3w", "13000"), ("1w2", "12000"), ("2k5", "2500"),
    ("壹拾万元整", "100000"), ("一万零五百", "10500"), ("一万二百", "10200"), ("十万五", "105000"), ("一百五", "150"),
    ("一百零五", "105"), ("三千零五十", "3050"), ("1万200", "10200"), ("1万3千5", "13500"),
    ("二十一万三千四百五十六", "213456"),
    ("一亿二", "120000000"), ("10,000.50", "10000.5"), ("１０，０００", "10000"), ("10 000", "10000"),
    ("10k", "10000"),
    ("three and a half thousand", "3500"), ("ten thousand", "10000"), ("twelve hundred", "1200"),
    ("one hundred and fifty thousand", "150000"), ("five grand", "5000"), ("2.5 million", "2500000"),
    ("三块五", "3.5"), ("5毛", "0.5"), ("￥5000", "5000"), ("RMB 5,000", "5000"), ("5000左右", "5000"),
    ("两千五百块钱", "2500"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), WRITTEN)
def test_amounts(text: str, value: str) -> None:
    assert read_amount(text) == D(value)


@pytest.mark.parametrize(
    "text", ["5个", "12期", "2分", "三五千", "1到2万", "-500", "0", "没有", "", "一万和两万", "5%", "1" * 40]
)
def test_not_one_amount(text: str) -> None:
    assert read_amount(text) is None


_DIGITS = "零一二三四五六七八九"


def _said(number: int) -> str:
    """A whole number in Chinese, in full, as a bank clerk would say it."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return _said(high) + "万" + ("" if not low else ("零" if low < 1000 else "") + _said(low))
    parts, pending = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            parts += ("零" if pending and parts else "") + _DIGITS[digit] + name
            pending = False
        else:
            pending = True
    return parts


@given(st.integers(1, 99_999_999))
def test_reads_back_any_number_said_in_full(number: int) -> None:
    assert read_amount(_said(number) + "元") == number


@given(st.text(max_size=200))
def test_folding_keeps_the_length_and_quotes_fit(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    found = digits(folded, text)
    assert found.quote(0, len(found.text)) == text.strip()
