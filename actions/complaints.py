"""Rasa adapter for complaints: a form that listens, a summary to correct, a receipt."""

import asyncio
import secrets

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._glossary import term_in
from actions._support import (
    button,
    entity,
    forget_entered,
    intent,
    is_aside,
    language,
    leave_form,
    say,
    services,
    size,
    typed_text,
    word,
)
from bot.complaints import (
    ComplaintDraft,
    Filed,
    Kind,
)
from bot.language.receipts import group_receipt
from bot.messages import Channel, Figure, Language, ReceiptCard, SummaryCard

log = structlog.get_logger(__name__)

_TEXT_FIELDS = ("story", "against", "when", "amount", "wish", "contact")
_SKIPPABLE = frozenset(_TEXT_FIELDS) - {"story"}
_FIELDS = ("kind", *_TEXT_FIELDS)
_OFFERED_KINDS = tuple(kind for kind in Kind if kind is not Kind.REVIEW)
_OWN_BUTTONS = frozenset({"complaint_choose", "complaint_correct", "complaint_send"})
_SKIP = "skip"
_SEND = "send"
_AGREED = frozenset({"yes", "with_contact", "without_contact"})
_LONGEST = 4000
_TELLS_SOMETHING = 15
"""A text of this size says what happened; a shorter one only that somebody wants to complain."""
_SAYS_MORE_THAN_A_KIND = 6
_LONGEST_QUESTION = 16


def _slot(field: str) -> str:
    return f"complaint_{field}"


def _entered(tracker: Tracker, field: str) -> str:
    return str(tracker.get_slot(_slot(field)) or "")


class ActionBeginComplaint(Action):
    """Say what is about to happen. A complaint begun earlier goes on where it was left."""

    def name(self) -> str:
        return "action_begin_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        events = leave_form()
        if tracker.get_slot(_slot("draft_id")):
            say(dispatcher, "utter_complaint_again")
            return events
        say(dispatcher, "utter_complaint_begin")
        events.append(SlotSet(_slot("draft_id"), secrets.token_urlsafe(16)))
        told = typed_text(tracker)
        if told is not None and size(told) >= _TELLS_SOMETHING:
            events.append(SlotSet(_slot("story"), told[:_LONGEST]))
        return events


def begin_with(kind: Kind, story: str) -> list[EventType]:
    """Events that begin a complaint of which the kind, and perhaps what happened, is known already."""
    begun: list[EventType] = [
        *leave_form(),
        SlotSet(_slot("draft_id"), secrets.token_urlsafe(16)),
        SlotSet(_slot("kind"), kind.value),
    ]
    return [*begun, SlotSet(_slot("story"), story[:_LONGEST])] if story.strip() else begun


class ValidateComplaintForm(Action):
    """Takes every answer of the form. A typed answer belongs to the question asked, whatever it says."""

    def name(self) -> str:
        return "validate_complaint_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        asked = str(tracker.get_slot("requested_slot") or "")
        if is_aside(tracker, _OWN_BUTTONS) or _asks_back(tracker) or not asked.startswith(_slot("")):
            # Nothing taken: Rasa leaves the turn to its other rules, and asks again afterwards.
            return []
        text = typed_text(tracker)
        if text is None:
            return _tapped(dispatcher, tracker, asked)
        return _typed(dispatcher, tracker, asked.removeprefix(_slot("")), text)


def _asks_back(tracker: Tracker) -> bool:
    """Whether a few words ask what a word means ("what is 砍头息?"), which is no answer to anything."""
    text = typed_text(tracker) or ""
    return intent(tracker) == "ask_basic" and size(text) <= _LONGEST_QUESTION and term_in(text) is not None


def _tapped(dispatcher: CollectingDispatcher, tracker: Tracker, asked: str) -> list[EventType]:
    if intent(tracker) == "complaint_send":
        return [SlotSet(_slot("review"), _SEND)] if asked == _slot("review") else []
    field, value = entity(tracker, "complaint_field"), entity(tracker, "complaint_value")
    if intent(tracker) == "complaint_correct":
        return [] if field not in _FIELDS else _ask_again(field)
    if field == "kind" and value in set(Kind):
        return _kind(dispatcher, Kind(value))
    if field in _SKIPPABLE and value == _SKIP:
        return _taken(field, "")
    if field == "consent":
        return _consent(dispatcher, tracker, value)
    return []


def _kind(dispatcher: CollectingDispatcher, kind: Kind) -> list[EventType]:
    if kind is Kind.FRAUD:
        say(dispatcher, "utter_complaint_hurry")
    return [SlotSet(_slot("kind"), kind.value)]


def _ask_again(field: str) -> list[EventType]:
    emptied: list[EventType] = [SlotSet(_slot(field), None)]
    if field == "contact":
        emptied.append(SlotSet(_slot("consent"), None))
    return emptied


def _taken(field: str, value: str) -> list[EventType]:
    taken: list[EventType] = [SlotSet(_slot(field), value)]
    if field == "contact":
        # What was agreed to before was about another contact.
        taken.append(SlotSet(_slot("consent"), None))
    return taken


def _consent(dispatcher: CollectingDispatcher, tracker: Tracker, value: str | None) -> list[EventType]:
    if value == "without_contact":
        return [SlotSet(_slot("contact"), ""), SlotSet(_slot("consent"), value)]
    if value == ("with_contact" if _entered(tracker, "contact") else "yes"):
        return [SlotSet(_slot("consent"), value)]
    if value == "no":
        say(dispatcher, "utter_complaint_no_consent")
    return [SlotSet(_slot("consent"), None)]


def _typed(dispatcher: CollectingDispatcher, tracker: Tracker, asked: str, text: str) -> list[EventType]:
    if len(text) > _LONGEST:
        say(dispatcher, "utter_complaint_too_long", limit=_LONGEST)
        return [SlotSet(_slot(asked), None)]
    if asked in _TEXT_FIELDS:
        reachable = any(letter.isdigit() or letter == "@" for letter in text)
        declined = asked == "contact" and intent(tracker) == "deny" and not reachable
        return _taken(asked, "" if declined else text)
    if asked == "kind":
        return _typed_kind(dispatcher, tracker, text)
    return _typed_choice(dispatcher, tracker, asked)


def _typed_choice(dispatcher: CollectingDispatcher, tracker: Tracker, asked: str) -> list[EventType]:
    """Yes or no in words, where there is no doubt what to; else the buttons are pointed at."""
    if asked == "review" and intent(tracker) == "affirm":
        return [SlotSet(_slot("review"), _SEND)]
    if asked == "consent" and intent(tracker) == "affirm" and not _entered(tracker, "contact"):
        return [SlotSet(_slot("consent"), "yes")]
    if asked == "consent" and intent(tracker) == "deny":
        return _consent(dispatcher, tracker, "no")
    say(dispatcher, "utter_complaint_tap")
    return [SlotSet(_slot(asked), None)]


def _typed_kind(dispatcher: CollectingDispatcher, tracker: Tracker, text: str) -> list[EventType]:
    said = text.strip().casefold()
    for kind in Kind:
        if said in {word(f"case_kind_{kind}", tongue).casefold() for tongue in Language}:
            return _kind(dispatcher, kind)
    say(dispatcher, "utter_complaint_tap")
    events: list[EventType] = [SlotSet(_slot("kind"), None)]
    if size(text) >= _SAYS_MORE_THAN_A_KIND and not _entered(tracker, "story"):
        # They tell the story already; it is not asked for a second time.
        events.append(SlotSet(_slot("story"), text))
    return events


class ActionAskComplaintKind(Action):
    """What the complaint is about, as buttons."""

    def name(self) -> str:
        return "action_ask_complaint_kind"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        kinds = [
            button(
                word(f"case_kind_{kind}", tongue),
                "complaint_choose",
                complaint_field="kind",
                complaint_value=kind.value,
            )
            for kind in _OFFERED_KINDS
        ]
        say(dispatcher, "utter_ask_complaint_kind", buttons=kinds)
        return []


class ActionAskComplaintConsent(Action):
    """Consent, with a choice of its own for the contact."""

    def name(self) -> str:
        return "action_ask_complaint_consent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        answers = ["with_contact", "without_contact", "no"] if _entered(tracker, "contact") else ["yes", "no"]
        buttons = [
            button(
                word(f"complaint_consent_{answer}", tongue),
                "complaint_choose",
                complaint_field="consent",
                complaint_value=answer,
            )
            for answer in answers
        ]
        cancel = button(word("complaint_button_cancel", tongue), "cancel")
        say(dispatcher, "utter_ask_complaint_consent", buttons=[*buttons, cancel])
        return []


class ActionAskComplaintReview(Action):
    """Everything to be sent, to be read and corrected first."""

    def name(self) -> str:
        return "action_ask_complaint_review"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        labels = {field: word(f"complaint_field_{field}", tongue) for field in _FIELDS}
        values = {field: _shown(tracker, field, tongue) for field in _FIELDS}
        card = SummaryCard(
            title=word("complaint_summary_title", tongue),
            rows=[Figure(label=labels[field], value=values[field]) for field in _FIELDS],
            notice=word("complaint_summary_notice", tongue),
        )
        buttons = [
            button(word("complaint_button_send", tongue), "complaint_send"),
            *(
                button(
                    word("complaint_button_correct", tongue, label=labels[field]),
                    "complaint_correct",
                    complaint_field=field,
                )
                for field in _FIELDS
            ),
            button(word("complaint_button_cancel", tongue), "cancel"),
        ]
        rows = [word("complaint_row", tongue, label=labels[field], value=values[field]) for field in _FIELDS]
        say(dispatcher, "utter_complaint_summary", card=card, buttons=buttons, summary="\n".join(rows))
        return []


def _shown(tracker: Tracker, field: str, tongue: Language) -> str:
    value = _entered(tracker, field)
    if not value:
        return word("complaint_not_said", tongue)
    return word(f"case_kind_{value}", tongue) if field == "kind" else value


class ActionFileComplaint(Action):
    """Hand the complaint to the desk. It is on disk before the receipt is shown; if not, nothing entered is lost."""

    def name(self) -> str:
        return "action_file_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        if _entered(tracker, "review") != _SEND or _entered(tracker, "consent") not in _AGREED:
            say(dispatcher, "utter_menu")
            return [SlotSet(_slot("review"), None)]
        try:
            filed = await asyncio.to_thread(lambda: services().complaints.file(_draft(tracker)))
        except Exception as error:  # noqa: BLE001 - whatever the store fails with, the person is told and loses nothing
            log.warning("complaint_not_filed", error=type(error).__name__)
            say(dispatcher, "utter_complaint_failed")
            return [SlotSet(_slot("review"), None)]
        card = receipt_card(filed, language(tracker))
        say(dispatcher, "utter_complaint_filed", card=card, receipt=card.receipt)
        say(dispatcher, "utter_complaint_after")
        return forget_entered(tracker, "loan_offer", "lesson_place")


def receipt_card(filed: Filed, tongue: Language) -> ReceiptCard:
    """What opens a case again, to keep."""
    return ReceiptCard(
        title=word("complaint_receipt_title", tongue),
        receipt=group_receipt(filed.receipt),
        notes=[word(f"complaint_receipt_{note}", tongue) for note in ("keep", "secret", "free")],
    )


def _draft(tracker: Tracker) -> ComplaintDraft:
    contact = _entered(tracker, "contact")
    with_contact = bool(contact) and _entered(tracker, "consent") == "with_contact"
    return ComplaintDraft(
        draft_id=_entered(tracker, "draft_id") or secrets.token_urlsafe(16),
        kind=Kind(_entered(tracker, "kind")),
        story=_entered(tracker, "story"),
        against=_entered(tracker, "against"),
        when=_entered(tracker, "when"),
        amount=_entered(tracker, "amount"),
        wish=_entered(tracker, "wish"),
        language=language(tracker),
        channel=channel_of(tracker),
        sender=tracker.sender_id,
        consent=True,
        contact=contact if with_contact else None,
        contact_consent=with_contact,
    )


def channel_of(tracker: Tracker) -> Channel:
    """The channel of the latest message, where the desk's answer goes."""
    name = tracker.get_latest_input_channel()
    return Channel(name) if name in set(Channel) else Channel.WEB
