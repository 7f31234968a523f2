"""砍头息: interest kept back before the money is paid out."""

from dataclasses import replace

from bot.lending.money import from_fen, to_fen
from bot.lending.schedule import calendar, rate_per_period
from bot.lending.terms import LoanTerms, Method


def deduct_first_interest(terms: LoanTerms) -> LoanTerms:
    """The same offer when the first interest is kept back from the sum paid out (民法典 Art. 670: not principal).

    Interest that comes first is then paid a period early each time, and a loan that comes back at once returns the bare
    sum. Of a loan repaid in parts, whose first instalment holds its interest all the same, it is a charge on top.
    ``received``, when it was said, stands.

    Raises:
        TermsError: no rate was given, or nothing would be received.
    """
    when = calendar(terms)
    interest = from_fen(to_fen(terms.principal * rate_per_period(terms, when)))
    received = terms.received if terms.received is not None else terms.principal - interest
    if terms.method is Method.INTEREST_FIRST and when.periods > 1:
        return replace(terms, received=received, interest_in_advance=True)
    if when.periods == 1:
        return replace(terms, received=received, rate=None, payment=terms.principal, method=Method.BULLET)
    return replace(terms, received=received)
