"""From a ledger to what a person is shown: rows, the way out, whom to talk to first. No words of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from actions._debts import Ledger, Owed, Standing, WayOut, in_turn, standings, way_out
from actions._loan_card import figure, yuan
from bot.content import Content
from bot.content.law import Lender
from bot.lending.payoff import BudgetError, Payoff
from bot.messages import Column, Figure, Language, Table, TableCard

_FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Told:
    """A ledger in one language."""

    ledger: Ledger
    content: Content
    language: Language
    today: date

    def _say(self, key: str, **values: object) -> str:
        return self.content.wording.say(f"debts_{key}", self.language, **values)

    # The list.

    def rows(self) -> str:
        """Every debt as it was understood."""
        return "\n".join(
            self._say(
                "row",
                number=number,
                name=debt.name,
                balance=yuan(debt.balance or Decimal(0)),
                rate=self.rate(debt),
                minimum=self._say("minimum", amount=yuan(debt.minimum))
                if debt.minimum is not None and not debt.is_worked_out
                else "",
            )
            for number, debt in enumerate(self.ledger.debts, 1)
        )

    def rate(self, debt: Owed) -> str:
        """The rate of a debt in words."""
        if debt.rate is None:
            return self._say("rate_unknown")
        if not debt.rate:
            return self._say("rate_free")
        if debt.is_worked_out and debt.minimum is not None:
            return self._say(
                "rate_worked_out", rate=figure(debt.rate), minimum=yuan(debt.minimum), count=debt.count or 0
            )
        return self._say("rate_known", rate=figure(debt.rate))

    def _short_rate(self, debt: Owed) -> str:
        return self.rate(debt.with_(is_worked_out=False))

    # The way out.

    def way_out(self) -> WayOut:
        """Raises ``TermsError`` when there is no debt yet."""
        return way_out(self.ledger)

    def turns(self, found: Payoff) -> str:
        """The debts in their turn, each with the month it is gone."""
        months = {gone.name: gone.month for gone in found.cleared}
        return "\n".join(
            self._say("turn", number=number, name=debt.name, rate=self._short_rate(debt), month=months[debt.name])
            for number, debt in enumerate(in_turn(self.ledger, found.order), 1)
        )

    def notes(self) -> str:
        """What the figures rest on, and which debts are above a line."""
        stands = standings(self.ledger, self.content.law, self.today)
        above = [one for one in stands if one.above is not None]
        notes = [
            self._say("note_above", names=self._joint(one.debt for one in group), limit=limit)
            for limit, group in _by_limit(above)
        ]
        if any(one.debt.lender is Lender.PRIVATE for one in above):
            notes.append(self._say("note_private"))
        unknown = [debt for debt in self.ledger.debts if debt.rate is None]
        if unknown:
            notes.append(self._say("note_unknown", names=self._joint(unknown)))
        return "\n".join([*notes, self._say("note_assumes")])

    def whom_first(self) -> str:
        """Whom to talk to in which order."""
        return "\n".join(
            self._say(f"why_{_why(one)}", number=number, **_why_values(one))
            for number, one in enumerate(standings(self.ledger, self.content.law, self.today), 1)
        )

    def _joint(self, debts: Iterable[Owed]) -> str:
        return self._say("names_joint").join(debt.name for debt in debts)

    # The card.

    def list_card(self) -> TableCard:
        """The debts so far."""
        return TableCard(
            title=self._say("card_list_title"), figures=[self._owed()], tables=[self._list(self.ledger.debts)]
        )

    def card(self, found: WayOut) -> TableCard:
        """Both orders side by side, or what is missing."""
        title, owed = self._say("card_title"), self._owed()
        budget = self._yuan("card_budget", self.ledger.budget or Decimal(0))
        if found.by_cost is None or found.by_size is None:
            short = [] if found.short is None else self._short(found.short)
            return TableCard(title=title, figures=[owed, budget, *short], tables=[self._list(self.ledger.debts)])
        figures = [owed, budget]
        for name, plan in {"by_cost": found.by_cost, "by_size": found.by_size}.items():
            months = self._say(f"card_months_{name}")
            figures += [
                Figure(label=months, value=str(plan.months), unit="count", emphasis=True),
                self._yuan(f"card_interest_{name}", plan.total_interest),
            ]
        tables = [self._turn_table("card_by_cost", found.by_cost), self._turn_table("card_by_size", found.by_size)]
        return TableCard(title=title, figures=figures, tables=tables, notices=self.notes().split("\n"))

    def _owed(self) -> Figure:
        return self._yuan("card_owed", sum((debt.balance or Decimal(0) for debt in self.ledger.debts), Decimal(0)))

    def _short(self, short: BudgetError) -> list[Figure]:
        return [self._yuan("card_needed", short.needed), self._yuan("card_short", short.shortfall)]

    def _yuan(self, key: str, amount: Decimal) -> Figure:
        return Figure(label=self._say(key), value=str(amount.quantize(_FEN)), unit="yuan")

    def _list(self, debts: Iterable[Owed]) -> Table:
        return Table(
            caption=self._say("card_list_title"),
            columns=[
                Column(label=self._say("card_name")),
                Column(label=self._say("card_balance"), unit="yuan"),
                Column(label=self._say("card_rate")),
                Column(label=self._say("card_minimum")),
            ],
            rows=[[*self._name_balance_rate(debt), self._or_unknown(debt.minimum, yuan)] for debt in debts],
        )

    def _turn_table(self, key: str, found: Payoff) -> Table:
        months = {gone.name: gone.month for gone in found.cleared}
        return Table(
            caption=self._say(key),
            columns=[
                Column(label=self._say("card_name")),
                Column(label=self._say("card_balance"), unit="yuan"),
                Column(label=self._say("card_rate")),
                Column(label=self._say("card_month"), unit="count"),
            ],
            rows=[
                [*self._name_balance_rate(debt), str(months[debt.name])] for debt in in_turn(self.ledger, found.order)
            ],
        )

    def _name_balance_rate(self, debt: Owed) -> list[str]:
        balance = (debt.balance or Decimal(0)).quantize(_FEN)
        return [debt.name, str(balance), self._or_unknown(debt.rate, figure)]

    def _or_unknown(self, value: Decimal | None, write: Callable[[Decimal], str]) -> str:
        return self._say("card_not_known") if value is None else write(value)


def _why(one: Standing) -> str:
    if one.above is not None:
        return "above"
    if one.debt.rate is None:
        return "unknown"
    return "dear" if one.debt.rate else "free"


def _why_values(one: Standing) -> dict[str, str]:
    values = {"name": one.debt.name}
    if one.debt.rate:
        values["rate"] = figure(one.debt.rate)
    if one.above is not None:
        values["limit"] = figure(one.above.limit)
    return values


def _by_limit(above: list[Standing]) -> list[tuple[str, list[Standing]]]:
    groups: dict[str, list[Standing]] = {}
    for one in above:
        if one.above is not None:
            groups.setdefault(figure(one.above.limit), []).append(one)
    return list(groups.items())
