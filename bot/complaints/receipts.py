"""The 16 digits that open a case again. Their shape and check digit belong to ``bot.language.receipts``."""

import secrets

from bot.language.receipts import receipt_check_digit

_RANDOM_DIGITS = 15


def new_receipt() -> str:
    """A receipt nobody can guess, and which is never a valid bank card number."""
    digits = "".join(str(secrets.randbelow(10)) for _ in range(_RANDOM_DIGITS))
    return f"{digits}{receipt_check_digit(digits)}"
