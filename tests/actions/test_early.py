"""Repaying early: one sentence or step by step, about the offer shown; without one the general answer."""

import json
import re
from types import SimpleNamespace

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _support, early
from actions._early_words import Ask, hear_early
from bot.content.base import read_yaml
from bot.messages import read_card
from bot.settings import ROOT

DOMAIN = read_yaml(ROOT / "domain" / "early.yml")
OFFER = {"principal": "10000", "rate": {"value": "1", "period": "month"}, "term": {"count": 12}, "brief": True}
FLAT = {**OFFER, "rate": {"value": "0.6", "period": "month", "kind": "flat_fee"}}


@pytest.fixture(autouse=True, scope="module")
def _services(shipped_content):
    _support.set_services(SimpleNamespace(content=shipped_content))
    yield
    _support.set_services(None)


class Talk:
    """A conversation about repaying early, run over the actions the way the rules do."""

    def __init__(self, offer, language="zh"):
        self.slots = {"language": language, "requested_slot": None, "loan_offer": offer}
        self.language, self.in_form = language, False

    async def say(self, text, intent="early_repayment", **entities):
        latest = {
            "text": text,
            "intent": {"name": intent},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        }
        said = []
        if not self.in_form:
            said, follow = await self._run(early.ActionRepayEarly(), latest)
            if not follow:
                return said
            self.in_form = True
        more, _ = await self._run(early.ValidateEarlyForm(), latest)
        asked = self.slots["requested_slot"]
        if asked is not None:
            return [*said, *more, {"response": f"utter_ask_{asked}"}]
        self.in_form = False
        shown, _ = await self._run(early.ActionShowEarly(), latest)
        return [*said, *more, *shown]

    async def tap(self, payload):
        found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)
        return await self.say(payload, found[1], **json.loads(found[2] or "{}"))

    async def _run(self, action, latest):
        dispatcher = CollectingDispatcher()
        loop = {"name": "early_form"} if self.in_form else {}
        tracker = Tracker("s", dict(self.slots), latest, [], False, None, loop, "action_listen")  # noqa: FBT003
        events = await action.run(dispatcher, tracker, DOMAIN)
        self.slots |= {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        return dispatcher.messages, [event["name"] for event in events if event["event"] == "followup"]


def names(said):
    return [message["response"] for message in said]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh", "还了6期想一次还清，违约金3%"), ("en", "paid 6 instalments, want to pay it all off, 3% fee")],
)
async def test_one_sentence_is_enough(language, sentence):
    said = await Talk(OFFER, language).say(sentence)
    assert names(said) == ["utter_early_all", "utter_early_note"]
    # 888.49 a month; 5149.20 owed after six; 3 % of it 154.48
    assert [said[0][name] for name in ("instalment", "amount", "due")] == ["888.49", "5,149.20", "6,192.17"]
    assert "154.48" in said[0]["fee"]
    assert "27.24" in said[0]["saved"]
    assert "3%" in said[1]["notes"]
    card = read_card(said[0]["custom"]["card"])
    assert [row[0] for row in card.tables[0].rows] == ["6"]


async def test_step_by_step_a_part_with_lower_instalments():
    talk = Talk(OFFER)
    assert names(await talk.say("提前还会怎样")) == ["utter_ask_early_after"]
    assert names(await talk.say("第六期")) == ["utter_ask_early_amount"]
    assert names(await talk.say("两千")) == ["utter_ask_early_keep"]
    assert names(await talk.tap('/early_choose{"early_field": "keep", "early_value": "term"}')) == [
        "utter_ask_early_fee"
    ]
    said = await talk.say("不收")
    assert names(said) == ["utter_early_part", "utter_early_note"]
    assert (said[0]["left"], said[0]["before"], said[0]["payment"]) == ("6", "6", "543.39")
    card = read_card(said[0]["custom"]["card"])
    assert [row[0] for row in card.tables[0].rows] == [str(number) for number in range(6, 13)]
    assert card.tables[0].rows[-1][-1] == "0.00"


async def test_a_shorter_time_saves_instalments():
    said = await Talk(OFFER).say("第6期提前还两千，早点还完，不收违约金")
    assert (said[0]["left"], said[0]["payment"]) == ("4", "888.49")


async def test_a_fee_can_eat_more_than_is_saved_and_that_is_said():
    said = await Talk(OFFER, "en").say("after the 11th pay it all off, the fee is 200 yuan")
    assert "more in all" in said[0]["saved"]


async def test_a_fee_nobody_knows_is_left_out_and_named():
    talk = Talk(OFFER)
    await talk.say("第6期还清")
    said = await talk.say("不知道")
    assert said[0]["fee"] == ""
    assert "违约金没算进去" in said[1]["notes"]


async def test_a_charge_on_the_original_sum_stops_only_with_the_loan():
    said = await Talk(FLAT).say("第6期提前还两千，早点还完，不收违约金")
    assert "最初的本金" in said[1]["notes"]


@pytest.mark.parametrize("answer", ["12", "第20期", "0"])
async def test_an_instalment_the_loan_does_not_have(answer):
    talk = Talk(OFFER)
    await talk.say("提前还会怎样")
    assert names(await talk.say(answer)) == ["utter_early_bad", "utter_ask_early_after"]


async def test_more_than_is_owed_is_asked_again_and_the_rest_is_kept():
    talk = Talk(OFFER)
    said = await talk.say("第6期提前还八千，不收违约金")
    assert names(said) == ["utter_early_bad", "utter_ask_early_amount"]
    assert "5,149.20" in said[0]["problem"]
    assert names(await talk.tap('/early_choose{"early_field": "amount", "early_value": "all"}'))[0] == "utter_early_all"


async def test_another_instalment_afterwards_changes_only_that():
    talk = Talk(OFFER)
    await talk.say("还了6期想一次还清，违约金3%")
    said = await talk.say("那第9期还清呢")
    assert said[0]["after"] == "9"
    assert "3%" in said[1]["notes"]


@pytest.mark.parametrize("offer", [None, {"principal": "10000"}])
async def test_without_an_offer_the_general_answer_stays(offer):
    assert names(await Talk(offer).say("提前还款划算吗")) == ["utter_early_repayment"]


async def test_a_single_payment_has_no_instalment_to_go_by():
    once = {**OFFER, "method": "bullet"}
    assert names(await Talk(once).say("提前还会怎样")) == ["utter_early_once"]


@pytest.mark.parametrize(
    ("text", "asked", "facts"),
    [
        ("有没有违约金", None, {}),
        ("提前还款要违约金吗", None, {}),
        ("is there a fee for paying early", None, {}),
        ("3", Ask.FEE, {}),
        ("没有", Ask.FEE, {"fee": "0"}),
        ("收百分之三", Ask.FEE, {"fee_percent": "3"}),
        ("还剩六期的时候一次还清", None, {"after": "18", "everything": "True"}),
        ("半年后", Ask.AFTER, {"after": "6"}),
        ("一年半以后", Ask.AFTER, {"after": "18"}),
        ("还一半", Ask.AMOUNT, {"half": "True"}),
        ("每个月少还点", Ask.KEEP, {"keep": "term"}),
        ("缩短年限还是减少月供", None, {}),
        ("今天天气不错", Ask.AMOUNT, {}),
    ],
)
def test_what_is_read(text, asked, facts):
    assert {name: str(value) for name, value in hear_early(text, asked, 24).items()} == facts
