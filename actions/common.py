"""Rasa adapter for what belongs to no skill: greeting, menu, language, help, and not having understood."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._evidence import drop_waiting
from actions._glossary import term_in
from actions._support import (
    button,
    forget_entered,
    language,
    last_turn,
    leave_form,
    say,
    services,
    typed_text,
    word,
)
from actions.complaints import complaint_slots, remind_of_complaint
from actions.loan_costs import begin_offer, is_about_a_loan, is_lure
from bot.language import guess_language
from bot.messages import Language

_FALLBACK = "action_default_fallback"
_MEANINGS = (
    "ask_loan_cost",
    "ask_usury",
    "check_message",
    "start_complaint",
    "follow_case",
    "learn",
    "ask_credit_record",
    "debt_trouble",
    "early_repayment",
    "ask_basic",
)
"""What a person can be asked whether they meant it, usual first."""
_OFFERED_MEANINGS = 3
_PERSONS = ("110", "96110", "12378", "12345")
_NAMES_OF_LANGUAGES = {
    Language.EN: ("英", "english", "inglish", "洋文"),
    Language.ZH: ("中文", "汉语", "普通话", "国语", "chinese", "mandarin"),
}


class ActionStart(Action):
    """The greeting."""

    def name(self) -> str:
        return "action_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        say(dispatcher, "utter_start")
        remind_of_complaint(dispatcher, tracker)
        return leave_form()


class ActionMenu(Action):
    """The menu. A form is left; what was entered in it waits for the person to come back."""

    def name(self) -> str:
        return "action_menu"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        say(dispatcher, "utter_menu")
        remind_of_complaint(dispatcher, tracker)
        return leave_form()


class ActionCancel(Action):
    """Stop, and forget what was entered. A complaint left for another form is not what is stopped there."""

    def name(self) -> str:
        return "action_cancel"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        say(dispatcher, "utter_cancelled")
        elsewhere = tracker.active_loop_name not in {None, "complaint_form"}
        if elsewhere:
            remind_of_complaint(dispatcher, tracker)
        else:
            await drop_waiting(tracker)
        kept = complaint_slots(tracker) if elsewhere else []
        return [*forget_entered(tracker, *kept), *leave_form()]


class ActionSetLanguage(Action):
    """Go on in the other language. Inside a form Rasa asks the open question again by itself."""

    def name(self) -> str:
        return "action_set_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        if tracker.get_slot("language") not in set(Language):
            say(dispatcher, "utter_choose_language")
            return [SlotSet("language", Language.ZH.value)]
        typed = typed_text(tracker)
        if typed is not None and _named_language(typed) is not language(tracker):
            # A tap, not a guess: the gateway has to know the choice too.
            say(dispatcher, "utter_choose_language")
            return []
        say(dispatcher, "utter_language_set")
        if not tracker.active_loop_name:
            say(dispatcher, "utter_menu")
        return []


def _named_language(text: str) -> Language | None:
    lowered = text.lower()
    named = {tongue for tongue, names in _NAMES_OF_LANGUAGES.items() if any(name in lowered for name in names)}
    return named.pop() if len(named) == 1 else guess_language(text) if not named else None


class ActionHelp(Action):
    """How to talk to the program. Inside a form Rasa asks the open question again by itself."""

    def name(self) -> str:
        return "action_help"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        say(dispatcher, "utter_help")
        if not tracker.active_loop_name:
            say(dispatcher, "utter_menu")
        return []


class ActionExplainBasic(Action):
    """What a word of money means, in one breath."""

    def name(self) -> str:
        return "action_explain_basic"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        found = term_in(typed_text(tracker) or "")
        if found is None:
            say(dispatcher, "utter_basic_which")
        else:
            tongue = language(tracker)
            check = [button(word("disclosure_entry", tongue), "check_disclosure")] if found == "disclosure" else []
            say(dispatcher, "utter_basic", buttons=check, meaning=word(f"basic_{found}", tongue))
        return []


def _understood_all_the_same(tracker: Tracker) -> list[EventType] | None:
    """Where a text leads whose words were not understood but whose matter is plain: a fraud, or figures of a loan."""
    if is_lure(typed_text(tracker)):
        return [FollowupAction("screen_form")]
    if is_about_a_loan(tracker):
        return [*begin_offer(tracker), FollowupAction("loan_form")]
    return None


class ActionOutOfScope(Action):
    """Something else altogether; unless a fact of the loan just shown was put right in words nobody foresaw."""

    def name(self) -> str:
        return "action_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        if (elsewhere := _understood_all_the_same(tracker)) is not None:
            return elsewhere
        say(dispatcher, "utter_out_of_scope")
        return []


class ActionDefaultFallback(Action):
    """Not understood: the nearest meanings as buttons; the second time running, numbers where people answer.

    A sum or a price is understood, though, whatever the words around it: it begins an offer.
    """

    def name(self) -> str:
        return _FALLBACK

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        menu = button(word("common_menu", tongue), "menu")
        if (elsewhere := _understood_all_the_same(tracker)) is not None:
            return elsewhere
        if _FALLBACK in last_turn(tracker):
            say(dispatcher, "utter_not_understood_again", buttons=[menu], hotlines=_hotlines(tongue))
        else:
            meanings = [button(word(f"meaning_{name}", tongue), name) for name in _nearest(tracker)]
            say(dispatcher, "utter_not_understood", buttons=[*meanings, menu])
        return []


def _nearest(tracker: Tracker) -> list[str]:
    ranking: list[Any] = (tracker.latest_message or {}).get("intent_ranking") or []
    likely = [guess["name"] for guess in ranking if guess.get("name") in _MEANINGS]
    return [*likely, *(name for name in _MEANINGS if name not in likely)][:_OFFERED_MEANINGS]


def _hotlines(tongue: Language) -> str:
    hotlines = services().content.hotlines
    return "\n".join(
        word(
            "common_hotline",
            tongue,
            number=number,
            name=hotlines[number].name.of(tongue),
            purpose=hotlines[number].purpose.of(tongue),
        )
        for number in _PERSONS
        if number in hotlines
    )
