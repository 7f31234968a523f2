"""A bar chart of a card as a crisp PNG, for chats that cannot draw. The card's table says the same in words."""

from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.messages import BarChart

_FONT = Path(__file__).parent / "fonts" / "chart.otf"
_WIDTH, _HEIGHT = 1280, 800
_LEFT, _RIGHT, _TOP, _BOTTOM = 130, 40, 150, 110
_PAPER, _INK, _FAINT = "#ffffff", "#1d2b2a", "#d5dedc"
_COLOURS = ("#0f6b63", "#d98a1f", "#7a5ca8")  # told apart in grey as well: dark, light, middle
_MOST_X_LABELS = 12
_GRID_LINES = 4


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), size)


def draw(chart: BarChart) -> bytes:
    """Stacked bars with title, legend, axis and grid, as PNG bytes."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((_LEFT, 30), chart.title, _INK, _font(38))
    _legend(pen, [series.label for series in chart.series])
    heights = [sum(column, Decimal(0)) for column in zip(*_values(chart), strict=True)]
    top = _round_up(max(heights, default=Decimal(1)))
    _grid(pen, top, chart)
    _bars(pen, chart, top)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _values(chart: BarChart) -> list[list[Decimal]]:
    return [[Decimal(value) for value in series.values] for series in chart.series]


def _legend(pen: ImageDraw.ImageDraw, labels: list[str]) -> None:
    x = float(_LEFT)
    for label, colour in zip(labels, _COLOURS, strict=False):
        pen.rectangle((x, 96, x + 26, 122), colour)
        pen.text((x + 36, 92), label, _INK, _font(26))
        x += 36 + pen.textlength(label, _font(26)) + 44


def _round_up(value: Decimal) -> Decimal:
    """The next of 1, 2, 2.5, 5 times a power of ten: an axis people can read."""
    if value <= 0:
        return Decimal(1)
    power = Decimal(10) ** value.adjusted()
    return next(step * power for step in map(Decimal, ("1", "2", "2.5", "5", "10")) if step * power >= value)


def _grid(pen: ImageDraw.ImageDraw, top: Decimal, chart: BarChart) -> None:
    for number in range(_GRID_LINES + 1):
        share = Decimal(number) / _GRID_LINES
        y = _y(share)
        pen.line((_LEFT, y, _WIDTH - _RIGHT, y), _INK if number == 0 else _FAINT, 2)
        pen.text((_LEFT - 14, y), _plain(top * share), _INK, _font(24), anchor="rm")
    pen.text((_LEFT - 14, _TOP - 22), chart.y_label, _INK, _font(22), anchor="rm")
    pen.text((_WIDTH - _RIGHT, _HEIGHT - 34), chart.x_label, _INK, _font(24), anchor="rm")


def _bars(pen: ImageDraw.ImageDraw, chart: BarChart, top: Decimal) -> None:
    count = len(chart.x)
    slot = (_WIDTH - _LEFT - _RIGHT) / max(count, 1)
    every = -(-count // _MOST_X_LABELS)
    columns = list(zip(*_values(chart), strict=True))
    for number, (label, column) in enumerate(zip(chart.x, columns, strict=True)):
        left = _LEFT + slot * (number + 0.15)
        right = max(_LEFT + slot * (number + 0.85), left + 1)
        base = Decimal(0)
        for value, colour in zip(column, _COLOURS, strict=False):
            if value > 0:
                pen.rectangle((left, _y((base + value) / top), right, _y(base / top)), colour)
            base += value
        if number % every == 0 or number == count - 1:
            pen.text(((left + right) / 2, _HEIGHT - _BOTTOM + 24), label, _INK, _font(24), anchor="mm")


def _y(share: Decimal) -> float:
    return float(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM))


def _plain(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
