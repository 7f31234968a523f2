"""The complaint desk on its real store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from bot.complaints import (
    MAX_TEXT,
    PAGE_SIZE,
    Action,
    Answer,
    Assigned,
    Author,
    BadTextError,
    CaseClosedError,
    CaseNotFoundError,
    ConsentMissingError,
    Kind,
    NotYoursError,
    OnBehalf,
    QueueFilter,
    StaleVersionError,
    Status,
    StepNotAllowedError,
    TooManyLookupsError,
    UnknownStaffError,
)
from bot.complaints.receipts import new_receipt
from bot.language.receipts import group_receipt
from bot.messages import Channel
from bot.staff import Role
from bot.storage.complaint_tables import CaseRow, ReceiptMissRow
from bot.storage.engine import session_factory


@pytest.fixture
def taken(complaints, draft, hire):
    """A case in progress: its receipt, its handler, its id, and how to learn its version."""
    handler = hire("李")
    filed = complaints.file(draft())
    version = complaints.take(handler, filed.case_id, 1)
    version = complaints.move(handler, filed.case_id, version, Status.TRIAGED)
    complaints.move(handler, filed.case_id, version, Status.IN_PROGRESS)
    return filed, handler


def version_of(complaints, actor, case_id):
    return complaints.case(actor, case_id).case.version


# Residents


def test_filed_case_opens_with_its_receipt_however_grouped(complaints, draft, clock):
    filed = complaints.file(draft(kind=Kind.FRAUD))
    view = complaints.follow(group_receipt(filed.receipt), "anyone")
    assert view.kind is Kind.FRAUD
    assert view.status is Status.RECEIVED
    assert view.opened_at == view.updated_at == clock.now
    assert view.messages == ()


def test_same_draft_again_makes_no_second_case_and_both_receipts_open_it(complaints, draft, engine):
    said = draft()
    first, second = complaints.file(said), complaints.file(said)
    assert first.case_id == second.case_id
    assert first.receipt != second.receipt
    assert complaints.follow(first.receipt, "a") == complaints.follow(second.receipt, "a") is not None
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(CaseRow)) == 1


def test_draft_id_of_somebody_else_opens_nothing_of_theirs(complaints, draft):
    mine = complaints.file(draft(draft_id="1", sender="me"))
    theirs = complaints.file(draft(draft_id="1", sender="them"))
    assert mine.case_id != theirs.case_id


def test_same_draft_at_the_same_moment_makes_one_case(complaints, draft):
    said = draft()
    barrier = Barrier(4)

    def file():
        barrier.wait()
        return complaints.file(said)

    with ThreadPoolExecutor(4) as pool:
        filed = [future.result() for future in [pool.submit(file) for _ in range(4)]]
    assert len({one.case_id for one in filed}) == 1
    assert len({one.receipt for one in filed}) == 4


def test_nothing_is_filed_without_consent_or_story(complaints, draft, engine):
    with pytest.raises(ConsentMissingError):
        complaints.file(draft(consent=False))
    for story in ("", " \n", "长" * (MAX_TEXT + 1)):
        with pytest.raises(BadTextError):
            complaints.file(draft(story=story))
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(CaseRow)) == 0


def test_contact_is_kept_only_with_its_own_consent(complaints, draft, hire):
    handler = hire("李")
    without = complaints.file(draft(contact="13800000000"))
    agreed = complaints.file(draft(contact="13800000000", contact_consent=True))
    assert complaints.case(handler, without.case_id).particulars.contact is None
    assert complaints.contact(handler, without.case_id) is None
    # Masked until somebody asks for it by itself.
    assert complaints.case(handler, agreed.case_id).particulars.contact == "13••••••00"
    assert complaints.contact(handler, agreed.case_id) == "13800000000"


@pytest.mark.parametrize("story", ["a\x00b", "'; DROP TABLE complaints; --", "<script>", "\u202eعكس", "🧧" * 100])
def test_any_text_comes_back_as_it_was(complaints, draft, hire, story):
    filed = complaints.file(draft(story=story, figures={"principal": "10000", "说明": story}))
    particulars = complaints.case(hire("李"), filed.case_id).particulars
    assert particulars.story == story
    assert particulars.figures == {"principal": "10000", "说明": story}


def test_answers_read_as_they_were_asked_and_for_whom_is_kept(complaints, draft, hire):
    answers = (Answer("called", "他们找了谁？", "家里人或亲友", "family"), Answer("numbers", "号码？", "<b>0571</b>"))
    filed = complaints.file(draft(answers=answers, pack_version=3, on_behalf=OnBehalf.CHILD))
    found = complaints.case(hire("李"), filed.case_id)
    assert found.particulars.answers == answers
    assert (found.particulars.pack_version, found.particulars.on_behalf) == (3, OnBehalf.CHILD)
    assert found.parts["answer:numbers"] == "<b>0571</b>"


def test_a_case_without_answers_is_the_residents_own(complaints, draft, hire):
    particulars = complaints.case(hire("李"), complaints.file(draft()).case_id).particulars
    assert (particulars.answers, particulars.on_behalf) == ((), OnBehalf.SELF)


def test_an_answer_has_its_limit_too(complaints, draft):
    with pytest.raises(BadTextError):
        complaints.file(draft(answers=(Answer("told", "?", "长" * (MAX_TEXT + 1)),)))


def test_slips_and_strangers_open_nothing(complaints, draft, engine):
    receipt = complaints.file(draft()).receipt
    slip = receipt[:-1] + str((int(receipt[-1]) + 1) % 10)
    for wrong in (slip, "", "１２３", "/restart", new_receipt()):
        assert complaints.follow(wrong, "a") is None
        assert complaints.add_message(wrong, "text", "b") is None
        assert complaints.withdraw(wrong, "c") is None
    with session_factory(engine)() as session:
        # Only the well-formed one counted as a guess.
        assert session.scalar(select(func.count()).select_from(ReceiptMissRow)) == 3


def test_guessing_is_stopped_for_the_guesser_alone_and_for_a_while(complaints, draft, clock):
    receipt = complaints.file(draft()).receipt
    started = clock.now
    for _ in range(5):
        assert complaints.follow(new_receipt(), "guesser") is None
        clock.advance(seconds=1)
    with pytest.raises(TooManyLookupsError) as refused:
        complaints.follow(receipt, "guesser")
    assert refused.value.retry_at == started + timedelta(minutes=15)
    assert complaints.follow(receipt, "somebody else") is not None
    clock.now = refused.value.retry_at
    assert complaints.follow(receipt, "guesser") is not None


def test_right_receipts_never_count(complaints, draft):
    receipt = complaints.file(draft()).receipt
    for _ in range(20):
        assert complaints.follow(receipt, "a") is not None


def test_resident_and_desk_write_to_each_other(complaints, taken, clock):
    filed, handler = taken
    clock.advance(hours=1)
    complaints.answer(handler, filed.case_id, version_of(complaints, handler, filed.case_id), " 我们已联系对方 ")
    clock.advance(hours=1)
    view = complaints.add_message(filed.receipt, "谢谢", "a")
    assert [(one.author, one.text, one.staff_name) for one in view.messages] == [
        (Author.STAFF, "我们已联系对方", None),
        (Author.RESIDENT, "谢谢", None),
    ]
    assert view.updated_at == clock.now
    assert complaints.case(handler, filed.case_id).case.unanswered


def test_resident_never_sees_notes(complaints, taken):
    filed, handler = taken
    complaints.note(handler, filed.case_id, version_of(complaints, handler, filed.case_id), "内部意见")
    assert "内部意见" not in repr(complaints.follow(filed.receipt, "a"))
    assert [note.text for note in complaints.case(handler, filed.case_id).notes] == ["内部意见"]


@pytest.mark.parametrize("status", [Status.WAITING, Status.RESOLVED, Status.REFERRED, Status.REJECTED])
def test_word_from_the_resident_puts_the_case_to_work_again(complaints, taken, status):
    filed, handler = taken
    complaints.move(handler, filed.case_id, version_of(complaints, handler, filed.case_id), status, "理由")
    assert complaints.add_message(filed.receipt, "还有", "a").status is Status.IN_PROGRESS


def test_withdrawing_is_final_and_the_same_twice(complaints, taken):
    filed, handler = taken
    assert complaints.withdraw(filed.receipt, "a").status is Status.WITHDRAWN
    assert complaints.withdraw(filed.receipt, "a").status is Status.WITHDRAWN
    with pytest.raises(CaseClosedError):
        complaints.add_message(filed.receipt, "还有", "a")
    found = complaints.case(handler, filed.case_id)
    assert found.next_steps == ()
    assert [event.action for event in found.events].count(Action.WITHDRAWN) == 1
    with pytest.raises(CaseClosedError):
        complaints.answer(handler, filed.case_id, found.case.version, "答复")


# Staff


def test_the_history_tells_everything_in_order(complaints, taken, hire):
    filed, handler = taken
    supervisor = hire("王", Role.SUPERVISOR)
    version = version_of(complaints, handler, filed.case_id)
    version = complaints.note(handler, filed.case_id, version, "意见")
    version = complaints.answer(handler, filed.case_id, version, "答复")
    version = complaints.assign(supervisor, filed.case_id, version, supervisor.id)
    complaints.move(supervisor, filed.case_id, version, Status.REFERRED, "归另一机构管")
    events = complaints.case(handler, filed.case_id).events
    assert [(event.action, event.staff_name) for event in events] == [
        (Action.FILED, None),
        (Action.TAKEN, "李"),
        (Action.MOVED, "李"),
        (Action.MOVED, "李"),
        (Action.NOTED, "李"),
        (Action.ANSWERED, "李"),
        (Action.ASSIGNED, "王"),
        (Action.MOVED, "王"),
    ]
    assert events[6].assignee_name == "王"
    assert (events[7].from_status, events[7].to_status) == (Status.IN_PROGRESS, Status.REFERRED)
    assert events[7].reason == "归另一机构管"


def test_stale_version_is_refused_and_changes_nothing(complaints, taken, outbox, clock):
    filed, handler = taken
    seen = version_of(complaints, handler, filed.case_id)
    complaints.add_message(filed.receipt, "补充", "a")
    before = complaints.case(handler, filed.case_id)
    for act in (
        lambda: complaints.take(handler, filed.case_id, seen),
        lambda: complaints.note(handler, filed.case_id, seen, "意见"),
        lambda: complaints.move(handler, filed.case_id, seen, Status.WAITING),
        lambda: complaints.answer(handler, filed.case_id, seen, "答复"),
    ):
        with pytest.raises(StaleVersionError):
            act()
    assert complaints.case(handler, filed.case_id) == before
    assert outbox.due(Channel.WEB, 10, clock.now) == []


def test_of_two_handlers_at_once_one_gets_the_case(complaints, draft, hire):
    handlers = [hire(name) for name in ("甲", "乙", "丙", "丁")]
    filed = complaints.file(draft())
    barrier = Barrier(len(handlers))

    def take(handler):
        barrier.wait()
        try:
            complaints.take(handler, filed.case_id, 1)
        except StaleVersionError:
            return None
        return handler.id

    with ThreadPoolExecutor(len(handlers)) as pool:
        winners = [one for one in pool.map(take, handlers) if one is not None]
    assert len(winners) == 1
    assert complaints.case(handlers[0], filed.case_id).case.assignee_id == winners[0]


def test_others_cases_are_the_supervisors_only(complaints, taken, hire):
    filed, handler = taken
    other, supervisor = hire("乙"), hire("王", Role.SUPERVISOR)
    version = version_of(complaints, handler, filed.case_id)
    for act in (
        lambda: complaints.take(other, filed.case_id, version),
        lambda: complaints.move(other, filed.case_id, version, Status.WAITING),
        lambda: complaints.answer(other, filed.case_id, version, "答复"),
        lambda: complaints.assign(other, filed.case_id, version, other.id),
        lambda: complaints.assign(other, filed.case_id, version, None),
        lambda: complaints.assign(handler, filed.case_id, version, other.id),
    ):
        with pytest.raises(NotYoursError):
            act()
    version = complaints.assign(supervisor, filed.case_id, version, other.id)
    version = complaints.assign(other, filed.case_id, version, None)
    assert complaints.case(other, filed.case_id).case.assignee_id is None
    complaints.take(supervisor, filed.case_id, version)


def test_nobody_unknown_or_gone_is_assigned(complaints, taken, hire, desk):
    filed, handler = taken
    supervisor, gone = hire("王", Role.SUPERVISOR), hire("丁")
    desk.deactivate("丁")
    version = version_of(complaints, handler, filed.case_id)
    for staff_id in (gone.id, 9999):
        with pytest.raises(UnknownStaffError):
            complaints.assign(supervisor, filed.case_id, version, staff_id)


def test_steps_and_reasons_are_kept_to(complaints, draft, hire):
    handler = hire("李")
    filed = complaints.file(draft())
    version = complaints.take(handler, filed.case_id, 1)
    with pytest.raises(StepNotAllowedError):
        complaints.move(handler, filed.case_id, version, Status.RESOLVED)
    with pytest.raises(StepNotAllowedError):
        complaints.move(handler, filed.case_id, version, Status.REJECTED, "  ")
    with pytest.raises(CaseNotFoundError):
        complaints.note(handler, 9999, 1, "意见")
    assert complaints.case(handler, 9999) is None


def test_answer_and_notices_reach_the_outbox(complaints, taken, outbox, clock):
    filed, handler = taken
    version = version_of(complaints, handler, filed.case_id)
    version = complaints.answer(handler, filed.case_id, version, "答复全文")
    complaints.move(handler, filed.case_id, version, Status.RESOLVED)
    items = outbox.due(Channel.WEB, 10, clock.now)
    assert [(item.notice, item.status, item.text, item.sender) for item in items] == [
        ("answered", Status.IN_PROGRESS, "答复全文", "resident-1"),
        ("status_changed", Status.RESOLVED, "", "resident-1"),
    ]


def test_queue_narrows_pages_and_puts_open_cases_first(complaints, draft, hire, clock):
    mine, other = hire("李"), hire("王")
    ids = []
    for _ in range(PAGE_SIZE + 2):
        ids.append(complaints.file(draft()).case_id)
        clock.advance(minutes=1)
    fraud = complaints.file(draft(kind=Kind.FRAUD)).case_id
    version = complaints.take(mine, ids[0], 1)
    complaints.move(mine, ids[0], version, Status.REJECTED, "不归我们管")
    complaints.take(other, ids[1], 1)

    first, last = complaints.queue(mine, QueueFilter()), complaints.queue(mine, QueueFilter(), 2)
    assert first.total == PAGE_SIZE + 3
    assert first.pages == 2
    assert [one.id for one in first.items + last.items] == [fraud, *ids[1:], ids[0]]
    # A fraud is answered sooner, so it comes first.

    def found(**narrowed):
        return [one.id for one in complaints.queue(mine, QueueFilter(**narrowed)).items]

    assert found(assigned=Assigned.MINE) == [ids[0]]
    assert found(assigned=Assigned.UNASSIGNED)[:2] == [fraud, ids[2]]
    assert found(kind=Kind.FRAUD) == [fraud]
    assert found(status=Status.REJECTED) == [ids[0]]
    assert found(search=first.items[1].number.lower()) == found(search=f" {ids[1]}") == [ids[1]]
    assert found(search="C-nonsense") == found(search="%") == found(search="9" * 12) == found(search="9" * 40) == []
    assert complaints.queue(mine, QueueFilter(), 99).items == ()
    assert first.items[1].assignee_name == "王"
