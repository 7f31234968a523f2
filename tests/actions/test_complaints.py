"""The complaint's form as Rasa would drive it: asked, tapped, typed, skipped, corrected, sent."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _support, complaints
from actions._complaint_age import says_under_14
from actions._complaint_entered import matching
from actions.common import ActionCancel, ActionMenu, ActionStart
from actions.disclosure import ActionDisclosureComplaint
from actions.screening import ActionReportFinding
from bot.complaints import EvidenceItem, Filed, Kind, OnBehalf
from bot.evidence import FileKind
from bot.messages import Language, read_card
from bot.settings import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain" / "complaints.yml").read_text(encoding="utf-8"))
OTHERS = {"requested_slot", "loan_offer", "screen_last", "case_receipt", "case_kind"}
STEPS = DOMAIN["forms"]["complaint_form"]["required_slots"]
SCAM = "您的贷款已通过审批，放款前需先交2000元保证金到指定账户，逾期作废"
LOAN = {
    "principal": "10000", "received": "9000", "rate": {"value": "3", "period": "month", "kind": "interest"},
    "term": {"count": 12, "unit": "month"}, "fees": [{"amount": "50", "each": True}], "brief": True,
}  # fmt: skip
ASKS = {
    "complaint_kind": complaints.ActionAskComplaintKind, "complaint_behalf": complaints.ActionAskComplaintBehalf,
    "complaint_leave": complaints.ActionAskComplaintLeave, "complaint_details": complaints.ActionAskComplaintDetails,
    "complaint_consent": complaints.ActionAskComplaintConsent, "complaint_review": complaints.ActionAskComplaintReview,
}  # fmt: skip


class Desk:
    """A desk that keeps what was filed, unless it is away."""

    def __init__(self):
        self.filed = []
        self.is_away = False
        self.files = []

    def file(self, draft):
        if self.is_away:
            raise OSError
        self.filed.append(draft)
        return Filed("1234567890123456", 1)

    # The files that wait, as ``Evidence`` has them.

    def unclaimed(self, _sender):
        return tuple(self.files)

    def drop(self, _sender):
        self.files = []
        return 0


@pytest.fixture(autouse=True)
def desk(shipped):
    desk = Desk()
    _support.set_services(SimpleNamespace(**vars(shipped), complaints=desk, evidence=desk))
    yield desk
    _support.set_services(None)


class Talk:
    """One conversation: Rasa's part of the form, without Rasa."""

    def __init__(self, language="zh", **slots):
        self.slots = {name: None for part in (DOMAIN["slots"],) for name in part} | {"language": language} | slots
        self.active = None
        self.said = []

    def tracker(self, text, intent, entities=None):
        found = [{"entity": name, "value": value} for name, value in (entities or {}).items()]
        latest = {"text": text, "intent": {"name": intent}, "entities": found}
        loop = {"name": self.active} if self.active else {}
        return Tracker("sender", dict(self.slots), latest, [], False, None, loop, "action_listen")  # noqa: FBT003

    async def do(self, action, text="/x", intent="x", entities=None):
        dispatcher = CollectingDispatcher()
        events = await action.run(dispatcher, self.tracker(text, intent, entities), DOMAIN)
        self.said = self.said + dispatcher.messages
        for event in events:
            if event["event"] == "slot":
                assert event["name"] in {
                    *DOMAIN["slots"],
                    "requested_slot",
                    "loan_offer",
                    "screen_last",
                    "case_receipt",
                    "case_kind",
                }, event
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                self.active = event["name"]
        # Rasa keeps its slots as JSON.
        self.slots = json.loads(json.dumps(self.slots))
        return events

    async def begin(self, text="/start_complaint"):
        self.said = []
        await self.do(complaints.ActionBeginComplaint(), text, "start_complaint")
        return await self.ask()

    async def ask(self):
        self.active = "complaint_form"
        step = next((step for step in STEPS if self.slots.get(step) is None), None)
        self.slots["requested_slot"] = step
        if step in ASKS:
            await self.do(ASKS[step]())
        elif step:
            self.said.append({"response": f"utter_ask_{step}", "buttons": []})
        else:
            await self.do(complaints.ActionFileComplaint())
        return self.said[-1]

    async def say(self, text, intent="out_of_scope"):
        return await self.turn(text, intent)

    async def tap(self, title):
        for message in reversed(self.said):
            for button in message.get("buttons") or []:
                if button["title"].startswith(title):
                    name, _, given = button["payload"].removeprefix("/").partition("{")
                    self.taken = None
                    return await self.turn(button["payload"], name, json.loads("{" + given) if given else {})
        raise AssertionError(f"no button {title}")

    async def turn(self, text, intent, entities=None):
        before = len(self.said)
        events = await self.do(complaints.ValidateComplaintForm(), text, intent, entities)
        self.taken = any(event["event"] == "slot" and event["name"] != "requested_slot" for event in events)
        await self.ask()
        self.new = self.said[before:]
        return self.said[-1]

    def titles(self):
        return [button["title"] for button in self.said[-1]["buttons"]]

    def rows(self):
        card = read_card(self.said[-1]["custom"]["card"])
        return {row.label: row.value for row in card.rows}


async def through(talk, kind, *told):
    """To the summary: the kind, oneself, what happened and the answers to its questions; no contact."""
    await talk.begin()
    await talk.tap(kind)
    await talk.tap("我自己")
    for text in told:
        await talk.say(text)
    if talk.slots["requested_slot"] == "complaint_details":
        await talk.tap("够了" if "够了，后面的都跳过" in talk.titles() else "跳过")
    await _no_contact(talk)
    return await talk.tap("同意")


async def _no_contact(talk):
    await talk.turn("/x", "complaint_choose", {"complaint_field": "contact", "complaint_value": "skip"})


async def test_the_summary_tells_which_files_go_along_and_cancelling_deletes_them(desk):
    desk.files = [EvidenceItem("f", FileKind.PICTURE, 1, 10, datetime(2026, 3, 2, tzinfo=UTC))] * 2
    talk = Talk()
    await through(talk, "催收骚扰", "半夜打电话给我妈，骂人")
    assert talk.rows()["证据"] == "2张图片"
    await talk.do(ActionCancel(), "取消", "cancel")
    assert desk.files == []


async def test_a_farmer_gets_through_in_eight_taps_or_answers(desk):
    talk = Talk()
    await talk.begin()
    await talk.tap("催收骚扰")
    await talk.tap("我自己")
    await talk.say("半夜打电话给我妈，骂人")
    await talk.tap("够了")
    await _no_contact(talk)
    await talk.tap("同意")
    await talk.tap("交上去")
    assert read_card(talk.said[-2]["custom"]["card"]).receipt == "1234 5678 9012 3456"
    [draft] = desk.filed
    assert (draft.kind, draft.story, draft.on_behalf) == (Kind.COLLECTION, "半夜打电话给我妈，骂人", OnBehalf.SELF)
    assert {answer.id: answer.option for answer in draft.answers} == {
        "called": "family", "did": "insults", "hours": "night",
    }  # fmt: skip
    assert draft.answers[0].question == "他们找了谁？"
    assert draft.pack_version == 1
    # Nothing of it stays in the conversation.
    assert [name for name, value in talk.slots.items() if name.startswith("complaint_") and value is not None] == []


async def test_what_the_story_says_is_marked_and_not_asked_again():
    talk = Talk()
    await through(talk, "催收骚扰", "半夜打电话给我妈，骂人", "极速贷")
    assert talk.rows()["打给了谁"] == "家里人或亲友（聊天里说过的）"
    assert talk.rows()["跟谁"] == "极速贷"
    assert talk.rows()["来电号码"] == "（没填）"


async def test_two_meanings_in_one_story_are_asked_and_not_guessed():
    talk = Talk()
    await talk.begin()
    await talk.tap("催收骚扰")
    await talk.tap("我自己")
    await talk.say("打到我单位，也打给我妈")
    await talk.say("极速贷")
    assert talk.said[-1]["question"] == "他们找了谁？"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.REVIEW])
@pytest.mark.parametrize("language", Language)
async def test_every_kind_can_be_answered_by_tapping_and_by_typing(kind, language, desk, shipped):
    forms = shipped.content.complaints
    for typed in (False, True):
        talk = Talk(language.value, complaint_kind=kind.value)
        await talk.begin()
        await talk.turn("/x", "complaint_choose", {"complaint_field": "behalf", "complaint_value": "self"})
        await talk.say("x y z")
        while talk.slots["requested_slot"] == "complaint_details":
            question = next(one for one in forms.asked(kind) if one.ask.of(language) == talk.said[-1]["question"])
            first = next(iter(question.options), None)
            if typed or first is None:
                await talk.say(f"own words {question.id}")
            else:
                await talk.tap(first.title.of(language))
            assert talk.taken
        await _no_contact(talk)
        await talk.turn("/x", "complaint_choose", {"complaint_field": "consent", "complaint_value": "yes"})
        await talk.turn("/complaint_send", "complaint_send")
        draft = desk.filed[-1]
        asked = {question.id for question in forms.asked(kind)} - {"against", "when", "amount", "wish"}
        assert {answer.id for answer in draft.answers} == asked
        assert draft.against == "own words against"


async def test_a_loan_worked_out_fills_figures_and_can_be_left_out(desk):
    talk = Talk(loan_offer=LOAN)
    await through(talk, "利息或收费太高", "太贵了", "极速贷")
    rows = talk.rows()
    assert rows["借了多少"] == "10,000元（聊天里说过的）"
    assert rows["到手多少"] == "9,000元（聊天里说过的）"
    assert rows["别的收费"] == "每期50元（聊天里说过的）"
    assert "高于" in rows["算过的借款"]
    await talk.tap("交上去")
    figures = desk.filed[0].figures
    assert (figures["principal"], figures["received"], figures["periods"]) == ("10000", "9000.00", "12")
    assert float(figures["nominal"]) > 36
    assert "%" in figures["crossed"]
    assert desk.filed[0].amount.startswith("10,000元")

    talk = Talk(loan_offer=LOAN)
    await through(talk, "利息或收费太高", "太贵了", "极速贷")
    await talk.tap("改一改")
    await talk.tap("不带“算过的借款”")
    assert talk.said[-1]["question"] == "合同上写借了多少钱？"
    await talk.tap("够了")
    assert "算过的借款" not in talk.rows()
    await talk.tap("交上去")
    assert desk.filed[1].figures is None

    talk = Talk(loan_offer=LOAN)
    await through(talk, "催收骚扰", "打电话骂人")
    for part, is_there in (("不带“算过的借款”", False), ("补“算过的借款”", True)):
        await talk.tap("改一改")
        await talk.tap(part)
        assert ("算过的借款" in talk.rows()) is is_there


async def test_a_message_begins_a_report_and_its_verdict_goes_along(desk):
    talk = Talk(screen_last=SCAM)
    await talk.do(ActionReportFinding())
    await talk.ask()
    await talk.tap("我自己")
    assert talk.said[-1]["question"] == "钱转出去了吗？"
    await talk.tap("够了")
    await _no_contact(talk)
    await talk.tap("同意")
    assert talk.rows()["经过"] == f"{SCAM}（聊天里说过的）"
    assert "贴过的消息" not in talk.rows()
    await talk.tap("交上去")
    assert (desk.filed[0].figures["verdict"], desk.filed[0].story) == ("danger", SCAM)


async def test_a_message_beside_a_story_is_sent_as_a_part_of_its_own(desk):
    talk = Talk(screen_last=SCAM)
    await through(talk, "被骗", "有人说能贷款给我")
    assert SCAM in talk.rows()["贴过的消息"]
    await talk.tap("交上去")
    assert {answer.id: answer.text for answer in desk.filed[0].answers}["message"] == SCAM


async def test_a_report_never_throws_away_a_complaint_begun_before():
    talk = Talk(screen_last=SCAM)
    await talk.begin()
    await talk.tap("催收骚扰")
    await talk.do(ActionReportFinding())
    assert talk.slots["complaint_kind"] == "collection"
    assert talk.said[-1]["response"] == "utter_complaint_again"
    draft_id = talk.slots["complaint_draft_id"]
    await talk.ask()
    await talk.tap("那份不要了")
    assert talk.slots["complaint_kind"] is None
    assert talk.slots["complaint_draft_id"] not in {None, draft_id}


async def test_what_the_cost_table_found_is_marked_as_from_the_chat():
    talk = Talk(complaint_story="表上没写担保费", complaint_kind="cost")
    await talk.begin()
    assert talk.slots["complaint_story_known"]
    assert ActionDisclosureComplaint().name() == "action_disclosure_complaint"


async def test_questions_that_do_not_apply_are_not_asked():
    talk = Talk(complaint_kind="fraud", complaint_story="x", complaint_behalf="self", complaint_leave="")
    await talk.begin()
    await talk.tap("没转")
    assert talk.said[-1]["question"] == "报警了吗？"
    await talk.tap("刚转")  # a button further up, tapped after thinking again
    assert talk.said[-1]["question"] == "怎么转的？"


async def test_any_part_can_be_corrected_and_the_rest_stays():
    talk = Talk()
    await through(talk, "其他", "合同没给我", "村口放贷的")
    for part, answer, shown in (
        ("改“经过”", "合同拿走了没还", "合同拿走了没还"), ("改“跟谁”", "老王", "老王"),
        ("补“希望”", "把合同还我", "把合同还我"),
    ):  # fmt: skip
        await talk.tap("改一改")
        await talk.tap(part)
        await talk.say(answer)
        assert shown in talk.rows().values()
    await talk.say("跟谁要改一下")
    assert talk.slots["complaint_asking"] == "against"
    await talk.say("老李")
    assert {"老李", "合同拿走了没还", "把合同还我"} <= set(talk.rows().values())
    await talk.tap("改一改")
    await talk.tap("改“哪一种”")
    await talk.tap("催收骚扰")
    assert talk.slots["complaint_story"] == "合同拿走了没还"
    assert talk.slots["complaint_answers"]["against"]["text"] == "老李"


async def test_a_contact_that_was_changed_needs_its_consent_again():
    talk = Talk()
    await through(talk, "其他", "合同没给我")
    await talk.tap("改一改")
    await talk.tap("补“联系方式”")
    await talk.say("13800000000")
    assert talk.titles()[:2] == ["同意，也可以用联系方式找我", "同意，但别存联系方式"]


@pytest.mark.parametrize(
    ("said", "taken"), [("她知道，同意了", False), ("没同意", False), ("同意", True), ("不同意", False)]
)
async def test_consent_of_another_is_never_guessed(said, taken, desk):
    talk = Talk(complaint_kind="other")
    await talk.begin()
    await talk.say("替我妈问的")
    assert talk.slots["complaint_behalf"] == "relative"
    await talk.say(said)
    assert (talk.slots["complaint_leave"] == "agreed") is taken
    talk.slots |= {"complaint_review": "send", "complaint_consent": "yes", "complaint_story": "x"}
    await talk.do(complaints.ActionFileComplaint())
    assert bool(desk.filed) is taken


async def test_a_proxy_is_named_to_the_desk_and_agrees_in_their_name(desk):
    talk = Talk(complaint_kind="other")
    await talk.begin()
    await talk.tap("我是村干部")
    await talk.tap("知道，也同意")
    await talk.say("老人家的存折被人拿走了")
    await talk.tap("够了")
    await _no_contact(talk)
    assert talk.said[-1]["response"] == "utter_ask_complaint_consent_proxy"
    await talk.tap("同意")
    await talk.tap("交上去")
    assert desk.filed[0].on_behalf is OnBehalf.HELPER


async def test_for_whom_it_is_changed_late_asks_for_both_consents_again():
    talk = Talk()
    await through(talk, "其他", "合同没给我")
    await talk.turn("/x", "complaint_choose", {"complaint_field": "behalf", "complaint_value": "relative"})
    await talk.tap("知道，也同意")
    assert talk.said[-1]["response"] == "utter_ask_complaint_consent_proxy"


async def test_a_proxy_of_a_child_needs_the_guardian():
    talk = Talk(complaint_kind="other")
    await talk.begin()
    await talk.tap("邻居或朋友")
    await talk.tap("不到14岁，还没问")
    assert talk.new[0]["response"] == "utter_complaint_ask_guardian_first"
    assert talk.slots["complaint_leave"] is None
    await talk.tap("不到14岁，监护人同意了")
    assert (talk.slots["complaint_behalf"], talk.slots["complaint_leave"]) == ("child", "guardian")


async def test_under_14_nothing_is_kept_until_a_guardian_is_there():
    talk = Talk(complaint_kind="other")
    await talk.begin()
    await talk.tap("我自己")
    said = await talk.say("我才十二岁，充游戏花了好多钱")
    assert said["response"] == "utter_complaint_under_14"
    assert "十二岁" not in json.dumps(talk.slots, ensure_ascii=False)
    await talk.tap("大人在旁边")
    assert (talk.slots["complaint_behalf"], talk.slots["requested_slot"]) == ("child", "complaint_story")


@pytest.mark.parametrize(
    "text",
    [
        "我今年12岁",
        "我才十三岁",
        "我13岁，被骗了",
        "我还不到14岁",
        "我是个十岁的小学生",
        "I am 12 years old",
        "I'm only 13.",
        "i am under 14",
    ],
)
def test_an_age_under_14_is_heard(text):
    assert says_under_14(text)


@pytest.mark.parametrize(
    "text",
    ["我14岁", "我六十岁了", "我今年62岁", "我12岁的孩子", "我12岁时家里借过钱", "我儿子12岁", "跟我13岁的女儿",
     "我借了12个月", "我二十三岁", "I am 12 months behind", "I am 5 days late",
     "my son is 12 years old", "I am 60 years old"],
)  # fmt: skip
def test_other_ages_and_numbers_are_not(text):
    assert not says_under_14(text)


@pytest.mark.parametrize(("step", "limit"), [("story", 4000), ("contact", 200), ("details", 300)])
async def test_too_long_is_refused_kindly_and_loses_nothing(step, limit):
    talk = Talk(complaint_kind="other", complaint_behalf="self", complaint_leave="", complaint_story="合同没给我")
    if step == "story":
        talk.slots["complaint_story"] = None
    if step == "contact":
        talk.slots |= {"complaint_details": "done", "complaint_answers": {
            name: {"text": "x"} for name in ("against", "about", "tried", "when")
        }}  # fmt: skip
    await talk.begin()
    kept = {name: value for name, value in talk.slots.items() if value is not None}
    await talk.say("长" * (limit + 1))
    assert talk.new[0]["response"] == "utter_complaint_too_long"
    assert talk.new[0]["limit"] == str(limit)
    assert {name: value for name, value in talk.slots.items() if value is not None} == kept
    await talk.say("长" * limit)
    assert "长" * limit in json.dumps(talk.slots, ensure_ascii=False)


@pytest.mark.parametrize("text", ["跳过", "不知道", "记不清了", "skip", "Not sure."])
async def test_a_question_can_be_skipped_in_words(text):
    talk = Talk(complaint_kind="other", complaint_behalf="self", complaint_leave="", complaint_story="合同没给我")
    await talk.begin()
    await talk.say(text)
    assert talk.slots["complaint_answers"]["against"] == {"option": "", "text": "", "known": False}


@pytest.mark.parametrize(
    ("text", "kind"),
    [("催收", "collection"), ("利息太高", "cost"), ("scam", "fraud"), ("征信记录有错", "credit_record")],
)
async def test_a_kind_can_be_named_in_words(text, kind):
    talk = Talk()
    await talk.begin()
    await talk.say(text)
    assert talk.slots["complaint_kind"] == kind


async def test_asides_and_strange_buttons_take_nothing():
    talk = Talk(complaint_kind="other")
    await talk.begin()
    for text, intent, entities in (
        ("菜单", "menu", {}), ("什么是砍头息", "ask_basic", {}), ("/learn", "learn", {}),
        ("/x", "complaint_choose", {"complaint_field": "kind", "complaint_value": "nonsense"}),
        ("/x", "complaint_choose", {"complaint_field": "colour", "complaint_value": "red"}),
        ("/x", "complaint_choose", {"complaint_field": "leave", "complaint_value": "agreed"}),
        ("/x", "complaint_choose", {"complaint_field": "behalf", "complaint_value": "admin"}),
        ("/x", "complaint_correct", {"complaint_field": "draft_id"}),
        ("/complaint_send", "complaint_send", {}),
    ):  # fmt: skip
        before = dict(talk.slots)
        await talk.turn(text, intent, entities)
        assert not talk.taken, (text, entities)
        assert talk.slots == before


async def test_a_failed_store_loses_nothing_and_can_be_tried_again(desk):
    talk = Talk()
    await through(talk, "其他", "合同没给我", "老王")
    desk.is_away = True
    await talk.tap("交上去")
    assert talk.said[-1]["response"] == "utter_complaint_failed"
    desk.is_away = False
    await talk.ask()
    await talk.tap("交上去")
    assert (desk.filed[0].story, desk.filed[0].against) == ("合同没给我", "老王")


@pytest.mark.parametrize("action", [ActionMenu, ActionStart])
async def test_whoever_comes_back_is_reminded_of_what_is_unfinished(action):
    talk = Talk()
    await talk.do(action())
    assert len(talk.said) == 1
    await talk.begin()
    talk.said = []
    await talk.do(action())
    assert len(talk.said) == 1  # nothing was told yet
    await talk.ask()
    await talk.tap("其他")
    talk.said = []
    await talk.do(action())
    assert [message["response"] for message in talk.said][1:] == ["utter_complaint_waiting"]
    assert talk.said[-1]["buttons"] == [{"title": "接着填我的投诉", "payload": "/start_complaint"}]


async def test_stopping_another_form_keeps_the_complaint_and_stopping_the_complaint_forgets_it():
    talk = Talk(complaint_kind="other", complaint_story="合同没给我", complaint_draft_id="d", loan_offer=LOAN)
    talk.active = "loan_form"
    await talk.do(ActionCancel())
    assert (talk.slots["complaint_story"], talk.slots["loan_offer"]) == ("合同没给我", None)
    talk.active = "complaint_form"
    await talk.do(ActionCancel())
    assert talk.slots["complaint_story"] is None


def test_one_option_or_none(shipped):
    did = shipped.content.complaints.question("collection", "did")
    assert matching(did, "他们骂人") == "insults"
    assert matching(did, "骂人，还威胁我") == ""
    assert matching(did, "Threatened") == "threats"
    # A word of Latin letters is not found inside another.
    assert matching(shipped.content.complaints.question("collection", "called"), "the minimum payment") == ""
