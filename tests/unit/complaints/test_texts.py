"""What a text is found by, what makes two alike, and what is hidden of it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.complaints.likeness import Shared, links_in, marks_of, numbers_in, party_name, without_numbers
from bot.complaints.redaction import Span, redacted, spans_of
from bot.complaints.search import asked_terms, folded, says, terms_of

STORY = "他们每天给我家里打电话骂人，说再不还钱就上门，尾号 6688 的卡被扣了三次，我妈吓得睡不着"


def keyed(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


@pytest.mark.parametrize("asked", ["骂人", "上门 扣了", "6688", "还钱就上门"])
def test_what_a_text_says_is_found(asked):
    assert asked_terms(asked) <= terms_of([STORY])
    assert says([STORY], asked)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The collectors called my mother", "collector"),
        ("Ｃｏｌｌｅｃｔ agency", "collect"),
        ("card 6222021234566688", "6688"),
    ],
)
def test_beginnings_of_words_and_ends_of_numbers(text, asked):
    assert asked_terms(asked) <= terms_of([text])
    assert says([text], asked)


@pytest.mark.parametrize("asked", ["", "我", "ab", "，。", "\x00"])
def test_too_little_finds_nothing(asked):
    assert asked_terms(asked) == set()


@given(st.text(max_size=60), st.integers(0, 60), st.integers(2, 10))
def test_every_part_of_a_text_can_be_found_in_it(text, at, length):
    part = folded(text)[at : at + length]
    if part.strip() == part and " " not in part and part.isascii() is False:
        assert says([text], part)


def shared(first, second):
    return {mark.shared for mark in marks_of(*first, keyed) & marks_of(*second, keyed)}


def test_the_same_words_with_changes_are_alike_and_others_are_not():
    other = STORY.replace("每天", "天天").replace("三次", "两回")
    assert Shared.WORDS in shared((STORY, ""), (other, ""))
    assert shared((STORY, ""), ("信用卡被多收了年费，打客服一直没人接，说好免三年的，现在不认账了", "")) == set()


@pytest.mark.parametrize(
    ("first", "second"),
    [("极速贷网络科技有限公司", "极速贷 APP"), ("某 小额贷款公司", "小额贷款"), ("Fast Cash Ltd", "FAST CASH"),
     ("中国农村银行城东支行", "农村银行城东")],
)  # fmt: skip
def test_one_institution_written_two_ways(first, second):
    assert party_name(first) == party_name(second) != ""


@pytest.mark.parametrize("name", ["", "—", "某", "？"])
def test_no_name_is_no_institution(name):
    assert party_name(name) == ""


def test_numbers_handles_and_links():
    text = "打 138 0000 1111 或加微信：loan_fast88，点 https://m.jisu-dai.example/a?x=1 身份证"
    assert numbers_in(text) == {"13800001111", "loan_fast88"}
    assert links_in(text) == {"m.jisu-dai.example"}
    assert numbers_in("借了5000，还了三期，2026年3月1日") == set()


def test_hidden_words_are_gone_and_their_length_with_them():
    parts = {"story": "王小明欠钱，王小明不还", "wish": "别找王小明"}
    spans = spans_of(parts, "王小明")
    assert [span.part for span in spans] == ["story", "story", "wish"]
    assert redacted("story", parts["story"], spans) == "████欠钱，████不还"
    assert redacted("wish", parts["wish"], spans) == "别找████"
    assert redacted("amount", "王小明", spans) == "王小明"


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5))
def test_nothing_within_a_span_is_shown_and_all_else_is(text, stretches):
    spans = [Span("story", min(pair), max(pair)) for pair in stretches if min(pair) < max(pair) <= len(text)]
    hidden = {at for span in spans for at in range(span.start, span.stop)}
    kept = "".join(letter for at, letter in enumerate(text) if at not in hidden)
    if "█" not in text:
        assert redacted("story", text, spans).replace("█", "") == kept


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打 138 1234 5678 找我", "打 ************* 找我"),
        ("加微信：abc_12345，转3000元", "加微信：*********，转3000元"),
        ("卡号6222021234567890123", "卡号*******************"),
        ("3000元，12期", "3000元，12期"),
    ],
)
def test_numbers_and_accounts_are_masked_in_place_but_amounts_stay(text, masked):
    assert without_numbers(text) == masked
