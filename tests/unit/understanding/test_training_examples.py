"""What the model learns from: plain checks of data/nlu, without Rasa."""

import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache

import pytest

from bot.content.base import read_yaml
from bot.settings import ROOT

LANGUAGES = ("zh", "en")
SUBJECTS = [
    "ask_loan_cost",
    "ask_usury",
    "check_message",
    "start_complaint",
    "ask_credit_record",
    "ask_basic",
    "debt_trouble",
    "early_repayment",
]
FEWEST = {"zh": 200, "en": 160}
FEWEST_OUT_OF_SCOPE = 200
FEWEST_OF_ANY = {"zh": 55, "en": 40}


@cache
def examples(language):
    """Each intent's examples."""
    found = defaultdict(list)
    for file in (ROOT / "data" / "nlu" / language).glob("*.yml"):
        for block in read_yaml(file)["nlu"]:
            found[block["intent"]] += [line.strip().removeprefix("- ") for line in block["examples"].splitlines()]
    return found


def normalised(text):
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold()) or text


def test_no_example_stands_twice():
    held = Counter(
        normalised(text) for language in LANGUAGES for texts in examples(language).values() for text in texts
    )
    assert [text for text, times in held.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_subject_has_many_voices(language):
    counts = {intent: len(texts) for intent, texts in examples(language).items()}
    assert {intent for intent in SUBJECTS if counts[intent] < FEWEST[language]} == set()
    assert counts["out_of_scope"] >= FEWEST_OUT_OF_SCOPE
    assert {intent for intent, count in counts.items() if count < FEWEST_OF_ANY[language]} == set()


def test_both_languages_teach_the_same_intents():
    assert examples("zh").keys() == examples("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_example_is_an_entity_annotation_by_accident(language):
    # Rasa reads [text](name) and [text]{...} as an entity.
    assert [text for texts in examples(language).values() for text in texts if re.search(r"\][({]", text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_example_is_digits_alone(language):
    # The featurizer takes every number for one and the same: "88" for goodbye would make every sum a farewell.
    assert [text for texts in examples(language).values() for text in texts if text.isdigit()] == []
