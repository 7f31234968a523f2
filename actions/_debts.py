"""Several debts as they are told: what is known of each, what is still open, and the way out of them. Pure.

Lives in one Rasa slot as JSON. ``actions/_debts_words.py`` reads the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.content.law import Law, Lender
from bot.lending import LineCheck, LoanTerms, Method, Rate, RateKind, Term, TermsError, Unit, check_lines, quote
from bot.lending.payoff import BudgetError, Debt, Order, Payoff, payoff

MOST_DEBTS = 10
"""More make a message nobody reads to its end."""
_PAID_BACK_EVENLY = Decimal(1)
"""Instalments that come to the balance within a yuan: the interest is in that balance already."""
_SAMPLE = Decimal(10_000)
_YEAR = Term(12)


class Question(StrEnum):
    """What the form can ask, one at a time."""

    READING = "reading"
    BALANCE = "balance"
    RATE = "rate"
    INSTALMENT = "instalment"
    COUNT = "count"
    WRONG = "wrong"
    ENTRY = "entry"
    MORE = "more"
    BUDGET = "budget"


class Owed(BaseModel):
    """One debt as far as it was told. Sums in yuan, ``rate`` nominal percent a year."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    balance: Decimal | None = None
    rate: Decimal | None = None
    is_worked_out: bool = False
    """The rate was not told but comes from instalment and number."""
    is_rate_unknown: bool = False
    """Nobody knows the rate, and it cannot be worked out."""
    asks_instalment: bool = False
    """The rate is not known; the instalment and how many are left may tell it."""
    minimum: Decimal | None = None
    count: int | None = None
    """Instalments left."""
    lender: Lender | None = None
    readings: tuple[str, ...] = ()
    """A rate that can be read in several ways, as buttons write it (``2 month interest``)."""

    def with_(self, **changes: object) -> Self:
        """A copy with some facts changed."""
        return self.model_copy(update=changes)

    @property
    def question(self) -> Question | None:
        """What has to be asked about it yet."""
        if self.readings:
            return Question.READING
        if self.balance is None:
            return Question.BALANCE
        if self.rate is not None or self.is_rate_unknown:
            return None
        if not self.asks_instalment and (self.minimum is None or self.count is None):
            return Question.RATE
        return Question.INSTALMENT if self.minimum is None else Question.COUNT

    def worked_out(self) -> Self:
        """With the rate that balance, instalment and number come to, when no rate was told.

        When the instalments together are just the balance, interest is in it already, and the rate stays unknown.

        Raises:
            TermsError: the instalments together are less than the balance.
        """
        if self.rate is not None or self.is_rate_unknown or self.readings:
            return self
        if self.balance is None or self.minimum is None or self.count is None:
            return self
        if abs(self.minimum * self.count - self.balance) < _PAID_BACK_EVENLY:
            return self.with_(is_rate_unknown=True)
        found = quote(LoanTerms(self.balance, Term(self.count), payment=self.minimum)).rate.nominal
        return self.with_(rate=found, is_worked_out=True)

    def as_debt(self) -> Debt:
        """For the arithmetic; a rate nobody knows counts as none. Raises ``TermsError``."""
        return Debt(self.name, self.balance or Decimal(0), self.rate or Decimal(0), self.minimum or Decimal(0))


def yearly(rate: Rate) -> Decimal | None:
    """A rate told by day, week or month as nominal percent a year; nothing for fees and one-off charges.

    What those cost depends on how many instalments are left.
    """
    if rate.kind is not RateKind.INTEREST or rate.period is Unit.ONCE:
        return None
    try:
        return quote(LoanTerms(_SAMPLE, _YEAR, rate, Method.INTEREST_FIRST)).rate.nominal
    except TermsError:
        return None


class Ledger(BaseModel):
    """All debts, and what is asked about them."""

    model_config = ConfigDict(frozen=True)

    debts: tuple[Owed, ...] = ()
    is_entering: bool = True
    """Another debt is waited for."""
    is_correcting: bool = False
    """Which one is wrong is waited for."""
    is_done: bool = False
    """There are no more debts."""
    budget: Decimal | None = None
    """What can be paid each month in all, yuan."""

    @classmethod
    def from_slot(cls, value: object) -> Self:
        """The ledger in a slot; an empty one when the slot holds nothing that fits."""
        try:
            return cls.model_validate(value or {})
        except ValidationError:
            return cls()

    def to_slot(self) -> dict[str, Any]:
        """JSON for the slot."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def with_(self, **changes: object) -> Self:
        """A copy with some facts changed."""
        return self.model_copy(update=changes)

    @property
    def current(self) -> int | None:
        """The place of the debt that is asked about."""
        return next((place for place, debt in enumerate(self.debts) if debt.question), None)

    @property
    def question(self) -> Question | None:
        """What to ask next; nothing when the way out can be worked out."""
        if self.current is not None:
            return self.debts[self.current].question
        if self.is_correcting:
            return Question.WRONG
        if self.is_entering or not self.debts:
            return Question.ENTRY
        if not self.is_done:
            return Question.MORE
        return Question.BUDGET if self.budget is None else None

    def put(self, place: int, debt: Owed) -> Self:
        """With one debt replaced."""
        return self.with_(debts=(*self.debts[:place], debt, *self.debts[place + 1 :]))

    def drop(self, place: int) -> Self:
        """Without one debt, which is to be told anew."""
        kept = self.debts[:place] + self.debts[place + 1 :]
        return self.with_(debts=kept, is_entering=True, is_correcting=False, is_done=False)

    def add(self, debts: Sequence[Owed], unnamed: str) -> Self:
        """With more debts, each under a name of its own; ``unnamed`` names one without, by its ``{number}``."""
        taken = list(self.debts)
        for debt in debts[: MOST_DEBTS - len(taken)]:
            name = debt.name or unnamed.format(number=len(taken) + 1)
            names = {other.name for other in taken}
            numbered = (f"{name}{number}" for number in range(2, MOST_DEBTS + 2))
            taken.append(debt.with_(name=name if name not in names else next(n for n in numbered if n not in names)))
        return self.with_(debts=tuple(taken), is_entering=False)

    @property
    def minimums(self) -> Decimal | None:
        """All that has to be paid each month; nothing when it was not told of every debt."""
        told = [debt.minimum for debt in self.debts if debt.minimum is not None]
        return sum(told, Decimal(0)) if len(told) == len(self.debts) > 0 else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A debt and the line it is above, if any."""

    debt: Owed
    above: LineCheck | None = None


def standings(ledger: Ledger, law: Law, today: date) -> list[Standing]:
    """Whom to talk to in which order: debts above a line first, then the dearest.

    Without a word about who lends, only a rate above every line counts as above. The line of a private loan is that of
    today, for lack of its contract's date.
    """
    found = [Standing(debt, _line_crossed(debt, law, today)) for debt in ledger.debts]
    return sorted(found, key=lambda one: (one.above is None, one.debt.is_rate_unknown, -(one.debt.rate or 0)))


def _line_crossed(debt: Owed, law: Law, today: date) -> LineCheck | None:
    if debt.rate is None:
        return None
    checks = check_lines(debt.rate, debt.lender or Lender.UNKNOWN, today, law, today)
    if not checks or not all(check.crossed for check in checks):
        return None
    return max(checks, key=lambda check: check.limit)


@dataclass(frozen=True, slots=True)
class WayOut:
    """Both orders of repaying, or by how much the budget falls short."""

    by_cost: Payoff | None = None
    by_size: Payoff | None = None
    short: BudgetError | None = None


def way_out(ledger: Ledger) -> WayOut:
    """Work it out. Raises ``TermsError`` when there is no debt yet."""
    debts = [debt.as_debt() for debt in ledger.debts]
    budget = ledger.budget or Decimal(0)
    try:
        return WayOut(payoff(debts, budget, Order.AVALANCHE), payoff(debts, budget, Order.SNOWBALL))
    except BudgetError as error:
        return WayOut(short=error)


def in_turn(ledger: Ledger, order: Order) -> Iterator[Owed]:
    """The debts as what is left of the budget reaches them."""
    dear = order is Order.AVALANCHE

    def turn(debt: Owed) -> tuple[Decimal, Decimal]:
        rate, balance = -(debt.rate or Decimal(0)), debt.balance or Decimal(0)
        return (rate, balance) if dear else (balance, rate)

    yield from sorted(ledger.debts, key=turn)
