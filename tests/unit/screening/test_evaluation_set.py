"""The scam half of the evaluation set is complete, and its two splits stay apart."""

import re
from functools import cache
from pathlib import Path

import pytest

from bot.content.base import read_yaml
from bot.settings import ROOT

BENCH = ROOT / "bench" / "screening"
SPLITS = ("dev", "held_out")
# `general` holds signs that name no single trick, so nothing can have it as its main pattern.
FAMILIES = sorted(path.stem for path in (ROOT / "data" / "fraud" / "families").glob("*.yml") if path.stem != "general")
LEAST_TEXTS = 40
LEAST_PER_SPLIT = 20


@cache
def read(path: Path, family: str) -> list[str]:
    content = read_yaml(path)
    assert list(content) == [family], f"{path} names another family"
    return content[family]


def texts(split: str, family: str) -> list[str]:
    return read(BENCH / split / f"scams-{family}.yml", family)


def skeleton(text: str) -> str:
    """The letters and figures alone, so that spacing and punctuation hide no copy."""
    return re.sub(r"[\W_]+", "", text).lower()


def is_chinese(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is not None


@pytest.mark.parametrize("family", FAMILIES)
def test_family_has_enough_texts_in_both_splits(family: str) -> None:
    counts = [len(texts(split, family)) for split in SPLITS]
    assert sum(counts) >= LEAST_TEXTS
    assert min(counts) >= LEAST_PER_SPLIT


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("split", SPLITS)
def test_both_languages_are_present(split: str, family: str) -> None:
    assert {is_chinese(text) for text in texts(split, family)} == {True, False}


def test_every_entry_is_a_text() -> None:
    for split in SPLITS:
        for family in FAMILIES:
            for text in texts(split, family):
                assert isinstance(text, str), f"{split}/{family}: {text!r}"
                assert text.strip(), f"{split}/{family} has an empty text"


def test_no_text_stands_twice() -> None:
    """A text known from development measures nothing when it is held out."""
    seen: dict[str, str] = {}
    for split in SPLITS:
        for family in FAMILIES:
            for text in texts(split, family):
                place = f"{split}/{family}"
                first = seen.setdefault(skeleton(text), place)
                assert first is place, f"{place} repeats a text of {first}: {text}"
