"""Where files go, as Rasa would ask it."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import _support
from actions._evidence import counted, summary_rows
from actions.evidence import ActionEvidenceDrop, ActionEvidenceSent, ActionEvidenceToCase, offer_to_add
from bot.complaints import CaseClosedError, EvidenceItem, TooManyFilesError
from bot.evidence import FileKind
from bot.messages import Language

RECEIPT = "1234567890123456"


class Desk:
    """``Evidence`` as far as actions use it."""

    def __init__(self) -> None:
        self.items: list[EvidenceItem] = []
        self.added: list[str] = []
        self.error: Exception | None = None

    def unclaimed(self, _sender: str) -> tuple[EvidenceItem, ...]:
        if isinstance(self.error, OSError):
            raise self.error
        return tuple(self.items)

    def drop(self, _sender: str) -> int:
        dropped, self.items = len(self.items), []
        return dropped

    def add(self, receipt: str, _sender: str) -> int | None:
        if self.error is not None:
            raise self.error
        self.added.append(receipt)
        return len(self.items)


def item(kind: FileKind = FileKind.PICTURE) -> EvidenceItem:
    return EvidenceItem("f", kind, 1, 10, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def desk(shipped):
    made = Desk()
    _support.set_services(SimpleNamespace(content=shipped.content, evidence=made))
    yield made
    _support.set_services(None)


def tracker(form: str = "", before: str = "", language: str = "zh", **slots: str) -> Tracker:
    turns = [{"event": "user"}, {"event": "action", "name": before}, {"event": "user"}]
    filled = {"language": language, **slots}
    loop = {"name": form} if form else {}
    return Tracker("sender", filled, {"text": "/evidence_sent"}, turns, False, None, loop, "action_listen")  # noqa: FBT003


async def said(action, asked: Tracker) -> tuple[list[str], list[str]]:
    dispatcher = CollectingDispatcher()
    await action.run(dispatcher, asked, {})
    payloads = [button["payload"] for message in dispatcher.messages for button in message["buttons"]]
    return [message["response"] for message in dispatcher.messages], payloads


async def test_into_the_complaint_that_is_being_told(desk) -> None:
    desk.items = [item()]
    # Even with a case looked at before: the form is what is going on now.
    heard, payloads = await said(ActionEvidenceSent(), tracker("complaint_form", case_receipt=RECEIPT))
    assert (heard, payloads) == (["utter_evidence_with_complaint"], ["/evidence_drop"])
    assert desk.added == []


async def test_into_the_case_that_is_open(desk) -> None:
    desk.items = [item()]
    for asked in (tracker("case_message_form", case_receipt=RECEIPT),
                  tracker(before="action_show_case", case_receipt=RECEIPT)):  # fmt: skip
        assert (await said(ActionEvidenceSent(), asked))[0] == ["utter_evidence_in_case"]
    assert desk.added == [RECEIPT, RECEIPT]


async def test_a_case_looked_at_long_ago_is_only_offered(desk) -> None:
    desk.items = [item()]
    heard, payloads = await said(ActionEvidenceSent(), tracker(before="action_menu", case_receipt=RECEIPT))
    assert heard == ["utter_evidence_what_for"]
    assert payloads == ["/start_complaint", "/evidence_to_case", "/check_message", "/evidence_drop"]
    assert desk.added == []


async def test_a_complaint_left_half_way_takes_them(desk) -> None:
    desk.items = [item()]
    heard, payloads = await said(ActionEvidenceSent(), tracker(complaint_draft_id="d"))
    assert (heard, payloads) == (["utter_evidence_with_draft"], ["/start_complaint", "/evidence_drop"])


async def test_everything_a_case_may_answer(desk) -> None:
    asked = tracker(case_receipt=RECEIPT)
    assert (await said(ActionEvidenceToCase(), asked))[0] == ["utter_evidence_none"]
    desk.items = [item()]
    assert (await said(ActionEvidenceToCase(), tracker()))[0] == ["utter_evidence_needs_receipt"]
    for error, response in (
        (TooManyFilesError(20), "utter_evidence_case_full"),
        (CaseClosedError("withdrawn"), "utter_case_closed"),
        (OSError("away"), "utter_evidence_unavailable"),
    ):
        desk.error = error
        assert (await said(ActionEvidenceToCase(), asked))[0] == [response]
    assert len(desk.items) == 1


async def test_deleting(desk) -> None:
    desk.items = [item()]
    assert (await said(ActionEvidenceDrop(), tracker()))[0] == ["utter_evidence_dropped"]
    assert (await said(ActionEvidenceDrop(), tracker()))[0] == ["utter_evidence_none"]


async def test_after_a_case_was_shown_waiting_files_are_offered_to_it(desk) -> None:
    dispatcher = CollectingDispatcher()
    await offer_to_add(dispatcher, tracker())
    desk.error = OSError("away")
    await offer_to_add(dispatcher, tracker())
    assert dispatcher.messages == []
    desk.error, desk.items = None, [item()]
    await offer_to_add(dispatcher, tracker())
    assert dispatcher.messages[0]["response"] == "utter_evidence_for_this_case"


async def test_how_they_are_counted(desk) -> None:
    assert await summary_rows(tracker(), Language.ZH) == []
    desk.items = [item(), item(FileKind.TEXT), item(), item(FileKind.DOCUMENT)]
    assert counted(desk.items, Language.ZH) == "2张图片，1份PDF文件，1份文字"
    assert counted(desk.items, Language.EN) == "2 pictures, 1 PDF document, 1 text"
    [row] = await summary_rows(tracker(), Language.EN)
    assert (row.label, row.value) == ("Evidence", "2 pictures, 1 PDF document, 1 text")
