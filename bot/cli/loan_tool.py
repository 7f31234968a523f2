"""``mingbai loan``: terms or cash flows in, schedule and annual rates out, one JSON object a line."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from bot.cli.jsonl import LineError, answer_lines
from bot.content.law import Law, Lender, load_law
from bot.lending import (
    AnnualRate,
    CashFlow,
    LoanTerms,
    Method,
    NoRateError,
    Quote,
    Rate,
    RateKind,
    SeveralRatesError,
    Term,
    TermsError,
    Unit,
    annual_rate,
    check_lines,
    dated_annual_rate,
    quote,
)
from bot.lending.day_count import DAY_COUNTS
from bot.settings import ROOT

_Choice = TypeVar("_Choice", bound=StrEnum)
_MOST_MAGNITUDE = 15  # powers of ten, up and down: no sum, rate or count of money reaches further
_MOST_FLOWS = 10_000
_MOST_PERIODS_A_YEAR = 10_000


def run(lines: Iterable[str]) -> Iterator[str]:
    """Answer every line."""
    law, today = load_law(ROOT / "data" / "law"), date.today()  # noqa: DTZ011 - the day here decides the line
    return answer_lines(lines, lambda data: _answer(data, law, today))


def _answer(data: dict[str, Any], law: Law, today: date) -> dict[str, Any]:
    try:
        if "cash_flows" in data:
            return _flows(data)
        terms = _terms(data)
        return _quote(quote(terms), data, law, today)
    except TermsError as error:
        raise LineError(error.code, str(error), error.field) from error
    except NoRateError as error:
        raise LineError("no_rate", str(error), "cash_flows") from error


def _terms(data: dict[str, Any]) -> LoanTerms:
    principal = _decimal(data, "principal") if data.get("principal") is not None else _decimal(data, "received")
    payment, every = _payment(data)
    term = _term(data)
    upfront, each = _fees(data, principal)
    return LoanTerms(
        principal=principal,
        term=term,
        rate=_rate(data, principal),
        method=_method(data, term, every),
        payment=payment,
        received=_decimal(data, "received") if data.get("received") is not None else None,
        fee_upfront=upfront,
        fee_each=each,
        payment_every=every,
    )


def _method(data: dict[str, Any], term: Term, every: Unit | None) -> Method:
    """Not said: a loan of so many days comes back at once, any other in equal instalments."""
    if data.get("method") is not None:
        return _choice(Method, data["method"], "method")
    return Method.BULLET if term.unit is Unit.DAY and every in {None, Unit.ONCE} else Method.EQUAL_INSTALMENT


def _payment(data: dict[str, Any]) -> tuple[Decimal | None, Unit | None]:
    """As the grammar reports it, ``{"amount", "period"}``, or simply a sum; and how often it falls, if said."""
    payment = data.get("payment")
    if payment is None:
        return None, None
    if not isinstance(payment, dict):
        return _decimal(data, "payment"), None
    every = payment.get("period")
    return _decimal(payment, "amount", "payment"), None if every is None else _choice(Unit, every, "payment")


def _term(data: dict[str, Any]) -> Term:
    term = data.get("term")
    if not isinstance(term, dict):
        raise LineError("missing", 'give the term as {"count", "unit"}', "term")
    count = _decimal(term, "count", "term")
    if count != count.to_integral_value():
        raise LineError("not_whole", "the term must be a whole number of units", "term")
    return Term(int(count), _choice(Unit, term.get("unit", "month"), "term"))


def _rate(data: dict[str, Any], principal: Decimal) -> Rate | None:
    rate = data.get("rate")
    if rate is None:
        return _rate_of_total(data, principal)
    if not isinstance(rate, dict):
        raise LineError("missing", 'give the rate as {"value", "period", "kind"}', "rate")
    value = _decimal(rate, "value", "rate")
    kind = _choice(RateKind, rate.get("kind", "interest"), "rate")
    return Rate(value, _choice(Unit, rate.get("period", "month"), "rate"), kind)


def _rate_of_total(data: dict[str, Any], principal: Decimal) -> Rate | None:
    """All that is paid in the end, as the grammar reports it when nothing else was said: interest charged once."""
    if data.get("total") is None or principal <= 0:
        return None
    total = _decimal(data, "total")
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
            _decimal(fee, "amount", "fees")
            if fee.get("amount") is not None
            else principal * _decimal(fee, "percent", "fees") / 100
        )
        if fee.get("when", "upfront") == "each":
            each += amount
        else:
            upfront += amount
    return upfront, each


def _quote(found: Quote, data: dict[str, Any], law: Law, today: date) -> dict[str, Any]:
    instalments = [
        {
            "period": line.period,
            "payment": str(line.payment),
            "interest": str(line.interest),
            "fees": str(line.fees),
            "principal": str(line.principal),
            "balance": str(line.balance),
        }
        for line in found.instalments
    ]
    lender = _choice(Lender, data.get("lender", "unknown"), "lender")
    signed = _date(data["contract_date"], "contract_date") if data.get("contract_date") else today
    lines = [
        {
            "id": check.line.id,
            "lender": check.line.lender.value,
            "limit": str(check.limit),
            "crossed": check.crossed,
            "source": check.line.source,
            "as_of": check.as_of.isoformat(),
            "may_be_outdated": check.may_be_outdated,
        }
        for check in check_lines(found.rate.nominal, lender, signed, law, today)
    ]
    return {
        "instalments": instalments,
        "received": str(found.received),
        "total_paid": str(found.total_paid),
        "total_cost": str(found.total_cost),
        **_rate_fields(found.rate),
        "lines": lines,
    }


def _rate_fields(rate: AnnualRate) -> dict[str, Any]:
    return {
        "rate_per_period": f"{rate.per_period * 100:.6f}",
        "annual_rate_nominal": str(rate.nominal),
        "annual_rate_effective": None if rate.effective is None else str(rate.effective),
    }


def _flows(data: dict[str, Any]) -> dict[str, Any]:
    flows = data["cash_flows"]
    if not isinstance(flows, list) or not flows or not all(isinstance(flow, dict) for flow in flows):
        raise LineError("wrong_type", "cash_flows must be a list of objects", "cash_flows")
    if len(flows) > _MOST_FLOWS:
        raise LineError("too_large", f"give at most {_MOST_FLOWS} cash flows", "cash_flows")
    amounts = [_decimal(flow, "amount", "cash_flows") for flow in flows]
    try:
        rate = _rate_of_flows(flows, amounts, data)
    except SeveralRatesError as error:
        rates = [_rate_fields(rate) for rate in error.rates]
        return {"error": {"code": "several_rates", "message": str(error), "field": "cash_flows", "rates": rates}}
    paid = -sum((amount for amount in amounts if amount < 0), Decimal(0))
    return {"total_paid": f"{paid:f}", "total_cost": f"{-sum(amounts, Decimal(0)):f}", **_rate_fields(rate)}


def _rate_of_flows(flows: list[dict[str, Any]], amounts: list[Decimal], data: dict[str, Any]) -> AnnualRate:
    day_count = str(data.get("day_count", DAY_COUNTS[0]))
    if day_count not in DAY_COUNTS:
        raise LineError("unknown", f"day_count must be one of {', '.join(DAY_COUNTS)}", "day_count")
    dated = all("date" in flow for flow in flows)
    per_year = Decimal(1 if dated else 12)
    if data.get("periods_per_year") is not None:
        per_year = _decimal(data, "periods_per_year")
    if not 0 < per_year <= _MOST_PERIODS_A_YEAR:
        raise LineError("not_positive", "periods_per_year must be more than zero, and sensible", "periods_per_year")
    if dated:
        days = [_date(flow["date"], "cash_flows") for flow in flows]
        return dated_annual_rate(list(zip(days, amounts, strict=True)), day_count, float(per_year))
    times = [float(_decimal(flow, "period", "cash_flows")) for flow in flows]
    return annual_rate([CashFlow(*flow) for flow in zip(times, amounts, strict=True)], float(per_year))


def _decimal(data: dict[str, Any], key: str, field: str = "") -> Decimal:
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


def _choice(kind: type[_Choice], value: object, field: str) -> _Choice:
    try:
        return kind(str(value))
    except ValueError:
        raise LineError("unknown", f"{field} must be one of {', '.join(kind)}", field) from None


def _date(value: object, field: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise LineError("not_a_date", "give dates as YYYY-MM-DD", field) from None
