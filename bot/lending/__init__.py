"""Loan arithmetic: schedules to the fen, annual rates on money really received, legal lines. Pure."""

from bot.lending.annual_rate import AnnualRate, CashFlow, NoRateError, SeveralRatesError, annual_rate, dated_annual_rate
from bot.lending.lines import LineCheck, check_lines
from bot.lending.quote import Quote, quote
from bot.lending.schedule import Instalment
from bot.lending.terms import LoanTerms, Method, Rate, RateKind, Term, TermsError, Unit

__all__ = [
    "AnnualRate",
    "CashFlow",
    "Instalment",
    "LineCheck",
    "LoanTerms",
    "Method",
    "NoRateError",
    "Quote",
    "Rate",
    "RateKind",
    "SeveralRatesError",
    "Term",
    "TermsError",
    "Unit",
    "annual_rate",
    "check_lines",
    "dated_annual_rate",
    "quote",
]
