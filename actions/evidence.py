"""Rasa adapter for evidence: where the files go that somebody sent."""

import asyncio
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._evidence import counted, drop_waiting, waiting
from actions._support import button, language, last_turn, say, services, word
from bot.complaints import CaseClosedError, EvidenceItem, TooManyFilesError, TooManyLookupsError
from bot.messages import Language

log = structlog.get_logger(__name__)

_CASE_SHOWN = frozenset({"action_show_case", "action_begin_follow_case", "action_write_to_case"})
"""Right after one of these, files are meant for the case that is open."""


class ActionEvidenceSent(Action):
    """Say where the files go: into the complaint being told, or the case being looked at; else ask."""

    def name(self) -> str:
        return "action_evidence_sent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        try:
            items = await waiting(tracker)
        except Exception as error:  # noqa: BLE001 - whatever the store fails with, the person is told
            return _unavailable(dispatcher, error)
        if not items:
            say(dispatcher, "utter_evidence_none")
            return []
        form, receipt = tracker.active_loop.get("name"), tracker.get_slot("case_receipt")
        if form == "complaint_form":
            files = counted(items, language(tracker))
            say(dispatcher, "utter_evidence_with_complaint", buttons=[_drop(language(tracker))], files=files)
            return []
        if receipt and (form == "case_message_form" or last_turn(tracker) & _CASE_SHOWN):
            return await _add(dispatcher, tracker, receipt, items)
        _ask(dispatcher, tracker, items)
        return []


class ActionEvidenceToCase(Action):
    """Put what was sent into the case whose receipt was told."""

    def name(self) -> str:
        return "action_evidence_to_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        try:
            items = await waiting(tracker)
        except Exception as error:  # noqa: BLE001 - as above
            return _unavailable(dispatcher, error)
        receipt = tracker.get_slot("case_receipt")
        if not items or not receipt:
            say(dispatcher, "utter_evidence_needs_receipt" if items else "utter_evidence_none")
            return []
        return await _add(dispatcher, tracker, receipt, items)


class ActionEvidenceDrop(Action):
    """Delete what was sent and not handed in."""

    def name(self) -> str:
        return "action_evidence_drop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        try:
            dropped = await drop_waiting(tracker)
        except Exception as error:  # noqa: BLE001 - as above
            return _unavailable(dispatcher, error)
        say(dispatcher, "utter_evidence_dropped" if dropped else "utter_evidence_none")
        return []


async def offer_to_add(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """After a case was shown: files that wait may be meant for it."""
    try:
        items = await waiting(tracker)
    except Exception as error:  # noqa: BLE001 - the case was shown; the files can wait
        log.warning("evidence_failed", error=type(error).__name__)
        return
    if items:
        tongue = language(tracker)
        add = button(word("evidence_button_case", tongue), "evidence_to_case")
        say(dispatcher, "utter_evidence_for_this_case", buttons=[add, _drop(tongue)], files=counted(items, tongue))


def _ask(dispatcher: CollectingDispatcher, tracker: Tracker, items: tuple[EvidenceItem, ...]) -> None:
    tongue = language(tracker)
    begun = bool(tracker.get_slot("complaint_draft_id"))
    buttons = [button(word(f"evidence_button_{'go_on' if begun else 'complain'}", tongue), "start_complaint")]
    if tracker.get_slot("case_receipt"):
        buttons.append(button(word("evidence_button_case", tongue), "evidence_to_case"))
    if not begun:
        buttons.append(button(word("evidence_button_check", tongue), "check_message"))
    response = "utter_evidence_with_draft" if begun else "utter_evidence_what_for"
    say(dispatcher, response, buttons=[*buttons, _drop(tongue)], files=counted(items, tongue))


def _drop(tongue: Language) -> dict[str, Any]:
    return button(word("evidence_button_drop", tongue), "evidence_drop")


async def _add(
    dispatcher: CollectingDispatcher, tracker: Tracker, receipt: str, items: tuple[EvidenceItem, ...]
) -> list[EventType]:
    try:
        added = await asyncio.to_thread(services().evidence.add, receipt, tracker.sender_id)
    except TooManyFilesError as refusal:
        say(dispatcher, "utter_evidence_case_full", limit=refusal.limit)
    except CaseClosedError:
        say(dispatcher, "utter_case_closed")
    except TooManyLookupsError:
        say(dispatcher, "utter_evidence_needs_receipt")
    except Exception as error:  # noqa: BLE001 - as above
        return _unavailable(dispatcher, error)
    else:
        if added is None:
            say(dispatcher, "utter_case_not_found")
        else:
            say(dispatcher, "utter_evidence_in_case", files=counted(items, language(tracker)))
    return []


def _unavailable(dispatcher: CollectingDispatcher, error: Exception) -> list[EventType]:
    log.warning("evidence_failed", error=type(error).__name__)
    say(dispatcher, "utter_evidence_unavailable")
    return []
