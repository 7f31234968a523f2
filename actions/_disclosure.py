"""A 综合融资成本明示表 as it is told, question by question, and what is found in it. Pure; one Rasa slot as JSON."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from actions._loan_offer import Offer
from bot.language import read_rate, read_terms
from bot.language import terms as grammar
from bot.lending import LoanTerms, Term, TermsError
from bot.lending.disclosure import (
    ChargeKind,
    ContingentCost,
    DisclosedCharge,
    DisclosureTable,
    Finding,
    FindingCode,
    check_disclosure,
)

MOST_CHARGES = 8
MOST_PERCENT = Decimal(100_000)
_SHOWN = "shown"
_TWELVE = Decimal(12)
_BARE_PERCENT = re.compile(r"\s*(\d{1,6}(?:\.\d+)?)\s*[%％]?\s*")
_YEARLY = re.compile(r"年|a year|annual|apr|per year|yearly|p\.?a\.?", re.IGNORECASE)
_NOT_YEARLY = re.compile(r"一次|月|期|放款|once|one-off|month|instal|upfront|up front", re.IGNORECASE)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_CHARGE = re.compile(r"费|险|fee|insurance|premium|charge|guarantee|deposit", re.IGNORECASE)
_COLLECTOR = re.compile(
    r"(?:由|给|归|是)?\s*([^\s，,。；;由给归是\d%％元]{2,20}?)\s*(?:来)?(?:收取|收的|收)(?:$|[，,。；;])"
    r"|(?:collected by|charged by|taken by|paid to|by|goes to)\s+([^,.;]{2,40})",
    re.IGNORECASE,
)
_BEFORE_FIGURES = re.compile(r"^[^\d，,。；;:：]{2,20}")
# What a check against no terms can still tell.
_WITHOUT_TERMS = frozenset({FindingCode.MISSING, FindingCode.NO_CHARGES, FindingCode.PARTS_DO_NOT_ADD_UP})


class Question(StrEnum):
    """What is asked, one at a time, in this order."""

    LOAN = "loan"
    PRINCIPAL = "principal"
    TOTAL = "total"
    INTEREST = "interest"
    CHARGES = "charges"
    CLARITY = "clarity"
    OVERDUE = "overdue"
    PREPAYMENT = "prepayment"
    NOTICE = "notice"


YES_OR_NO = frozenset({Question.OVERDUE, Question.PREPAYMENT, Question.NOTICE})


class Clarity(StrEnum):
    """Whether the table says of its charges how they are charged and who collects them."""

    BOTH = "both"
    NO_COLLECTOR = "no_collector"
    NO_STANDARD = "no_standard"
    NEITHER = "neither"


class Charge(BaseModel):
    """A charge besides interest as the table shows it. ``annualised`` in percent a year."""

    model_config = ConfigDict(frozen=True)

    name: str
    annualised: Decimal | None = None
    told: str = ""
    """What stands there instead of a yearly figure, as it was told."""
    collector: str = ""


class Sheet(BaseModel):
    """The table as far as it was told."""

    model_config = ConfigDict(frozen=True)

    offer: Offer = Offer()
    """The loan itself, as it is really paid."""
    answered: tuple[Question, ...] = ()
    principal: Decimal | None = None
    total: Decimal | None = None
    interest: Decimal | None = None
    charges: tuple[Charge, ...] = ()
    clarity: Clarity = Clarity.NEITHER
    shown: tuple[Question, ...] = ()
    """Which of overdue costs, prepayment fee and notice stand in it."""

    @classmethod
    def from_slot(cls, value: object) -> Self:
        """The sheet in a slot; an empty one when the slot holds nothing that fits."""
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

    def answer(self, question: Question, **changes: object) -> Self:
        """With a question answered."""
        return self.with_(answered=tuple(dict.fromkeys((*self.answered, question))), **changes)

    @property
    def question(self) -> Question | None:
        """What to ask next; nothing when all was asked."""
        return next((one for one in Question if one not in self.answered), None)

    @property
    def terms(self) -> LoanTerms | None:
        """The loan to compute from; nothing when it was not told."""
        if self.offer.is_short_of_essentials:
            return None
        try:
            self.offer.quote()
            return self.offer.terms()
        except TermsError:
            return None

    def table(self, interest_name: str, overdue_name: str) -> DisclosureTable:
        """For the check; the two names stand for what has none of its own."""
        collector = _SHOWN if self.clarity in {Clarity.BOTH, Clarity.NO_STANDARD} else ""
        standard = _SHOWN if self.clarity in {Clarity.BOTH, Clarity.NO_COLLECTOR} else ""
        charges = [
            DisclosedCharge(one.name, ChargeKind.OTHER, one.collector or collector, standard, one.annualised)
            for one in self.charges
        ]
        if self.interest is not None:
            interest = DisclosedCharge(interest_name, ChargeKind.INTEREST, collector, standard, self.interest)
            charges.insert(0, interest)
        overdue = (ContingentCost(overdue_name, collector, standard),) if Question.OVERDUE in self.shown else None
        return DisclosureTable(
            self.principal, tuple(charges), self.total, overdue, says_no_other_charges=Question.NOTICE in self.shown
        )

    def findings(self, interest_name: str, overdue_name: str) -> list[Finding]:
        """What is missing and what does not agree; without the loan, only what needs none."""
        table, terms = self.table(interest_name, overdue_name), self.terms
        if terms is not None:
            return list(check_disclosure(table, terms))
        # Any terms do where only what needs none is kept.
        nothing = LoanTerms(_TWELVE, Term(12), payment=Decimal(1))
        return [one for one in check_disclosure(table, nothing) if one.code in _WITHOUT_TERMS]

    @property
    def parts(self) -> Decimal | None:
        """The yearly figures of the table added up; nothing when one of them is missing."""
        figures = [*([self.interest] if self.interest is not None else []), *(one.annualised for one in self.charges)]
        known = [one for one in figures if one is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(figures) else None


def read_percent(text: str) -> Decimal | None:
    """A yearly figure of the table: there a bare 18 is 18 percent a year."""
    bare = _BARE_PERCENT.fullmatch(text)
    if bare is not None:
        return Decimal(bare[1])
    found = read_rate(text)
    if isinstance(found, grammar.Rate):
        return _yearly(found)
    yearly = [one for one in found.readings if isinstance(one, grammar.Rate)] if found else []
    return next((one.value for one in yearly if one.period is grammar.Period.YEAR), None)


def _yearly(rate: grammar.Rate) -> Decimal | None:
    times = {grammar.Period.YEAR: 1, grammar.Period.MONTH: 12, grammar.Period.DAY: 365}.get(rate.period)
    return None if times is None else rate.value * times


def read_charge(text: str, today: date) -> Charge | None:
    """One charge besides interest: "担保费年化3%，某某担保公司收"; nothing when the text names none."""
    fees = read_terms(text, today).fees
    before = _BEFORE_FIGURES.match(text.strip())
    name = fees[0].name if fees else _bare_name(before[0]) if before and _CHARGE.search(before[0]) else ""
    if not name:
        return None
    found, percent = _COLLECTOR.search(text), _PERCENT.search(text)
    collector = (found[1] or found[2]).strip() if found else ""
    is_yearly = percent is not None and (_YEARLY.search(text) or not _NOT_YEARLY.search(text))
    annualised = Decimal(percent[1]) if percent is not None and is_yearly else None
    return Charge(
        name=name,
        annualised=annualised,
        told="" if annualised is not None else _told(text, name),
        collector="" if collector == name else collector,
    )


def _bare_name(words: str) -> str:
    return re.sub(r"(?:年化|每[年月期]|一[年次]|收|是|of|is|at|年|月)+\s*$", "", words.strip()).strip(" :：")


def _told(text: str, name: str) -> str:
    return text.replace(name, "", 1).strip(" ，,。:：")[:20]


def grouped(findings: list[Finding]) -> Iterator[tuple[str, str, list[Finding]]]:
    """Findings of one code and field together: three charges without a collector are one thing to ask."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.code.value, one.field if one.code is FindingCode.MISSING else one.charge), []).append(
            one
        )
    for (code, field), members in groups.items():
        yield code, field, members
