"""The terms of a loan as somebody offers it, validated."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.lending.money import FEN

MOST_YUAN = Decimal("1e12")
MOST_PERIODS = 600
_MOST_PERCENT = Decimal(100_000)
_MOST_FIRST_DAYS = 3_650


class Unit(StrEnum):
    """A unit of time; a rate may also be charged once."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ONCE = "once"


class RateKind(StrEnum):
    """Whether a rate is on the money still owed (interest) or always on the original sum (flat fee)."""

    INTEREST = "interest"
    FLAT_FEE = "flat_fee"


class Method(StrEnum):
    """How the loan is repaid: 等额本息, 等额本金, 先息后本, 到期还本付息, 等本等息."""

    EQUAL_INSTALMENT = "equal_instalment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_FIRST = "interest_first"
    BULLET = "bullet"
    FLAT = "flat"


class TermsError(ValueError):
    """Terms that make no sense. ``code`` and ``field`` let an edge say it kindly in the person's language."""

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class Rate:
    """``value`` in percent for each ``period``."""

    value: Decimal
    period: Unit
    kind: RateKind = RateKind.INTEREST

    def __post_init__(self) -> None:
        if not self.value.is_finite() or self.value < 0:
            raise TermsError("negative", "rate", "a rate cannot be negative")
        if self.value > _MOST_PERCENT:
            raise TermsError("too_large", "rate", f"a rate above {_MOST_PERCENT} percent is surely a slip")


@dataclass(frozen=True, slots=True)
class Term:
    """How long, or in how many instalments: ``count`` units."""

    count: int
    unit: Unit = Unit.MONTH

    def __post_init__(self) -> None:
        if self.count <= 0:
            raise TermsError("not_positive", "term", "the term must be at least one")
        if self.unit is Unit.ONCE:
            raise TermsError("unit", "term", "a term has a unit of time")
        most = {Unit.DAY: 36_500, Unit.WEEK: 5_200, Unit.YEAR: 50}.get(self.unit, MOST_PERIODS)
        if self.count > most:
            raise TermsError("too_large", "term", f"a term of more than {most} {self.unit}s is surely a slip")


@dataclass(frozen=True, slots=True)
class Grace:
    """宽限期: the first ``periods`` instalments are interest only, or nothing at all.

    Interest that is not paid is added to the sum owed (``pays_interest=False``), and earns interest from then on.
    """

    periods: int
    pays_interest: bool = True

    def __post_init__(self) -> None:
        if self.periods <= 0:
            raise TermsError("not_positive", "grace", "a grace period has at least one instalment")


@dataclass(frozen=True, slots=True)
class RateChange:
    """重定价: from instalment ``from_period`` on, ``rate`` holds, and a level instalment is computed anew."""

    from_period: int
    rate: Rate

    def __post_init__(self) -> None:
        if self.from_period <= 1:
            raise TermsError("out_of_range", "rate_changes", "a rate changes from the second instalment on")
        if self.rate.kind is RateKind.FLAT_FEE or self.rate.period is Unit.ONCE:
            raise TermsError("unsupported", "rate_changes", "only interest for a time can change")


@dataclass(frozen=True, slots=True)
class RollOver:
    """展期: the loan is put off ``times`` times for another whole term, each for ``fee`` yuan; all is still owed."""

    times: int
    fee: Decimal

    def __post_init__(self) -> None:
        if not 1 <= self.times < MOST_PERIODS:
            raise TermsError("out_of_range", "rollovers", f"from 1 to {MOST_PERIODS - 1} roll-overs")
        if not self.fee.is_finite() or not 0 <= self.fee <= MOST_YUAN:
            raise TermsError("negative", "rollovers", "a fee must be zero or more")


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """An offer. Money in yuan. Give ``rate`` or ``payment`` (each instalment); ``received`` when less came in hand.

    ``payment`` is the level instalment, the interest part when interest comes first, the first instalment when equal
    parts of principal are repaid. ``payment_every`` tells how often one falls when it is not every unit of the term.

    Terms that depart from the plain ones: ``balloon``, principal due on top of the last instalment;
    ``first_period_days``, when the first instalment falls after another time than one period; ``grace``;
    ``rate_changes``, in order; ``rollover``, of a loan that comes back at once; ``interest_in_advance``, when each
    interest is paid a period early and none is due with the sum at the end (``received`` lacks the first one then).
    """

    principal: Decimal
    term: Term
    rate: Rate | None = None
    method: Method = Method.EQUAL_INSTALMENT
    payment: Decimal | None = None
    received: Decimal | None = None
    fee_upfront: Decimal = Decimal(0)
    fee_each: Decimal = Decimal(0)
    payment_every: Unit | None = None
    grace: Grace | None = None
    balloon: Decimal = Decimal(0)
    first_period_days: int | None = None
    rate_changes: tuple[RateChange, ...] = ()
    rollover: RollOver | None = None
    interest_in_advance: bool = False

    def __post_init__(self) -> None:
        _money(self.principal, "principal")
        for name in ("payment", "received"):
            value = getattr(self, name)
            if value is not None:
                _money(value, name)
        for name in ("fee_upfront", "fee_each"):
            value = getattr(self, name)
            if not value.is_finite() or value < 0 or value > MOST_YUAN:
                raise TermsError("negative", "fees", "a fee must be zero or more")
        if self.rate is None and self.payment is None:
            raise TermsError("missing", "rate", "a rate or an instalment is needed")
        if self.money_in_hand < FEN:
            raise TermsError("nothing_received", "received", "after the deductions nothing is received")
        if self.received is not None and self.received > self.principal:
            raise TermsError("more_than_principal", "received", "more was received than was lent")
        self._check_departures()

    def _check_departures(self) -> None:
        if not self.balloon.is_finite() or self.balloon < 0:
            raise TermsError("negative", "balloon", "a balloon must be zero or more")
        if self.balloon >= self.principal:
            raise TermsError("too_large", "balloon", "a balloon must be less than the sum borrowed")
        if self.first_period_days is not None and not 1 <= self.first_period_days <= _MOST_FIRST_DAYS:
            raise TermsError("out_of_range", "first_period_days", f"from 1 to {_MOST_FIRST_DAYS} days")
        starts = [change.from_period for change in self.rate_changes]
        if starts != sorted(set(starts)):
            raise TermsError("out_of_order", "rate_changes", "rate changes must be in order, each period once")
        if self.interest_in_advance and (self.method is not Method.INTEREST_FIRST or self.rate is None):
            raise TermsError("unsupported", "interest_in_advance", "only interest that comes first is paid in advance")
        if self.rollover is not None and self.method is not Method.BULLET:
            raise TermsError("unsupported", "rollovers", "only a loan that comes back at once is rolled over")

    @property
    def departs(self) -> bool:
        """Whether anything but the plain terms was agreed."""
        return bool(
            self.grace or self.balloon or self.first_period_days or self.rate_changes or self.rollover,
        )

    @property
    def money_in_hand(self) -> Decimal:
        """What the borrower really received (民法典 Art. 670: this is the principal that counts)."""
        base = self.principal if self.received is None else self.received
        return base - self.fee_upfront

    @property
    def deducted(self) -> Decimal:
        """What was kept back before the money came in hand (砍头息 and fees up front)."""
        return self.principal - self.money_in_hand


def _money(value: Decimal, field: str) -> None:
    if not value.is_finite() or value < FEN:
        raise TermsError("not_positive", field, "a sum must be at least one fen")
    if value > MOST_YUAN:
        raise TermsError("too_large", field, f"a sum above {MOST_YUAN:f} yuan is surely a slip")
