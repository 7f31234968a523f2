"""One line of time, and a case as copies show it."""

from datetime import UTC, datetime, timedelta

from bot.complaints import (
    Action,
    Author,
    Case,
    CaseEvent,
    CaseFile,
    CaseMessage,
    Kind,
    Note,
    Particulars,
    Status,
)
from bot.complaints.redaction import Span, as_copied
from bot.complaints.timeline import timeline_of
from bot.messages import Channel, Language

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def file() -> CaseFile:
    def at(minutes: int) -> datetime:
        return NOW + timedelta(minutes=minutes)

    case = Case(1, 1, Kind.COST, Status.RECEIVED, Language.ZH, Channel.WEB, None, NOW, NOW, None, None, True)  # noqa: FBT003
    return CaseFile(
        case,
        Particulars("王小明借的钱", "某行", "", "", "", None, None),
        (
            CaseMessage(Author.STAFF, "答复王小明", at(3), "李", 7),
            CaseMessage(Author.RESIDENT, "又来了", at(5), None, 8),
        ),
        (Note("李", "王小明来过", at(2), 4),),
        (
            CaseEvent(Action.FILED, at(0)),
            CaseEvent(Action.NOTED, at(2), "李"),
            CaseEvent(Action.ANSWERED, at(3), "李"),
            CaseEvent(Action.MOVED, at(3), "李", to_status=Status.TRIAGED),
            CaseEvent(Action.RESIDENT_WROTE, at(5)),
        ),
    )


def test_oldest_first_and_nothing_told_twice() -> None:
    told = [
        moment.message.text if moment.message else moment.note.text if moment.note else moment.event.action
        for moment in timeline_of(file())
        if moment.message or moment.note or moment.event
    ]
    assert told == [Action.FILED, "王小明来过", "答复王小明", Action.MOVED, "又来了"]


def test_a_copy_hides_spans_in_every_kind_of_text_and_leaves_the_file_alone() -> None:
    whole = file()
    copy = as_copied(whole, [Span("story", 0, 3), Span("message:7", 2, 5), Span("note:4", 0, 3)])
    assert "王小明" not in repr(list(copy.parts.values()))
    assert copy.parts["against"] == "某行"
    assert copy.parts["message:8"] == "又来了"
    assert whole.particulars.story == "王小明借的钱"
