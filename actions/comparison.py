"""Rasa adapter for offers side by side: the offer shown is kept, the loan form takes the next, both are shown."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._comparison_show import COMPARED, FEWEST, MOST, say_comparison
from actions._loan_offer import Offer
from actions._offer_shown import offer_shown, quote_shown, worked_out
from actions._support import (
    Json,
    button,
    entity,
    language,
    leave_form,
    say,
    typed_text,
    word,
)
from actions.loan_costs import is_about_a_loan, show_offer
from bot.messages import Language


def _kept(tracker: Tracker) -> list[Offer]:
    """The offers kept for the comparison besides the one in the loan skill's slot."""
    kept: list[Any] = tracker.get_slot(COMPARED) or []
    return [Offer.from_slot(one) for one in kept]


def _keep(offers: Sequence[Offer]) -> EventType:
    return SlotSet(COMPARED, [one.to_slot() for one in offers] or None)


def _name(place: int, tongue: Language) -> str:
    return word("comparison_name", tongue, place=place)


def _menu(tongue: Language) -> Json:
    return button(word("common_menu", tongue), "menu")


class ActionStartComparison(Action):
    """Keeps the offer shown and goes on to the next one, in the ordinary loan form."""

    def name(self) -> str:
        return "action_start_comparison"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, kept = language(tracker), _kept(tracker)
        told = typed_text(tracker) is not None and is_about_a_loan(tracker)
        ask = [*leave_form(), FollowupAction("loan_form")]
        if quote_shown(tracker) is None:
            if not told:
                next_name = _name(len(kept) + 1, tongue)
                say(dispatcher, "utter_comparison_go_on" if kept else "utter_comparison_first", name=next_name)
            # What was begun is asked on; a slot without anything in it would not let the form ask at all.
            return [SlotSet("loan_offer", offer_shown(tracker).to_slot()), *ask]
        if len(kept) + 1 >= MOST:
            say(dispatcher, "utter_comparison_full", buttons=_removals(len(kept) + 1, tongue))
            return []
        kept = [*kept, offer_shown(tracker)]
        if not told:
            say(
                dispatcher,
                "utter_comparison_next",
                kept=_name(len(kept), tongue),
                name=_name(len(kept) + 1, tongue),
            )
        return [_keep(kept), SlotSet("loan_offer", Offer().to_slot()), *ask]


class ActionRemoveOffer(Action):
    """Takes one offer out of the comparison: the one named, or the one chosen from buttons."""

    def name(self) -> str:
        return "action_remove_offer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        offers = [*_kept(tracker), offer_shown(tracker)]
        if len(offers) < FEWEST:
            say(dispatcher, "utter_comparison_none", buttons=[_titled("add", tongue, "compare_offers"), _menu(tongue)])
            return []
        if worked_out(offers[-1]) is None:  # the next one was not told to its end
            offers = offers[:-1]
        place = _place(tracker)
        if place is None or place > len(offers):
            say(dispatcher, "utter_comparison_which", buttons=_removals(len(offers), tongue))
            return []
        left = [one for number, one in enumerate(offers, 1) if number != place]
        events = [*leave_form(), _keep(left[:-1]), SlotSet("loan_offer", (left or [Offer()])[-1].to_slot())]
        if len(left) < FEWEST:
            show_offer((left or [Offer()])[-1], dispatcher, tongue)
            return events
        say_comparison(left, dispatcher, tongue)
        return events


def _place(tracker: Tracker) -> int | None:
    """Which offer is meant, from 1."""
    tapped = entity(tracker, "comparison_place")
    if tapped is not None:
        return int(tapped) if tapped in {str(number) for number in range(1, MOST + 1)} else None
    spoken = (typed_text(tracker) or "").lower()
    named = [
        number
        for number in range(1, MOST + 1)
        if any(part in spoken for tongue in Language for part in word(f"comparison_words_{number}", tongue).split("/"))
    ]
    return named[0] if len(named) == 1 else None


def _removals(count: int, tongue: Language) -> list[Json]:
    buttons = [
        button(
            word("comparison_button_remove_one", tongue, name=_name(place, tongue)),
            "remove_offer",
            comparison_place=str(place),
        )
        for place in range(1, count + 1)
    ]
    return [*buttons, _menu(tongue)]


def _titled(key: str, tongue: Language, intent_name: str) -> Json:
    return button(word(f"comparison_button_{key}", tongue), intent_name)
