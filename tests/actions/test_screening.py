"""Screening as Rasa would call it: a message in, a verdict, its words and what to do out."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _support
from actions.screening import (
    ActionAskReview,
    ActionFileReview,
    ActionFirstAid,
    ActionReportFinding,
    ActionScreenAnswer,
    ActionShowFinding,
    ActionYesOrNo,
    ValidateScreenForm,
)
from bot.complaints import Filed
from bot.content.base import Bilingual, read_yaml
from bot.messages import VerdictCard, read_card
from bot.screening import Verdict
from bot.screening.finding import FollowUp

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = read_yaml(ROOT / "domain" / "screening.yml")
FAKE_LOAN = "您好，您的贷款已通过审批，放款前需先交2000元保证金到指定账户，逾期作废"


@pytest.fixture(scope="module")
def real(shipped):
    return SimpleNamespace(**vars(shipped))


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
    names = [message["response"] for message in messages]
    assert names == ["utter_screen_danger", "utter_screen_goes_on", "utter_screen_advice"]
    assert "先交2000元保证金" in messages[0]["findings"]
    card = read_card(messages[0]["custom"]["card"])
    assert isinstance(card, VerdictCard)
    assert card.level == "danger"
    assert card.signs
    assert card.advice
    assert card.source
    assert "1. " in messages[-1]["advice"]
    payloads = [button["payload"].split("{")[0] for button in messages[-1]["buttons"]]
    assert payloads == [
        "/already_paid", "/screen_report", "/lesson_open", "/check_message", "/dispute_verdict", "/menu",
    ]  # fmt: skip
    assert {event["name"]: event["value"] for event in events} == {
        "screen_text": None, "screen_last": FAKE_LOAN, "screen_answers": None,
    }  # fmt: skip


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


DOUBTFUL = "有人让我帮忙收个款再转出去，说给我提成"


def after(text, *events, **entities):
    """A turn after a message was looked at."""
    turn = tracker(text, "screen_answer", screen_last=DOUBTFUL)
    turn.latest_message["entities"] = [{"entity": name, "value": value} for name, value in entities.items()]
    turn.events.extend(events)
    return turn


async def run(action, turn):
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, turn, DOMAIN)
    return dispatcher.messages, events


@pytest.fixture
def doubtful(real, monkeypatch):
    """A finding that two questions would change."""
    finding = real.screener.screen(DOUBTFUL)
    questions = tuple(
        FollowUp(name, Bilingual(zh=f"{name}？", en=f"{name}?"), Verdict.DANGER, None, finding.advice)
        for name in ("fee", "stranger")
    )
    doubted = replace(finding, verdict=Verdict.CAUTION, emergency=None, questions=questions)
    monkeypatch.setattr(real, "screener", SimpleNamespace(screen=lambda _text: doubted))
    return doubted


async def test_at_most_one_question_is_asked_at_a_time_and_its_answer_changes_the_verdict(doubtful):
    messages, _ = await shown(DOUBTFUL)
    assert messages[-1]["response"] == "utter_screen_question"
    yes = json.loads(messages[-1]["buttons"][0]["payload"].removeprefix("/screen_answer"))
    messages, events = await run(ActionScreenAnswer(), after("/screen_answer", **yes))
    assert "很危险" in messages[0]["verdict"]
    assert [message["response"] for message in messages] == ["utter_screen_changed", "utter_screen_advice"]
    assert events[0]["value"] == {doubtful.questions[0].id: True}


async def test_a_no_leads_to_the_second_question(doubtful):
    no = {"question": doubtful.questions[0].id, "answer": "no"}
    messages, _ = await run(ActionScreenAnswer(), after("/screen_answer", **no))
    assert "不变" in messages[0]["verdict"]
    assert messages[-1]["question"] == doubtful.questions[1].ask.zh


async def test_yes_in_words_answers_only_what_was_just_asked(doubtful):
    asked = [{"event": "user"}, {"event": "action", "name": "action_show_finding"}, {"event": "user"}]
    turn = after("对的", *asked)
    turn.latest_message["intent"] = {"name": "affirm"}
    messages, _ = await run(ActionYesOrNo(), turn)
    assert "很危险" in messages[0]["verdict"]
    later = after("对的", {"event": "user"}, {"event": "action", "name": "action_menu"}, {"event": "user"})
    messages, _ = await run(ActionYesOrNo(), later)
    assert messages[0]["response"] == "utter_what_now"


async def test_what_has_happened_gets_first_aid_with_110_first():
    messages, events = await run(ActionFirstAid(), tracker("我已经转了五千给他", "already_paid"))
    assert "110" in messages[0]["steps"].splitlines()[1]
    assert [button["payload"] for button in messages[0]["buttons"]] == ["/screen_words", "/screen_report", "/menu"]
    assert events[0]["value"] == "我已经转了五千给他"


async def test_despair_is_answered_before_anything_else():
    messages, _ = await run(ActionFirstAid(), tracker("钱全没了，我不想活了", "already_paid"))
    assert messages[0]["response"] == "utter_screen_distress"


async def test_who_somebody_claims_to_be_comes_with_how_to_check():
    messages, _ = await shown("我是市公安局的民警，您涉嫌洗钱，请把钱转到安全账户")
    verify = next(message for message in messages if message["response"] == "utter_screen_verify")
    assert "110" in verify["numbers"]


async def test_a_report_begins_with_the_message_and_its_kind():
    _, events = await run(ActionReportFinding(), tracker("/screen_report", "screen_report", screen_last=FAKE_LOAN))
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    assert (slots["complaint_kind"], slots["complaint_story"]) == ("fraud", FAKE_LOAN)


async def test_a_disputed_verdict_goes_to_the_desk_once_with_leave(real, monkeypatch):
    filed = []
    desk = SimpleNamespace(file=lambda draft: filed.append(draft) or Filed("1234567890123456", 1))
    monkeypatch.setattr(real, "complaints", desk, raising=False)
    asked, _ = await run(ActionAskReview(), tracker("您判错了", "dispute_verdict", screen_last=FAKE_LOAN))
    assert filed == []
    assert asked[0]["buttons"][0]["payload"].startswith("/screen_review_send")
    for _ in range(2):
        messages, _ = await run(ActionFileReview(), tracker("/screen_review_send", screen_last=FAKE_LOAN))
    assert read_card(messages[0]["custom"]["card"]).receipt == "1234 5678 9012 3456"
    assert {(draft.draft_id, draft.kind, draft.story) for draft in filed} == {(filed[0].draft_id, "review", FAKE_LOAN)}
    assert filed[0].figures["verdict"] == "danger"


async def test_without_a_message_there_is_nothing_to_dispute():
    messages, _ = await run(ActionAskReview(), tracker("您判错了", "dispute_verdict"))
    assert messages[0]["response"] == "utter_screen_nothing_to_review"


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
