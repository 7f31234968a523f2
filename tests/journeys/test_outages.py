"""Processes die in the middle of things. Nothing that was entered, receipted or answered is lost."""

import httpx
import pytest

pytestmark = pytest.mark.rasa


def _again(conversation, act, *given):
    """As the widget does: the same thing once more until it is answered."""

    def answered():
        try:
            return act(*given)
        except (AssertionError, httpx.TransportError):
            return None

    return conversation.until(answered, 120)


class Patient:
    """A resident who tries again while something is away."""

    def __init__(self, stack, talk):
        self.until = stack.until
        self.talk = talk("zh")

    def say(self, text):
        return _again(self, self.talk.say, text)

    def tap(self, title):
        return _again(self, self.talk.tap, title)


def test_a_complaint_outlives_every_process_it_passes_through(stack, talk):
    resident = Patient(stack, talk)
    resident.say("我要投诉")
    resident.tap("催收骚扰")
    resident.tap("我自己")
    resident.say("半夜打电话，还骂人，孩子都吓哭了")
    stack.kill("rasa_server/launch.py")
    # The form goes on where it was: Rasa's memory is on disk.
    assert "找了谁" in resident.tap("跳过")[-1]["text"]
    stack.kill("rasa_sdk")
    resident.tap("家里人")
    resident.tap("够了")
    resident.tap("不留")
    assert "孩子都吓哭了" in resident.tap("同意")[-1]["text"]
    filed = resident.tap("交上去")
    receipt = next(message["card"]["receipt"] for message in filed if message["card"])
    stack.kill("bot.web.app")
    assert _is_back(stack)
    other = Patient(stack, talk)
    other.tap("查我的投诉")
    shown = other.say(receipt)
    assert any(message["card"] and message["card"]["type"] == "case" for message in shown)


def _is_back(stack):
    def alive():
        try:
            return httpx.get(f"{stack.web}/readyz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    return stack.until(alive, 60)
