import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import clean, guess_language
from bot.messages import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("借一万", Language.ZH), ("hello", Language.EN), ("12期", Language.ZH), ("12", None), ("1000", None),
        ("👍", None),
        ("", None), ("borrow 10k", Language.EN), ("这是真的吗 http://a.cn", Language.ZH), ("APR 24%是啥", Language.ZH),
        ("привет ok", None), ("贷kuan", Language.ZH),
    ],
)  # fmt: skip
def test_guess(text: str, language: Language | None) -> None:
    assert guess_language(text) is language


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x07c", "abc"), ("\u202eabc\u202c", "abc"), ("a\r\nb\rc", "a\nb\nc"), ("\ufeff/menu", "/menu"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"), ("  空 格  ", "空 格"), ("\ud800x", "x"),
    ],
)  # fmt: skip
def test_clean(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text())
def test_clean_is_stable(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_clean_bounds_any_text() -> None:
    assert len(clean("借" * 100_000)) < 100_000
