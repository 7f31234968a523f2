"""Is a cost above the legal line? Only ever answered with the line's source and date."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.content.base import Confidence
from bot.content.law import Law, Lender, Line


@dataclass(frozen=True, slots=True)
class LineCheck:
    """One line held against one annual rate (nominal, percent)."""

    line: Line
    limit: Decimal
    crossed: bool
    times: Decimal
    """The rate as a multiple of the limit, one place."""
    as_of: date
    """When the figure behind the limit was published."""
    may_be_outdated: bool
    """A newer figure may be out, or this one is not confirmed: show it with "please check" only."""


def check_lines(nominal: Decimal, lender: Lender, contract_date: date, law: Law, today: date) -> list[LineCheck]:
    """Hold a nominal annual rate against the line of the lender, or against every line when the lender is unknown.

    Which of nominal and effective a court would use is not settled by any text found; the nominal is shown as the base.
    """
    lenders = [lender] if lender is not Lender.UNKNOWN else [kind for kind in Lender if kind is not Lender.UNKNOWN]
    lines = [line for kind in lenders if (line := law.line_for(kind, contract_date)) is not None]
    return [_check(nominal, line, contract_date, law, today) for line in lines]


def _check(nominal: Decimal, line: Line, contract_date: date, law: Law, today: date) -> LineCheck:
    limit, as_of, outdated = line.limit, line.as_of, not line.is_current(today)
    if limit is None:
        reading = law.lpr_on(contract_date)
        limit, as_of = reading.one_year * 4, reading.published
        is_newest = reading is law.lpr[-1]
        unsure = reading.confidence is not Confidence.CONFIRMED
        outdated = outdated or unsure or (is_newest and law.lpr_may_be_outdated(min(contract_date, today)))
    return LineCheck(line, limit, nominal > limit, (nominal / limit).quantize(Decimal("0.1")), as_of, outdated)
