"""Sums, rates, terms and dates as people write them; receipts; what must be masked. Pure."""

from bot.language.answers import read_amount, read_rate, read_term, read_yes_no
from bot.language.dates import read_date
from bot.language.grammar import read_terms
from bot.language.masking import Masked, Secret, mask, mask_contacts
from bot.language.receipts import group_receipt, is_receipt, normalise_receipt, receipt_check_digit
from bot.language.script import clean, guess_language
from bot.language.terms import (
    Ambiguity,
    Fee,
    Field,
    Method,
    Payment,
    Period,
    Practice,
    Rate,
    RateKind,
    Reason,
    Term,
    Terms,
    When,
)

__all__ = [
    "Ambiguity",
    "Fee",
    "Field",
    "Masked",
    "Method",
    "Payment",
    "Period",
    "Practice",
    "Rate",
    "RateKind",
    "Reason",
    "Secret",
    "Term",
    "Terms",
    "When",
    "clean",
    "group_receipt",
    "guess_language",
    "is_receipt",
    "mask",
    "mask_contacts",
    "normalise_receipt",
    "read_amount",
    "read_date",
    "read_rate",
    "read_term",
    "read_terms",
    "read_yes_no",
    "receipt_check_digit",
]
