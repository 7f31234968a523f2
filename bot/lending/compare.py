"""Offers side by side: who costs least on which measure. Figures only; which offer is better is the person's to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.lending.money import from_fen, to_fen
from bot.lending.quote import Quote
from bot.lending.schedule import calendar
from bot.lending.terms import TermsError

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Measures:
    """What an offer costs, yuan and percent a year."""

    received: Decimal
    total_paid: Decimal
    total_cost: Decimal
    annual_rate: Decimal
    """Nominal."""
    monthly_burden: Decimal
    """The most that has to be paid within any one month."""
    months: Decimal
    """How long it lasts, one decimal."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Each measure names the offers that are lowest on it, by their place in the row; several when they are equal."""

    offers: tuple[Measures, ...]
    lowest_total_cost: tuple[int, ...]
    lowest_annual_rate: tuple[int, ...]
    lowest_monthly_burden: tuple[int, ...]
    same_money_in_hand: bool
    """Without it, total cost compares loans of different size: the rate tells more."""
    same_length: bool
    """Without it, the longer loan has the lower burden and often the higher cost."""


def compare(offers: Sequence[Quote]) -> Comparison:
    """Two offers or more. Raises ``TermsError`` on fewer."""
    if len(offers) < 2:  # noqa: PLR2004 - the word says it
        raise TermsError("missing", "offers", "a comparison needs two offers")
    rows = tuple(_measures(offer) for offer in offers)
    return Comparison(
        offers=rows,
        lowest_total_cost=_lowest([row.total_cost for row in rows]),
        lowest_annual_rate=_lowest([row.annual_rate for row in rows]),
        lowest_monthly_burden=_lowest([row.monthly_burden for row in rows]),
        same_money_in_hand=len({row.received for row in rows}) == 1,
        same_length=len({row.months for row in rows}) == 1,
    )


def monthly_burden(offer: Quote) -> Decimal:
    """The most that falls due within any one month, yuan: several instalments when they are weekly or daily."""
    per_month = calendar(offer.terms).per_year / _MONTHS_A_YEAR
    together = max(1, round(per_month))
    payments = [line.payment for line in offer.instalments]
    running = most = sum(payments[:together], Decimal(0))
    for number in range(together, len(payments)):
        running += payments[number] - payments[number - together]
        most = max(most, running)
    return from_fen(to_fen(most))


def _measures(offer: Quote) -> Measures:
    months = len(offer.instalments) * _MONTHS_A_YEAR / calendar(offer.terms).per_year
    return Measures(
        received=offer.received,
        total_paid=offer.total_paid,
        total_cost=offer.total_cost,
        annual_rate=offer.rate.nominal,
        monthly_burden=monthly_burden(offer),
        months=months.quantize(Decimal("0.1")),
    )


def _lowest(values: Sequence[Decimal]) -> tuple[int, ...]:
    least = min(values)
    return tuple(place for place, value in enumerate(values) if value == least)
