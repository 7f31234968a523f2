"""What a line of ``mingbai loan`` may say: terms as the grammar reports them, and what departs from the plain ones."""

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from bot.cli.jsonl import LineError
from bot.lending import Grace, LoanTerms, Method, Rate, RateChange, RateKind, RollOver, Term, Unit

Choice = TypeVar("Choice", bound=StrEnum)
_MOST_MAGNITUDE = 15  # powers of ten, up and down: no sum, rate or count of money reaches further
_MOST_ROWS = 10_000


def read_terms(data: dict[str, Any]) -> LoanTerms:
    """The terms of an offer. Raises ``LineError`` and ``TermsError``."""
    principal = decimal(data, "principal") if data.get("principal") is not None else decimal(data, "received")
    payment, every = read_payment(data)
    term = read_term(data)
    upfront, each = _fees(data, principal)
    return LoanTerms(
        principal=principal,
        term=term,
        rate=read_rate(data, principal),
        method=read_method(data, term, every),
        payment=payment,
        received=decimal(data, "received") if data.get("received") is not None else None,
        fee_upfront=upfront,
        fee_each=each,
        payment_every=every,
        grace=_grace(data),
        balloon=optional(data, "balloon") or Decimal(0),
        first_period_days=whole(data, "first_period_days") if data.get("first_period_days") is not None else None,
        rate_changes=tuple(_rate_change(data, change) for change in rows(data, "rate_changes")),
        rollover=_rollover(data),
    )


def _grace(data: dict[str, Any]) -> Grace | None:
    """``{"periods", "pays": "interest" | "nothing"}``; interest unless said otherwise."""
    said = part(data, "grace")
    if said is None:
        return None
    pays = said.get("pays", "interest")
    if pays not in ("interest", "nothing"):
        raise LineError("unknown", "during grace one pays interest or nothing", "grace")
    return Grace(whole(said, "periods", "grace"), pays_interest=pays == "interest")


def _rate_change(data: dict[str, Any], said: dict[str, Any]) -> RateChange:
    """``{"from_period", "rate"}``, the rate as usual or just its value, for the same time as the rate it replaces."""
    rate = said.get("rate")
    if rate is None:
        raise LineError("missing", 'give each change as {"from_period", "rate"}', "rate_changes")
    if not isinstance(rate, dict):
        before = data.get("rate")
        unit = before.get("period", "month") if isinstance(before, dict) else "month"
        rate = {"value": rate, "period": unit}
    value, unit = decimal(rate, "value", "rate_changes"), choice(Unit, rate.get("period", "month"), "rate_changes")
    kind = choice(RateKind, rate.get("kind", "interest"), "rate_changes")
    return RateChange(whole(said, "from_period", "rate_changes"), Rate(value, unit, kind))


def _rollover(data: dict[str, Any]) -> RollOver | None:
    """``{"count", "fee"}``."""
    said = part(data, "rollovers")
    return None if said is None else RollOver(whole(said, "count", "rollovers"), decimal(said, "fee", "rollovers"))


def read_method(data: dict[str, Any], term: Term, every: Unit | None) -> Method:
    """Not said: a loan of so many days comes back at once, any other in equal instalments."""
    if data.get("method") is not None:
        return choice(Method, data["method"], "method")
    return Method.BULLET if term.unit is Unit.DAY and every in {None, Unit.ONCE} else Method.EQUAL_INSTALMENT


def read_payment(data: dict[str, Any]) -> tuple[Decimal | None, Unit | None]:
    """As the grammar reports it, ``{"amount", "period"}``, or simply a sum; and how often it falls, if said."""
    payment = data.get("payment")
    if payment is None:
        return None, None
    if not isinstance(payment, dict):
        return decimal(data, "payment"), None
    every = payment.get("period")
    return decimal(payment, "amount", "payment"), None if every is None else choice(Unit, every, "payment")


def read_term(data: dict[str, Any]) -> Term:
    """``{"count", "unit"}``. Raises ``LineError`` and ``TermsError``."""
    term = data.get("term")
    if not isinstance(term, dict):
        raise LineError("missing", 'give the term as {"count", "unit"}', "term")
    count = decimal(term, "count", "term")
    if count != count.to_integral_value():
        raise LineError("not_whole", "the term must be a whole number of units", "term")
    return Term(int(count), choice(Unit, term.get("unit", "month"), "term"))


def read_rate(data: dict[str, Any], principal: Decimal) -> Rate | None:
    """``{"value", "period", "kind"}``, or from the total that is repaid. Raises ``LineError`` and ``TermsError``."""
    rate = data.get("rate")
    if rate is None:
        return _rate_of_total(data, principal)
    if not isinstance(rate, dict):
        raise LineError("missing", 'give the rate as {"value", "period", "kind"}', "rate")
    value = decimal(rate, "value", "rate")
    kind = choice(RateKind, rate.get("kind", "interest"), "rate")
    return Rate(value, choice(Unit, rate.get("period", "month"), "rate"), kind)


def _rate_of_total(data: dict[str, Any], principal: Decimal) -> Rate | None:
    """All that is paid in the end, as the grammar reports it when nothing else was said: interest charged once."""
    if data.get("total") is None or principal <= 0:
        return None
    total = decimal(data, "total")
    if total < principal:
        raise LineError("too_small", "all that is paid is less than the sum borrowed", "total")
    return Rate((total - principal) / principal * 100, Unit.ONCE)


def _fees(data: dict[str, Any], principal: Decimal) -> tuple[Decimal, Decimal]:
    """Fees as the grammar reports them: ``{"amount" | "percent", "when": "upfront" | "each"}``."""
    upfront = each = Decimal(0)
    fees = data.get("fees") or []
    if not isinstance(fees, list) or not all(isinstance(fee, dict) for fee in fees):
        raise LineError("wrong_type", "fees must be a list of objects", "fees")
    for fee in fees:
        amount = (
            decimal(fee, "amount", "fees")
            if fee.get("amount") is not None
            else principal * decimal(fee, "percent", "fees") / 100
        )
        if fee.get("when", "upfront") == "each":
            each += amount
        else:
            upfront += amount
    return upfront, each


def decimal(data: dict[str, Any], key: str, field: str = "") -> Decimal:
    """A number, best as a decimal string. Raises ``LineError``."""
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise LineError("missing", f"give {key} as a decimal string", field or key)
    try:
        number = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):  # ValueError: an integer of thousands of digits
        raise LineError("not_a_number", f"{key} is not a decimal number", field or key) from None
    if not number.is_finite():
        raise LineError("not_a_number", f"{key} is not a finite number", field or key)
    if number and abs(number.adjusted()) > _MOST_MAGNITUDE:
        raise LineError("too_large", f"{key} is beyond any sum of money", field or key)
    return +number  # the plus rounds to the digits we reckon with


def choice(kind: type[Choice], value: object, field: str) -> Choice:
    """One of the names. Raises ``LineError``."""
    try:
        return kind(str(value))
    except ValueError:
        raise LineError("unknown", f"{field} must be one of {', '.join(kind)}", field) from None


def day(value: object, field: str) -> date:
    """A date as YYYY-MM-DD. Raises ``LineError``."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise LineError("not_a_date", "give dates as YYYY-MM-DD", field) from None


def optional(data: dict[str, Any], key: str, field: str = "") -> Decimal | None:
    """The same, or ``None`` when it was not said."""
    return None if data.get(key) is None else decimal(data, key, field)


def whole(data: dict[str, Any], key: str, field: str = "") -> int:
    """A whole number. Raises ``LineError``."""
    number = decimal(data, key, field)
    if number != number.to_integral_value():
        raise LineError("not_whole", f"{key} must be a whole number", field or key)
    return int(number)


def text(data: dict[str, Any], key: str, field: str = "") -> str:
    """A string, empty when it was not said. Raises ``LineError``."""
    value = data.get(key)
    if not isinstance(value, str | None):
        raise LineError("wrong_type", f"{key} must be a string", field or key)
    return value or ""


def part(data: dict[str, Any], key: str) -> dict[str, Any] | None:
    """An object within the line, ``None`` when it was not said. Raises ``LineError``."""
    value = data.get(key)
    if not isinstance(value, dict | None):
        raise LineError("wrong_type", f"{key} must be an object", key)
    return value


def rows(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """A list of objects, empty when it was not said. Raises ``LineError``."""
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise LineError("wrong_type", f"{key} must be a list of objects", key)
    if len(value) > _MOST_ROWS:
        raise LineError("too_large", f"give at most {_MOST_ROWS} {key}", key)
    return value
