"""The questions turned round: what can I borrow for so much a month, and how long does it take to repay."""

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from bot.lending.money import FEN, from_fen, to_fen
from bot.lending.quote import quote
from bot.lending.schedule import PRECISION, calendar, is_on_original_sum, rate_per_period
from bot.lending.terms import MOST_PERIODS, MOST_YUAN, LoanTerms, Method, Rate, Term, TermsError, Unit


@dataclass(frozen=True, slots=True)
class Repayment:
    """How long a debt takes at a level instalment. Money in yuan."""

    instalments: int
    last_payment: Decimal
    total_paid: Decimal
    total_interest: Decimal


def affordable_principal(
    payment: Decimal, rate: Rate, term: Term, method: Method = Method.EQUAL_INSTALMENT, fee_each: Decimal = Decimal(0)
) -> Decimal:
    """The most that can be borrowed so that no regular instalment is above ``payment``, yuan to the fen.

    For equal principal the first instalment counts, for interest first the interest (the sum itself is due at the end).

    Raises:
        TermsError: ``too_small``, the instalment does not even carry the fee; ``no_limit``, it carries any sum.
    """
    each = payment - fee_each
    if each < FEN:
        raise TermsError("too_small", "payment", "the instalment does not even carry the fee")
    one = LoanTerms(Decimal(100), term, rate, method)
    when = calendar(one)
    with localcontext(prec=PRECISION):
        per_period = rate_per_period(one, when)
        share = Decimal(1) / when.periods
        if method is Method.INTEREST_FIRST:
            cost_of_one = per_period
        elif method is Method.EQUAL_INSTALMENT and per_period and not is_on_original_sum(one):
            cost_of_one = per_period / (1 - (1 + per_period) ** -when.periods)
        else:
            cost_of_one = share + per_period
        if each > MOST_YUAN * cost_of_one:
            raise TermsError("no_limit", "payment", "the instalment carries any sum")
        most = from_fen(int(each / cost_of_one * 100))
    return _no_dearer(LoanTerms(max(most, FEN), term, rate, method, fee_each=fee_each), payment)


def _no_dearer(terms: LoanTerms, payment: Decimal) -> Decimal:
    """Rounding may lift an instalment by a fen: take so little off the sum that it does not."""
    for _ in range(MOST_PERIODS):
        lines = quote(terms).instalments
        regular = lines[0].payment - (lines[0].principal if terms.method is Method.INTEREST_FIRST else 0)
        if regular <= payment:
            return terms.principal
        if terms.principal <= FEN:
            break
        terms = replace(terms, principal=terms.principal - FEN)
    raise TermsError("too_small", "payment", "the instalment is too small for any sum")


def repayment_time(principal: Decimal, payment: Decimal, rate: Rate, every: Unit = Unit.MONTH) -> Repayment:
    """In how many instalments a sum is repaid, the last one being what is left.

    Raises:
        TermsError: ``never``, interest eats the instalment; ``too_long``, more instalments than any loan has.
    """
    one = LoanTerms(principal, Term(1, every), rate, payment_every=every)
    if is_on_original_sum(one):
        raise TermsError("unsupported", "rate", "how long it takes can be told of interest on the sum owed only")
    per_period = rate_per_period(one, calendar(one))
    owed, each, interest_paid = to_fen(principal), to_fen(payment), 0
    with localcontext(prec=PRECISION):
        for number in range(1, MOST_PERIODS + 1):
            interest = to_fen(Decimal(owed) / 100 * per_period)
            if interest >= each:
                raise TermsError("never", "payment", "the interest of one period is as much as the instalment")
            interest_paid += interest
            if owed + interest <= each:
                total = to_fen(principal) + interest_paid
                return Repayment(number, from_fen(owed + interest), from_fen(total), from_fen(interest_paid))
            owed += interest - each
    raise TermsError("too_long", "payment", f"more than {MOST_PERIODS} instalments")
