"""Receipts as people write them: 16 digits, however they are grouped.

The last digit is the Luhn check digit plus five. So a slip of the pen is noticed before anything is looked up, and no
receipt can ever be mistaken for a bank card, whose last digit is the Luhn digit itself.
"""

import re
import unicodedata

LENGTH = 16
_SHIFT = 5
_SEPARATORS = re.compile(r"[\s\-‐-―_.·,，、]+")


def luhn_digit(digits: str) -> int:
    """The digit that completes a number by ISO/IEC 7812-1."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of two digits
    return -total % 10


def receipt_check_digit(first15: str) -> str:
    """The last digit of a receipt that begins with these fifteen."""
    return str((luhn_digit(first15) + _SHIFT) % 10)


def normalise_receipt(text: str) -> str | None:
    """The 16 digits of a receipt written with any digits and separators; ``None`` when it is none."""
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:200]))
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        return None
    return digits if digits[-1] == receipt_check_digit(digits[:-1]) else None


def is_receipt(text: str) -> bool:
    """Whether a text is a receipt and nothing else."""
    return normalise_receipt(text) is not None


def group_receipt(digits: str) -> str:
    """Four groups of four, as a receipt is shown and read aloud."""
    return " ".join(digits[start : start + 4] for start in range(0, LENGTH, 4))
