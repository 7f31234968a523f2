"""Rasa adapter for several debts: one sentence a debt in, an order of repaying out."""

from decimal import Decimal
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._debts import Ledger, Owed, Question
from actions._debts_card import Told
from actions._debts_turn import Bad, tapped, typed
from actions._debts_words import Cues
from actions._loan_card import figure, yuan
from actions._loan_words import reading_title
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
    today,
    typed_text,
    word,
)
from bot.lending import TermsError
from bot.messages import Language

_SLOT = "debts"
_ANSWER = "debts_answer"
_OWN_BUTTONS = frozenset({"debts_choose", "plan_debts"})
# Typed without any figure, these are answers the form cannot read; whatever else is meant, other rules serve.
_ANSWERS = frozenset({None, "plan_debts", "ask_loan_cost", "affirm", "deny", "correct", "nlu_fallback"})


def _ledger(tracker: Tracker) -> Ledger:
    return Ledger.from_slot(tracker.get_slot(_SLOT))


def _told(ledger: Ledger, tongue: Language) -> Told:
    return Told(ledger, services().content, tongue, today())


def _choice(key: str, tongue: Language, value: str, **values: object) -> Json:
    return button(word(f"debts_button_{key}", tongue, **values), "debts_choose", debts_value=value)


def _titled(key: str, tongue: Language, intent_name: str) -> Json:
    return button(word(f"debts_button_{key}", tongue), intent_name)


class ActionStartDebts(Action):
    """Begins a list of debts, or goes on with one that was left."""

    def name(self) -> str:
        return "action_start_debts"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        ledger = _ledger(tracker)
        if ledger.debts and ledger.question is not None:
            say(dispatcher, "utter_debts_again")
            return leave_form()
        say(dispatcher, "utter_debts_begin")
        return [*leave_form(), SlotSet(_SLOT, Ledger().to_slot())]


class ValidateDebtsForm(FormValidationAction):
    """Gathers debts one sentence each, and asks only for what lacks."""

    def name(self) -> str:
        return "validate_debts_form"

    async def required_slots(
        self, _domain_slots: list[str], _dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Any
    ) -> list[str]:
        """The ledger, and one answer as long as anything is open."""
        return [_SLOT, _ANSWER] if _ledger(tracker).question is not None else [_SLOT]

    def extract_debts(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> Json:
        """The ledger with what the latest turn says; nothing when the turn is about something else."""
        if is_aside(tracker, _OWN_BUTTONS):
            return {}
        ledger, tongue = _ledger(tracker), language(tracker)
        value, text = entity(tracker, "debts_value"), typed_text(tracker)
        if text is None:
            return {_SLOT: (tapped(ledger, value) if value else ledger).to_slot()}
        asks_for_a_word = intent(tracker) == "ask_basic" and not any(letter.isdigit() for letter in text)
        unnamed = word("debts_unnamed", tongue, number="{number}")
        after = None if asks_for_a_word else typed(ledger, text, Cues(services().content.wording), unnamed, today())
        if after is None:
            return self._unread(tracker, dispatcher, ledger)
        if isinstance(after, Bad):
            say(dispatcher, "utter_debts_bad", problem=word(f"debts_bad_{after.key}", tongue))
            return {_SLOT: ledger.to_slot()}
        return {_SLOT: after.to_slot()}

    def _unread(self, tracker: Tracker, dispatcher: CollectingDispatcher, ledger: Ledger) -> Json:
        if tracker.get_slot("requested_slot") != _ANSWER:
            return {_SLOT: ledger.to_slot()}  # the sentence that began it all
        if intent(tracker) not in _ANSWERS:
            return {}
        key = "budget" if ledger.question is Question.BUDGET else "unread"
        say(dispatcher, "utter_debts_bad", problem=word(f"debts_bad_{key}", language(tracker)))
        return {_SLOT: ledger.to_slot()}

    def validate_debts(
        self, value: Any, _dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: DomainDict
    ) -> Json:
        """Extraction has checked it."""
        return {_SLOT: value}


class ActionAskDebtsAnswer(Action):
    """The one thing that is asked next, with its buttons."""

    def name(self) -> str:
        return "action_ask_debts_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        ledger, tongue = _ledger(tracker), language(tracker)
        asked, told = ledger.question or Question.ENTRY, _told(ledger, tongue)
        debt = ledger.debts[ledger.current] if ledger.current is not None else Owed()
        say(
            dispatcher,
            f"utter_ask_debts_{asked}",
            card=told.list_card() if asked is Question.MORE else None,
            buttons=[*_answers(ledger, asked, debt, tongue), _titled("menu", tongue, "menu")],
            **_values(asked, debt, told),
        )
        return []


def _values(asked: Question, debt: Owed, told: Told) -> dict[str, str]:
    if asked is Question.MORE:
        return {"rows": told.rows()}
    values = {"name": debt.name or word("debts_this", told.language)}
    return values | {"value": figure(Decimal(debt.readings[0].split()[0]))} if asked is Question.READING else values


def _answers(ledger: Ledger, asked: Question, debt: Owed, tongue: Language) -> list[Json]:
    if asked is Question.WRONG:
        drops = [_choice("drop", tongue, f"drop {place}", name=one.name) for place, one in enumerate(ledger.debts)]
        return [*drops, _choice("keep", tongue, "keep")]
    if asked is Question.BUDGET and ledger.minimums:
        return [_choice("minimums", tongue, f"budget {ledger.minimums}", amount=yuan(ledger.minimums))]
    wording = services().content.wording
    readings = [
        button(reading_title("rate", reading, wording, tongue), "debts_choose", debts_value=f"rate {reading}")
        for reading in debt.readings
    ]
    return [*readings, *(_choice(key, tongue, value) for key, value in _BUTTONS.get(asked, {}).items())]


_BUTTONS = {
    Question.RATE: {"no_interest": "no_interest", "unknown": "unknown"},
    Question.READING: {"unknown": "unknown"},
    Question.INSTALMENT: {"unknown": "unknown"},
    Question.COUNT: {"unknown": "unknown"},
    Question.MORE: {"more": "add", "wrong": "wrong", "done": "done"},
}


class ActionShowDebts(Action):
    """The way out: one sentence with its card, the order, and whom to talk to."""

    def name(self) -> str:
        return "action_show_debts"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        ledger, tongue = _ledger(tracker), language(tracker)
        if ledger.question is not None:
            say(dispatcher, "utter_debts_none", buttons=[_titled("menu", tongue, "menu")])
            return []
        _show(_told(ledger, tongue), dispatcher)
        return []


def _show(told: Told, dispatcher: CollectingDispatcher) -> None:
    tongue = told.language
    buttons = [
        _titled("script", tongue, "debts_script"),
        _choice("budget", tongue, "again"),
        _choice("list", tongue, "list"),
        _titled("menu", tongue, "menu"),
    ]
    try:
        found = told.way_out()
    except TermsError:
        say(dispatcher, "utter_debts_none", buttons=buttons[-1:])
        return
    card, budget = told.card(found), yuan(told.ledger.budget or Decimal(0))
    if found.by_cost is None or found.by_size is None:
        short = found.short
        say(
            dispatcher,
            f"utter_debts_short_{short.code if short else 'too_long'}",
            card=card,
            budget=budget,
            needed=yuan(short.needed) if short else "",
            shortfall=yuan(short.shortfall) if short else "",
        )
        say(dispatcher, "utter_debts_whom_first", order=told.whom_first())
        say(
            dispatcher,
            "utter_debts_help",
            buttons=[*buttons[:3], _titled("complain", tongue, "start_complaint"), buttons[3]],
        )
        return
    cost, size = found.by_cost, found.by_size
    saved = size.total_interest - cost.total_interest
    kind = "one" if len(told.ledger.debts) == 1 else "plan" if saved > 0 else "plan_same"
    say(
        dispatcher,
        f"utter_debts_{kind}",
        card=card,
        budget=budget,
        months=cost.months,
        interest=yuan(cost.total_interest),
        total=yuan(cost.total_paid),
        size_months=size.months,
        saved=yuan(saved),
    )
    say(dispatcher, "utter_debts_order", order=told.turns(cost))
    say(dispatcher, "utter_debts_notes", buttons=buttons, notes=told.notes())


class ActionDebtsScript(Action):
    """What to say to a lender, word for word."""

    def name(self) -> str:
        return "action_debts_script"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        say(dispatcher, "utter_debts_script")
        buttons = [_titled("complain", tongue, "start_complaint"), _titled("menu", tongue, "menu")]
        if _ledger(tracker).question is None:
            buttons.insert(0, _titled("result", tongue, "debts_result"))
        say(dispatcher, "utter_debts_script_after", buttons=buttons)
        return []
