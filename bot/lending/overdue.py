"""Overdue interest and penalties: what is charged, what the cap allows, and the difference.

Banks: 银发〔2003〕251号, the penalty rate is the contract rate raised by 30 to 50 percent, and unpaid interest bears
compound interest at the penalty rate; on the borrower's request a court cuts what is above 24 % a year in all
(最高法 2017). Private loans: 最高人民法院民间借贷规定 Art. 28 and 29, everything together at most 4 × LPR. Rolling
interest into principal: Art. 27. Rates and caps come from the caller, who has them from dated content.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from bot.lending.money import FEN, from_fen, to_fen
from bot.lending.schedule import PRECISION
from bot.lending.terms import MOST_PERIODS, TermsError

BANK_UPLIFT = (Decimal(30), Decimal(50))
"""Percent on top of the contract rate, 银发〔2003〕251号."""
_DAYS_A_YEAR = 365
_MOST_DAYS = 36_500
_MOST_PERCENT = Decimal(100_000)


@dataclass(frozen=True, slots=True)
class OverdueCharge:
    """Money in yuan with two places, rates in percent a year."""

    rate: Decimal
    """The overdue rate that is charged."""
    interest: Decimal
    """On the principal that is overdue."""
    compound: Decimal
    """On interest that is overdue."""
    fees: Decimal
    charged: Decimal
    """All of it together."""
    cap: Decimal
    allowed: Decimal
    """What the cap allows on the same principal for the same days."""
    excess: Decimal
    """The part above the cap; zero when there is none."""
    uplift_in_range: bool = True
    """Whether a bank's surcharge lies within its rule."""


@dataclass(frozen=True, slots=True)
class RollUp:
    """利滚利: what is claimed, what Art. 27 supports, and the difference; yuan."""

    claimed: Decimal
    supported: Decimal
    excess: Decimal


def bank_overdue(  # noqa: PLR0913 - each is a figure of the notice
    principal: Decimal,
    contract_rate: Decimal,
    days: int,
    *,
    cap: Decimal,
    uplift: Decimal = BANK_UPLIFT[1],
    unpaid_interest: Decimal = Decimal(0),
    fees: Decimal = Decimal(0),
) -> OverdueCharge:
    """罚息 and 复利 of a bank loan, ``days`` after the due date.

    The contract rate and ``cap`` in percent a year, ``uplift`` in percent of the contract rate, a day 1/365 of a year.
    Unpaid interest bears simple interest for these days: compounding it monthly, as a contract may say, adds more.

    Raises ``TermsError`` on a sum, a rate or a time that makes no sense.
    """
    _check(principal, days, rates=(contract_rate, uplift, cap), sums=(unpaid_interest, fees))
    rate = contract_rate * (100 + uplift) / 100
    in_range = BANK_UPLIFT[0] <= uplift <= BANK_UPLIFT[1]
    compound = _interest(unpaid_interest, rate, days)
    return _charge(principal, rate, days, cap, compound, fees, in_range=in_range)


def private_overdue(  # noqa: PLR0913 - each is a figure of Art. 28 or 29
    principal: Decimal,
    days: int,
    *,
    cap: Decimal,
    one_year_lpr: Decimal,
    overdue_rate: Decimal | None = None,
    loan_rate: Decimal | None = None,
    fees: Decimal = Decimal(0),
) -> OverdueCharge:
    """Overdue interest between private persons, rates in percent a year, a day 1/365 of a year.

    Art. 28: the overdue rate as agreed; if none was, the loan rate; if neither, the one-year LPR. ``fees`` are
    liquidated damages and everything else (Art. 29). ``cap`` is 4 × LPR when the contract was made.

    Raises ``TermsError`` on a sum, a rate or a time that makes no sense.
    """
    rate = next(found for found in (overdue_rate, loan_rate, one_year_lpr) if found is not None)
    _check(principal, days, rates=(rate, cap), sums=(fees,))
    return _charge(principal, rate, days, cap, Decimal(0), fees)


def roll_up(principal: Decimal, rate: Decimal, periods: int, periods_per_year: Decimal, *, cap: Decimal) -> RollUp:
    """Interest added to principal each period at ``rate`` percent a year, held against Art. 27.

    Supported is the first principal and simple interest on it at ``cap`` percent a year for the whole time.

    Raises ``TermsError`` on a sum, a rate or a time that makes no sense.
    """
    _check(principal, 0, rates=(rate, cap), sums=())
    if not 1 <= periods <= MOST_PERIODS or periods_per_year <= 0:
        raise TermsError("out_of_range", "periods", f"from 1 to {MOST_PERIODS} periods")
    with localcontext(prec=PRECISION):
        claimed = principal * (1 + rate / 100 / periods_per_year) ** periods
        supported = principal * (1 + cap / 100 * periods / periods_per_year)
        most, least = from_fen(to_fen(claimed)), from_fen(to_fen(supported))
    return RollUp(most, min(most, least), max(most - least, Decimal("0.00")))


def _charge(  # noqa: PLR0913, PLR0917 - the columns of one table
    principal: Decimal,
    rate: Decimal,
    days: int,
    cap: Decimal,
    compound: Decimal,
    fees: Decimal,
    *,
    in_range: bool = True,
) -> OverdueCharge:
    interest, fees = _interest(principal, rate, days), from_fen(to_fen(fees))
    charged, allowed = interest + compound + fees, _interest(principal, cap, days)
    excess = max(charged - allowed, Decimal("0.00"))
    return OverdueCharge(rate, interest, compound, fees, charged, cap, allowed, excess, in_range)


def _interest(principal: Decimal, rate: Decimal, days: int) -> Decimal:
    return from_fen(to_fen(principal * rate / 100 * days / _DAYS_A_YEAR))


def _check(principal: Decimal, days: int, *, rates: tuple[Decimal, ...], sums: tuple[Decimal, ...]) -> None:
    if not principal.is_finite() or principal < FEN:
        raise TermsError("not_positive", "principal", "a sum must be at least one fen")
    if not 0 <= days <= _MOST_DAYS:
        raise TermsError("out_of_range", "days", f"from 0 to {_MOST_DAYS} days")
    if not all(rate.is_finite() and 0 <= rate <= _MOST_PERCENT for rate in rates):
        raise TermsError("negative", "rate", f"a rate is from 0 to {_MOST_PERCENT} percent")
    if not all(amount.is_finite() and amount >= 0 for amount in sums):
        raise TermsError("negative", "fees", "a sum must be zero or more")
