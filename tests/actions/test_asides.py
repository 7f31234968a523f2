"""What leaves a form, and what is an answer to it."""

from types import SimpleNamespace

import pytest

from actions._support import is_aside
from bot.content.base import read_yaml
from bot.settings import ROOT

COMMANDS = read_yaml(ROOT / "data" / "lookup" / "commands.yml")


def turn(text, intent):
    return SimpleNamespace(latest_message={"text": text, "intent": {"name": intent, "confidence": 0.99}})


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("stop the calls", "cancel"),
        ("停止骚扰", "cancel"),
        ("我想取消那笔贷款", "cancel"),
        ("返回多收的钱", "menu"),
        ("the menu of a restaurant", "menu"),
        ("I was told to speak English", "set_language"),
        ("取消", "ask_loan_cost"),
    ],
)
def test_what_somebody_tells_is_an_answer(text, intent):
    assert not is_aside(turn(text, intent), frozenset())


@pytest.mark.parametrize(
    ("text", "intent"), [("取消", "cancel"), ("Cancel.", "cancel"), (" 菜单！", "menu"), ("Help", "help")]
)
def test_a_command_word_for_word_leaves_the_form(text, intent):
    assert is_aside(turn(text, intent), frozenset())


def test_a_button_leaves_the_form_unless_it_is_its_own():
    assert is_aside(turn("/learn", "learn"), frozenset({"complaint_send"}))
    assert not is_aside(turn("/complaint_send", "complaint_send"), frozenset({"complaint_send"}))


def test_every_command_is_a_training_example_of_its_intent():
    examples = {}
    for file in (ROOT / "data" / "nlu").glob("*/common.yml"):
        for block in read_yaml(file)["nlu"]:
            lines = {line.removeprefix("- ").strip().casefold() for line in block["examples"].splitlines()}
            examples.setdefault(block.get("intent"), set()).update(lines)
    for intent, words in COMMANDS.items():
        assert set(words) <= examples[intent], set(words) - examples[intent]
