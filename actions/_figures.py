"""Text with every number in digits, for the few answers the loan grammar does not speak of."""

from bot.language.folding import fold
from bot.language.numerals import digits


def in_digits(text: str) -> str:
    """Plain lower-case letters, full-width ones folded, numbers in digits; ``a…b`` is a range, ``~a`` an estimate."""
    return digits(fold(text), text).text.lower()
