"""Screening as Rasa would call it: a message in, a verdict, its words and what to do out."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _support
from actions.screening import ActionShowFinding, ValidateScreenForm
from bot.content import load_content
from bot.messages import VerdictCard, read_card
from bot.screening import Screener

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = yaml.safe_load((ROOT / "domain" / "screening.yml").read_text(encoding="utf-8"))
FAKE_LOAN = "您好，您的贷款已通过审批，放款前需先交2000元保证金到指定账户，逾期作废"


@pytest.fixture(scope="module")
def real():
    content = load_content(ROOT / "data")
    return SimpleNamespace(content=content, screener=Screener(content.fraud))


@pytest.fixture(autouse=True)
def _services(real):
    _support.set_services(real)
    yield
    _support.set_services(None)


def tracker(text, intent="check_message", *, language="zh", asked=None, **slots):
    loop = {"name": "screen_form"} if asked else {}
    filled = {"language": language, "requested_slot": asked, "screen_text": None, **slots}
    latest = {"text": text, "intent": {"name": intent, "confidence": 0.9}, "entities": []}
    return Tracker("sender", filled, latest, [], False, None, loop, "action_listen")  # noqa: FBT003


async def extracted(turn):
    events = await ValidateScreenForm().run(CollectingDispatcher(), turn, DOMAIN)
    return next((event["value"] for event in events if event["name"] == "screen_text"), None)


async def shown(text, language="zh"):
    dispatcher = CollectingDispatcher()
    events = await ActionShowFinding().run(dispatcher, tracker("x", language=language, screen_text=text), DOMAIN)
    return dispatcher.messages, events


@pytest.mark.parametrize(
    "text",
    [
        f"帮我看看这条短信是不是骗局：{FAKE_LOAN}",
        "是真的吗？\n" + FAKE_LOAN,
        FAKE_LOAN,
        "有人让我刷单，先垫钱后返利",
        'is this a scam? "your parcel is held, pay a small customs fee at this link now to release it today"',
    ],
)
async def test_a_message_in_the_question_is_looked_at_at_once(text):
    assert await extracted(tracker(text)) == text


@pytest.mark.parametrize("text", ["帮我看看这是不是骗局", "is this a scam?", "/check_message"])
async def test_a_question_alone_asks_for_the_message(text):
    assert await extracted(tracker(text)) is None


async def test_whatever_is_pasted_next_is_the_message_whatever_it_seems_to_mean():
    assert await extracted(tracker(FAKE_LOAN, "ask_loan_cost", asked="screen_text")) == FAKE_LOAN
    assert await extracted(tracker("嗯", "affirm", asked="screen_text")) == "嗯"


@pytest.mark.parametrize(("text", "intent"), [("/menu", "menu"), ("取消", "cancel"), ("我要投诉", "start_complaint")])
async def test_the_form_steps_aside_for_other_wishes(text, intent):
    assert await extracted(tracker(text, intent, asked="screen_text")) is None


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_danger_names_the_words_and_what_to_do(language):
    messages, events = await shown(FAKE_LOAN, language)
    assert [message["response"] for message in messages] == ["utter_screen_danger", "utter_screen_advice"]
    assert "先交2000元保证金" in messages[0]["findings"]
    card = read_card(messages[0]["custom"]["card"])
    assert isinstance(card, VerdictCard)
    assert card.level == "danger"
    assert card.signs
    assert card.advice
    assert card.source
    assert "1. " in messages[1]["advice"]
    payloads = [button["payload"] for button in messages[1]["buttons"]]
    assert payloads[0] == "/start_complaint"
    assert payloads[-2:] == ["/check_message", "/menu"]
    assert [(event["name"], event["value"]) for event in events] == [("screen_text", None)]


async def test_an_emergency_begins_with_110():
    messages, _ = await shown("客服让我共享屏幕，我已经转了5000元")
    assert messages[0]["response"] == "utter_screen_first_aid"
    assert "110" in messages[0]["steps"]
    card = read_card(messages[1]["custom"]["card"])
    assert isinstance(card, VerdictCard)
    assert any("110" in step for step in card.advice[:2])


async def test_nothing_found_is_never_called_safe():
    messages, _ = await shown("今晚回家吃饭吗，我买了菜")
    assert messages[0]["response"] == "utter_screen_no_sign"
    assert "不能证明" in messages[0]["verdict"]
    assert all("安全" not in str(message) for message in messages)


async def test_too_little_keeps_asking_for_the_message():
    messages, events = await shown("嗯")
    assert messages[0]["response"] == "utter_screen_unsure"
    assert (events[-1]["event"], events[-1]["name"]) == ("followup", "screen_form")
    assert await extracted(tracker("嗯")) is None  # the form begun anew does not take the same words again


@pytest.mark.parametrize(
    "text", ["🙂" * 50, "\u202eevil", "<b>x</b>'; DROP TABLE cases;--", "a" * 100_000, "{0[x]} 0[1]"]
)
async def test_odd_texts_get_an_answer(text):
    messages, _ = await shown(text)
    assert messages


def test_texts_are_complete_in_both_languages():
    for name, variants in DOMAIN["responses"].items():
        by_language = {variant["condition"][0]["value"]: variant["text"] for variant in variants}
        assert set(by_language) == {"zh", "en"}, name
        fields = {language: set(re.findall(r"\{\w+\}", text)) for language, text in by_language.items()}
        assert fields["zh"] == fields["en"], name
