"""Rasa adapter for cases: what a receipt opens again, and what can be done with it."""

import asyncio
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeVar

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._evidence import counted
from actions._support import button, is_aside, language, leave_form, say, services, typed_text, word
from actions.evidence import offer_to_add
from bot import audit
from bot.complaints import (
    Author,
    CaseClosedError,
    CaseMessage,
    EvidenceItem,
    Holdings,
    ResidentView,
    Status,
    TooManyLookupsError,
)
from bot.complaints.retention import CaseEnd
from bot.content.complaints import COMMON
from bot.language.receipts import normalise_receipt
from bot.messages import CaseCard, CaseEntry, Figure, Language, SummaryCard

log = structlog.get_logger(__name__)

_LONGEST = 4000
_CHINA = timezone(timedelta(hours=8))
_DIGITS = re.compile(r"\d(?:[\s\-‐-―_.·]?\d){14,}")
_Answer = TypeVar("_Answer")


def receipt_in(text: str) -> str | None:
    """The receipt a text is, or carries."""
    whole = normalise_receipt(text)
    if whole is not None:
        return whole
    return next(filter(None, (normalise_receipt(found[0]) for found in _DIGITS.finditer(text))), None)


class ActionBeginFollowCase(Action):
    """Ask for the receipt, unless it was said along with the wish."""

    def name(self) -> str:
        return "action_begin_follow_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        receipt = receipt_in(typed_text(tracker) or "")
        if receipt is None:
            return [*leave_form(), SlotSet("case_receipt", None)]
        # No form is needed, and Rasa's rule for the form must not go on to one.
        shown = await _show_case(dispatcher, tracker, receipt)
        return [*leave_form(), *shown, FollowupAction("action_listen")]


class ValidateCaseForm(Action):
    """Takes a receipt however it is written."""

    def name(self) -> str:
        return "validate_case_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        text = typed_text(tracker)
        if text is None or tracker.get_slot("requested_slot") != "case_receipt" or is_aside(tracker, frozenset()):
            return []
        receipt = receipt_in(text)
        if receipt is None:
            say(dispatcher, "utter_case_receipt_unreadable")
        return [SlotSet("case_receipt", receipt)]


class ActionShowCase(Action):
    """Where the case stands."""

    def name(self) -> str:
        return "action_show_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        return await _show_case(dispatcher, tracker, tracker.get_slot("case_receipt") or "")


async def _show_case(dispatcher: CollectingDispatcher, tracker: Tracker, receipt: str) -> list[EventType]:
    view = await opened(dispatcher, lambda: services().complaints.follow(receipt, tracker.sender_id))
    if view is None:
        return [SlotSet("case_receipt", None)]
    _say_case(dispatcher, view, language(tracker))
    await offer_to_add(dispatcher, tracker)
    return [SlotSet("case_receipt", receipt), SlotSet("case_kind", view.kind)]


async def opened(dispatcher: CollectingDispatcher, look: Callable[[], _Answer | None]) -> _Answer | None:
    """What a receipt opens; when it opens nothing, the person is told why and ``None`` is returned."""
    try:
        found = await asyncio.to_thread(look)
    except TooManyLookupsError as refusal:
        minutes = math.ceil((refusal.retry_at - datetime.now(UTC)).total_seconds() / 60)
        say(dispatcher, "utter_case_too_many", minutes=max(1, minutes))
        return None
    except CaseClosedError:
        say(dispatcher, "utter_case_closed")
        return None
    except Exception as error:  # noqa: BLE001 - whatever the store fails with, the person is told
        log.warning("case_not_opened", error=type(error).__name__)
        say(dispatcher, "utter_case_unavailable")
        return None
    if found is None:
        say(dispatcher, "utter_case_not_found")
    return found


def _say_case(dispatcher: CollectingDispatcher, view: ResidentView, tongue: Language) -> None:
    status = word(f"case_status_{view.status}", tongue)
    opened, updated = _date(view.opened_at, tongue), _date(view.updated_at, tongue)
    card = CaseCard(
        title=word("case_title", tongue),
        status=status,
        figures=[
            Figure(label=word("case_kind_label", tongue), value=word(f"case_kind_{view.kind}", tongue)),
            Figure(label=word("case_opened_label", tongue), value=opened),
            Figure(label=word("case_updated_label", tongue), value=updated),
        ],
        entries=[_entry(message, tongue) for message in view.messages],
    )
    buttons = [
        button(word("case_button_rights", tongue), "who_can_act"),
        button(word("case_button_holdings", tongue), "my_data"),
        button(word("common_menu", tongue), "menu"),
    ]
    if view.status is not Status.WITHDRAWN:
        buttons = [
            button(word("case_button_write", tongue), "case_write"),
            *buttons[:2],
            button(word("case_button_withdraw", tongue), "case_withdraw"),
            *buttons[2:],
        ]
    say(
        dispatcher,
        "utter_case",
        card=card,
        buttons=buttons,
        status=word("case_status_line", tongue, status=status),
        dates=word("case_dates_line", tongue, opened=opened, updated=updated),
        latest=_latest(view, tongue),
    )


def _latest(view: ResidentView, tongue: Language) -> str:
    """What was written last by either side, so that the text alone tells what is new."""
    from_desk = [message for message in view.messages if message.author is Author.STAFF]
    parts = [word("case_latest_staff", tongue, text=from_desk[-1].text)] if from_desk else []
    if not from_desk:
        parts.append(word("case_no_answer", tongue))
    if view.messages and view.messages[-1].author is Author.RESIDENT:
        parts.append(word("case_latest_own", tongue, text=view.messages[-1].text))
    return "".join(parts)


def _entry(message: CaseMessage, tongue: Language) -> CaseEntry:
    own = message.author is Author.RESIDENT
    author = word("case_author_own" if own else "case_author_staff", tongue)
    return CaseEntry(author=author, at=_date(message.at, tongue), text=message.text, own=own)


def _date(moment: datetime, tongue: Language) -> str:
    day = moment.astimezone(_CHINA)
    return word("case_date", tongue, year=day.year, month=day.month, day=day.day)


class ValidateCaseMessageForm(Action):
    """Takes whatever is typed for the desk."""

    def name(self) -> str:
        return "validate_case_message_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        text = typed_text(tracker)
        if text is None or tracker.get_slot("requested_slot") != "case_message" or is_aside(tracker, frozenset()):
            return []
        if len(text) > _LONGEST:
            say(dispatcher, "utter_complaint_too_long", limit=_LONGEST)
            return [SlotSet("case_message", None)]
        return [SlotSet("case_message", text)]


class ActionWriteToCase(Action):
    """Hand a message to the desk."""

    def name(self) -> str:
        return "action_write_to_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        receipt, text = tracker.get_slot("case_receipt") or "", tracker.get_slot("case_message") or ""
        view = await opened(dispatcher, lambda: services().complaints.add_message(receipt, text, tracker.sender_id))
        if view is not None:
            say(dispatcher, "utter_case_written")
        return [SlotSet("case_message", None)]


class ActionAskCaseWithdraw(Action):
    """Withdrawing cannot be undone, so ask."""

    def name(self) -> str:
        return "action_ask_case_withdraw"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        say(dispatcher, "utter_case_withdraw_sure" if tracker.get_slot("case_receipt") else "utter_case_not_found")
        return leave_form()


class ActionWithdrawCase(Action):
    """End the case by its resident's own word."""

    def name(self) -> str:
        return "action_withdraw_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        receipt = tracker.get_slot("case_receipt") or ""
        view = await opened(dispatcher, lambda: services().complaints.withdraw(receipt, tracker.sender_id))
        if view is not None:
            say(dispatcher, "utter_case_withdrawn")
        return [SlotSet("case_receipt", None)]


@dataclass(frozen=True, slots=True)
class _Held:
    of_case: Holdings
    files: tuple[EvidenceItem, ...]
    end: CaseEnd | None
    """When it is deleted; ``None`` while it is being worked on."""


class ActionShowHoldings(Action):
    """Everything the desk holds of a case, and until when (PIPL, Arts. 44-45)."""

    def name(self) -> str:
        return "action_show_holdings"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        receipt = tracker.get_slot("case_receipt")
        if not receipt:
            say(dispatcher, "utter_case_holdings_none")
            return leave_form()

        def look() -> _Held | None:
            held = services().complaints.holdings(receipt, tracker.sender_id)
            if held is None:
                return None
            return _Held(held, services().evidence.of_case(held.case_id), services().retention.end(held.case_id))

        found = await opened(dispatcher, look)
        if found is not None:
            _say_holdings(dispatcher, found, language(tracker))
        return leave_form()


def _say_holdings(dispatcher: CollectingDispatcher, held: _Held, tongue: Language) -> None:
    nothing = word("complaint_not_said", tongue)
    figures = [Figure(label=label, value=value or nothing) for label, value in _held_rows(held, tongue)]
    card = SummaryCard(
        title=word("case_holdings_title", tongue), rows=figures, notice=word("case_holdings_notice", tongue)
    )
    lines = [word("complaint_row", tongue, label=figure.label, value=figure.value) for figure in figures]
    buttons = [
        button(word("case_button_write", tongue), "case_write"),
        button(word("case_button_delete", tongue), "case_delete"),
        button(word("common_menu", tongue), "menu"),
    ]
    say(dispatcher, "utter_case_holdings", card=card, buttons=buttons, rows="\n".join(lines))


def _held_rows(held: _Held, tongue: Language) -> list[tuple[str, str]]:
    said, view = held.of_case.particulars, held.of_case.view
    forms = services().content.complaints
    whom = forms.behalf.option(said.on_behalf)
    kept = word("case_kept_open", tongue)
    if held.end is not None:
        kept = word("case_kept_until", tongue, day=_date(held.end.ends_at, tongue))
    return [
        (word("case_kind_label", tongue), word(f"case_kind_{view.kind}", tongue)),
        (
            word("complaint_field_behalf", tongue),
            whom.title.of(tongue) if whom else word(f"complaint_behalf_{said.on_behalf}", tongue),
        ),
        (word("complaint_field_story", tongue), said.story),
        *((forms.common[name].label.of(tongue), getattr(said, name)) for name in COMMON),
        # As it was asked, in the language it was asked in.
        *((answer.question, answer.text) for answer in said.answers),
        *((word(f"case_fact_{name}", tongue), str(value)) for name, value in (said.figures or {}).items()),
        (word("complaint_field_contact", tongue), said.contact or ""),
        (word("evidence_label", tongue), counted(held.files, tongue)),
        (word("case_held_messages", tongue), str(len(view.messages))),
        (word("case_opened_label", tongue), _date(view.opened_at, tongue)),
        (word("case_kept_label", tongue), kept),
    ]


class ActionAskCaseDelete(Action):
    """Deleting cannot be undone, so ask."""

    def name(self) -> str:
        return "action_ask_case_delete"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        say(dispatcher, "utter_case_delete_sure" if tracker.get_slot("case_receipt") else "utter_case_not_found")
        return leave_form()


class ActionDeleteCase(Action):
    """Delete a case and its key by its resident's own word (PIPL, Art. 47)."""

    def name(self) -> str:
        return "action_delete_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        receipt = tracker.get_slot("case_receipt") or ""

        def erase() -> bool | None:
            held = services().complaints.holdings(receipt, tracker.sender_id)
            if held is None:
                return None
            services().retention.erase(held.case_id, audit.RESIDENT, "resident's wish")
            return True

        if await opened(dispatcher, erase) is None:
            return []
        say(dispatcher, "utter_case_deleted")
        return [SlotSet("case_receipt", None), SlotSet("case_kind", None), SlotSet("case_message", None)]
