"""Can I carry this instalment? Shares of income and what is left to live on.

The levels are a rule of thumb handed in by the caller, not law: no official guidance on how much of an income small
consumer loans may take was found.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.lending.money import FEN, from_fen, percent, to_fen
from bot.lending.terms import MOST_YUAN, TermsError


class Strain(StrEnum):
    """How hard an instalment presses, in order."""

    LIGHT = "light"
    NOTICEABLE = "noticeable"
    HEAVY = "heavy"
    BEYOND_MEANS = "beyond_means"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All debt payments in percent of income from which the strain is ``noticeable``, and ``heavy``.

    ``beyond_means`` needs none: spending and debt payments are more than the income.
    """

    noticeable: Decimal
    heavy: Decimal

    def __post_init__(self) -> None:
        if not 0 < self.noticeable <= self.heavy:
            raise TermsError("out_of_order", "thresholds", "noticeable must not be above heavy")


@dataclass(frozen=True, slots=True)
class Affordability:
    """A month with the new instalment. Money in yuan, shares in percent of income."""

    instalment_share: Decimal
    debt_share: Decimal
    """The new instalment and every existing debt payment together."""
    left_before: Decimal
    left: Decimal
    """After spending and all debt payments; below zero when there is not enough."""
    strain: Strain


def afford(
    income: Decimal, spending: Decimal, existing_payments: Decimal, instalment: Decimal, thresholds: Thresholds
) -> Affordability:
    """Monthly sums in yuan; ``spending`` without debt payments.

    Raises ``TermsError`` when a sum is below zero or there is no income.
    """
    for name, amount in {
        "income": income, "spending": spending, "existing_payments": existing_payments, "instalment": instalment,
    }.items():  # fmt: skip
        if not amount.is_finite() or not 0 <= amount <= MOST_YUAN:
            raise TermsError("negative", name, "a sum must be zero or more")
    if income < FEN:
        raise TermsError("not_positive", "income", "without an income there is no share of it")
    debt = existing_payments + instalment
    share = percent(debt / income)
    before = income - spending - existing_payments
    left = before - instalment
    return Affordability(
        instalment_share=percent(instalment / income),
        debt_share=share,
        left_before=from_fen(to_fen(before)),
        left=from_fen(to_fen(left)),
        strain=_strain(share, left, thresholds),
    )


def _strain(share: Decimal, left: Decimal, thresholds: Thresholds) -> Strain:
    if left < 0:
        return Strain.BEYOND_MEANS
    if share >= thresholds.heavy:
        return Strain.HEAVY
    return Strain.NOTICEABLE if share >= thresholds.noticeable else Strain.LIGHT
