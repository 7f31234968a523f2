"""The questions turned round, as an answer: how much can be borrowed for so much a month, how long repaying takes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions._loan_card import yuan
from actions._loan_offer import Offer
from actions._loan_words import reading_title
from actions._support import Json, button, say, services, word
from bot.lending import LoanTerms, Method, Rate, Term, TermsError, Unit, quote
from bot.lending.inverse import affordable_principal, repayment_time
from bot.messages import Language

_MONTHS_A_YEAR = 12


def say_turned_round(
    offer: Offer, dispatcher: CollectingDispatcher, tongue: Language, closing: Sequence[Json] = ()
) -> None:
    """Answer an offer whose ``turned_round`` names what is wanted."""
    if offer.rate is None or offer.payment is None:
        return
    every = offer.payment_period or Unit.MONTH
    fee_each = sum((fee.of(Decimal(0)) for fee in offer.fees if fee.each), Decimal(0))
    values: dict[str, Any] = {
        "payment": yuan(offer.payment),
        "each": word(f"inverse_each_{every}", tongue),
        "rate": _rate(offer.rate, tongue),
    }
    buttons = list(closing)
    try:
        if offer.sum is None:
            response, most, found = "utter_loan_how_much", *_how_much(offer, offer.rate, offer.payment, fee_each)
            take = word("inverse_button_take", tongue)
            buttons.insert(0, button(take, "loan_choose", loan_field="principal", loan_value=str(most)))
        else:
            response, found = (
                "utter_loan_how_long",
                _how_long(offer.sum, offer.rate, offer.payment - fee_each, every, tongue),
            )
    except TermsError as error:
        known = offer.sum is not None and error.code in {"never", "too_long"}
        response = f"utter_loan_{error.code if known else 'impossible'}"
        found = _first_interest(offer.sum, offer.rate, every) if offer.sum is not None else {}
    values |= found
    say(dispatcher, response, buttons=buttons, **values)


def _how_much(offer: Offer, rate: Rate, payment: Decimal, fee_each: Decimal) -> tuple[Decimal, dict[str, str]]:
    any_sum = offer.with_(principal=Decimal(100), fees=())
    term, method = any_sum.terms().term, any_sum.with_(payment=None).terms().method
    most = affordable_principal(payment, rate, term, method, fee_each)
    loan = quote(LoanTerms(most, term, rate, method, fee_each=fee_each))
    return most, {
        "periods": str(len(loan.instalments)),
        "most": yuan(most),
        "total": yuan(loan.total_paid),
        "cost": yuan(loan.total_cost),
    }


def _how_long(principal: Decimal, rate: Rate, each: Decimal, every: Unit, tongue: Language) -> dict[str, str]:
    found = repayment_time(principal, each, rate, every)
    return {
        "principal": yuan(principal),
        "periods": str(found.instalments),
        "time": _time(found.instalments, every, tongue),
        "last": yuan(found.last_payment),
        "total": yuan(found.total_paid),
        "interest": yuan(found.total_interest),
    }


def _rate(rate: Rate, tongue: Language) -> str:
    return reading_title("rate", f"{rate.value} {rate.period} {rate.kind}", services().content.wording, tongue)


def _time(count: int, every: Unit, tongue: Language) -> str:
    years, months = divmod(count, _MONTHS_A_YEAR)
    if every is not Unit.MONTH or not years:
        return word(f"inverse_time_{every}", tongue, count=count)
    key = "inverse_time_years_months" if months else "inverse_time_year"
    return word(key, tongue, count=years, months=months)


def _first_interest(principal: Decimal, rate: Rate, every: Unit) -> dict[str, str]:
    terms = LoanTerms(principal, Term(1, every), rate, Method.INTEREST_FIRST, payment_every=every)
    return {"interest": yuan(quote(terms).total_cost), "principal": yuan(principal)}
