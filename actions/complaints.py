"""Rasa adapter for complaints: a form that listens, a summary to correct, a receipt."""

import asyncio
import secrets

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._complaint_chat import loan_of
from actions._complaint_entered import LONGEST_STORY, PREFIX, WHICH, Entered
from actions._complaint_form import SEND, Turn, consents
from actions._complaint_summary import Summary
from actions._evidence import summary_rows
from actions._glossary import term_in
from actions._support import (
    Json,
    button,
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
from bot.complaints import Filed, Kind, OnBehalf
from bot.content.complaints import Question
from bot.language.receipts import group_receipt
from bot.messages import Channel, Figure, Language, ReceiptCard, SummaryCard

log = structlog.get_logger(__name__)

_OWN_BUTTONS = frozenset({"complaint_choose", "complaint_correct", "complaint_send"})
_AGREED = frozenset({"yes", "with_contact", "without_contact"})
_TELLS_SOMETHING = 15
"""A text of this size says what happened; a shorter one only that somebody wants to complain."""
_LONGEST_QUESTION = 16


def _entered(tracker: Tracker) -> Entered:
    return Entered(tracker, services().content.complaints)


def _choice(title: str, field: str, value: str) -> Json:
    return button(title, "complaint_choose", complaint_field=field, complaint_value=value)


class ActionBeginComplaint(Action):
    """Say what is about to happen. A complaint begun earlier goes on where it was left."""

    def name(self) -> str:
        return "action_begin_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        entered = _entered(tracker)
        told = typed_text(tracker)
        tells = told is not None and size(told) >= _TELLS_SOMETHING
        if entered.is_begun:
            _go_on(dispatcher, tracker)
        else:
            say(dispatcher, "utter_complaint_begin")
            entered.put("draft_id", secrets.token_urlsafe(16))
            if entered.get("story"):
                entered.put("story_known", value=True)
        if told is not None and tells and not entered.get("story"):
            entered.put("story", told[:LONGEST_STORY])
        return _begun(entered, tracker)


def begin_with(dispatcher: CollectingDispatcher, tracker: Tracker, kind: Kind, story: str) -> list[EventType]:
    """Begin a complaint of which the kind, and perhaps what happened, is known; one that was begun before goes on."""
    entered = _entered(tracker)
    if entered.says_something:
        _go_on(dispatcher, tracker)
        return _begun(entered, tracker)
    say(dispatcher, "utter_complaint_begin")
    entered.forget()
    entered.put("draft_id", secrets.token_urlsafe(16))
    entered.put("kind", kind.value)
    if story.strip():
        entered.put("story", story[:LONGEST_STORY])
        entered.put("story_known", value=True)
    return _begun(entered, tracker)


def _go_on(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    anew = _choice(word("complaint_button_anew", language(tracker)), "draft", "anew")
    say(dispatcher, "utter_complaint_again", buttons=[anew])


def _begun(entered: Entered, tracker: Tracker) -> list[EventType]:
    entered.settle(loan_of(tracker))
    return [*leave_form(), *entered.events()]


def remind_of_complaint(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """One line and a button when a complaint was begun and not sent."""
    if _entered(tracker).says_something:
        go_on = button(word("complaint_button_go_on", language(tracker)), "start_complaint")
        say(dispatcher, "utter_complaint_waiting", buttons=[go_on])


def complaint_slots(tracker: Tracker) -> list[str]:
    """The slots that hold a complaint, for skills that must not lose it."""
    return [name for name in tracker.slots if name.startswith(PREFIX)]


class ValidateComplaintForm(Action):
    """Takes every answer of the form. A typed answer belongs to the question asked, whatever it says."""

    def name(self) -> str:
        return "validate_complaint_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        asked = str(tracker.get_slot("requested_slot") or "")
        if is_aside(tracker, _OWN_BUTTONS) or _asks_back(tracker) or not asked.startswith(PREFIX):
            # Nothing taken: Rasa leaves the turn to its other rules, and asks again afterwards.
            return []
        turn, text = Turn(dispatcher, tracker), typed_text(tracker)
        return turn.tapped() if text is None else turn.typed(text)


def _asks_back(tracker: Tracker) -> bool:
    """Whether a few words ask what a word means ("what is 砍头息?"), which is no answer to anything."""
    text = typed_text(tracker) or ""
    return intent(tracker) == "ask_basic" and size(text) <= _LONGEST_QUESTION and term_in(text) is not None


class ActionAskComplaintKind(Action):
    """What the complaint is about, as buttons."""

    def name(self) -> str:
        return "action_ask_complaint_kind"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, offered = language(tracker), services().content.complaints.kinds
        kinds = [_choice(word(f"case_kind_{kind}", tongue), "kind", kind) for kind in Kind if kind in offered]
        say(dispatcher, "utter_ask_complaint_kind", buttons=kinds)
        return []


class ActionAskComplaintBehalf(Action):
    """For whom it is. A child under 14 is asked to fetch a guardian."""

    def name(self) -> str:
        return "action_ask_complaint_behalf"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        if tracker.get_slot(f"{PREFIX}guardian"):
            buttons = [
                _choice(word("complaint_button_guardian_here", tongue), "behalf", OnBehalf.CHILD),
                _choice(word("complaint_button_not_under_14", tongue), "behalf", OnBehalf.SELF),
                button(word("common_menu", tongue), "menu"),
            ]
            say(dispatcher, "utter_complaint_under_14", buttons=buttons)
        else:
            _ask(dispatcher, services().content.complaints.behalf, tongue)
        return []


class ActionAskComplaintLeave(Action):
    """Whether the person it is for knows and agrees."""

    def name(self) -> str:
        return "action_ask_complaint_leave"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        _ask(dispatcher, services().content.complaints.leave, language(tracker))
        return []


class ActionAskComplaintDetails(Action):
    """The next of the kind's own questions, with a way to skip it and a way to skip all that follow."""

    def name(self) -> str:
        return "action_ask_complaint_details"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, still = language(tracker), _entered(tracker).open_questions
        if not still:
            return []
        question = still[0]
        skips = [_choice(word("complaint_button_skip", tongue), question.id, "skip")]
        if len(still) > 1:
            skips.append(_choice(word("complaint_button_enough", tongue), question.id, "enough"))
        _ask(dispatcher, question, tongue, skips)
        return []


def _ask(
    dispatcher: CollectingDispatcher, question: Question, tongue: Language, skips: list[Json] | None = None
) -> None:
    options = [_choice(option.title.of(tongue), question.id, option.id) for option in question.options]
    say(dispatcher, "utter_ask_complaint_details", buttons=[*options, *(skips or [])], question=question.ask.of(tongue))


class ActionAskComplaintConsent(Action):
    """Consent, with a choice of its own for the contact."""

    def name(self) -> str:
        return "action_ask_complaint_consent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, entered = language(tracker), _entered(tracker)
        buttons = [_choice(word(f"complaint_consent_{one}", tongue), "consent", one) for one in consents(entered)]
        cancel = button(word("complaint_button_cancel", tongue), "cancel")
        whose = "" if entered.behalf is OnBehalf.SELF else "_proxy"
        say(dispatcher, f"utter_ask_complaint_consent{whose}", buttons=[*buttons, cancel])
        return []


class ActionAskComplaintReview(Action):
    """Everything to be sent, to be read and corrected first."""

    def name(self) -> str:
        return "action_ask_complaint_review"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, summary = language(tracker), Summary(tracker)
        send = button(word("complaint_button_send", tongue), "complaint_send")
        if summary.entered.get("asking") == WHICH:
            say(dispatcher, "utter_complaint_which", buttons=[*summary.corrections(), send])
            return []
        shown = [(row.label, row.shown(tongue)) for row in summary.rows()]
        shown += [(row.label, row.value) for row in await summary_rows(tracker, tongue)]
        card = SummaryCard(
            title=word("complaint_summary_title", tongue),
            rows=[Figure(label=label, value=value) for label, value in shown],
            notice=word("complaint_summary_notice", tongue),
        )
        buttons = [
            send,
            button(word("complaint_button_change", tongue), "complaint_correct"),
            button(word("complaint_button_cancel", tongue), "cancel"),
        ]
        rows = [word("complaint_row", tongue, label=label, value=value) for label, value in shown]
        say(dispatcher, "utter_complaint_summary", card=card, buttons=buttons, summary="\n".join(rows))
        return []


class ActionFileComplaint(Action):
    """Hand the complaint to the desk. It is on disk before the receipt is shown; if not, nothing entered is lost."""

    def name(self) -> str:
        return "action_file_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        entered = _entered(tracker)
        if entered.get("review") != SEND or entered.get("consent") not in _AGREED or not entered.leave_is_given:
            say(dispatcher, "utter_menu")
            return [SlotSet(f"{PREFIX}review", None)]
        try:
            draft = Summary(tracker).draft(channel_of(tracker))
            filed = await asyncio.to_thread(services().complaints.file, draft)
        except Exception as error:  # noqa: BLE001 - whatever the store fails with, the person is told and loses nothing
            log.warning("complaint_not_filed", error=type(error).__name__)
            say(dispatcher, "utter_complaint_failed")
            return [SlotSet(f"{PREFIX}review", None)]
        card = receipt_card(filed, language(tracker))
        say(dispatcher, "utter_complaint_filed", card=card, receipt=card.receipt)
        say(dispatcher, "utter_complaint_after")
        # The case stays open to what comes next: who else can act, a letter, what is held.
        opened = [SlotSet("case_receipt", filed.receipt), SlotSet("case_kind", draft.kind)]
        return [*forget_entered(tracker, "loan_offer", "lesson_place"), *opened]


def receipt_card(filed: Filed, tongue: Language) -> ReceiptCard:
    """What opens a case again, to keep."""
    return ReceiptCard(
        title=word("complaint_receipt_title", tongue),
        receipt=group_receipt(filed.receipt),
        notes=[word(f"complaint_receipt_{note}", tongue) for note in ("keep", "secret", "free")],
    )


def channel_of(tracker: Tracker) -> Channel:
    """The channel of the latest message, where the desk's answer goes."""
    name = tracker.get_latest_input_channel()
    return Channel(name) if name in set(Channel) else Channel.WEB
