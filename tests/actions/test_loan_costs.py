"""The loan form and its answer, as Rasa would call them: words in, slots, responses and card figures out."""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _support, loan_costs
from bot.content.base import read_yaml
from bot.messages import LoanCostCard, read_card

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 9, 25)
DOMAIN = read_yaml(ROOT / "domain" / "loan_costs.yml")


@pytest.fixture(scope="module")
def real(shipped):
    return SimpleNamespace(**vars(shipped))


@pytest.fixture(autouse=True)
def _services(real, monkeypatch):
    _support.set_services(real)
    monkeypatch.setattr(loan_costs, "today", lambda: TODAY)
    yield
    _support.set_services(None)


@dataclass
class Talk:
    """A conversation about loans, run over the actions the way the rules do."""

    language: str = "zh"
    slots: dict[str, Any] = field(default_factory=dict)
    in_form: bool = False

    async def say(self, text: str, intent: str = "ask_loan_cost", **entities: str) -> list[dict[str, Any]]:
        latest = {
            "text": text,
            "intent": {"name": intent},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        }
        if self.in_form:
            return await self._form(latest)
        starts = {
            "ask_loan_cost": loan_costs.ActionStartLoan,
            "ask_usury": loan_costs.ActionExplainUsury,
            "loan_choose": loan_costs.ActionChangeLoan,
            "loan_ask": loan_costs.ActionAskLoanChange,
            "loan_schedule": loan_costs.ActionShowLoanSchedule,
            "loan_lines": loan_costs.ActionShowLoanLines,
            "loan_what_now": loan_costs.ActionLoanWhatNow,
            "loan_explain": loan_costs.ActionExplainLoan,
        }
        said = await self._run(starts[intent](), latest)
        if intent == "ask_loan_cost":
            self.in_form = True
            said += await self._form(latest)
        return said

    async def tap(self, payload: str) -> list[dict[str, Any]]:
        found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)
        assert found
        return await self.say(payload, found[1], **json.loads(found[2] or "{}"))

    async def _form(self, latest):
        said = await self._run(loan_costs.ValidateLoanForm(), latest)
        asked = self.slots["requested_slot"]
        if asked is None:
            self.in_form = False
            return said + await self._run(loan_costs.ActionShowLoanCost(), latest)
        if asked == "loan_reading":
            return said + await self._run(loan_costs.ActionAskLoanReading(), latest)
        return [*said, {"response": f"utter_ask_{asked}"}]

    async def _run(self, action, latest):
        dispatcher = CollectingDispatcher()
        slots = {"language": self.language, "requested_slot": None, **self.slots}
        loop = {"name": "loan_form"} if self.in_form else {}
        tracker = Tracker("sender", slots, latest, [], False, None, loop, "action_listen")  # noqa: FBT003
        for event in await action.run(dispatcher, tracker, DOMAIN):
            self.slots[event["name"]] = event["value"]
        return dispatcher.messages


def names(said):
    return [message["response"] for message in said]


def the_card(said) -> LoanCostCard:
    cards = [read_card(message["custom"]["card"]) for message in said if message.get("custom")]
    assert len(cards) == 1
    assert isinstance(cards[0], LoanCostCard)
    return cards[0]


def figures(said):
    return {figure.label: figure.value for figure in the_card(said).figures}


def titles(message):
    return [button["title"] for button in message["buttons"]]


@pytest.mark.parametrize(
    ("language", "sentence", "nominal", "effective"),
    [
        ("zh", "借一万，月息2分，分12期还", "真实年化（单利）", "真实年化（复利，IRR）"),
        (
            "en",
            "borrow 10,000 at 2% a month over 12 months",
            "True annual rate (nominal, simple)",
            "True annual rate (effective, compound, IRR)",
        ),
    ],
)
async def test_one_sentence_is_enough(language, sentence, nominal, effective):
    talk = Talk(language)
    said = await talk.say(sentence)
    assert names(said) == ["utter_loan_result_level", "utter_loan_verdicts", "utter_loan_next_assumed"]
    assert said[0]["payment"] == "945.60"
    assert said[0]["received"] == "10,000"
    assert said[0]["total"] == "11,347.15"
    assert (said[0]["nominal"], said[0]["effective"]) == ("24", "26.82%")
    shown = figures(said)
    assert (shown[nominal], shown[effective]) == ("24.00", "26.82")
    card = the_card(said)
    assert len(card.schedule.rows) == len(card.chart.x) == 12
    assert [line.crossed for line in card.lines] == [True, False, False]
    assert all(line.source and line.as_of for line in card.lines)
    assert not talk.in_form


async def test_step_by_step_asks_one_thing_at_a_time():
    talk = Talk()
    asked = [(await talk.say("这笔贷款要多少利息"))[-1]["response"]]
    asked += [(await talk.say(answer))[-1]["response"] for answer in ("一万", "月息1%", "12期")]
    asked.append(
        (await talk.tap('/loan_choose{"loan_field": "method", "loan_value": "interest_first"}'))[-1]["response"]
    )
    asked.append((await talk.tap('/loan_choose{"loan_field": "lender", "loan_value": "private"}'))[-1]["response"])
    assert asked == [
        "utter_ask_loan_principal",
        "utter_ask_loan_price",
        "utter_ask_loan_term",
        "utter_ask_loan_method",
        "utter_ask_loan_lender",
        "utter_ask_loan_contract_date",
    ]
    said = await talk.say("2023年7月1日")
    assert names(said)[0] == "utter_loan_result_interest_first"
    [line] = the_card(said).lines
    assert (D(line.limit), line.crossed) == (D("14.2"), False)


async def test_an_institution_is_not_asked_for_a_date():
    talk = Talk()
    await talk.say("帮我算算")
    for answer in ("20000", "月息1%", "24个月"):
        await talk.say(answer)
    await talk.tap('/loan_choose{"loan_field": "method", "loan_value": "equal_principal"}')
    said = await talk.tap('/loan_choose{"loan_field": "lender", "loan_value": "institution"}')
    assert names(said) == ["utter_loan_result_falling", "utter_loan_verdicts", "utter_loan_next"]


async def test_not_knowing_the_method_takes_equal_instalments_and_says_so():
    talk = Talk()
    await talk.say("帮我算算")
    for answer in ("20000", "月息1%", "24个月"):
        await talk.say(answer)
    said = await talk.tap('/loan_choose{"loan_field": "method", "loan_value": "unknown"}')
    assert names(said)[0] == "utter_loan_result_level"
    assert "等额本息" in said[-1]["assumed"]


async def test_several_facts_and_corrections_are_taken_in_any_answer():
    talk = Talk()
    await talk.say("帮我算一笔")
    said = await talk.say("借2万，月息1%")
    assert names(said) == ["utter_ask_loan_term"]
    assert names(await talk.say("12期")) == ["utter_ask_loan_method"]
    said = await talk.say("不对，是24期", "deny")
    assert names(said) == ["utter_ask_loan_method"]
    assert talk.slots["loan_offer"]["term"] == {"count": 24}


async def test_a_correction_after_the_result_is_computed_at_once():
    talk = Talk()
    await talk.say("借一万，月息2分，分12期还")
    said = await talk.say("不对，是24期")
    assert said[0]["periods"] == "24"


async def test_a_new_sum_after_the_result_begins_anew():
    talk = Talk()
    await talk.say("借一万，月息2分，分12期还")
    assert names(await talk.say("要是借三万呢")) == ["utter_ask_loan_price"]


@pytest.mark.parametrize(("sentence", "readings"), [("借一万，2个点，分12期", 3), ("借一万，年息1分，分12期", 2)])
async def test_what_can_be_read_two_ways_is_asked(sentence, readings):
    talk = Talk()
    [question] = await talk.say(sentence)
    assert question["response"] == "utter_ask_loan_reading"
    assert len(question["buttons"]) == readings
    said = await talk.tap(question["buttons"][0]["payload"])
    assert names(said)[0] == "utter_loan_result_level"


async def test_a_bare_number_for_the_rate_is_asked_by_month_or_year():
    talk = Talk("en")
    await talk.say("what does it cost")
    await talk.say("10000")
    [question] = await talk.say("2")
    assert titles(question) == ["2% a month", "2% a year"]


@pytest.mark.parametrize(
    "sentence", ["借一万，到手9000，月息1%，分12期", "borrow 10,000, received 9,000, 1% a month, 12 months"]
)
async def test_money_deducted_up_front_is_counted(sentence):
    said = await Talk("zh" if "借" in sentence else "en").say(sentence)
    shown = list(figures(said).values())
    assert shown[:2] == ["10000.00", "9000.00"]
    assert D(said[0]["nominal"]) > D(30)


async def test_a_bare_sum_for_the_rate_is_an_instalment_or_the_interest():
    talk = Talk()
    await talk.say("帮我算算")
    await talk.say("10000")
    [question] = await talk.say("900")
    assert titles(question) == ["每月还900元", "一共还10,900元"]


async def test_typed_answers_do_what_buttons_do():
    talk = Talk()
    await talk.say("帮我算算")
    for answer in ("20000", "月息1%", "24"):
        await talk.say(answer)
    assert names(await talk.say("先息后本吧")) == ["utter_ask_loan_lender"]
    assert names(await talk.say("跟朋友借的")) == ["utter_ask_loan_contract_date"]
    assert names(await talk.say("还没签呢"))[0] == "utter_loan_result_interest_first"


async def test_an_instalment_reveals_the_rate():
    said = await Talk().say("借12000，每月还1072，12期")
    assert said[0]["nominal"] == "13.03"
    assert said[0]["effective"] == "13.84%"


async def test_a_fee_rate_each_instalment_is_flat():
    said = await Talk().say("借12000，每期手续费率0.6%，分12期")
    assert said[0]["nominal"] == "13.03"
    assert "等额本息" not in said[-1]["assumed"]


async def test_a_single_payment_at_the_end():
    said = await Talk().say("借一万，一年后还12000")
    assert names(said)[0] == "utter_loan_result_once"
    assert said[0]["nominal"] == "20"


@pytest.mark.parametrize(
    ("question", "answer", "problem"),
    [
        ("loan_principal", "1000000000000000", "钱数"),
        ("loan_term", "0", "期数"),
        ("loan_term", "0个月", "期数"),
        ("loan_term", "99999", "期数"),
        ("loan_principal", "-100", "钱数"),
    ],
)
async def test_senseless_figures_get_a_kind_question(question, answer, problem):
    talk = Talk()
    await talk.say("帮我算算")
    if question == "loan_term":
        await talk.say("一万")
        await talk.say("月息1%")
    said = await talk.say(answer)
    assert names(said) == ["utter_loan_bad", f"utter_ask_{question}"]
    assert problem in said[0]["problem"]


async def test_instalments_that_do_not_return_the_sum_are_asked_again():
    said = await Talk().say("借一万，每月还100，12期")
    assert names(said) == ["utter_loan_bad", "utter_ask_loan_price"]


async def test_words_without_a_figure_are_asked_again():
    talk = Talk()
    await talk.say("帮我算算")
    assert names(await talk.say("啊这个嘛", "nlu_fallback")) == ["utter_loan_not_read", "utter_ask_loan_principal"]


async def test_the_form_steps_aside_for_other_skills():
    talk = Talk()
    await talk.say("帮我算算")
    dispatcher, latest = CollectingDispatcher(), {"text": "/menu", "intent": {"name": "menu"}, "entities": []}
    tracker = Tracker("sender", {**talk.slots, "language": "zh"}, latest, [], False, None, {}, "x")  # noqa: FBT003
    events = await loan_costs.ValidateLoanForm().run(dispatcher, tracker, DOMAIN)
    assert [event["name"] for event in events] == ["requested_slot"]  # no fact: Rasa takes this for a rejection
    assert not dispatcher.messages


async def test_buttons_after_the_result_change_and_explain():
    talk = Talk()
    said = await talk.say("借一万，月息2分，分12期还")
    by_title = {button["title"]: button["payload"] for button in said[-1]["buttons"]}
    assert names(await talk.tap(by_title["不是这样还"])) == ["utter_ask_loan_method"]
    said = await talk.tap('/loan_choose{"loan_field": "method", "loan_value": "bullet"}')
    assert names(said)[0] == "utter_loan_result_once"
    assert names(await talk.tap(by_title["谁借给我的"])) == ["utter_ask_loan_lender"]
    said = await talk.tap('/loan_choose{"loan_field": "lender", "loan_value": "private"}')
    assert "法院支持的上限12%" in said[1]["verdicts"]
    assert names(await talk.tap(by_title["我该怎么办"])) == ["utter_loan_what_now_private"]
    assert any("12%" in message["lines"] for message in await talk.tap(by_title["这几条线是什么"]))


async def test_the_schedule_comes_as_text_in_pages():
    talk = Talk("en")
    await talk.say("borrow 10,000 at 1% a month over 30 months")
    pages, payload = [], "/loan_schedule"
    while payload:
        [page] = await talk.tap(payload)
        pages.append(page["rows"])
        assert len(page["rows"]) <= 600
        payload = next((button["payload"] for button in page["buttons"] if button["title"] == "More"), None)
    assert sum(len(re.findall(r"^\d+: ", page, re.MULTILINE)) for page in pages) == 30
    assert pages[-1].endswith("Principal still owed after this: 0 yuan")


async def test_without_an_offer_the_buttons_say_so():
    assert names(await Talk().tap("/loan_schedule")) == ["utter_loan_no_offer"]


async def test_is_this_rate_lawful_compares_the_yearly_rate():
    [said] = await Talk().say("月息3分合法吗", "ask_usury")
    assert said["response"] == "utter_usury_rate"
    assert said["nominal"] == "36"
    assert said["verdicts"].count("：高于") == 3


async def test_a_lure_that_sounds_like_a_loan_is_screened_first():
    text = "您的贷款已通过审批，放款前需先交2000元保证金"
    latest = {"text": text, "intent": {"name": "ask_loan_cost"}, "entities": []}
    tracker = Tracker("sender", {"language": "zh"}, latest, [], False, None, {}, "x")  # noqa: FBT003
    [event] = await loan_costs.ActionStartLoan().run(CollectingDispatcher(), tracker, DOMAIN)
    assert (event["event"], event["name"]) == ("followup", "screen_form")


@pytest.mark.parametrize("text", ["算一笔借款", "/ask_loan_cost", "Check a loan offer"])
async def test_the_menu_button_asks_for_the_sum(text):
    assert names(await Talk().say(text)) == ["utter_ask_loan_principal"]


async def test_what_is_the_limit_names_every_line():
    [said] = await Talk("en").say("what is the legal limit on interest?", "ask_usury")
    assert said["response"] == "utter_usury_lines"
    assert "12%" in said["lines"]
    assert "24%" in said["lines"]


async def test_is_that_lawful_is_about_the_loan_shown_last():
    talk = Talk()
    await talk.say("借一万，月息3分，分12期")
    assert "utter_loan_verdicts" in names(await talk.say("这合法吗", "ask_usury"))


async def test_a_whole_offer_asked_as_usury_is_worked_out():
    said = await Talk().say("借一万，月息3分，分12期，合法吗", "ask_usury")
    assert names(said)[0] == "utter_loan_result_level"


async def test_who_lends_is_taken_from_the_sentence():
    said = await Talk().say("跟银行借10万，年利率4.35%，30年")
    [line] = the_card(said).lines
    assert line.limit == "24"
    said = await Talk("en").say("10,000 from a friend at 2% a month over 12 months")
    assert "today" in said[-1]["assumed"]


async def test_who_lends_corrects_the_last_offer():
    talk = Talk()
    await talk.say("借一万，月息2分，分12期还")
    said = await talk.say("跟银行借的呢")
    assert len(the_card(said).lines) == 1


async def test_a_rate_beyond_sense_is_said_in_words():
    said = await Talk().say("借3000到手2100，7天还3000")
    assert said[0]["nominal"] == "2,234.69"
    assert "%" not in said[0]["effective"]


async def test_a_contract_of_the_old_rule_says_how_far_it_reaches():
    talk = Talk()
    await talk.say("跟朋友借一万，月息2分5，分12期还")
    said = await talk.say("2019年5月1日", "loan_choose", loan_field="contract_date", loan_value="2019-05-01")
    assert "2020年8月19日以前" in said[1]["verdicts"]
    assert "请再核对" in said[1]["verdicts"]
    assert said[0]["compared"] == ""


async def test_the_sentence_names_how_many_times_the_line():
    said = await Talk().say("跟朋友借一万，到手9000，分12期每期还1000")
    assert said[0]["compared"] == "，约是法院支持上限12%的4.7倍"
    assert (await Talk().say("跟朋友借一万，年化10%，分12期还"))[0]["compared"] == ""


@pytest.mark.parametrize(
    ("offer", "says"),
    [
        ("借一万，到手9000，分12期每期还1000", ["5,286", "56.75元", "第670条", "单利"]),
        ("借一万，月息1%，12期，先息后本", ["10,000元您从头用到尾", "12个月", "12元"]),
        ("借6000，0利息，分12期", ["没有多付"]),
    ],
)
async def test_the_result_is_explained_in_plain_words(offer, says):
    talk = Talk()
    await talk.say(offer)
    explained = "\n".join(message["explanation"] for message in await talk.tap("/loan_explain"))
    for words in says:
        assert words in explained


async def test_interest_kept_back_first_is_counted_and_said():
    said = await Talk().say("借一万，月息2分，12个月，先息后本，第一个月利息先扣")
    assert (said[0]["received"], said[0]["nominal"]) == ("9,800", "24.49")
    assert "第一期利息先扣了" in said[-1]["assumed"]


async def test_no_interest_asks_for_what_hides_elsewhere():
    assert "手续费" in (await Talk().say("借6000，0利息，分12期"))[-1]["assumed"]


async def test_a_date_alone_puts_the_contract_date_right():
    talk = Talk()
    await talk.say("跟朋友借一万，月息2分，分12期还")
    said = await talk.say("是2022年3月签的")
    assert the_card(said).lines[0].limit == "14.80"


async def test_a_sum_beyond_all_money_is_asked_again():
    talk = Talk()
    said = await talk.say("借1000000000000000，月息1分，12期")
    assert names(said) == ["utter_loan_bad", "utter_ask_loan_principal"]


async def test_a_contract_older_than_every_line_is_said_so():
    talk = Talk()
    await talk.say("跟朋友借一万，月息2分，分12期还")
    said = await talk.say("2014年5月1日", "loan_choose", loan_field="contract_date", loan_value="2014-05-01")
    assert the_card(said).lines == []
    assert "没有可以对照的线" in said[1]["verdicts"]


@pytest.mark.parametrize(
    "payload",
    [
        '/loan_choose{"loan_field": "rate", "loan_value": "x"}',
        '/loan_choose{"loan_field": "term", "loan_value": "0 month"}',
        '/loan_choose{"loan_field": "lender", "loan_value": "nobody"}',
        '/loan_choose{"loan_field": "nothing", "loan_value": "1"}',
        '/loan_schedule{"loan_from": "999"}',
        '/loan_schedule{"loan_from": "0"}',
        '/loan_ask{"loan_field": "reading"}',
    ],
)
async def test_odd_payloads_break_nothing(payload):
    talk = Talk()
    await talk.say("借一万，月息2分，分12期还")
    await talk.tap(payload)
    assert talk.slots["loan_offer"]["term"] == {"count": 12}


async def test_a_long_loan_keeps_its_picture_small():
    said = await Talk().say("借30万，年利率4%，30年")
    card = the_card(said)
    assert len(card.schedule.rows) == 360
    assert len(card.chart.x) <= 60


def test_texts_are_short_and_complete():
    for name, variants in DOMAIN["responses"].items():
        by_language = {variant["condition"][0]["value"]: variant for variant in variants}
        assert set(by_language) == {"zh", "en"}, name
        zh, en = by_language["zh"], by_language["en"]
        assert set(re.findall(r"\{\w+\}", zh["text"])) == set(re.findall(r"\{\w+\}", en["text"])), name
        payloads = [[button["payload"] for button in variant.get("buttons", [])] for variant in (zh, en)]
        assert payloads[0] == payloads[1], name
        assert len(en["text"]) <= 330, name


def test_every_response_the_actions_say_exists():
    source = (ROOT / "actions" / "loan_costs.py").read_text(encoding="utf-8") + (
        ROOT / "actions" / "_loan_card.py"
    ).read_text(encoding="utf-8")
    said = {name for name in re.findall(r'"(utter_\w+)"', source) if not name.endswith("_")}
    assert said <= set(DOMAIN["responses"])


@pytest.mark.parametrize(
    ("language", "sentence", "response", "values"),
    [
        ("zh", "每月能还800，月息1分，24期，能借多少", "utter_loan_how_much", {"most": "16,994.70", "total": "19,200"}),
        (
            "en",
            "I can pay 800 a month at 1% a month for 24 months, how much can I borrow",
            "utter_loan_how_much",
            {"most": "16,994.70", "cost": "2,205.30"},
        ),
        (
            "zh",
            "借一万每月还300，月息2分，要还多久",
            "utter_loan_how_long",
            {"periods": "56", "last": "144.21", "time": "4年零8个月", "interest": "6,644.21"},
        ),
        ("en", "borrow 10000, 300 a month, 2% a month, how long", "utter_loan_how_long", {"periods": "56"}),
        ("zh", "借一万每月还150，月息2分，要还多久", "utter_loan_never", {"interest": "200", "payment": "150"}),
    ],
)
async def test_a_question_turned_round_is_answered(language, sentence, response, values):
    [said] = await Talk(language).say(sentence)
    assert said["response"] == response
    assert {name: said[name] for name in values} == values


async def test_the_instalment_stays_while_the_rate_is_settled():
    talk = Talk()
    [question] = await talk.say("借一万每月还300，2个点，要还多久")
    [said] = await talk.tap(question["buttons"][0]["payload"])
    assert said["response"] == "utter_loan_how_long"


async def test_the_sum_worked_out_becomes_a_loan():
    talk = Talk()
    [said] = await talk.say("每月能还800，月息1分，24期，能借多少")
    said = await talk.tap(said["buttons"][0]["payload"])
    assert names(said)[0] == "utter_loan_result_level"
    assert (said[0]["payment"], said[0]["nominal"]) == ("800", "12")


async def test_yearly_payments_and_fees_each_time_are_not_mistaken():
    assert names(await Talk().say("一年还一万，年息5%，5年，能借多少")) != ["utter_loan_how_much"]
    [said] = await Talk().say("每月能还800，另收每月50手续费，月息1%，24期，能借多少")
    assert (said["most"], said["total"]) == ("15,932.54", "19,200.02")


async def test_a_time_said_after_all_makes_it_a_loan():
    talk = Talk()
    await talk.say("借一万每月还300，月息2分，要还多久")
    assert names(await talk.say("说好12期"))[0] == "utter_loan_result_level"
