"""The audit log: what it says, and that nothing can be taken out or changed unseen."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyotp
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from bot import audit as names
from bot.complaints import Status
from bot.staff import Role, SignInRefusedError
from bot.storage import audit
from bot.storage.audit import SqlAuditLog
from bot.storage.audit_tables import AuditRow
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.keys import KeyRing

TRIGGERS = {
    "sqlite": ["DROP TRIGGER audit_log_no_update", "DROP TRIGGER audit_log_no_delete"],
    "postgresql": ["DROP TRIGGER audit_log_no_change ON audit_log"],
}


@pytest.fixture
def log(engine: Engine, clock) -> SqlAuditLog:
    return SqlAuditLog(session_factory(engine), clock)


@pytest.fixture
def entries(engine: Engine):
    def entries() -> list[tuple[str, str, str]]:
        with reader_factory(engine)() as session:
            rows = session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
            assert [row.number for row in rows] == list(range(1, len(rows) + 1))
            return [(row.actor, row.action, row.subject) for row in rows]

    return entries


def check(engine: Engine, expected: str | None = None) -> audit.AuditCheck:
    with reader_factory(engine)() as session:
        return audit.verify(session, expected)


def tamper(engine: Engine, statement: str) -> None:
    """As somebody does who owns the database: the triggers go first."""
    with engine.begin() as connection:
        for drop in TRIGGERS[engine.dialect.name]:
            connection.execute(text(drop))
        connection.execute(text(statement))


def test_work_on_a_case_is_written_down_without_a_word_of_it(complaints, draft, hire, engine: Engine, entries):
    handler = hire("李")
    filed = complaints.file(draft())
    complaints.case(handler, filed.case_id)
    complaints.case(handler, 9999)
    version = complaints.take(handler, filed.case_id, 1)
    complaints.move(handler, filed.case_id, version, Status.REJECTED, "不属于我们管的事")
    complaints.add_message(filed.receipt, "还有一句", "a")
    case, staff = names.case(filed.case_id), names.staff(handler.id)
    assert entries() == [
        ("resident", "case.filed", case),
        (staff, "case.viewed", case),
        (staff, "case.taken", case),
        (staff, "case.moved", case),
        ("resident", "case.resident_wrote", case),
    ]
    with reader_factory(engine)() as session:
        details = session.scalars(select(AuditRow.details).order_by(AuditRow.number)).all()
    assert details[3] == '{"from":"received","to":"rejected"}'
    assert "不" not in "".join(details)
    assert check(engine).broken is None


def test_coming_going_and_failing_to_come_are_written_down(desk, clock, entries):
    token = desk.invite("王", Role.SUPERVISOR)
    totp = pyotp.TOTP(desk.begin_enrolment(token).secret)
    desk.enrol(token, "correct horse battery", totp.at(clock.now))
    clock.advance(minutes=1)
    session = desk.sign_in("王", "correct horse battery", totp.at(clock.now))
    desk.sign_out(session)
    desk.sign_out(session)
    with pytest.raises(SignInRefusedError):
        desk.sign_in("王", "correct horse battery", totp.at(clock.now))
    with pytest.raises(SignInRefusedError):
        desk.sign_in("my secret passphrase", "wrong", "000000")
    desk.deactivate("王")
    said = entries()
    assert [(actor, action) for actor, action, _ in said] == [
        ("operator", "staff.invited"),
        ("staff:1", "staff.enrolled"),
        ("staff:1", "staff.signed_in"),
        ("staff:1", "staff.signed_out"),
        ("unknown", "staff.sign_in_failed"),
        ("unknown", "staff.sign_in_failed"),
        ("operator", "staff.deactivated"),
    ]
    assert said[4][2].startswith("name:")
    assert said[4][2] != said[5][2]
    assert "passphrase" not in str(said)


def test_recovery_codes_issued_and_used_are_written_down_and_whose_doing_a_change_was(desk, hire, clock, entries):
    boss = hire("管", Role.ADMINISTRATOR)
    token = desk.invite("王", Role.HANDLER, boss)
    totp = pyotp.TOTP(desk.begin_enrolment(token).secret)
    member = desk.enrol(token, "correct horse battery", totp.at(clock.now))
    code = desk.issue_recovery_codes(member)[0]
    desk.sign_in("王", "correct horse battery", code)
    with pytest.raises(SignInRefusedError):
        desk.sign_in("王", "correct horse battery", code)
    desk.set_role(member.id, Role.HANDLER, boss)
    desk.set_role(member.id, Role.AUDITOR, boss)
    desk.reset(member.id)
    him, her = f"staff:{boss.id}", f"staff:{member.id}"
    assert entries() == [
        (him, "staff.invited", her),
        (her, "staff.enrolled", her),
        (her, "staff.recovery_codes_issued", her),
        (her, "staff.recovery_code_used", her),
        (her, "staff.signed_in", her),
        ("unknown", "staff.sign_in_failed", entries()[5][2]),
        (him, "staff.role_changed", her),
        ("operator", "staff.access_reset", her),
    ]


def test_what_was_undone_leaves_no_entry(engine: Engine, clock, entries):
    sessions = session_factory(engine)
    with sessions() as session:
        audit.append(session, "operator", "a", "b", clock.now)
        session.rollback()
        session.commit()
    assert entries() == []


def test_database_refuses_to_change_or_delete(log, engine: Engine):
    log.record("operator", "a", "b")
    statements = ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"]
    if engine.dialect.name == "postgresql":
        statements.append("TRUNCATE audit_log")
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    assert check(engine).entries == 1


@pytest.mark.parametrize("column", ["at", "actor", "action", "subject", "details", "digest"])
def test_changed_entry_is_named(log, clock, engine: Engine, column: str):
    for number in range(5):
        log.record("operator", "test", str(number), {"number": number})
        clock.advance(seconds=1)
    assert check(engine).broken is None
    value = "'2020-01-01 00:00:00.000000'" if column == "at" else "'x'"
    tamper(engine, f"UPDATE audit_log SET {column} = {value} WHERE number = 3")  # noqa: S608 - our own columns
    assert check(engine).broken == 3


def test_missing_entry_is_named_and_so_is_one_put_in(log, engine: Engine):
    for number in range(5):
        log.record("operator", "test", str(number))
    tamper(engine, "DELETE FROM audit_log WHERE number = 2")
    assert check(engine).broken == 2
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_log SELECT 2, at, actor, action, subject, details, digest FROM audit_log "
                "WHERE number = 1"
            )
        )
    assert check(engine).broken == 2


def test_end_that_was_cut_off_is_found_with_a_head_noted_before(log, engine: Engine):
    for number in range(4):
        log.record("operator", "test", str(number))
    head = check(engine).head
    assert check(engine, head).holds_expected
    log.record("operator", "test", "later")
    assert check(engine, head).holds_expected
    tamper(engine, "DELETE FROM audit_log WHERE number >= 4")
    assert check(engine).broken is None
    assert not check(engine, head).holds_expected


def test_chain_made_without_the_key_does_not_hold(log, engine: Engine, clock):
    log.record("operator", "test", "0")
    stranger = make_engine(engine.url.render_as_string(hide_password=False), KeyRing.ephemeral())
    try:
        SqlAuditLog(session_factory(stranger), clock).record("operator", "forged", "1")
    finally:
        stranger.dispose()
    assert check(engine).broken == 2


def test_entries_made_at_once_make_one_chain(log, engine: Engine):
    barrier = Barrier(4)

    def record(writer: int) -> None:
        barrier.wait()
        for number in range(10):
            log.record(f"staff:{writer}", "test", str(number))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(record, writer) for writer in range(4)]:
            done.result()
    found = check(engine)
    assert (found.entries, found.broken) == (40, None)
