"""Offers side by side in words and as a card. Which offer suits is the person's to say: no sentence here tells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from actions._loan_card import Costed, figure, yuan
from actions._loan_offer import Offer
from bot.lending.compare import Comparison, compare
from bot.messages import Column, Language, Table, TableCard


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two offers or more, each worked out and held against its lines."""

    offers: Sequence[Offer]
    costed: Sequence[Costed]
    language: Language

    def _say(self, key: str, **values: object) -> str:
        return self.costed[0].content.wording.say(f"comparison_{key}", self.language, **values)

    def _names(self, places: Sequence[int]) -> str:
        return self._say("and").join(self._say("name", place=place + 1) for place in places)

    @property
    def found(self) -> Comparison:
        """Who is lowest on which measure."""
        return compare([one.quote for one in self.costed])

    def sentences(self) -> str:
        """Cost, monthly burden and rate, one sentence each."""
        found = self.found
        rows = found.offers
        return "\n".join(
            (
                self._sentence("cost", found.lowest_total_cost, [row.total_cost for row in rows], yuan),
                self._sentence("burden", found.lowest_monthly_burden, [row.monthly_burden for row in rows], yuan),
                self._sentence("rate", found.lowest_annual_rate, [row.annual_rate for row in rows], figure),
            )
        )

    def _sentence(
        self, measure: str, lowest: Sequence[int], values: Sequence[Decimal], shown: Callable[[Decimal], str]
    ) -> str:
        least = values[lowest[0]]
        if len(lowest) == len(values):
            return self._say(f"{measure}_same", value=shown(least))
        others = self._say("comma").join(
            self._say(
                f"{measure}_than",
                name=self._names([place]),
                value=shown(value),
                difference=shown(value - least),
            )
            for place, value in enumerate(values)
            if place not in lowest
        )
        return self._say(f"{measure}_lowest", names=self._names(lowest), value=shown(least), others=others)

    def described(self) -> list[str]:
        """Every offer as one line of text, so that the text alone carries what the card shows."""
        return [
            self._say("line", name=self._names([place]), **self._values(one)) for place, one in enumerate(self.costed)
        ]

    def warnings(self) -> list[str]:
        """What makes the figures hard to compare, and what was assumed of which offer."""
        found = self.found
        said = []
        if not found.same_money_in_hand:
            said.append(self._say("other_money"))
        if not found.same_length:
            said.append(self._say("other_length"))
        for key, holds in {
            "assumes_method": [offer.assumes_method for offer in self.offers],
            "assumes_fee": [offer.assumes_fee_upfront for offer in self.offers],
        }.items():
            places = [place for place, one in enumerate(holds) if one]
            if places:
                said.append(self._say(key, names=self._names(places)))
        return said

    def _values(self, one: Costed) -> dict[str, str]:
        found, values = one.quote, one.result_values()
        kind = "once" if len(found.instalments) == 1 else "level" if found.level else "falling"
        return {
            "received": values["received"],
            "payment": self._say(f"payment_{kind}", **values),
            "periods": values["periods"],
            "total": values["total"],
            "cost": values["cost"],
            "nominal": values["nominal"],
            "effective": values["effective"],
            "standing": self._standing(one),
        }

    def _standing(self, one: Costed) -> str:
        """Above or not above each limit; when nobody said who lends, every limit there is, each once."""
        limits = {check.limit: check.crossed for check in one.checks}
        if not limits:
            return self._say("no_line")
        return self._say("comma").join(
            self._say("above" if crossed else "not_above", limit=figure(limit)) for limit, crossed in limits.items()
        )

    def card(self) -> TableCard:
        """One column an offer."""
        columns = [self._values(one) for one in self.costed]
        names = ("received", "payment", "periods", "total", "cost", "nominal", "effective", "standing")
        table = Table(
            caption=self._say("caption"),
            columns=[
                Column(label=self._say("measure")),
                *(Column(label=self._names([place])) for place in range(len(columns))),
            ],
            rows=[
                [self._say(f"row_{name}"), *(self._say(f"cell_{name}", value=column[name]) for column in columns)]
                for name in names
            ],
        )
        return TableCard(title=self._say("title"), tables=[table], notices=self.warnings())
