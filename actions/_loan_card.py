"""From a quote to what a person is shown: the card, and the values of the sentence beside it. No words of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bot.content import Content
from bot.lending import Instalment, LineCheck, Method, Quote, Unit
from bot.messages import BarChart, Column, Figure, Language, LegalLine, LoanCostCard, Series, Table

_MOST_BARS = 60
_PAID_EVERY = {Unit.DAY: Unit.DAY, Unit.WEEK: Unit.WEEK}  # years are paid in months
_MOST_TELLING = Decimal(100_000)
_FEN = Decimal("0.01")
_ROWS_A_PAGE = 12
_MANY = 10


def yuan(amount: Decimal) -> str:
    """A sum as people read it: grouped, fen only when there are any."""
    text = f"{amount.quantize(_FEN, rounding=ROUND_HALF_UP):,f}"
    return text.removesuffix(".00")


def figure(number: Decimal) -> str:
    """A percentage without idle zeros: 24, 26.82."""
    return f"{number.normalize():,f}"


def times(check: LineCheck) -> str:
    """How many times a line; beyond ten, the tenths say nothing."""
    return figure(check.times.quantize(Decimal(1)) if check.times >= _MANY else check.times)


@dataclass(frozen=True, slots=True)
class Costed:
    """A quote held against the lines that may apply, in one language."""

    quote: Quote
    checks: list[LineCheck]
    content: Content
    language: Language

    def _say(self, key: str, **values: object) -> str:
        return self.content.wording.say(key, self.language, **values)

    # The sentence.

    @property
    def result_response(self) -> str:
        """The response whose sentence fits how this loan is repaid."""
        if len(self.quote.instalments) == 1:
            return "utter_loan_result_once"
        if self.quote.terms.method is Method.INTEREST_FIRST:
            return "utter_loan_result_interest_first"
        return "utter_loan_result_level" if self.quote.level else "utter_loan_result_falling"

    def result_values(self) -> dict[str, Any]:
        """Every figure a result sentence names."""
        return {
            "received": yuan(self.quote.received),
            "each": self._say(f"loan_card_each_{_PAID_EVERY.get(self.quote.terms.term.unit, Unit.MONTH)}"),
            "payment": yuan(self.quote.first_payment),
            "last": yuan(self.quote.instalments[-1].payment),
            "periods": str(len(self.quote.instalments)),
            "total": yuan(self.quote.total_paid),
            "cost": yuan(self.quote.total_cost),
            "nominal": figure(self.quote.rate.nominal),
            "compared": self._compared(),
            "effective": self._effective(),
        }

    def _compared(self) -> str:
        """How many times the one line that applies; nothing when it is not crossed, or nobody said who lends."""
        if len(self.checks) != 1 or not self.checks[0].crossed:
            return ""
        [check] = self.checks
        if check.line.above is not None:
            return ""  # what it means to be above takes more than half a sentence
        return self._say(f"loan_card_times_{check.line.lender}", limit=figure(check.limit), times=times(check))

    def _effective(self) -> str:
        return f"{figure(self._telling)}%" if self._telling is not None else self._say("loan_rate_beyond")

    @property
    def _telling(self) -> Decimal | None:
        """The effective rate, unless it is so large that it tells a person nothing."""
        effective = self.quote.rate.effective
        return effective if effective is not None and effective <= _MOST_TELLING else None

    def verdicts(self) -> str:
        """How the cost stands to each line, one sentence a line."""
        if not self.checks:
            return self._say("loan_line_none")
        if len(self.checks) == 1:
            line = legal_line(self.checks[0], self.quote.rate.nominal, self.content, self.language)
            return f"{line.verdict}\n{line.source}"
        sentences = [standing(check, None, self.content, self.language) for check in self.checks]
        return "\n".join([*sentences, self._say("loan_card_line_basis")])

    def explanation(self) -> list[str]:
        """Where the annual rate comes from, for somebody who has never heard of one, idea by idea."""
        found, terms = self.quote, self.quote.terms
        if found.total_cost <= 0:
            return [self._say("loan_card_explain_free")]
        periods = len(found.instalments)
        # The cost is the rate of a period on the money in use, period after period: that tells how much it was.
        average = found.total_cost / (found.rate.per_period * periods)
        whole = periods == 1 or terms.method is Method.INTEREST_FIRST
        sentences = [
            self._say(
                f"loan_card_explain_{'whole' if whole else 'parts'}",
                received=yuan(found.received),
                average=yuan(average.quantize(Decimal(1))),
                cost=yuan(found.total_cost),
                years=self._how_long(),
                nominal=figure(found.rate.nominal),
            )
        ]
        if terms.principal > found.received:
            sentences.append(
                self._say(
                    "loan_card_explain_deducted",
                    principal=yuan(terms.principal),
                    received=yuan(found.received),
                    deducted=yuan(terms.principal - found.received),
                )
            )
        return [*sentences, self._say("loan_card_explain_compound")]

    def _how_long(self) -> str:
        term = self.quote.terms.term
        if term.unit is Unit.YEAR:
            return self._say("loan_card_explain_months", count=term.count * 12)
        return self._say(f"loan_card_explain_{term.unit}s", count=term.count)

    # The card.

    def card(self) -> LoanCostCard:
        """Everything: figures, lines, schedule, picture."""
        return LoanCostCard(
            title=self._say("loan_title"),
            figures=self._figures(),
            lines=[legal_line(check, self.quote.rate.nominal, self.content, self.language) for check in self.checks],
            schedule=self._schedule(),
            chart=self._chart(),
        )

    def _figures(self) -> list[Figure]:
        found, terms = self.quote, self.quote.terms
        figures = [self._yuan("loan_received", found.received)]
        if terms.principal != found.received:
            figures.insert(0, self._yuan("loan_principal", terms.principal))
        periods = len(found.instalments)
        if periods == 1:
            figures.append(self._yuan("loan_payment_once", found.first_payment))
        elif found.level:
            figures.append(self._yuan("loan_payment", found.first_payment))
        else:
            figures.append(self._yuan("loan_payment_first", found.first_payment))
            figures.append(self._yuan("loan_payment_last", found.instalments[-1].payment))
        figures += [
            Figure(label=self._say("loan_periods"), value=str(periods), unit="count"),
            self._yuan("loan_total_paid", found.total_paid),
            self._yuan("loan_total_cost", found.total_cost, emphasis=True, note=self._say("loan_total_cost_note")),
            Figure(
                label=self._say("loan_rate_nominal"),
                value=str(found.rate.nominal),
                unit="percent",
                emphasis=True,
                note=self._say("loan_rate_note"),
            ),
        ]
        effective = self._telling
        figures.append(
            Figure(
                label=self._say("loan_rate_effective"),
                value=self._say("loan_rate_beyond") if effective is None else str(effective),
                unit="text" if effective is None else "percent",
            )
        )
        return figures

    def _yuan(self, key: str, amount: Decimal, **more: Any) -> Figure:
        return Figure(label=self._say(key), value=str(amount.quantize(_FEN)), unit="yuan", **more)

    def _schedule(self) -> Table:
        with_fees = any(line.fees for line in self.quote.instalments)
        columns = ["payment", "principal", "interest", *(["fees"] if with_fees else []), "balance"]
        return Table(
            caption=self._say("loan_schedule"),
            columns=[
                Column(label=self._say("loan_column_period"), unit="count"),
                *(Column(label=self._say(f"loan_column_{name}"), unit="yuan") for name in columns),
            ],
            rows=[
                [str(line.period), *(str(getattr(line, name)) for name in columns)] for line in self.quote.instalments
            ],
        )

    def _chart(self) -> BarChart:
        found = self.quote
        bars = list(_bars(found.instalments, _MOST_BARS))
        return BarChart(
            title=self._say("loan_chart_title"),
            description=self._say(
                "loan_chart_description",
                periods=len(found.instalments),
                total_paid=yuan(found.total_paid),
                principal=yuan(sum((line.principal for line in found.instalments), Decimal(0))),
                charges=yuan(sum((line.interest + line.fees for line in found.instalments), Decimal(0))),
                first=yuan(found.first_payment),
                last=yuan(found.instalments[-1].payment),
            ),
            x_label=self._say("loan_chart_x"),
            y_label=self._say("loan_chart_y"),
            x=[name for name, _, _ in bars],
            series=[
                Series(label=self._say("loan_column_principal"), values=[str(part) for _, part, _ in bars]),
                Series(label=self._say("loan_card_charges"), values=[str(charge) for _, _, charge in bars]),
            ],
        )

    def schedule_page(self, first: int) -> tuple[str, int | None]:
        """A page of the schedule as text, from one instalment on; and where the next page begins, if there is one.

        ``first`` may come from the button of an earlier, longer offer: past the end, it is the last row.
        """
        first = min(max(first, 1), len(self.quote.instalments))
        lines = self.quote.instalments[first - 1 : first - 1 + _ROWS_A_PAGE]
        rows = [
            self._say(
                "loan_card_row",
                period=line.period,
                payment=yuan(line.payment),
                charges=yuan(line.interest + line.fees),
            )
            for line in lines
        ]
        following = first + _ROWS_A_PAGE
        rows.append(self._say("loan_card_owed", balance=yuan(lines[-1].balance)))
        return "\n".join(rows), following if following <= len(self.quote.instalments) else None


def _bars(lines: tuple[Instalment, ...], most: int) -> Iterable[tuple[str, Decimal, Decimal]]:
    """One bar an instalment; for a long loan, several instalments together, so that a phone can show the picture."""
    together = -(-len(lines) // most)
    for start in range(0, len(lines), together):
        group = lines[start : start + together]
        name = str(group[0].period) if together == 1 else f"{group[0].period}-{group[-1].period}"
        yield (
            name,
            sum((line.principal for line in group), Decimal(0)),
            sum((line.interest + line.fees for line in group), Decimal(0)),
        )


def line_verdict(check: LineCheck, nominal: Decimal, content: Content, language: Language) -> str:
    """Above or not above one line, and what that means."""
    values = {"rate": figure(nominal), "limit": figure(check.limit)}
    if check.crossed and check.line.above is not None:
        return check.line.above.of(language).format(**values)
    key = f"loan_line_above_{check.line.lender}" if check.crossed else "loan_line_not_above"
    return content.wording.say(key, language, **values)


def legal_line(check: LineCheck, nominal: Decimal, content: Content, language: Language) -> LegalLine:
    """One line of the card, with its source, its date, and a warning when it may have changed."""
    return LegalLine(
        label=check.line.name.of(language),
        limit=str(check.limit),
        crossed=check.crossed,
        verdict=line_verdict(check, nominal, content, language),
        source=_source(check, content, language),
        as_of=check.as_of.isoformat(),
    )


def standing(check: LineCheck, verb: str | None, content: Content, language: Language) -> str:
    """One line in a short sentence that names it: above, not above, or (``verb="is"``) just what it is."""
    key = verb or ("above" if check.crossed else "not_above")
    values = {"lender": _lender(check, content, language), "limit": figure(check.limit)}
    if key == "above":
        values["times"] = times(check)
    return content.wording.say(f"loan_card_line_{key}", language, **values)


def _lender(check: LineCheck, content: Content, language: Language) -> str:
    return content.wording.say(f"loan_card_lender_{check.line.lender}", language)


def described_line(check: LineCheck, content: Content, language: Language) -> str:
    """What a line is: its figure, its nature, its source, and a warning when it may have changed."""
    text = content.wording.say(
        "loan_card_line_described",
        language,
        lender=_lender(check, content, language),
        limit=figure(check.limit),
        nature=check.line.nature.of(language),
    )
    return f"{text}\n{_source(check, content, language)}"


def _source(check: LineCheck, content: Content, language: Language) -> str:
    say = content.wording.say
    source = say("loan_line_source", language, article=check.line.article.of(language), as_of=check.as_of)
    if check.may_be_outdated:
        source = f"{source} {say('loan_line_check_date', language, as_of=check.as_of)}"
    return source
