"""What a chat can show."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import CARD_TYPES, BarChart, Button, LoanCostCard, Message, Series, Table
from bot.telegram.render import PICTURES, render, split

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def message(text: str = "你好", buttons: int = 0, title: str = "查一查") -> Message:
    offered = [
        Button(title=f"{title}{n}", payload='/loan_lender{"loan_lender": "private"}' * 3) for n in range(buttons)
    ]
    return Message(id="m" * 22, text=text, buttons=offered, created_at=NOW)


def test_every_card_type_renders() -> None:
    assert set(PICTURES) == set(CARD_TYPES)


def test_button_data_fits_whatever_the_payload() -> None:
    keyboard = render(message(buttons=12)).keyboard
    assert keyboard is not None
    keys = [key for row in keyboard.inline_keyboard for key in row]
    assert [key.callback_data for key in keys] == [f"{'m' * 22}:{n}" for n in range(12)]
    assert all(len(str(key.callback_data).encode()) <= 64 for key in keys)


@pytest.mark.parametrize(("title", "widest"), [("短", 2), ("一个长得放不下两个并排的按钮名称啊", 1)])
def test_rows_stay_readable(title: str, widest: int) -> None:
    keyboard = render(message(buttons=6, title=title)).keyboard
    assert keyboard is not None
    assert max(len(row) for row in keyboard.inline_keyboard) == widest


def test_a_loan_card_brings_its_picture() -> None:
    chart = BarChart(title="t", description="d" * 2000, x_label="x", y_label="y", x=["1"],
                     series=[Series(label="s", values=["1.00"])])  # fmt: skip
    card = LoanCostCard(title="t", figures=[], schedule=Table(caption="c", columns=[], rows=[]), chart=chart)
    photo = render(message().model_copy(update={"card": card})).photo
    assert photo is not None
    assert photo.png.startswith(b"\x89PNG")
    assert len(photo.caption) == 1024


def test_long_texts_are_cut_between_paragraphs() -> None:
    text = "\n\n".join("字" * 900 for _ in range(9))
    pieces = split(text)
    assert [len(piece) for piece in pieces] == [900 * 4 + 6, 900 * 4 + 6, 900]


@given(st.text(alphabet=st.sampled_from("字。 \n，a"), max_size=600))
def test_nothing_is_lost_in_cutting(text: str) -> None:
    pieces = split(text, 40)
    assert all(0 < len(piece) <= 40 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    for before, after in pairwise(pieces):
        assert before == before.rstrip()
        assert after == after.lstrip()
