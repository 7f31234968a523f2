"""The shape of the harmless half of the screening evaluation set: size, balance and no leak between its splits."""

import re
from collections import Counter

import pytest

from bot.content.base import read_yaml
from bot.settings import ROOT

SPLITS = ("dev", "held_out")


def read_split(split: str) -> dict[str, list[str]]:
    """Texts by kind; each file holds the one kind its name says."""
    kinds: dict[str, list[str]] = {}
    for path in sorted((ROOT / "bench" / "screening" / split).glob("harmless-*.yml")):
        content = read_yaml(path)
        kind = path.stem.removeprefix("harmless-")
        assert list(content) == [kind], path.name
        kinds[kind] = content[kind]
    return kinds


def bare(text: str) -> str:
    """The text without what a copy may differ in: spaces, punctuation, case."""
    return re.sub(r"[\W_]+", "", text).lower()


@pytest.fixture(scope="module")
def harmless() -> dict[str, dict[str, list[str]]]:
    return {split: read_split(split) for split in SPLITS}


def texts(kinds: dict[str, list[str]]) -> list[str]:
    return [text for members in kinds.values() for text in members]


def test_every_text_is_a_text(harmless):
    for split in SPLITS:
        assert all(isinstance(text, str) and bare(text) for text in texts(harmless[split]))


def test_there_are_enough(harmless):
    assert sum(len(texts(harmless[split])) for split in SPLITS) >= 900


def test_the_splits_are_even_and_hold_the_same_kinds(harmless):
    dev, held_out = (len(texts(harmless[split])) for split in SPLITS)
    assert abs(dev - held_out) <= 0.1 * max(dev, held_out)
    assert harmless["dev"].keys() == harmless["held_out"].keys()


def test_no_text_appears_twice(harmless):
    seen = Counter(bare(text) for split in SPLITS for text in texts(harmless[split]))
    assert [text for text, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("split", SPLITS)
def test_both_languages_are_there(harmless, split):
    chinese = sum(bool(re.search(r"[\u4e00-\u9fff]", text)) for text in texts(harmless[split]))
    english = len(texts(harmless[split])) - chinese
    assert chinese >= 200
    assert english >= 80


def test_no_personal_number_is_in_a_text(harmless):
    """Mobile numbers (11 digits from 13 to 19) and identity numbers (18 digits) belong to somebody."""
    personal = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
    assert [text for split in SPLITS for text in texts(harmless[split]) if personal.search(text)] == []
