"""Rasa adapter for whom a person can turn to: who can act, in which order, and a letter to take along."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._support import Json, button, entity, language, leave_form, say, services, today, word
from actions.cases import opened
from bot.complaints import Holdings
from bot.complaints.letters import compose
from bot.content.rights import UNKNOWN, Body
from bot.messages import Column, Language, LetterCard, Table, TableCard

_LETTER_FIELDS = ("story", "against", "when", "amount", "wish")


class ActionAskWhoIsIt(Action):
    """Who can act depends on who is complained about."""

    def name(self) -> str:
        return "action_ask_who_is_it"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        routes = services().content.rights.routes
        buttons = [button(word(f"rights_route_{route}", tongue), "rights_route", route=route) for route in routes]
        say(dispatcher, "utter_rights_who_is_it", buttons=buttons)
        return leave_form()


class ActionShowWhoCanAct(Action):
    """Whom to ask in which order: what each does, what it needs, and the time it has."""

    def name(self) -> str:
        return "action_show_who_can_act"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        bodies = services().content.rights.route(_kind(tracker), entity(tracker, "route") or UNKNOWN)
        say(
            dispatcher,
            "utter_rights_route",
            card=_route_card(bodies, tongue),
            buttons=[*_letter_buttons(bodies, tongue), button(word("common_menu", tongue), "menu")],
            steps="\n".join(
                word("rights_step", tongue, number=number, name=body.name.of(tongue), handles=body.handles.of(tongue))
                for number, body in enumerate(bodies, 1)
            ),
        )
        return []


class ActionWriteLetter(Action):
    """A letter to one body, filled with what the case says when its receipt is open, else with blanks to fill in."""

    def name(self) -> str:
        return "action_write_letter"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        letter = services().content.rights.letters.get(entity(tracker, "letter") or "")
        if letter is None:
            return await ActionAskWhoIsIt().run(dispatcher, tracker, _domain)
        receipt = tracker.get_slot("case_receipt")
        held = None
        if receipt:
            held = await opened(dispatcher, lambda: services().complaints.holdings(receipt, tracker.sender_id))
            if held is None:
                return []
        paragraphs = compose(letter, _fields(held, tongue), tongue)
        card = LetterCard(
            title=letter.title.of(tongue), paragraphs=paragraphs, notice=word("rights_letter_notice", tongue)
        )
        say(dispatcher, "utter_rights_letter", card=card, letter="\n".join(paragraphs))
        return []


def _kind(tracker: Tracker) -> str:
    return tracker.get_slot("case_kind") or tracker.get_slot("complaint_kind") or ""


def _route_card(bodies: tuple[Body, ...], tongue: Language) -> TableCard:
    return TableCard(
        title=word("rights_title", tongue),
        tables=[
            Table(
                caption=body.name.of(tongue),
                columns=[
                    Column(label=word("rights_column_what", tongue)),
                    Column(label=word("rights_column_told", tongue)),
                ],
                rows=[[label, text] for label, text in _told(body, tongue)],
            )
            for body in bodies
        ],
        notices=[word("rights_not_the_regulator", tongue)],
    )


def _told(body: Body, tongue: Language) -> list[tuple[str, str]]:
    clock = body.clock.of(tongue) if body.clock else word("rights_no_clock", tongue)
    source = word("rights_source", tongue, source=body.source, as_of=body.as_of)
    if not body.is_current(today()):
        source += word("rights_check_again", tongue)
    return [
        (word("rights_handles", tongue), body.handles.of(tongue)),
        (word("rights_needs", tongue), body.needs.of(tongue)),
        (word("rights_clock", tongue), clock),
        (word("rights_source_label", tongue), source),
    ]


def _letter_buttons(bodies: tuple[Body, ...], tongue: Language) -> list[Json]:
    letters = services().content.rights.letters
    names = dict.fromkeys(body.letter for body in bodies if body.letter is not None)
    return [
        button(word("rights_button_letter", tongue, title=letters[name].title.of(tongue)), "rights_letter", letter=name)
        for name in names
    ]


def _fields(held: Holdings | None, tongue: Language) -> dict[str, str]:
    day = today()
    fields = {"date": word("case_date", tongue, year=day.year, month=day.month, day=day.day)}
    if held is None:
        # Lines to write on: nothing was said yet.
        return fields | dict.fromkeys(("kind", "story", "wish"), word("rights_blank", tongue))
    said = held.particulars
    return fields | {
        "kind": word(f"case_kind_{held.view.kind}", tongue),
        **{name: getattr(said, name) for name in _LETTER_FIELDS},
    }
