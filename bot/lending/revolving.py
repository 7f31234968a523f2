"""随借随还: interest by the day on what is owed, over dated draws and repayments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from bot.lending.annual_rate import AnnualRate, NoRateError, dated_annual_rate
from bot.lending.money import FEN, from_fen, percent, to_fen
from bot.lending.terms import MOST_YUAN, TermsError

_DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Movement:
    """A draw (above zero) or a repayment (below zero), yuan. ``fee`` is paid that day on top of either."""

    day: date
    amount: Decimal
    fee: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class RevolvingLine:
    """One day on which something happened. Money in yuan with two places."""

    day: date
    days: int
    """Since the line before."""
    accrued: Decimal
    """Interest of these days, rounded half up to the fen."""
    drawn: Decimal
    paid: Decimal
    """Everything paid that day, the fee too."""
    interest: Decimal
    """The part of it that is interest: it is paid before principal (民法典 Art. 561)."""
    fee: Decimal
    principal: Decimal
    balance: Decimal
    unpaid_interest: Decimal


@dataclass(frozen=True, slots=True)
class Revolving:
    """A row of draws and repayments. Money in yuan."""

    lines: tuple[RevolvingLine, ...]
    total_interest: Decimal
    """Accrued in all, paid or not."""
    total_fees: Decimal
    balance: Decimal
    unpaid_interest: Decimal
    simple_rate: Decimal | None
    """年化（单利）: cost over the money in use each day, times 365, percent; ``None`` if none was in use."""
    rate: AnnualRate | None
    """XIRR of the dated flows, once everything is repaid; ``None`` before, and when no rate balances them."""

    @property
    def to_settle(self) -> Decimal:
        """What would end the debt on the last day."""
        return self.balance + self.unpaid_interest


def revolve(
    movements: Sequence[Movement], daily_rate: Decimal, settle_on: date | None = None, day_count: str = "act/365"
) -> Revolving:
    """Run the account. ``daily_rate`` in percent a day; unpaid interest bears no interest.

    ``settle_on``: all that is still owed is repaid that day.

    Raises:
        TermsError: no draw, movements out of order, a repayment of more than is owed, a rate below zero.
        SeveralRatesError: money went to and fro so that several rates balance it.
    """
    _check(movements, daily_rate, settle_on)
    lines: list[RevolvingLine] = []
    owed = unpaid = 0
    before = movements[0].day
    for movement in movements:
        days = (movement.day - before).days
        accrued = to_fen(Decimal(owed) / 100 * daily_rate / 100 * days)
        unpaid += accrued
        paid, drawn = to_fen(max(-movement.amount, Decimal(0))), to_fen(max(movement.amount, Decimal(0)))
        if paid > owed + unpaid:
            raise TermsError("too_large", "movements", f"only {from_fen(owed + unpaid)} is owed on {movement.day}")
        lines.append(_line(movement, days, accrued, drawn, paid, owed, unpaid))
        interest = min(paid, unpaid)
        owed += drawn - (paid - interest)
        unpaid -= interest
        before = movement.day
    if settle_on is not None and owed + unpaid:
        days = (settle_on - before).days
        accrued = to_fen(Decimal(owed) / 100 * daily_rate / 100 * days)
        all_owed = owed + unpaid + accrued
        end = Movement(settle_on, -from_fen(all_owed))
        lines.append(_line(end, days, accrued, 0, all_owed, owed, unpaid + accrued))
        owed = unpaid = 0
    accrued_in_all = sum((line.accrued for line in lines), Decimal(0))
    fees = sum((line.fee for line in lines), Decimal(0))
    in_use = sum((before.balance * line.days for before, line in pairwise(lines)), Decimal(0))
    return Revolving(
        lines=tuple(lines),
        total_interest=accrued_in_all,
        total_fees=fees,
        balance=from_fen(owed),
        unpaid_interest=from_fen(unpaid),
        simple_rate=percent((accrued_in_all + fees) / in_use * _DAYS_A_YEAR) if in_use else None,
        rate=None if owed + unpaid else _rate(lines, day_count),
    )


def _rate(lines: Sequence[RevolvingLine], day_count: str) -> AnnualRate | None:
    try:
        return dated_annual_rate([(line.day, line.drawn - line.paid) for line in lines], day_count)
    except NoRateError:
        return None


def _line(  # noqa: PLR0913, PLR0917 - the columns of one table
    movement: Movement, days: int, accrued: int, drawn: int, paid: int, owed: int, unpaid: int
) -> RevolvingLine:
    interest, fee = min(paid, unpaid), to_fen(movement.fee)
    return RevolvingLine(
        day=movement.day,
        days=days,
        accrued=from_fen(accrued),
        drawn=from_fen(drawn),
        paid=from_fen(paid + fee),
        interest=from_fen(interest),
        fee=from_fen(fee),
        principal=from_fen(paid - interest),
        balance=from_fen(owed + drawn - (paid - interest)),
        unpaid_interest=from_fen(unpaid - interest),
    )


def _check(movements: Sequence[Movement], daily_rate: Decimal, settle_on: date | None) -> None:
    if not movements or movements[0].amount < FEN:
        raise TermsError("missing", "movements", "the first movement must be a draw")
    days = [movement.day for movement in movements]
    if days != sorted(days) or (settle_on is not None and settle_on < days[-1]):
        raise TermsError("out_of_order", "movements", "movements must be in order of their dates")
    sums = [abs(movement.amount) for movement in movements] + [movement.fee for movement in movements]
    if not all(amount.is_finite() and 0 <= amount <= MOST_YUAN for amount in sums):
        raise TermsError("out_of_range", "movements", f"a sum above {MOST_YUAN:f} yuan is surely a slip")
    if not daily_rate.is_finite() or not 0 <= daily_rate <= 100:  # noqa: PLR2004 - percent
        raise TermsError("negative", "rate", "a rate a day is from 0 to 100 percent")
