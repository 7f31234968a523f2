"""Fraud and usury signs in a text (spaCy lives here, and nowhere else)."""

from bot.screening.finding import Emergency, Finding, FollowUp, FoundSign, Reason, Verdict, with_answer
from bot.screening.screener import Screener

__all__ = ["Emergency", "Finding", "FollowUp", "FoundSign", "Reason", "Screener", "Verdict", "with_answer"]
