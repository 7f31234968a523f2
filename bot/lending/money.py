"""Yuan as people write them, fen as we count them, and the one rounding between the two."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

FEN = Decimal("0.01")
PERCENT_SHOWN = Decimal("0.01")


def to_fen(yuan: Decimal) -> int:
    """Yuan to whole fen, half a fen away from zero (四舍五入), as lenders and banks print it."""
    return int((yuan * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_fen(fen: int) -> Decimal:
    """Whole fen to yuan with two places."""
    return (Decimal(fen) / 100).quantize(FEN)


def percent(fraction: Decimal) -> Decimal:
    """A rate as a fraction to percent with two places, half up: what a person is shown."""
    with localcontext(prec=40):  # a rate may be absurd; showing it must not fail
        return (fraction * 100).quantize(PERCENT_SHOWN, rounding=ROUND_HALF_UP)
