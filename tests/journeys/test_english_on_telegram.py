"""The whole main job in English: a resident on Telegram, a handler at the console."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.rasa]


def test_from_start_to_the_answer_of_the_desk(stack, phone, handler):
    resident = phone(5150, "en")
    assert "computer program of a free public service" in resident.say("/start")

    answer = resident.say("borrow 10,000 at 2% a month over 12 months")
    for figure in ("945.60", "11,347.15", "24%", "26.82%", "12%"):
        assert figure in answer, figure
    assert any("photo" in message for message in resident.messages())

    resident.tap("Menu")
    resident.tap("scam?")
    verdict = resident.say("Your loan of 50,000 is approved. Pay a 2,000 deposit first, then add me on WeChat")
    assert "deposit" in verdict

    resident.tap("Menu")
    resident.tap("lesson")
    assert "1/5" in resident.tap("What a loan really costs")

    resident.say("I want to complain")
    resident.tap("Harassment")
    resident.tap("Myself")
    for told in ("They call my mother every day", "Fast Cash", "they swear at her", "at night"):
        resident.say(told)
    assert "phone number or other contact" in resident.tap("Skip")
    resident.tap("No contact")
    summary = resident.tap("agree")
    assert "they swear at her" in summary
    resident.tap("Change")
    resident.tap("Add: What you want")
    assert "stop the calls" in resident.say("stop the calls")
    filed = resident.tap("Send")
    receipt = re.search(r"\d{4} \d{4} \d{4} \d{4}", filed)[0]

    desk = handler("Ann", "en-GB")
    desk.case("Fast Cash")
    desk.take()
    desk.write("note", "check the contract first")
    desk.move("triaged")
    desk.move("in_progress")
    desk.write("answer", "We have written to them; they may not call your mother.")
    stack.until(lambda: any("may not call your mother" in text for text in resident.texts()))

    elsewhere = phone(6160, "en")
    elsewhere.say("/start")
    elsewhere.tap("My case")
    assert "may not call your mother" in elsewhere.say(receipt)
