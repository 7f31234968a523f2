"""What typed text becomes before Rasa sees it, and which language a conversation goes on in."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations import MAX_TEXT, LanguageSource, Speech
from bot.conversations.text import follow_tapping, follow_typing, hear, tapped_by_typing
from bot.messages import Button, Language, Message

ZH_GUESSED = Speech(Language.ZH, LanguageSource.GUESSED)
ZH_ASSUMED = Speech(Language.ZH, LanguageSource.ASSUMED)
EN_CHOSEN = Speech(Language.EN, LanguageSource.CHOSEN)


@given(st.text(max_size=200))
def test_nothing_typed_begins_with_a_slash_for_rasa(text):
    # Rasa strips before it looks.
    assert not hear(text).for_rasa.strip().startswith("/")


@pytest.mark.parametrize(
    "typed",
    ["/restart", "  /restart", "\u202e/restart", "\ufeff/restart", "\u0000/restart", "//restart", "\n\t/restart"],
)
def test_slash_text_stays_readable_text(typed):
    heard = hear(typed)
    assert heard.for_rasa.startswith("／")
    assert heard.shown.startswith("/")


def test_full_width_slash_stays_as_typed():
    assert hear("／restart").for_rasa == "／restart"


def test_identity_number_reaches_nobody():
    heard = hear("我的身份证号是11010519491231002X，你看看")
    assert "11010519491231002X" not in heard.shown + heard.for_rasa
    assert "11010519491231002X" not in hear("身份证11010519491231002X" + "长" * 5000).shown


def test_that_something_was_masked_is_known_even_of_what_is_too_long_to_read():
    assert hear("验证码是384756").is_masked
    assert hear("长" * 5000 + "验证码是384756").is_masked
    assert not hear("他要我的验证码").is_masked
    assert not hear("长" * 5000).is_masked


@pytest.mark.parametrize("nothing", ["", "   ", "\n", "\u202e", "\u0000\u0007"])
def test_nothing_readable_is_refused(nothing):
    assert hear(nothing).refusal == "gateway_empty"


def test_length_counts_what_can_be_read():
    assert not hear("字" * MAX_TEXT).refusal
    assert not hear("字" * MAX_TEXT + "\u202e" * 50).refusal
    too_long = hear("字" * (MAX_TEXT + 1))
    assert too_long.refusal == "gateway_too_long"
    assert len(too_long.shown) < 300


def test_language_follows_the_script():
    assert follow_typing(ZH_GUESSED, "borrow 10,000 at 2% a month").language is Language.EN
    assert follow_typing(Speech(Language.EN, LanguageSource.GUESSED), "借一万").language is Language.ZH
    assert follow_typing(ZH_GUESSED, "10000 12").language is Language.ZH


def test_a_lone_latin_word_decides_only_when_nothing_is_known():
    assert follow_typing(ZH_GUESSED, "ok") == ZH_GUESSED
    assert follow_typing(ZH_ASSUMED, "hello").language is Language.EN


def test_a_choice_is_never_overruled():
    assert follow_typing(EN_CHOSEN, "借一万") == EN_CHOSEN
    assert follow_tapping(EN_CHOSEN, '/set_language{"language": "zh"}') == Speech(Language.ZH, LanguageSource.CHOSEN)


@pytest.mark.parametrize("payload", ["/learn", "/set_language", "/set_language{", '/set_language{"language": "fr"}'])
def test_other_payloads_choose_no_language(payload):
    assert follow_tapping(ZH_GUESSED, payload) == ZH_GUESSED


def shown(author, *titles):
    buttons = [Button(title=title, payload=f"/p{number}") for number, title in enumerate(titles)]
    return Message(id="m", author=author, text="x", buttons=buttons, created_at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "payload"),
    [("我要投诉", "/p0"), ("我要投诉。", "/p0"), ("b", "/p1"), ("B", "/p1"), ("投诉", None), ("12", None), ("", None)],
)
def test_what_can_be_tapped_can_be_typed(typed, payload):
    latest = [shown("user"), shown("bot", "我要投诉", "B. 二十一"), shown("bot")]
    assert tapped_by_typing(latest, typed) == payload


def test_only_buttons_of_the_last_answer_can_be_typed():
    assert tapped_by_typing([shown("bot", "我要投诉"), shown("user"), shown("bot")], "我要投诉") is None
