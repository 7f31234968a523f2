"""``mingbai loan``: terms or cash flows in, schedule and annual rates out, one JSON object a line.

Besides the plain terms a line may say ``grace``, ``balloon``, ``first_period_days``, ``rate_changes``, ``rollovers``
(``bot.cli.loan_fields``), ``prepayment`` and ``convention``; or ``"ask": "principal"`` (what can be borrowed for this
``payment``) and ``"ask": "term"`` (how many instalments); or, instead of terms, ``movements`` (draws and repayments by
the day) or ``debts`` and a ``budget``. What was not said changes nothing in the answer.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from bot.cli.jsonl import LineError, answer_lines
from bot.cli.loan_fields import (
    choice,
    day,
    decimal,
    optional,
    part,
    read_method,
    read_payment,
    read_rate,
    read_term,
    read_terms,
    rows,
    text,
    whole,
)
from bot.content.law import Law, Lender, load_law
from bot.lending import (
    AnnualRate,
    CashFlow,
    Instalment,
    NoRateError,
    Quote,
    RateKind,
    SeveralRatesError,
    TermsError,
    Unit,
    annual_rate,
    check_lines,
    dated_annual_rate,
    quote,
)
from bot.lending.conventions import Convention, figure, rate_of_dates, rate_of_periods, rate_of_quote
from bot.lending.day_count import DAY_COUNTS
from bot.lending.inverse import affordable_principal, repayment_time
from bot.lending.payoff import Debt, Order, payoff
from bot.lending.prepayment import Keep, Prepayment, prepay
from bot.lending.revolving import Movement, revolve
from bot.settings import ROOT

_DEPARTURES = ("received", "grace", "balloon", "first_period_days", "rate_changes", "rollovers")
_MOST_FLOWS = 10_000
_MOST_PERIODS_A_YEAR = 10_000


def run(lines: Iterable[str]) -> Iterator[str]:
    """Answer every line."""
    law, today = load_law(ROOT / "data" / "law"), date.today()  # noqa: DTZ011 - the day here decides the line
    return answer_lines(lines, lambda data: _answer(data, law, today))


def _answer(data: dict[str, Any], law: Law, today: date) -> dict[str, Any]:
    try:
        _check_question(data)
        match data.get("ask"):
            case "term":
                return _ask_term(data)
            case "principal":
                data = {**data, **_ask_principal(data)}
            case None:
                pass
            case _:
                raise LineError("unknown", "ask for principal or term", "ask")
        if data.get("ask") is None and data.get("movements") is not None:
            return _revolving(data)
        if data.get("ask") is None and data.get("debts") is not None:
            return _payoffs(data)
        if "cash_flows" in data and data.get("ask") is None:
            return _flows(data)
        found = _quote(quote(read_terms(data)), data, law, today)
        return {"principal": data["principal"], **found} if data.get("ask") else found
    except TermsError as error:
        raise LineError(error.code, str(error), error.field) from error
    except NoRateError as error:
        raise LineError("no_rate", str(error), "cash_flows") from error
    except SeveralRatesError as error:
        rates = [_rate_fields(rate) for rate in error.rates]
        return {"error": {"code": "several_rates", "message": str(error), "field": "cash_flows", "rates": rates}}


def _check_question(data: dict[str, Any]) -> None:
    """A question turned round is answered for plain terms only."""
    departure = next((name for name in _DEPARTURES if data.get(name) is not None), None)
    if data.get("ask") is not None and departure is not None:
        raise LineError("unsupported", "ask about plain terms only", departure)


def _ask_principal(data: dict[str, Any]) -> dict[str, Any]:
    """The most that ``payment`` carries at this rate and term; its quote is then answered like any other."""
    payment, every = read_payment(data)
    rate, term = read_rate(data, Decimal(0)), read_term(data)
    if payment is None or rate is None:
        field = "payment" if payment is None else "rate"
        raise LineError("missing", "to ask for the principal, give payment, rate and term", field)
    method = read_method(data, term, every)
    fees = [fee for fee in rows(data, "fees") if fee.get("when") == "each"]
    fee_each = sum((decimal(fee, "amount", "fees") for fee in fees), Decimal(0))
    principal = affordable_principal(payment, rate, term, method, fee_each)
    return {"principal": str(principal), "payment": None}


def _ask_term(data: dict[str, Any]) -> dict[str, Any]:
    """In how many instalments ``principal`` is repaid at this rate by this ``payment``."""
    payment, every = read_payment(data)
    principal = decimal(data, "principal")
    rate = read_rate(data, Decimal(0))
    if payment is None or rate is None:
        field = "payment" if payment is None else "rate"
        raise LineError("missing", "to ask for the term, give principal, payment and rate", field)
    found = repayment_time(principal, payment, rate, every or Unit.MONTH)
    return {
        "instalments_needed": found.instalments,
        "last_payment": str(found.last_payment),
        "total_paid": str(found.total_paid),
        "total_interest": str(found.total_interest),
    }


def _revolving(data: dict[str, Any]) -> dict[str, Any]:
    """``"movements": [{"date", "amount", "fee"}]`` (a draw above zero), ``"rate"`` a day or a year, ``"settle_on"``."""
    rate = read_rate(data, Decimal(0))
    if rate is None or rate.kind is not RateKind.INTEREST or rate.period not in {Unit.DAY, Unit.YEAR}:
        raise LineError("missing", "give the interest rate of a day or a year", "rate")
    daily = rate.value if rate.period is Unit.DAY else rate.value / 365
    movements = [
        Movement(
            day(row.get("date"), "movements"),
            decimal(row, "amount", "movements"),
            optional(row, "fee", "movements") or Decimal(0),
        )
        for row in rows(data, "movements")
    ]
    settle_on = day(data["settle_on"], "settle_on") if data.get("settle_on") else None
    found = revolve(movements, daily, settle_on)
    effective = None if found.rate is None else found.rate.effective
    names = ("accrued", "drawn", "paid", "interest", "fee", "principal", "balance", "unpaid_interest")
    return {
        "lines": [
            {"date": line.day.isoformat(), "days": line.days, **{name: str(getattr(line, name)) for name in names}}
            for line in found.lines
        ],
        "total_interest": str(found.total_interest),
        "total_fees": str(found.total_fees),
        "to_settle": str(found.to_settle),
        "annual_rate_simple": None if found.simple_rate is None else str(found.simple_rate),
        "annual_rate_effective": None if effective is None else str(effective),
    }


def _payoffs(data: dict[str, Any]) -> dict[str, Any]:
    """``"debts": [{"name", "balance", "annual_rate", "minimum"}]`` and a monthly ``"budget"``: both orders."""
    debts = [
        Debt(
            text(row, "name", "debts"),
            decimal(row, "balance", "debts"),
            decimal(row, "annual_rate", "debts"),
            optional(row, "minimum", "debts") or Decimal(0),
        )
        for row in rows(data, "debts")
    ]
    budget = decimal(data, "budget")
    found = {order.value: payoff(debts, budget, order) for order in Order}
    return {
        name: {
            "cleared": [{"name": debt.name, "month": debt.month} for debt in plan.cleared],
            "months": plan.months,
            "total_paid": str(plan.total_paid),
            "total_interest": str(plan.total_interest),
        }
        for name, plan in found.items()
    }


def _quote(found: Quote, data: dict[str, Any], law: Law, today: date) -> dict[str, Any]:
    lender = choice(Lender, data.get("lender", "unknown"), "lender")
    signed = day(data["contract_date"], "contract_date") if data.get("contract_date") else today
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
        "instalments": _schedule(found.instalments),
        "received": str(found.received),
        "total_paid": str(found.total_paid),
        "total_cost": str(found.total_cost),
        **_rate_fields(found.rate),
        **_by_convention(data, lambda convention: rate_of_quote(found, convention)),
        **_prepayment(found, data),
        "lines": lines,
    }


def _schedule(instalments: Iterable[Instalment]) -> list[dict[str, Any]]:
    return [
        {
            "period": line.period,
            "payment": str(line.payment),
            "interest": str(line.interest),
            "fees": str(line.fees),
            "principal": str(line.principal),
            "balance": str(line.balance),
        }
        for line in instalments
    ]


def _by_convention(data: dict[str, Any], rate_by: Callable[[Convention], AnnualRate]) -> dict[str, Any]:
    """``"convention"``: the annual rate as another rule-maker defines it, beside our own."""
    if data.get("convention") is None:
        return {}
    convention = choice(Convention, data["convention"], "convention")
    found = figure(rate_by(convention), convention)
    return {"convention": convention.value, "annual_rate_convention": None if found is None else str(found)}


def _prepayment(found: Quote, data: dict[str, Any]) -> dict[str, Any]:
    """``"prepayment": {"after_period", "amount", "keep": "payment" | "term", "fee"}``; without amount, all of it."""
    said = part(data, "prepayment")
    if said is None:
        return {}
    result = prepay(
        found,
        Prepayment(
            after_period=whole(said, "after_period", "prepayment"),
            amount=optional(said, "amount", "prepayment"),
            keep=choice(Keep, said.get("keep", "payment"), "prepayment"),
            fee=optional(said, "fee", "prepayment") or Decimal(0),
        ),
    )
    answer = {
        "amount": str(result.amount),
        "fee": str(result.fee),
        "due_that_day": str(result.due_that_day),
        "saved": str(result.saved),
        "periods_saved": result.periods_saved,
        "instalments": _schedule(result.instalments),
    }
    return {"prepayment": answer}


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
    amounts = [decimal(flow, "amount", "cash_flows") for flow in flows]
    rate = _rate_of_flows(flows, amounts, data)
    paid = -sum((amount for amount in amounts if amount < 0), Decimal(0))
    return {
        "total_paid": f"{paid:f}",
        "total_cost": f"{-sum(amounts, Decimal(0)):f}",
        **_rate_fields(rate),
        **_by_convention(data, lambda convention: _flows_by(flows, amounts, data, convention)),
    }


def _rate_of_flows(flows: list[dict[str, Any]], amounts: list[Decimal], data: dict[str, Any]) -> AnnualRate:
    day_count = str(data.get("day_count", DAY_COUNTS[0]))
    if day_count not in DAY_COUNTS:
        raise LineError("unknown", f"day_count must be one of {', '.join(DAY_COUNTS)}", "day_count")
    if _are_dated(flows):
        return dated_annual_rate(_dated(flows, amounts), day_count, _periods_per_year(data, 1))
    return annual_rate(_timed(flows, amounts), _periods_per_year(data, 12))


def _flows_by(
    flows: list[dict[str, Any]], amounts: list[Decimal], data: dict[str, Any], convention: Convention
) -> AnnualRate:
    if _are_dated(flows):
        return rate_of_dates(_dated(flows, amounts), convention)
    return rate_of_periods(_timed(flows, amounts), _periods_per_year(data, 12), convention)


def _are_dated(flows: list[dict[str, Any]]) -> bool:
    return all("date" in flow for flow in flows)


def _periods_per_year(data: dict[str, Any], unless_said: int) -> float:
    said = optional(data, "periods_per_year")
    per_year = Decimal(unless_said) if said is None else said
    if not 0 < per_year <= _MOST_PERIODS_A_YEAR:
        raise LineError("not_positive", "periods_per_year must be more than zero, and sensible", "periods_per_year")
    return float(per_year)


def _dated(flows: list[dict[str, Any]], amounts: list[Decimal]) -> list[tuple[date, Decimal]]:
    return list(zip((day(flow["date"], "cash_flows") for flow in flows), amounts, strict=True))


def _timed(flows: list[dict[str, Any]], amounts: list[Decimal]) -> list[CashFlow]:
    times = (float(decimal(flow, "period", "cash_flows")) for flow in flows)
    return [CashFlow(*flow) for flow in zip(times, amounts, strict=True)]
