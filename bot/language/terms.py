"""What a sentence says about a loan: only what was said, and separately what could be read in more than one way."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Period(StrEnum):
    """What a rate, a payment or a term is counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ONCE = "once"


class RateKind(StrEnum):
    """Interest on what is still owed, or a fee on the original sum however much has been repaid."""

    INTEREST = "interest"
    FLAT_FEE = "flat_fee"


class Method(StrEnum):
    """等额本息, 等额本金, 先息后本, 到期还本付息, 等本等息."""

    EQUAL_INSTALMENT = "equal_instalment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_FIRST = "interest_first"
    BULLET = "bullet"
    FLAT = "flat"


class Practice(StrEnum):
    """Customs that change what a loan costs beyond its figures: what was said of them, not what follows."""

    REVOLVING = "revolving"
    """随借随还: drawn and paid back at will."""
    COMPOUND = "compound"
    """利滚利, 驴打滚: unpaid interest bears interest; a loan rolled over."""
    BALLOON = "balloon"
    """A large last payment."""
    INTEREST_DEDUCTED_FIRST = "interest_deducted_first"
    """The first interest is kept back from the sum paid out (Civil Code Art. 670)."""


class When(StrEnum):
    """When a fee is taken."""

    UPFRONT = "upfront"
    EACH = "each"


class Field(StrEnum):
    """The parts of ``Terms``, as ``ambiguous`` names them."""

    PRINCIPAL = "principal"
    RECEIVED = "received"
    RATE = "rate"
    TERM = "term"
    PAYMENT = "payment"
    TOTAL = "total"
    FEES = "fees"
    METHOD = "method"


class Reason(StrEnum):
    """Why something must be asked again. Only an ``APPROXIMATE`` value is also present in its own field."""

    TWO_READINGS = "two_readings"
    PERIOD_UNKNOWN = "period_unknown"
    RANGE = "range"
    APPROXIMATE = "approximate"
    SEVERAL_SAID = "several_said"
    TOO_LARGE = "too_large"
    """No sum of money is that large; it has no readings."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``value`` in percent for each ``period``."""

    value: Decimal
    period: Period
    kind: RateKind = RateKind.INTEREST

    def to_json(self) -> dict[str, Any]:
        """As the JSON-lines tools write it: by day, month, year or once.

        A week is no period of theirs: the rate of a week is written as its seventh by the day, to six places, half
        up, and ``said`` keeps it as it was said.
        """
        if self.period is not Period.WEEK:
            return {"value": plain(self.value), "period": self.period.value, "kind": self.kind.value}
        with localcontext(prec=40):
            daily = (self.value / 7).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
        said = {"value": plain(self.value), "period": self.period.value}
        return {"value": plain(daily), "period": Period.DAY.value, "kind": self.kind.value, "said": said}


@dataclass(frozen=True, slots=True)
class Term:
    """How long: ``count`` units, or that many instalments."""

    count: int
    unit: Period = Period.MONTH

    def to_json(self) -> dict[str, Any]:
        """As the JSON-lines tools write it."""
        return {"count": self.count, "unit": self.unit.value}


@dataclass(frozen=True, slots=True)
class Payment:
    """What is paid back each ``period``, a week included; ``once`` means a single payment at the end."""

    amount: Decimal
    period: Period

    def to_json(self) -> dict[str, Any]:
        """As the JSON-lines tools write it."""
        return {"amount": plain(self.amount), "period": self.period.value}


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge beside the interest: a sum, or a percentage of the loan."""

    name: str
    amount: Decimal | None = None
    percent: Decimal | None = None
    when: When | None = None

    def to_json(self) -> dict[str, Any]:
        """As the JSON-lines tools write it."""
        found: dict[str, Any] = {"name": self.name}
        if self.amount is not None:
            found["amount"] = plain(self.amount)
        if self.percent is not None:
            found["percent"] = plain(self.percent)
        if self.when is not None:
            found["when"] = self.when.value
        return found


Reading = Decimal | Rate | Term | Payment | Fee | Method


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Words with more than one meaning, the likeliest first. To be asked, never chosen for the person."""

    field: Field
    text: str
    reason: Reason
    readings: tuple[Reading, ...]

    def to_json(self) -> dict[str, Any]:
        """As the JSON-lines tools write it."""
        return {
            "field": self.field.value,
            "text": self.text,
            "reason": self.reason.value,
            "readings": [_reading(reading) for reading in self.readings],
        }


@dataclass(frozen=True, slots=True)
class Terms:
    """What was said. ``None`` and empty mean: not said, or ambiguous."""

    principal: Decimal | None = None
    received: Decimal | None = None
    rate: Rate | None = None
    term: Term | None = None
    payment: Payment | None = None
    total: Decimal | None = None
    """Everything paid back together, when a sentence says only that."""
    fees: tuple[Fee, ...] = ()
    method: Method | None = None
    practices: tuple[Practice, ...] = ()
    ambiguous: tuple[Ambiguity, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Only what was said; sums and percentages are decimal strings."""
        found: dict[str, Any] = {}
        values: Mapping[str, Reading | None] = {
            "principal": self.principal,
            "received": self.received,
            "rate": self.rate,
            "term": self.term,
            "payment": self.payment,
            "total": self.total,
            "method": self.method,
        }
        found.update({name: _reading(value) for name, value in values.items() if value is not None})
        if self.fees:
            found["fees"] = [fee.to_json() for fee in self.fees]
        if self.practices:
            found["practices"] = [one.value for one in self.practices]
        if self.ambiguous:
            found["ambiguous"] = [one.to_json() for one in self.ambiguous]
        return found

    def unsure_of(self, field: Field) -> Ambiguity | None:
        """The question a field still needs, if any."""
        return next((one for one in self.ambiguous if one.field is field), None)


def plain(number: Decimal) -> str:
    """A decimal string without exponent and without idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _reading(reading: Reading) -> Any:
    if isinstance(reading, Decimal):
        return plain(reading)
    return reading.value if isinstance(reading, Method) else reading.to_json()
