"""提前还款: what paying early saves, the rest of the loan shorter or its instalments lower.

民法典 Art. 677: whoever repays early owes interest for the real time only, unless otherwise agreed.
"""

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import StrEnum

from bot.lending.annual_rate import annual_rate
from bot.lending.irregular import level_payment, rates_by_period
from bot.lending.money import FEN, from_fen, to_fen
from bot.lending.quote import Quote, cash_flows
from bot.lending.schedule import PRECISION, Instalment, calendar, falling_evenly, is_on_original_sum
from bot.lending.terms import Method, TermsError


class Keep(StrEnum):
    """What stays as it was: the instalment (the loan gets shorter), or the term (the instalments get lower)."""

    PAYMENT = "payment"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Prepayment:
    """``amount`` yuan of principal paid with instalment ``after_period``; ``None``: all. ``fee`` in yuan (违约金)."""

    after_period: int
    amount: Decimal | None = None
    keep: Keep = Keep.PAYMENT
    fee: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Prepaid:
    """What becomes of the loan. Money in yuan with two places."""

    instalments: tuple[Instalment, ...]
    """The schedule that results, the instalments before the prepayment as they were."""
    amount: Decimal
    """The principal repaid early."""
    fee: Decimal
    due_that_day: Decimal
    """Instalment, prepayment and fee together."""
    saved: Decimal
    """How much less is paid in all; below zero when the fee eats more than is saved."""
    periods_saved: int


def prepay(loan: Quote, prepayment: Prepayment) -> Prepaid:
    """Interest on the sum owed falls with it; a charge on the original sum stops only with the loan.

    Raises:
        TermsError: a period the loan does not have, more than is owed then, or a loan that comes back at once.
    """
    number, lines = prepayment.after_period, loan.instalments
    if not 1 <= number < len(lines):
        raise TermsError("out_of_range", "prepayment", f"from instalment 1 to {len(lines) - 1}")
    if not prepayment.fee.is_finite() or prepayment.fee < 0:
        raise TermsError("negative", "prepayment", "a fee must be zero or more")
    if loan.terms.rollover is not None:
        raise TermsError("unsupported", "prepayment", "a loan that is rolled over comes back at once")
    owed = lines[number - 1].balance
    amount = owed if prepayment.amount is None else prepayment.amount
    if not amount.is_finite() or amount < FEN:
        raise TermsError("not_positive", "prepayment", "a sum must be at least one fen")
    if amount > owed:
        raise TermsError("too_large", "prepayment", f"only {owed} is still owed then")
    amount = from_fen(to_fen(amount))
    fee = from_fen(to_fen(prepayment.fee))
    before = (*lines[: number - 1], replace(lines[number - 1], balance=owed - amount))
    after = _rest(loan, number, owed - amount, prepayment.keep)
    paid = sum((line.payment for line in (*before, *after)), amount + fee)
    return Prepaid(
        instalments=(*before, *after),
        amount=amount,
        fee=fee,
        due_that_day=lines[number - 1].payment + amount + fee,
        saved=loan.total_paid - paid,
        periods_saved=len(lines) - number - len(after),
    )


def _rest(loan: Quote, number: int, still_owed: Decimal, keep: Keep) -> tuple[Instalment, ...]:
    """The instalments that follow, until nothing is owed."""
    owed, fixed = to_fen(still_owed), _charges_are_fixed(loan)
    rates = _rates(loan)
    lines: list[Instalment] = []
    level, rate_before = 0, None
    with localcontext(prec=PRECISION):
        for line in loan.instalments[number:]:
            if owed == 0:
                break
            rate, left = rates[line.period - 1], len(loan.instalments) - line.period + 1
            interest = to_fen(line.interest) if fixed else to_fen(Decimal(owed) / 100 * rate)
            if keep is Keep.TERM and rate != rate_before:
                level, rate_before = level_payment(owed, to_fen(loan.terms.balloon), left, rate), rate
            if line.principal <= 0 and left > 1:  # a grace period, or interest first
                part = -interest if line.principal else 0
                rate_before = None
            elif left == 1:
                part = owed
            elif fixed or loan.terms.method is not Method.EQUAL_INSTALMENT:
                part = to_fen(line.principal)
                if keep is Keep.TERM:
                    part = falling_evenly(max(owed - to_fen(loan.terms.balloon), 0), left)[0]
            else:
                part = max((level if keep is Keep.TERM else to_fen(line.payment - line.fees)) - interest, 0)
            part = min(part, owed)
            owed -= part
            payment = from_fen(part + interest) + line.fees
            lines.append(
                Instalment(line.period, payment, from_fen(interest), line.fees, from_fen(part), from_fen(owed))
            )
    return tuple(lines)


def _charges_are_fixed(loan: Quote) -> bool:
    return is_on_original_sum(loan.terms)


def _rates(loan: Quote) -> list[Decimal]:
    """The rate of each period on the sum owed: as stated, or as hidden behind the instalments but for their fees."""
    when = calendar(loan.terms)
    if loan.terms.payment is None:
        return rates_by_period(loan.terms, when)
    flows = cash_flows(
        replace(
            loan,
            received=loan.terms.principal,
            instalments=tuple(replace(line, payment=line.payment - line.fees) for line in loan.instalments),
        )
    )
    return [annual_rate(flows, float(when.per_year)).per_period] * when.periods
