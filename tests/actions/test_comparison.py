"""Offers side by side: what is kept, what is shown, what is warned of."""

from datetime import date
from decimal import Decimal as D
from types import SimpleNamespace

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _comparison_show, _support, comparison
from actions._loan_offer import Offer
from actions._offer_shown import worked_out
from actions.loan_costs import ActionShowLoanCost, begin_offer
from bot.content.base import read_yaml
from bot.lending import Method, Rate, RateKind, Term, Unit
from bot.messages import read_card
from bot.settings import ROOT

RESPONSES = read_yaml(ROOT / "domain" / "comparison.yml")["responses"]
CHEAP = {"principal": "10000", "rate": {"value": "1", "period": "month"}, "term": {"count": 12}, "brief": True}
DEAR = {"principal": "10000", "rate": {"value": "2", "period": "month"}, "term": {"count": 12}, "brief": True}
LONG = {"principal": "10000", "rate": {"value": "1", "period": "month"}, "term": {"count": 24}, "brief": True}


@pytest.fixture(scope="module")
def real(shipped):
    return SimpleNamespace(**vars(shipped))


@pytest.fixture(autouse=True)
def _services(real, monkeypatch):
    _support.set_services(real)
    monkeypatch.setattr(_comparison_show, "today", lambda: date(2026, 9, 25))
    yield
    _support.set_services(None)


def slots(*offers, language="zh"):
    return {"language": language, "compared_offers": list(offers[:-1]) or None, "loan_offer": offers[-1]}


async def run(action, held, text="/x", loop=None, **entities):
    latest = {
        "text": text,
        "intent": {"name": "compare_offers"},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }
    active = {"name": loop} if loop else {}
    tracker = Tracker("sender", held, latest, [], False, None, active, "action_listen")  # noqa: FBT003
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, {})
    changed = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    follow = [event["name"] for event in events if event["event"] == "followup"]
    return dispatcher.messages, {**held, **changed}, follow


def shown(message, language="zh"):
    variants = {variant["condition"][0]["value"]: variant["text"] for variant in RESPONSES[message["response"]]}
    return variants[language].format(**{name: value for name, value in message.items() if isinstance(value, str)})


async def test_the_offer_shown_is_kept_and_the_next_is_asked_for():
    said, held, follow = await run(comparison.ActionStartComparison(), slots(CHEAP))
    assert held["compared_offers"] == [Offer.from_slot(CHEAP).to_slot()]
    assert worked_out(Offer.from_slot(held["loan_offer"])) is None
    assert held["loan_offer"] is not None
    assert follow == ["loan_form"]
    assert "第1笔" in shown(said[0])
    assert "第2笔" in shown(said[0])


async def test_a_next_offer_told_at_once_is_not_asked_for():
    said, _, follow = await run(comparison.ActionStartComparison(), slots(CHEAP), "另一家借一万，每月还950，12期，比比")
    assert (said, follow) == ([], ["loan_form"])


async def test_without_an_offer_the_first_one_is_asked_for():
    said, held, follow = await run(comparison.ActionStartComparison(), slots(None))
    assert said[0]["response"] == "utter_comparison_first"
    assert (held["compared_offers"], follow) == (None, ["loan_form"])


async def test_an_offer_half_told_is_neither_kept_nor_lost():
    half = {"principal": "10000"}
    said, held, _ = await run(comparison.ActionStartComparison(), slots(CHEAP, half), loop="loan_form")
    assert said[0]["response"] == "utter_comparison_go_on"
    assert held["loan_offer"] == half
    assert held["compared_offers"] == [CHEAP]


async def test_a_fifth_offer_needs_a_place():
    said, held, follow = await run(comparison.ActionStartComparison(), slots(CHEAP, DEAR, LONG, DEAR))
    assert said[0]["response"] == "utter_comparison_full"
    assert len(said[0]["buttons"]) == 5
    assert (len(held["compared_offers"]), follow) == (3, [])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            ["第1笔少，比第2笔少花685.29元", "每月负担：第1笔轻，最多的一个月还888.49元", "第1笔低，12%（第2笔24%）"],
        ),
        ("en", ["Offer 1 costs less, 685.29 yuan less than Offer 2", "888.49 yuan", "lower, 12% (Offer 2: 24%)"]),
    ],
)
async def test_the_sentence_says_who_costs_less_and_by_how_much(language, words):
    said, _, _ = await run(ActionShowLoanCost(), slots(CHEAP, DEAR, language=language))
    text = shown(said[0], language)
    assert [one for one in words if one not in text] == []
    card = read_card(said[0]["custom"]["card"])
    [table] = card.tables
    assert len(table.columns) == 3
    assert all(len(row) == 3 for row in table.rows)
    assert [row[1:] for row in table.rows][4] == (["661.86元", "1,347.15元"] if language == "zh" else
                                                  ["661.86 yuan", "1,347.15 yuan"])  # fmt: skip
    assert "12%" in table.rows[-1][1]


async def test_every_offer_is_told_in_text_too_and_four_fit_a_message():
    for language, most in (("zh", 300), ("en", 600)):
        said, _, _ = await run(ActionShowLoanCost(), slots(CHEAP, DEAR, LONG, DEAR, language=language))
        for message in said:
            assert len(shown(message, language)) <= most
        assert [len(shown(message, language).splitlines()) for message in said[1:3]] == [2, 2]


async def test_a_longer_loan_is_warned_of_and_no_offer_is_advised():
    said, _, _ = await run(ActionShowLoanCost(), slots(CHEAP, LONG))
    note = shown(said[-1])
    assert "时间不一样长" in note
    assert "到手的钱不一样" not in note
    less_in_hand = {**DEAR, "received": "9000"}
    said, _, _ = await run(ActionShowLoanCost(), slots(CHEAP, less_in_hand))
    assert "到手的钱不一样" in shown(said[-1])
    text = "".join(map(shown, said))
    assert not any(word in text for word in ("建议选", "推荐", "选第"))


async def test_equal_offers_are_called_equal():
    said, _, _ = await run(ActionShowLoanCost(), slots(CHEAP, CHEAP))
    assert shown(said[0]).count("一样") == 3


async def test_one_is_taken_away_by_button_or_by_its_name():
    said, held, _ = await run(comparison.ActionRemoveOffer(), slots(CHEAP, DEAR, LONG), comparison_place="2")
    assert (held["compared_offers"], held["loan_offer"]) == ([CHEAP], LONG) or len(held["compared_offers"]) == 1
    assert said[0]["response"] == "utter_comparison"
    _, held, _ = await run(comparison.ActionRemoveOffer(), slots(CHEAP, DEAR, LONG), "第三笔不要了")
    assert held["loan_offer"]["rate"]["value"] == "2"


async def test_the_last_one_left_is_shown_alone():
    said, held, _ = await run(comparison.ActionRemoveOffer(), slots(CHEAP, DEAR), "remove the first")
    assert said[0]["response"] == "utter_loan_result_level"
    assert held["compared_offers"] is None
    assert held["loan_offer"]["rate"]["value"] == "2"


@pytest.mark.parametrize("text", ["去掉一笔", "/remove_offer", "第四笔不要了"])
async def test_which_one_is_asked(text):
    said, held, _ = await run(comparison.ActionRemoveOffer(), slots(CHEAP, DEAR), text)
    assert said[0]["response"] == "utter_comparison_which"
    assert held["compared_offers"] == [CHEAP]


async def test_nothing_to_take_away():
    said, _, _ = await run(comparison.ActionRemoveOffer(), slots(None))
    assert said[0]["response"] == "utter_comparison_none"


def test_a_new_loan_ends_the_comparison_and_a_correction_does_not():
    def turn(text):
        latest = {"text": text, "intent": {"name": "ask_loan_cost"}, "entities": []}
        return Tracker("sender", slots(CHEAP, DEAR), latest, [], False, None, {}, "x")  # noqa: FBT003

    assert {event["name"]: event["value"] for event in begin_offer(turn("借三万，月息1%，12期"))}[
        "compared_offers"
    ] is None
    assert begin_offer(turn("不对，是24期")) == []


# The questions turned round.


def test_three_figures_leave_the_fourth_to_be_worked_out():
    monthly = Rate(D(1), Unit.MONTH)
    how_much = Offer(rate=monthly, payment=D(800), payment_period=Unit.MONTH, term=Term(24))
    how_long = Offer(principal=D(10000), rate=monthly, payment=D(300), payment_period=Unit.MONTH)
    assert how_much.turned_round == "loan_principal"
    assert how_long.turned_round == "loan_term"
    assert how_much.open_questions() == how_long.open_questions() == []
    flat = Rate(D("0.6"), Unit.MONTH, RateKind.FLAT_FEE)
    assert how_long.with_(rate=flat).turned_round is None
    assert how_long.with_(method=Method.INTEREST_FIRST).turned_round is None
