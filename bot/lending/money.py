"""Yuan as people write them, fen as we count them, and the one rounding between the two."""

from decimal import ROUND_HALF_UP, Context, Decimal

FEN = Decimal("0.01")
PERCENT_SHOWN = Decimal("0.01")
_NOTHING = Decimal("0.00")
_WIDE = Context(prec=40, rounding=ROUND_HALF_UP)  # a rate may be absurd; showing it must not fail


def to_fen(yuan: Decimal) -> int:
    """Yuan to whole fen, half a fen away from zero (四舍五入), as lenders and banks print it."""
    return int((yuan * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_fen(fen: int) -> Decimal:
    """Whole fen to yuan with two places."""
    return (Decimal(fen) / 100).quantize(FEN)


def percent(fraction: Decimal) -> Decimal:
    """A rate as a fraction to percent with two places, half up: what a person is shown."""
    return rounded_percent(_WIDE.multiply(fraction, Decimal(100)))


def rounded_percent(value: Decimal) -> Decimal:
    """Percent with two places, half up; a rate too small to show is zero, never minus zero."""
    return _WIDE.quantize(value, PERCENT_SHOWN) or _NOTHING
