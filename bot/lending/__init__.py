"""Loan arithmetic: schedules to the fen, annual rates on money really received, legal lines. Pure."""

from bot.lending.annual_rate import AnnualRate, CashFlow, NoRateError, SeveralRatesError, annual_rate, dated_annual_rate
from bot.lending.lines import LineCheck, check_lines
from bot.lending.quote import Quote, quote
from bot.lending.schedule import Instalment
from bot.lending.terms import (
    Grace,
    LoanTerms,
    Method,
    Rate,
    RateChange,
    RateKind,
    RollOver,
    Term,
    TermsError,
    Unit,
)
from bot.lending.upfront import deduct_first_interest

__all__ = [
    "AnnualRate",
    "CashFlow",
    "Grace",
    "Instalment",
    "LineCheck",
    "LoanTerms",
    "Method",
    "NoRateError",
    "Quote",
    "Rate",
    "RateChange",
    "RateKind",
    "RollOver",
    "SeveralRatesError",
    "Term",
    "TermsError",
    "Unit",
    "annual_rate",
    "check_lines",
    "dated_annual_rate",
    "deduct_first_interest",
    "quote",
]
