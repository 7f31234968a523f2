"""Copies are found whatever they wear; texts of one's own are left alone."""

import pytest

from bot.content.fraud import load_fraud
from bot.screening.copies import find_copy
from bot.screening.normalise import Normaliser
from bot.settings import ROOT

THERE = ["放款前先交2000元保证金", "Pay the deposit first and the loan is released today", "村口的井盖松了"]


@pytest.fixture(scope="module")
def normaliser() -> Normaliser:
    spelling = load_fraud(ROOT / "data" / "fraud").spelling
    return Normaliser(spelling.codes, spelling.traditional)


def copy_of(normaliser: Normaliser, text: str, **how: bool) -> str | None:
    return find_copy(normaliser.bare(text), {normaliser.bare(other): other for other in THERE}, **how)


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("放款前先交２０００元 保證金！！🔥", 0),
        ("放·款·前·先·交 2000元保证金", 0),
        ("放款前先交2000元保证金哦", 0),
        ("PAY the deposit first, and the loan is released today!", 1),
        ("Pay the deposit first and your loan is released today", 1),
    ],
)
def test_a_copy_is_found(normaliser: Normaliser, text: str, of: int) -> None:
    assert copy_of(normaliser, text) == THERE[of]


@pytest.mark.parametrize("text", ["放款前先看清合同", "The loan is released after you sign at the counter", "井盖"])
def test_another_text_is_none(normaliser: Normaliser, text: str) -> None:
    assert copy_of(normaliser, text, parts_too=True) is None


def test_a_whole_text_inside_a_longer_one_counts_when_asked(normaliser: Normaliser) -> None:
    longer = f"我昨天在集市上碰到一个人，他跟我说得可好听了，{THERE[0]}，然后当天就能拿到钱，我没敢信，回来问问你"
    assert copy_of(normaliser, longer) is None
    assert copy_of(normaliser, longer, parts_too=True) == THERE[0]
