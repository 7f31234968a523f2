"""The picture of a schedule: it draws for any length, and its font has every letter the interface uses."""

from io import BytesIO

import pytest
from PIL import Image, ImageFont

from bot.content.base import read_yaml
from bot.messages import BarChart, Series
from bot.settings import ROOT
from bot.telegram import chart as chart_module
from bot.telegram.chart import draw


def chart(values: list[str], second: list[str]) -> BarChart:
    return BarChart(
        title="每期还的钱", description="", x_label="第几期", y_label="元", x=[str(n + 1) for n in range(len(values))],
        series=[Series(label="本金", values=values), Series(label="利息", values=second)],
    )  # fmt: skip


@pytest.mark.parametrize("periods", [1, 12, 360])
def test_it_draws(periods: int) -> None:
    image = Image.open(BytesIO(draw(chart(["800.00"] * periods, ["145.60"] * periods))))
    assert image.size == (1280, 800)
    assert len(image.convert("RGB").getcolors(1 << 20) or []) > 20


def test_a_dearer_part_takes_more_room() -> None:
    def orange(interest: str) -> int:
        image = Image.open(BytesIO(draw(chart(["800"], [interest])))).convert("RGB")
        return sum(count for count, colour in image.getcolors(1 << 20) or [] if colour == (0xD9, 0x8A, 0x1F))

    assert orange("150") > 1.4 * orange("100")


def test_nothing_but_zeros_still_draws() -> None:
    assert draw(chart(["0.00"], ["0.00"])).startswith(b"\x89PNG")


def test_the_font_has_every_letter_that_a_loan_card_uses() -> None:
    font = ImageFont.truetype(str(chart_module._FONT), 24)  # noqa: SLF001 - the file is the point
    missing = bytes(font.getmask("\ue000"))
    files = [ROOT / "data" / "wording" / name for name in ("loan_cards.yml", "loan_costs.yml")]
    texts = [text for file in files for entry in read_yaml(file).values() for text in entry.values()]
    letters = {letter for text in texts for letter in text if not letter.isspace()}
    assert {letter for letter in letters if bytes(font.getmask(letter)) == missing} == set()
