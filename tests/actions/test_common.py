"""What belongs to no skill: above all, not having understood."""

from types import SimpleNamespace

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _support
from actions.common import ActionDefaultFallback, ActionOutOfScope


@pytest.fixture(scope="module")
def real(shipped):
    return SimpleNamespace(**vars(shipped))


@pytest.fixture(autouse=True)
def _services(real):
    _support.set_services(real)
    yield
    _support.set_services(None)


async def not_understood(text, *, before=(), ranking=()):
    latest = {"text": text, "intent": {"name": "nlu_fallback"}, "intent_ranking": [{"name": name} for name in ranking]}
    tracker = Tracker("sender", {"language": "zh"}, latest, list(before), False, None, {}, "action_listen")  # noqa: FBT003
    dispatcher = CollectingDispatcher()
    events = await ActionDefaultFallback().run(dispatcher, tracker, {})
    return dispatcher.messages, events


async def test_three_meanings_and_the_menu_are_offered_the_likeliest_first():
    [said], _ = await not_understood("那个啥", ranking=["nlu_fallback", "learn", "greet"])
    offered = [button["payload"] for button in said["buttons"]]
    assert offered == ["/learn", "/ask_loan_cost", "/ask_usury", "/menu"]


async def test_the_second_time_numbers_where_people_answer_are_given():
    turns = [{"event": "user"}, {"event": "action", "name": "action_default_fallback"}, {"event": "user"}]
    [said], _ = await not_understood("那个啥", before=turns)
    assert said["response"] == "utter_not_understood_again"
    assert "12345" in said["hotlines"]


@pytest.mark.parametrize("text", ["两万", "2分利", "到手九千", "一个月还八百"])
async def test_figures_are_understood_whatever_is_around_them(text):
    said, events = await not_understood(text)
    assert said == []
    assert events[-1]["name"] == "loan_form"


@pytest.mark.parametrize("text", ["银行几点开门", "等了三天了", "我住三楼", ""])
async def test_what_names_no_sum_begins_no_offer(text):
    _, events = await not_understood(text)
    assert events == []


async def test_a_fact_of_the_loan_just_shown_is_put_right_whatever_it_seems_to_mean():
    shown = {"principal": "10000", "payment": "1000", "payment_period": "month", "term": {"count": 12, "unit": "month"}}
    slots = {"language": "zh", "loan_offer": shown}
    for text, offer, goes_on in (
        ("到手只有9000", shown, True),
        ("期限是24个月", shown, True),
        ("期限是24个月", None, False),
    ):
        latest = {"text": text, "intent": {"name": "out_of_scope"}}
        slots["loan_offer"] = offer
        tracker = Tracker("sender", slots, latest, [], False, None, {}, "action_listen")  # noqa: FBT003
        events = await ActionOutOfScope().run(CollectingDispatcher(), tracker, {})
        assert bool(events) is goes_on


@pytest.mark.parametrize("text", ["我被骗了，刚给他转了3000块保证金", "I was cheated, I just sent him a 3000 deposit"])
async def test_a_fraud_that_has_happened_is_no_offer_whatever_it_was_taken_for(text):
    said, events = await not_understood(text)
    assert said == []
    assert [event["name"] for event in events] == ["screen_form"]
