"""Can I afford it: incomes as people tell them, shares of income, what is left, and how hard it presses."""

from decimal import Decimal as D
from types import SimpleNamespace

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _support, affordability
from actions._budget_words import Ask, Budget, hear_budget
from actions._loan_offer import Offer
from bot.content import ContentError
from bot.content.affordability import load_affordability
from bot.messages import read_card
from bot.settings import ROOT

OFFER = {"principal": "10000", "rate": {"value": "1", "period": "month"}, "term": {"count": 12}, "brief": True}


@pytest.fixture(autouse=True, scope="module")
def _services(shipped_content):
    _support.set_services(SimpleNamespace(content=shipped_content))
    yield
    _support.set_services(None)


async def show(budget, offer=OFFER, language="zh"):
    slots = {"language": language, "loan_offer": offer, "afford_budget": budget}
    tracker = Tracker("s", slots, {"text": "/x"}, [], False, None, {}, "x")  # noqa: FBT003
    dispatcher = CollectingDispatcher()
    await affordability.ActionShowAffordability().run(dispatcher, tracker, {})
    return dispatcher.messages


@pytest.mark.parametrize(
    ("budget", "verdict", "share", "left"),
    [
        (("5000", "2000", "0"), "light", "17.77", "剩2,111.51元"),
        (("4000", "1500", "500"), "noticeable", "34.71", "剩1,111.51元"),
        (("2000", "500", "200"), "heavy", "54.42", "剩411.51元"),
        (("2000", "1500", "0"), "beyond_means", "44.42", "差388.49元"),
    ],
)
async def test_shares_what_is_left_and_a_graded_warning(budget, verdict, share, left):
    said = await show(dict(zip(("income", "spending", "debts"), budget, strict=True)))
    assert [message["response"] for message in said] == ["utter_afford_result", f"utter_afford_{verdict}"]
    assert (said[0]["debt_share"], said[0]["left"]) == (share, left)
    assert "经验线" in said[1]["rule"]
    figures = {figure.label: figure.value for figure in read_card(said[0]["custom"]["card"]).figures}
    assert figures["这笔每月"] == "888.49"


async def test_a_sum_due_at_the_end_has_to_be_saved_for():
    said = await show({"income": "4000", "spending": "1500", "debts": "0"}, {**OFFER, "method": "bullet"})
    assert "11,200元" in said[0]["loan"]
    assert "933.34元" in said[0]["loan"]
    loan = Offer.from_slot({**OFFER, "method": "interest_first"}).quote()
    assert affordability.burden_of(loan).at_once == D("10100.00")


async def test_a_range_is_judged_by_the_poor_month_and_tells_the_good_one():
    said = await show({"income": "2000", "income_high": "5000", "spending": "1500", "debts": "0"}, language="en")
    assert "poor month" in said[0]["income"]
    assert said[1]["response"] == "utter_afford_beyond_means"
    assert "5,000" in said[1]["uneven"]


async def test_without_an_income_no_share_is_made_up():
    said = await show({"income": "0", "spending": "500", "debts": "0"})
    assert [message["response"] for message in said] == ["utter_afford_no_income"]


@pytest.mark.parametrize(
    ("text", "asked", "facts"),
    [
        ("一年四万", Ask.INCOME, {"income": "3333.33", "income_per": "year"}),
        ("三四千", Ask.INCOME, {"income": "3000.00", "income_high": "4000.00", "income_per": "month"}),
        ("一天150，一个月干20天", Ask.INCOME, {"income": "3000", "income_per": "day"}),
        ("一天两百", Ask.INCOME, {"day_wage": "200"}),
        ("淡季2000旺季5000", Ask.INCOME, {"income": "2000.00", "income_high": "5000.00", "income_per": "month"}),
        ("我3000，老婆2500", Ask.INCOME, {"income": "5500.00", "income_per": "month"}),
        ("200 a day, about 20 days a month", Ask.INCOME, {"income": "4000", "income_per": "day"}),
        ("40k a year", Ask.INCOME, {"income": "3333.33", "income_per": "year"}),
        ("车贷1500，花呗300", Ask.DEBTS, {"debts": "1800.00"}),
        ("300 for one card, 200 for another", Ask.DEBTS, {"debts": "500.00"}),
        ("没有", Ask.DEBTS, {"debts": "0"}),
        ("一年开销一万二", Ask.SPENDING, {"spending": "1000.00"}),
        (
            "一个月挣四千，花两千，没别的债",
            None,
            {"income": "4000.00", "income_per": "month", "spending": "2000.00", "debts": "0"},
        ),
        ("还得起吗", None, {}),
        ("不好说", Ask.INCOME, {}),
    ],
)
def test_what_is_read(text, asked, facts):
    heard = {name: str(value) for name, value in hear_budget(text, asked, Budget()).items() if value is not None}
    assert heard == facts


def test_the_days_of_a_month_complete_a_day_wage():
    heard = hear_budget("二十天", Ask.INCOME, Budget(day_wage=D(200)))
    assert (heard["income"], heard["day_wage"]) == (D(4000), None)


def test_the_rule_of_thumb_is_checked_and_never_called_confirmed(tmp_path):
    source = ROOT / "data" / "law" / "affordability.yml"
    assert load_affordability(source).confidence == "unconfirmed"
    wrong = tmp_path / "affordability.yml"
    wrong.write_text(source.read_text(encoding="utf-8").replace('heavy: "50"', 'heavy: "20"'), encoding="utf-8")
    with pytest.raises(ContentError, match="noticeable"):
        load_affordability(wrong)
