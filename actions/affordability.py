"""Rasa adapter for "can I afford it?": a household's month with and without the instalment."""

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._budget_words import Ask, Budget, hear_budget
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
    services,
    typed_text,
    word,
)
from bot.lending import Quote, TermsError
from bot.lending.affordability import Affordability, Strain, Thresholds, afford
from bot.lending.compare import monthly_burden
from bot.lending.schedule import calendar
from bot.messages import Figure, Language, TableCard

_SLOT = "afford_budget"
_OWN_BUTTONS = frozenset({"afford_choose"})
_ANSWERS = frozenset(
    {None, "ask_affordable", "ask_loan_cost", "affirm", "deny", "correct", "nlu_fallback", "out_of_scope"}
)
_MONTHS_A_YEAR = 12
_FEWEST_MONTHS_TO_SAVE = 2
_LUMP = Decimal("1.5")
"""A last payment so many times the first has to be saved for, rather than paid out of one month."""


@dataclass(frozen=True, slots=True)
class Burden:
    """What a loan takes from a month, yuan. ``at_once``: the sum that has to be saved up for, if there is one."""

    monthly: Decimal
    at_once: Decimal | None = None
    is_level: bool = True


def burden_of(loan: Quote) -> Burden:
    """The most within a month; for a large payment at the end, what has to be put by each month for it."""
    months = Decimal(len(loan.instalments) * _MONTHS_A_YEAR) / calendar(loan.terms).per_year
    at_the_end = len(loan.instalments) == 1 or loan.last_payment > loan.first_payment * _LUMP
    if at_the_end and months >= _FEWEST_MONTHS_TO_SAVE:
        each = (loan.total_paid / months).quantize(Decimal("0.01"), rounding=ROUND_UP)
        return Burden(each, loan.last_payment, is_level=False)
    return Burden(monthly_burden(loan), is_level=loan.level)


def _budget(tracker: Tracker) -> Budget:
    return Budget.from_slot(tracker.get_slot(_SLOT))


def _asked(tracker: Tracker) -> Ask | None:
    name = tracker.get_slot("requested_slot")
    return Ask(name) if name in set(Ask) else None


def _open(tracker: Tracker, budget: Budget) -> list[Ask]:
    return budget.open_questions(has_offer=quote_shown(tracker) is not None)


class ActionStartAffordability(Action):
    """Begins the questions. What was answered for an earlier offer stays, unless it is to be changed."""

    def name(self) -> str:
        return "action_start_affordability"

    async def run(self, _dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        budget = Budget() if entity(tracker, "afford_again") else _budget(tracker)
        return [SlotSet(_SLOT, budget.to_slot()), *leave_form(), FollowupAction("affordability_form")]


class ValidateAffordabilityForm(FormValidationAction):
    """Gathers income, spending and debts, from any turn that says some."""

    def name(self) -> str:
        return "validate_affordability_form"

    async def required_slots(
        self, _domain_slots: list[str], _dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Any
    ) -> list[str]:
        """The budget itself, and the questions it leaves open."""
        return [_SLOT, *_open(tracker, _budget(tracker))]

    def extract_afford_budget(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> Json:
        """The budget with what the latest turn says; nothing when the turn is about something else."""
        if is_aside(tracker, _OWN_BUTTONS):
            return {}
        before, asked, text = _budget(tracker), _asked(tracker), typed_text(tracker)
        if text is None:
            facts: dict[str, Any] = {"debts": Decimal(0)} if entity(tracker, "afford_value") == "none" else {}
        else:
            facts = hear_budget(text, asked, before)
        if not facts:
            if text and intent(tracker) not in _ANSWERS:
                return {}
            if asked is not None:
                say(dispatcher, "utter_afford_not_read")
            return {_SLOT: before.to_slot()}
        budget = before.model_copy(update=facts)
        if budget.day_wage is not None:
            say(dispatcher, "utter_afford_days", wage=yuan(budget.day_wage))
        return {_SLOT: budget.to_slot()}

    def validate_afford_budget(
        self, value: Any, _dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: DomainDict
    ) -> Json:
        """Extraction has checked it."""
        return {_SLOT: value}


class ActionShowAffordability(Action):
    """The month with and without the instalment, how hard it presses, and what to do."""

    def name(self) -> str:
        return "action_show_affordability"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, budget, loan = language(tracker), _budget(tracker), quote_shown(tracker)
        burden = burden_of(loan) if loan is not None else Burden(budget.instalment or Decimal(0))
        rule = services().content.affordability
        if _open(tracker, budget) or budget.income is None:
            return [FollowupAction("affordability_form")]
        if budget.income <= 0:
            say(dispatcher, "utter_afford_no_income", buttons=_closing(tongue, loan), loan=_of_loan(burden, tongue))
            return []
        thresholds = Thresholds(rule.noticeable, rule.heavy)
        try:
            with_it = _month(budget, budget.income, burden.monthly, thresholds)
            without = _month(budget, budget.income, Decimal(0), thresholds)
        except TermsError:
            say(dispatcher, "utter_afford_not_read", buttons=_closing(tongue, loan))
            return []
        say(
            dispatcher,
            "utter_afford_result",
            card=_card(budget, burden, with_it, without, tongue),
            loan=_of_loan(burden, tongue),
            income=_of_income(budget, budget.income, tongue),
            share=figure(with_it.instalment_share),
            debt_share=figure(with_it.debt_share),
            before=figure(without.debt_share),
            spending=yuan(budget.spending or Decimal(0)),
            left=_left(with_it.left, tongue),
            left_before=_left(without.left, tongue),
        )
        say(
            dispatcher,
            f"utter_afford_{with_it.strain}",
            buttons=_closing(tongue, loan, hard=with_it.strain in {Strain.HEAVY, Strain.BEYOND_MEANS}),
            uneven=_uneven(budget, burden, thresholds, tongue),
            rule=rule.note.of(tongue),
        )
        return []


def _month(budget: Budget, income: Decimal, instalment: Decimal, thresholds: Thresholds) -> Affordability:
    return afford(income, budget.spending or Decimal(0), budget.debts or Decimal(0), instalment, thresholds)


def _of_loan(burden: Burden, tongue: Language) -> str:
    key = "at_once" if burden.at_once is not None else "level" if burden.is_level else "most"
    return word(f"afford_loan_{key}", tongue, monthly=yuan(burden.monthly), sum=yuan(burden.at_once or Decimal(0)))


def _of_income(budget: Budget, income: Decimal, tongue: Language) -> str:
    key = "range" if budget.income_high is not None else "month" if budget.income_per == "month" else "average"
    return word(f"afford_income_{key}", tongue, income=yuan(income))


def _left(left: Decimal, tongue: Language) -> str:
    return word("afford_left" if left >= 0 else "afford_short", tongue, amount=yuan(abs(left)))


def _uneven(budget: Budget, burden: Burden, thresholds: Thresholds, tongue: Language) -> str:
    """What an uneven income means for it; empty when the income is even."""
    if budget.income_high is not None:
        good = _month(budget, budget.income_high, burden.monthly, thresholds)
        values = {
            "income": yuan(budget.income_high),
            "share": figure(good.debt_share),
            "left": _left(good.left, tongue),
        }
        return word("afford_uneven_range", tongue, **values) + "\n"
    return "" if budget.income_per == "month" else word("afford_uneven_average", tongue) + "\n"


def _card(
    budget: Budget, burden: Burden, with_it: Affordability, without: Affordability, tongue: Language
) -> TableCard:
    def money(key: str, amount: Decimal, *, emphasis: bool = False) -> Figure:
        label = word(f"afford_figure_{key}", tongue)
        return Figure(label=label, value=f"{amount:.2f}", unit="yuan", emphasis=emphasis)

    def share(key: str, percent: Decimal, *, emphasis: bool = False) -> Figure:
        label = word(f"afford_figure_{key}", tongue)
        return Figure(label=label, value=str(percent), unit="percent", emphasis=emphasis)

    return TableCard(
        title=word("afford_title", tongue),
        figures=[
            money("income", budget.income or Decimal(0)),
            money("spending", budget.spending or Decimal(0)),
            money("debts", budget.debts or Decimal(0)),
            money("instalment", burden.monthly),
            share("before", without.debt_share),
            share("after", with_it.debt_share, emphasis=True),
            money("left_before", without.left),
            money("left", with_it.left, emphasis=True),
        ],
        notices=[services().content.affordability.note.of(tongue)],
    )


def _closing(tongue: Language, loan: Quote | None, *, hard: bool = False) -> list[Json]:
    buttons = [button(word("afford_button_again", tongue), "ask_affordable", afford_again="yes")]
    if hard:
        buttons.append(button(word("afford_button_trouble", tongue), "debt_trouble"))
    if loan is not None:
        buttons.append(button(word("loan_card_button_result", tongue), "loan_result"))
    return [*buttons, button(word("loan_card_button_menu", tongue), "menu")]
