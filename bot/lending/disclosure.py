"""综合融资成本明示表: what the table must show, and whether what it shows agrees with the terms.

《个人贷款业务明示综合融资成本规定》 (NFRA and PBOC, 金规〔2026〕2号, in force 2026-08-01): principal; each charge with
method or standard and collector; each charge of normal performance as an annualised figure; their total; what default
would cost besides, with standard and collector; and that nothing else is charged. The full text has not been read, and
how several charges add up to the total is not known: the parts are held against it with a tolerance.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.lending.quote import quote
from bot.lending.terms import LoanTerms, RateKind


class ChargeKind(StrEnum):
    """What a charge is for. ``UPFRONT`` is taken before or with the pay-out, ``EACH`` with every instalment."""

    INTEREST = "interest"
    UPFRONT_FEE = "upfront_fee"
    FEE_EACH = "fee_each"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DisclosedCharge:
    """A line of the table: one charge of normal performance. Empty or ``None`` is what the table leaves out."""

    name: str
    kind: ChargeKind
    collector: str = ""
    standard: str = ""
    """How it is charged: method or standard."""
    annualised: Decimal | None = None
    """Percent a year."""


@dataclass(frozen=True, slots=True)
class ContingentCost:
    """What only default, misuse or early repayment would cost."""

    name: str
    collector: str = ""
    standard: str = ""


@dataclass(frozen=True, slots=True)
class DisclosureTable:
    """The table as it was shown. ``None`` is what it leaves out; no contingent costs at all are an empty tuple."""

    principal: Decimal | None
    charges: tuple[DisclosedCharge, ...]
    total_annualised: Decimal | None
    """综合融资成本年化, percent."""
    contingent: tuple[ContingentCost, ...] | None = None
    says_no_other_charges: bool = False


class FindingCode(StrEnum):
    """What can be wrong with a table."""

    MISSING = "missing"
    """A required field is not there; ``field`` names it, ``charge`` the charge it belongs to."""
    NO_CHARGES = "no_charges"
    PRINCIPAL_DIFFERS = "principal_differs"
    PARTS_DO_NOT_ADD_UP = "parts_do_not_add_up"
    TOTAL_DIFFERS = "total_differs"
    """The stated total is not what the terms come to."""
    CHARGE_NOT_LISTED = "charge_not_listed"
    """The terms hold a charge the table does not show; ``charge`` is its kind."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``stated`` stands in the table, ``found`` is ours: percent a year, or yuan for sums."""

    code: FindingCode
    field: str = ""
    charge: str = ""
    stated: Decimal | None = None
    found: Decimal | None = None


def check_disclosure(
    table: DisclosureTable, terms: LoanTerms, tolerance: Decimal = Decimal("0.10")
) -> tuple[Finding, ...]:
    """Hold a table against the terms; no finding, no fault found.

    ``tolerance`` in points. A total agrees when it is near the nominal or the effective annual rate of the terms: the
    rule behind it allows both (中国人民银行公告〔2021〕第3号). ``found`` is then the nearer one.

    Raises ``TermsError`` when the terms cannot be computed.
    """
    return (*_missing(table), *_contradictions(table, terms, tolerance), *_unlisted(table, terms))


def annualised_costs(terms: LoanTerms) -> tuple[Decimal, Decimal | None]:
    """What the total of the table should be: nominal (单利) and effective, percent. Raises ``TermsError``."""
    rate = quote(terms).rate
    return rate.nominal, rate.effective


def _missing(table: DisclosureTable) -> Iterator[Finding]:
    required = {
        "principal": table.principal is not None,
        "total_annualised": table.total_annualised is not None,
        "contingent": table.contingent is not None,
        "no_other_charges": table.says_no_other_charges,
    }
    for field, there in required.items():
        if not there:
            yield Finding(FindingCode.MISSING, field)
    if not table.charges:
        yield Finding(FindingCode.NO_CHARGES)
    for charge in table.charges:
        if charge.annualised is None:
            yield Finding(FindingCode.MISSING, "annualised", charge.name)
    named: list[DisclosedCharge | ContingentCost] = [*table.charges, *(table.contingent or ())]
    for line in named:
        for field, said in {"collector": line.collector, "standard": line.standard}.items():
            if not said.strip():
                yield Finding(FindingCode.MISSING, field, line.name)


def _contradictions(table: DisclosureTable, terms: LoanTerms, tolerance: Decimal) -> Iterator[Finding]:
    if table.principal is not None and table.principal != terms.principal:
        yield Finding(FindingCode.PRINCIPAL_DIFFERS, "principal", stated=table.principal, found=terms.principal)
    stated = table.total_annualised
    if stated is None:
        return
    parts = [charge.annualised for charge in table.charges if charge.annualised is not None]
    together = sum(parts, Decimal(0))
    if len(parts) == len(table.charges) > 0 and abs(together - stated) > tolerance:
        yield Finding(FindingCode.PARTS_DO_NOT_ADD_UP, "total_annualised", stated=stated, found=together)
    ours = [rate for rate in annualised_costs(terms) if rate is not None]
    nearest = min(ours, key=lambda rate: abs(rate - stated))
    if abs(nearest - stated) > tolerance:
        yield Finding(FindingCode.TOTAL_DIFFERS, "total_annualised", stated=stated, found=nearest)


def _unlisted(table: DisclosureTable, terms: LoanTerms) -> Iterator[Finding]:
    """A charge of the terms no line of the table is for; ``found`` is its sum in yuan over the whole loan.

    A line of another kind may stand for any fee, and interest for a fee that is charged as a rate.
    """
    listed = {charge.kind for charge in table.charges}
    offer = quote(terms)
    fees = {ChargeKind.OTHER}
    by_rate = {ChargeKind.INTEREST} if terms.rate is not None and terms.rate.kind is RateKind.FLAT_FEE else set()
    charged = {
        ChargeKind.INTEREST: (sum((line.interest for line in offer.instalments), Decimal(0)), set()),
        ChargeKind.UPFRONT_FEE: (terms.principal - offer.received, fees),
        ChargeKind.FEE_EACH: (sum((line.fees for line in offer.instalments), Decimal(0)), fees | by_rate),
    }
    for kind, (amount, stands_for_it) in charged.items():
        if amount > 0 and not listed & {kind, *stands_for_it}:
            yield Finding(FindingCode.CHARGE_NOT_LISTED, charge=kind, found=amount)
