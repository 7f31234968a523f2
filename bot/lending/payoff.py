"""Several debts and one monthly budget: which to repay first, and when they are gone.

Avalanche puts what is left of the budget on the dearest debt, snowball on the smallest. Neither is advice to stop
paying any other: every debt gets its minimum first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.lending.money import FEN, from_fen, to_fen
from bot.lending.terms import MOST_PERIODS, MOST_YUAN, TermsError

_MONTHS_A_YEAR = 12
_MOST_DEBTS = 100
_MOST_PERCENT = Decimal(100_000)


class Order(StrEnum):
    """Which debt gets what is left of the budget."""

    AVALANCHE = "avalanche"
    SNOWBALL = "snowball"


@dataclass(frozen=True, slots=True)
class Debt:
    """``balance`` in yuan, ``annual_rate`` nominal percent (a twelfth a month), ``minimum`` to be paid each month."""

    name: str
    balance: Decimal
    annual_rate: Decimal
    minimum: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not self.balance.is_finite() or not FEN <= self.balance <= MOST_YUAN:
            raise TermsError("not_positive", "balance", "a debt is at least one fen")
        if not self.annual_rate.is_finite() or not 0 <= self.annual_rate <= _MOST_PERCENT:
            raise TermsError("negative", "annual_rate", "a rate cannot be negative")
        if not self.minimum.is_finite() or not 0 <= self.minimum <= MOST_YUAN:
            raise TermsError("negative", "minimum", "a minimum must be zero or more")


@dataclass(frozen=True, slots=True)
class Cleared:
    """A debt and the month, counted from one, in which it is gone."""

    name: str
    month: int


@dataclass(frozen=True, slots=True)
class Payoff:
    """The way out of several debts. Money in yuan."""

    order: Order
    cleared: tuple[Cleared, ...]
    """In the order in which they go."""
    months: int
    total_paid: Decimal
    total_interest: Decimal


class BudgetError(TermsError):
    """The budget does not do. ``needed`` is the least that would in the first month, ``shortfall`` what is missing.

    ``code`` is ``below_minimums``, ``below_interest`` (the debts grow or stand still), or ``too_long``.
    """

    def __init__(self, code: str, needed: Decimal, budget: Decimal, message: str) -> None:
        super().__init__(code, "budget", message)
        self.needed = needed
        self.shortfall = max(needed - budget, Decimal("0.00"))


def payoff(debts: Sequence[Debt], budget: Decimal, order: Order) -> Payoff:
    """Month by month to the fen: interest is added, minimums are paid, the rest goes to the debt whose turn it is.

    What a cleared debt no longer needs goes to the next, in the same month.

    Raises:
        BudgetError: the budget covers neither minimums nor interest, or not within any sensible time.
        TermsError: no debts, or too many.
    """
    if not 1 <= len(debts) <= _MOST_DEBTS:
        raise TermsError("out_of_range", "debts", f"from 1 to {_MOST_DEBTS} debts")
    if not budget.is_finite() or not 0 <= budget <= MOST_YUAN:
        raise TermsError("negative", "budget", "a budget must be zero or more")
    turn = sorted(range(len(debts)), key=lambda place: _priority(debts[place], order))
    owed = [to_fen(debt.balance) for debt in debts]
    cleared: list[Cleared] = []
    interest_paid = 0
    for month in range(1, MOST_PERIODS + 1):
        interest = [to_fen(_interest(balance, debt)) for balance, debt in zip(owed, debts, strict=True)]
        if month == 1:
            _check_budget(debts, interest, budget)
        interest_paid += sum(interest)
        owed = [balance + added for balance, added in zip(owed, interest, strict=True)]
        before = list(owed)
        _pay(debts, owed, to_fen(budget), turn)
        cleared += [Cleared(debts[place].name, month) for place in turn if before[place] and not owed[place]]
        if not any(owed):
            borrowed = sum((to_fen(debt.balance) for debt in debts), 0)
            total = from_fen(borrowed + interest_paid)
            return Payoff(order, tuple(cleared), month, total, from_fen(interest_paid))
    raise BudgetError("too_long", budget, budget, f"more than {MOST_PERIODS} months")


def _priority(debt: Debt, order: Order) -> tuple[Decimal, Decimal]:
    dear, small = -debt.annual_rate, debt.balance
    return (dear, small) if order is Order.AVALANCHE else (small, dear)


def _interest(owed: int, debt: Debt) -> Decimal:
    return Decimal(owed) / 100 * debt.annual_rate / 100 / _MONTHS_A_YEAR


def _pay(debts: Sequence[Debt], owed: list[int], left: int, turn: Sequence[int]) -> None:
    """Minimums first, then the debts in turn."""
    for place, debt in enumerate(debts):
        paid = min(to_fen(debt.minimum), owed[place], left)
        owed[place] -= paid
        left -= paid
    for place in turn:
        paid = min(owed[place], left)
        owed[place] -= paid
        left -= paid


def _check_budget(debts: Sequence[Debt], interest: Sequence[int], budget: Decimal) -> None:
    due = [min(to_fen(debt.minimum), to_fen(debt.balance) + new) for debt, new in zip(debts, interest, strict=True)]
    minimums, more_than_interest = from_fen(sum(due)), from_fen(sum(interest) + 1)
    if budget < minimums:
        raise BudgetError("below_minimums", minimums, budget, "the budget does not cover the minimum payments")
    if budget < more_than_interest:
        raise BudgetError("below_interest", more_than_interest, budget, "the budget does not cover the interest")
