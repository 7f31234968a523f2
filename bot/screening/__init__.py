"""Fraud and usury signs in a text (spaCy lives here, and nowhere else)."""

from bot.screening.finding import Emergency, Finding, FoundSign, Reason, Verdict
from bot.screening.screener import Screener

__all__ = ["Emergency", "Finding", "FoundSign", "Reason", "Screener", "Verdict"]
