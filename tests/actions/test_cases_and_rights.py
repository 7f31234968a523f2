"""What a receipt opens, who can act, and letters: the actions on a real store."""

import re

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _support
from actions.cases import ActionAskCaseDelete, ActionDeleteCase, ActionShowCase, ActionShowHoldings
from actions.rights import ActionAskWhoIsIt, ActionShowWhoCanAct, ActionWriteLetter
from bot.complaints import Answer, ComplaintDraft, Complaints, Fact, Kind
from bot.content.rights import UNKNOWN
from bot.evidence import Accepted, FileKind
from bot.messages import Channel, Language, LetterCard, SummaryCard, TableCard, read_card
from bot.services import Services
from bot.settings import Settings
from bot.storage.migrate import upgrade
from bot.storage.receipts import Argon2ReceiptHasher


@pytest.fixture
def services(tmp_path, shipped):
    made = Services(Settings(state_dir=tmp_path))
    made.__dict__["content"] = shipped.content
    upgrade(made.engine)
    hasher = Argon2ReceiptHasher(made.keys, memory_kib=8, rounds=1)
    real = made.complaints
    made.__dict__["complaints"] = Complaints(real._store, hasher, real._clock, real.promises)  # noqa: SLF001 - cheap hashes
    _support.set_services(made)
    yield made
    _support.set_services(None)
    made.close()


@pytest.fixture
def receipt(services):
    services.evidence.keep("sender", Accepted(FileKind.PICTURE, "image/png", (b"x",)))
    return services.complaints.file(
        ComplaintDraft(
            draft_id="d", kind=Kind.CREDIT_RECORD, story="还清了{还}显示逾期", against="甲公司", when="", amount="800",
            wish="更正", language=Language.ZH, channel=Channel.WEB, sender="sender", consent=True,
            answers=(Answer("who", "哪家报送的", "乙银行"),), figures={Fact.PRINCIPAL: "8000.00"},
        )
    ).receipt  # fmt: skip


async def said(action, language="zh", entities=None, **slots):
    found = [{"entity": name, "value": value} for name, value in (entities or {}).items()]
    latest = {"text": "/x", "intent": {"name": "x"}, "entities": found}
    turn = Tracker("sender", {"language": language, **slots}, latest, [], False, None, {}, "action_listen")  # noqa: FBT003
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, turn, {})
    message = dispatcher.messages[-1]
    card = (message.get("custom") or {}).get("card")
    return message, (None if card is None else read_card(card)), events


async def test_a_case_leads_to_who_can_act_and_to_what_is_held(receipt):
    message, _, events = await said(ActionShowCase(), case_receipt=receipt)
    offered = {button["payload"] for button in message["buttons"]}
    assert {"/who_can_act", "/my_data", "/case_write", "/case_withdraw"} <= offered
    assert {"case_kind", "case_receipt"} <= {event["name"] for event in events}


@pytest.mark.parametrize("language", list(Language))
async def test_everything_held_is_shown_with_its_end(receipt, language):
    message, card, _ = await said(ActionShowHoldings(), language, case_receipt=receipt)
    assert isinstance(card, SummaryCard)
    values = [row.value for row in card.rows]
    assert "还清了{还}显示逾期" in values
    assert {"800", "乙银行", "8000.00"} <= set(values)
    assert {"1张图片", "1 picture"} & set(values)
    assert "哪家报送的" in [row.label for row in card.rows]
    assert "还清了{还}显示逾期" in message["rows"]
    assert "/case_delete" in {button["payload"] for button in message["buttons"]}


@pytest.mark.parametrize("fact", list(Fact))
def test_every_figure_that_goes_with_a_complaint_has_a_name(services, fact):
    assert services.content.wording.say(f"case_fact_{fact}", Language.ZH)


async def test_without_a_receipt_it_says_how_to_see_and_delete(services):
    message, card, _ = await said(ActionShowHoldings())
    assert (message["response"], card) == ("utter_case_holdings_none", None)


async def test_deleting_asks_first_and_leaves_nothing(services, receipt):
    assert (await said(ActionAskCaseDelete(), case_receipt=receipt))[0]["response"] == "utter_case_delete_sure"
    assert services.complaints.follow(receipt, "sender") is not None
    message, _, events = await said(ActionDeleteCase(), case_receipt=receipt)
    assert message["response"] == "utter_case_deleted"
    assert ("case_receipt", None) in {(event["name"], event["value"]) for event in events}
    assert services.complaints.follow(receipt, "sender") is None
    again, _, _ = await said(ActionDeleteCase(), case_receipt=receipt)
    assert again["response"] == "utter_case_not_found"


async def test_somebody_elses_digits_open_and_delete_nothing(services, receipt):
    for action in (ActionShowHoldings(), ActionDeleteCase()):
        message, card, _ = await said(action, case_receipt="1234567890123456")
        assert (message["response"], card) == ("utter_case_not_found", None)
    assert services.complaints.follow(receipt, "sender") is not None


async def test_every_route_is_offered_by_name(services):
    message, _, _ = await said(ActionAskWhoIsIt())
    routes = [re.search(r'"route": "(\w+)"', button["payload"])[1] for button in message["buttons"]]
    assert routes == list(services.content.rights.routes)


@pytest.mark.parametrize("language", list(Language))
async def test_who_can_act_depends_on_the_case_and_on_who_it_is(services, receipt, language):
    message, card, _ = await said(
        ActionShowWhoCanAct(), language, {"route": "licensed"}, case_receipt=receipt, case_kind="credit_record"
    )
    assert isinstance(card, TableCard)
    rights = services.content.rights
    expected = ["credit_objection", "central_bank", "institution", "regulator", "mediation", "court"]
    assert [table.caption for table in card.tables] == [rights.bodies[name].name.of(language) for name in expected]
    assert "20" in message["steps"] or "20" in str(card.tables[0].rows)
    assert message["buttons"][0]["payload"] == '/rights_letter{"letter": "credit"}'


async def test_an_unknown_route_is_that_of_somebody_who_does_not_know(services):
    _, strange, _ = await said(ActionShowWhoCanAct(), entities={"route": "nonsense"})
    _, unknown, _ = await said(ActionShowWhoCanAct(), entities={"route": UNKNOWN})
    assert strange == unknown


async def test_a_fact_whose_review_date_has_passed_says_so(services, monkeypatch):
    late = max(body.review_by for body in services.content.rights.bodies.values()).replace(year=2099)
    monkeypatch.setattr("actions.rights.today", lambda: late)
    _, card, _ = await said(ActionShowWhoCanAct(), entities={"route": "licensed"})
    assert "请再核对" in card.tables[0].rows[-1][1]


async def test_a_letter_is_filled_from_the_case(services, receipt):
    message, card, _ = await said(ActionWriteLetter(), entities={"letter": "credit"}, case_receipt=receipt)
    assert isinstance(card, LetterCard)
    assert "甲公司（或中国人民银行征信中心）：" in card.paragraphs
    assert "为什么不对：还清了{还}显示逾期" in card.paragraphs
    assert not [text for text in card.paragraphs if "涉及的时间" in text]
    assert message["letter"] == "\n".join(card.paragraphs)


@pytest.mark.parametrize("language", list(Language))
async def test_without_a_case_a_letter_has_lines_to_write_on(services, language):
    for letter in services.content.rights.letters:
        _, card, _ = await said(ActionWriteLetter(), language, {"letter": letter})
        assert any("＿＿＿" in text or "____" in text for text in card.paragraphs)
        assert "{" not in "".join(card.paragraphs)


async def test_a_letter_that_does_not_exist_asks_again(services):
    message, card, _ = await said(ActionWriteLetter(), entities={"letter": "../x"})
    assert (message["response"], card) == ("utter_rights_who_is_it", None)
