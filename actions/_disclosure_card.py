"""From a told table to what a person is shown: findings, the card, the story of a complaint. No words of its own."""

from dataclasses import dataclass
from decimal import Decimal

from actions._disclosure import Charge, Question, Sheet, grouped
from actions._loan_card import figure, yuan
from bot.content import Content
from bot.content.disclosure import Required
from bot.lending import quote
from bot.lending.disclosure import Finding, FindingCode
from bot.messages import Column, Language, Table, TableCard

_FIELDS = frozenset(Required)


@dataclass(frozen=True, slots=True)
class Checked:
    """A table held against its loan, in one language."""

    sheet: Sheet
    content: Content
    language: Language

    def say(self, key: str, **values: object) -> str:
        """One text of this skill."""
        return self.content.wording.say(f"disclosure_{key}", self.language, **values)

    def charges(self) -> str:
        """The charges besides interest, as they were understood."""
        return "\n".join(self._charge(one) for one in self.sheet.charges)

    def _charge(self, one: Charge) -> str:
        known = one.annualised is not None
        yearly = self.say("charge_yearly", rate=figure(one.annualised)) if known and one.annualised is not None else ""
        return self.say(
            "charge",
            name=one.name,
            figure=yearly or one.told or self.say("charge_not_yearly"),
            collector=self.say("charge_collector", collector=one.collector) if one.collector else "",
        )

    # What was found.

    def findings(self) -> tuple[list[str], list[str]]:
        """What is missing, and what does not agree, a sentence each."""
        missing: list[str] = []
        differing: list[str] = []
        found = self.sheet.findings(self.say("interest"), self.say("overdue"))
        for code, field, group in grouped(found):
            if code in {FindingCode.MISSING, FindingCode.NO_CHARGES}:
                missing.append(self._missing(code, field, group))
            else:
                differing += [self._differing(one) for one in group]
        return missing, differing

    def _missing(self, code: str, field: str, group: list[Finding]) -> str:
        if code == FindingCode.NO_CHARGES or field in _FIELDS:
            required = Required(field) if field in _FIELDS else Required.CHARGES
            return self.say("missing", name=self.content.disclosure.field(required).of(self.language))
        return self.say(f"missing_{field}", names=self.say("joint").join(one.charge for one in group))

    def _differing(self, one: Finding) -> str:
        stated, found = one.stated or Decimal(0), one.found or Decimal(0)
        match one.code:
            case FindingCode.TOTAL_DIFFERS:
                key = "total_higher" if found > stated else "total_lower"
                points = figure(abs(found - stated))
                return self.say(key, stated=figure(stated), found=figure(found), points=points)
            case FindingCode.CHARGE_NOT_LISTED:
                return self.say(f"not_listed_{one.charge}", found=yuan(found))
            case FindingCode.PRINCIPAL_DIFFERS:
                return self.say("principal_differs", stated=yuan(stated), found=yuan(found))
        return self.say("parts_do_not_add_up", stated=figure(stated), found=figure(found))

    def asides(self) -> str:
        """What is worth asking though no rule we know requires it, and what could not be checked."""
        aside = []
        if Question.PREPAYMENT not in self.sheet.shown:
            aside.append(self.say("missing_prepayment"))
        if self.sheet.terms is None:
            aside.append(self.say("without_loan"))
        return "".join(f"{line}\n" for line in aside)

    # The card.

    def card(self) -> TableCard:
        """The table beside our sum."""
        sheet, none = self.sheet, self.say("card_none")
        terms = sheet.terms
        rate = quote(terms).rate if terms is not None else None
        ours = none
        if rate is not None:
            effective = none if rate.effective is None else figure(rate.effective)
            ours = self.say("card_nominal_effective", nominal=figure(rate.nominal), effective=effective)
        rows = [
            ["principal", self._or_not_there(sheet.principal, sums=True), yuan(terms.principal) if terms else none],
            ["total", self._or_not_there(sheet.total), ours],
            ["interest", self._or_not_there(sheet.interest), none],
            ["parts", none if sheet.parts is None else figure(sheet.parts), none],
        ]
        named = [[self.say(f"card_{key}"), stated, found] for key, stated, found in rows]
        named += [[one.name, one.told or self._or_not_there(one.annualised), none] for one in sheet.charges]
        for question in (Question.OVERDUE, Question.PREPAYMENT, Question.NOTICE):
            there = self.say("card_there" if question in sheet.shown else "card_not_there")
            named.append([self.say(f"card_{question}"), there, none])
        missing, differing = self.findings()
        return TableCard(
            title=self.say("card_title"),
            tables=[
                Table(
                    caption=self.say("card_caption"),
                    columns=[Column(label=self.say(f"card_{name}")) for name in ("item", "stated", "ours")],
                    rows=named,
                )
            ],
            notices=[*missing, *differing],
        )

    def _or_not_there(self, value: Decimal | None, *, sums: bool = False) -> str:
        if value is None:
            return self.say("card_not_there")
        return yuan(value) if sums else figure(value)

    # The complaint.

    def story(self) -> str:
        """What was found, as the beginning of a complaint: figures, no judgement."""
        missing, differing = self.findings()
        terms, loan = self.sheet.terms, ""
        if terms is not None:
            found = quote(terms)
            loan = self.say(
                "story_loan",
                received=yuan(found.received),
                periods=len(found.instalments),
                total=yuan(found.total_paid),
                nominal=figure(found.rate.nominal),
            )
        lines = [*differing, *missing] or [self.say("story_none")]
        return self.say("story", loan=loan, findings="\n".join(lines))
