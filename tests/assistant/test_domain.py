"""The domain, the actions and the two languages agree with each other. Reads YAML; needs no Rasa."""

import re
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor

from bot.content.base import read_yaml
from bot.settings import ROOT

DOMAIN: dict[str, dict[str, Any]] = {file.stem: read_yaml(file) for file in sorted((ROOT / "domain").glob("*.yml"))}
RESPONSES = {name: variants for part in DOMAIN.values() for name, variants in part.get("responses", {}).items()}
LANGUAGES = ("zh", "en")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_HANZI = re.compile("[㐀-鿿]")


def listed(key: str) -> list[Any]:
    return [entry for part in DOMAIN.values() for entry in part.get(key) or ()]


def language_of(variant: dict[str, Any]) -> str:
    [condition] = variant["condition"]
    assert (condition["type"], condition["name"]) == ("slot", "language")
    return condition["value"]


@pytest.fixture(scope="module")
def registered() -> set[str]:
    executor = ActionExecutor()
    executor.register_package("actions")
    return set(executor.actions)


def test_every_action_of_the_domain_is_written_and_every_written_one_is_in_the_domain(registered):
    named = {action for action in listed("actions") if not action.startswith("utter_")}
    forms = {f"validate_{form}" for part in DOMAIN.values() for form in part.get("forms") or {}}
    assert registered == named | (forms & registered)
    assert named <= registered


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_the_same_in_both_languages(name):
    variants = {language_of(variant): variant for variant in RESPONSES[name]}
    assert set(variants) == set(LANGUAGES)
    assert len(RESPONSES[name]) == len(LANGUAGES)
    placeholders = {tongue: set(_PLACEHOLDER.findall(variants[tongue].get("text", ""))) for tongue in LANGUAGES}
    assert placeholders["zh"] == placeholders["en"]
    payloads = {tongue: [button["payload"] for button in variants[tongue].get("buttons", ())] for tongue in LANGUAGES}
    if "set_language" not in str(payloads):
        assert payloads["zh"] == payloads["en"]
    assert len(payloads["zh"]) == len(payloads["en"])


@pytest.mark.parametrize("name", RESPONSES)
def test_english_is_english(name):
    english = next(variant for variant in RESPONSES[name] if language_of(variant) == "en")
    assert not _HANZI.search(english.get("text", ""))


@pytest.mark.parametrize("name", RESPONSES)
def test_what_is_said_is_short(name):
    for variant in RESPONSES[name]:
        # About 300 letters a message; English takes about twice the letters for the same.
        assert len(variant.get("text", "")) <= (300 if language_of(variant) == "zh" else 600)


def test_every_payload_of_a_button_is_an_intent_of_the_domain():
    intents = {next(iter(one)) if isinstance(one, dict) else one for one in listed("intents")}
    offered = {
        button["payload"]
        for variants in RESPONSES.values()
        for variant in variants
        for button in variant.get("buttons", ())
    }
    assert offered
    assert {payload.lstrip("/").split("{")[0] for payload in offered} <= intents
