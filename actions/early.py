"""Rasa adapter for repaying early: about the offer shown last; without one the general answer."""

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._early_words import Ask, Plan, choose_early, hear_early
from actions._loan_card import figure, yuan
from actions._offer_shown import quote_shown
from actions._support import (
    Json,
    button,
    entity,
    intent,
    is_aside,
    language,
    leave_form,
    say,
    typed_text,
    word,
)
from bot.lending import Quote, TermsError, Unit
from bot.lending.prepayment import Prepaid, prepay
from bot.lending.schedule import is_on_original_sum
from bot.messages import Column, Figure, Language, Table, TableCard

_SLOT = "early_plan"
_OWN_BUTTONS = frozenset({"early_choose"})
# Typed without anything the form can read, these are answers it failed to read; whatever else is meant is served first.
_ANSWERS = frozenset(
    {None, "early_repayment", "ask_loan_cost", "affirm", "deny", "correct", "nlu_fallback", "out_of_scope"}
)
_COLUMNS = ("payment", "principal", "interest", "fees", "balance")


def _plan(tracker: Tracker) -> Plan:
    return Plan.from_slot(tracker.get_slot(_SLOT))


def _asked(tracker: Tracker) -> Ask | None:
    name = tracker.get_slot("requested_slot")
    return Ask(name) if name in set(Ask) else None


def _heard(tracker: Tracker, loan: Quote) -> dict[str, Any]:
    field, value = entity(tracker, "early_field"), entity(tracker, "early_value")
    if field and value:
        return choose_early(field, value)
    text = typed_text(tracker)
    monthly = loan.terms.term.unit in {Unit.MONTH, Unit.YEAR} and loan.terms.payment_every in {None, Unit.MONTH}
    return hear_early(text, _asked(tracker), len(loan.instalments), monthly=monthly) if text else {}


class ActionRepayEarly(Action):
    """Begins the form when an offer is at hand that is paid in instalments; else the general answer."""

    def name(self) -> str:
        return "action_repay_early"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        loan = quote_shown(tracker)
        if loan is None:
            say(dispatcher, "utter_early_repayment")
            return []
        if len(loan.instalments) == 1:
            say(dispatcher, "utter_early_once", buttons=_closing(language(tracker)))
            return []
        before = _plan(tracker)
        # "And after the ninth?" changes the plan shown; anything else begins a new one.
        goes_on = bool(_heard(tracker, loan)) and not before.open_questions()
        plan = before if goes_on else Plan()
        return [SlotSet(_SLOT, plan.to_slot()), *leave_form(), FollowupAction("early_form")]


class ValidateEarlyForm(FormValidationAction):
    """Gathers when, how much, what stays and the fee, from any turn that says some."""

    def name(self) -> str:
        return "validate_early_form"

    async def required_slots(
        self, _domain_slots: list[str], _dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Any
    ) -> list[str]:
        """The plan itself, and the questions it leaves open."""
        return [_SLOT, *_plan(tracker).open_questions()]

    def extract_early_plan(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> Json:
        """The plan with what the latest turn says; nothing when the turn is about something else."""
        loan = quote_shown(tracker)
        if is_aside(tracker, _OWN_BUTTONS) or loan is None:
            return {}
        before, heard = _plan(tracker), _heard(tracker, loan)
        if intent(tracker) == "ask_basic" and set(heard) <= {"everything"}:
            return {}
        if not heard:
            if typed_text(tracker) and intent(tracker) not in _ANSWERS:
                return {}
            if _asked(tracker) is not None:
                say(dispatcher, "utter_early_not_read")
            return {_SLOT: before.to_slot()}
        return {_SLOT: _without_nonsense(before.with_(heard), loan, dispatcher, language(tracker)).to_slot()}

    def validate_early_plan(
        self, value: Any, _dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: DomainDict
    ) -> Json:
        """Extraction has checked it."""
        return {_SLOT: value}


def _without_nonsense(plan: Plan, loan: Quote, dispatcher: CollectingDispatcher, tongue: Language) -> Plan:
    """The plan without what this loan does not allow, having said why."""
    periods = len(loan.instalments)
    if plan.after is not None and not 1 <= plan.after < periods:
        problem = word("early_bad_after", tongue, periods=periods, last=periods - 1)
        say(dispatcher, "utter_early_bad", problem=problem)
        return plan.with_({"after": None})
    if plan.fee_percent is not None and plan.fee_percent > 100:  # noqa: PLR2004 - per cent
        say(dispatcher, "utter_early_bad", problem=word("early_bad_fee", tongue))
        return plan.with_({"fee": None})
    if plan.after is None or plan.amount is None:
        return plan
    owed = loan.instalments[plan.after - 1].balance
    if 0 < plan.amount <= owed:
        return plan
    say(dispatcher, "utter_early_bad", problem=word("early_bad_amount", tongue, after=plan.after, owed=yuan(owed)))
    return plan.with_({"amount": None})


class ActionShowEarly(Action):
    """What is due that day, what it saves, and the schedule that is left."""

    def name(self) -> str:
        return "action_show_early"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, loan, plan = language(tracker), quote_shown(tracker), _plan(tracker)
        prepaid = None if loan is None or plan.open_questions() else _prepaid(loan, plan)
        if loan is None or prepaid is None:
            say(dispatcher, "utter_early_repayment")
            return []
        after = plan.after or 1
        left = prepaid.instalments[after:]
        values: dict[str, Any] = {
            "after": str(after),
            "instalment": yuan(loan.instalments[after - 1].payment),
            "amount": yuan(prepaid.amount),
            "fee": word("early_fee", tongue, fee=yuan(prepaid.fee)) if prepaid.fee else "",
            "due": yuan(prepaid.due_that_day),
            "saved": _saved(prepaid, tongue),
        }
        card = _card(prepaid, after, tongue)
        if left:
            values |= {
                "payment": yuan(left[0].payment),
                "left": str(len(left)),
                "before": str(len(loan.instalments) - after),
                "last": yuan(left[-1].payment),
            }
            say(dispatcher, "utter_early_part", card=card, **values)
        else:
            say(dispatcher, "utter_early_all", card=card, **values)
        notes = "".join(f"{note}\n" for note in _notes(loan, plan, tongue))
        say(dispatcher, "utter_early_note", buttons=_closing(tongue), notes=notes)
        return []


def _prepaid(loan: Quote, plan: Plan) -> Prepaid | None:
    try:
        return prepay(loan, plan.prepayment(loan))
    except TermsError:
        return None


def _saved(prepaid: Prepaid, tongue: Language) -> str:
    key = "same" if prepaid.saved == 0 else "saved" if prepaid.saved > 0 else "lost"
    return word(f"early_{key}", tongue, amount=yuan(abs(prepaid.saved)))


def _notes(loan: Quote, plan: Plan, tongue: Language) -> list[str]:
    withheld = loan.total_paid - loan.total_cost < loan.terms.principal
    holds = {
        "fee_unknown": plan.fee_unknown,
        "fee_percent": plan.fee_percent is not None and plan.fee_percent > 0,
        "fixed_part": not plan.everything and is_on_original_sum(loan.terms),
        "withheld": withheld,
    }
    percent = figure(plan.fee_percent or loan.rate.nominal)
    return [word(f"early_note_{name}", tongue, percent=percent) for name, is_so in holds.items() if is_so]


def _card(prepaid: Prepaid, after: int, tongue: Language) -> TableCard:
    lines = prepaid.instalments[after - 1 :]
    with_fees = any(line.fees for line in lines)
    columns = [name for name in _COLUMNS if name != "fees" or with_fees]
    figures = [
        Figure(label=word("early_due", tongue), value=str(prepaid.due_that_day), unit="yuan", emphasis=True),
        Figure(label=word("early_amount", tongue), value=str(prepaid.amount), unit="yuan"),
        Figure(label=word("early_charge", tongue), value=str(prepaid.fee), unit="yuan"),
        Figure(
            label=word("early_less" if prepaid.saved >= 0 else "early_more", tongue),
            value=str(abs(prepaid.saved)),
            unit="yuan",
            emphasis=True,
        ),
    ]
    if prepaid.periods_saved:
        label = word("early_periods_saved", tongue)
        figures.append(Figure(label=label, value=str(prepaid.periods_saved), unit="count"))
    table = Table(
        caption=word("early_schedule", tongue, after=after),
        columns=[
            Column(label=word("loan_column_period", tongue), unit="count"),
            *(Column(label=word(f"loan_column_{name}", tongue), unit="yuan") for name in columns),
        ],
        rows=[[str(line.period), *(str(getattr(line, name)) for name in columns)] for line in lines],
    )
    return TableCard(title=word("early_title", tongue, after=after), figures=figures, tables=[table])


def _closing(tongue: Language) -> list[Json]:
    return [
        button(word("early_button_again", tongue), "early_repayment"),
        button(word("loan_card_button_result", tongue), "loan_result"),
        button(word("loan_card_button_menu", tongue), "menu"),
    ]
