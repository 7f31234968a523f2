"""One's own access page."""

import re

from sqlalchemy import select

from bot.staff import Role
from bot.storage.audit_tables import AuditRow
from tests.console.conftest import PASSPHRASE, Person, signed_in

NEW = "another five plain words"


def actions(services) -> list[str]:
    with services.readers.begin() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.number)))


async def test_it_shows_where_one_is_signed_in(handler) -> None:
    page = (await handler.get("/account")).text
    assert "经办人" in page
    assert page.count("就是这个浏览器") == 1
    assert "还没用的恢复码：0个" in page


async def test_signing_out_everywhere_ends_every_session(handler, services) -> None:
    answer = await handler.post("/account/sign-out-everywhere")
    assert answer.headers["location"] == "/sign-in"
    assert "cookies" in answer.headers["clear-site-data"]
    [member] = services.staff.members()
    assert services.staff.sessions(member, "") == []
    assert actions(services)[-1] == "staff.signed_out_everywhere"


async def test_new_recovery_codes_need_a_fresh_code_and_are_logged(handler, services, monkeypatch) -> None:
    asked = await handler.post("/account/recovery-codes")
    assert asked.headers["location"] == "/step-up?back=/account"
    monkeypatch.setattr(services.staff, "is_stepped_up", lambda _token: True)
    page = (await handler.post("/account/recovery-codes")).text
    assert len(re.findall(r"<li>[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}</li>", page)) == 10
    again = (await handler.get("/account")).text
    assert "还没用的恢复码：10个" in again
    assert "只显示这一次" not in again
    assert actions(services)[-1] == "staff.recovery_codes_issued"


async def test_changing_the_passphrase_ends_the_other_sessions(app, services, handler, monkeypatch) -> None:
    assert (await handler.get("/account/passphrase")).headers["location"] == "/step-up?back=/account/passphrase"
    early = await handler.post("/account/passphrase", current=PASSPHRASE, passphrase=NEW)
    assert early.headers["location"] == "/step-up?back=/account/passphrase"
    monkeypatch.setattr(services.staff, "is_stepped_up", lambda _token: True)
    [member] = services.staff.members()
    with services.writers.begin() as session:
        from bot.storage.staff_tables import StaffSessionRow  # noqa: PLC0415 - a second browser, made by hand

        one = session.scalars(select(StaffSessionRow)).one()
        session.add(
            StaffSessionRow(token_hash="x" * 64, staff_id=member.id, started_at=one.started_at, seen_at=one.seen_at)
        )
    assert len(services.staff.sessions(member, "")) == 2
    wrong = await handler.post("/account/passphrase", current="not my words at all", passphrase=NEW)
    assert wrong.status_code == 401
    assert "现在的口令不对" in wrong.text
    assert (await handler.post("/account/passphrase", current=PASSPHRASE, passphrase="short")).status_code == 400
    done = await handler.post("/account/passphrase", current=PASSPHRASE, passphrase=NEW)
    assert done.headers["location"] == "/account?changed=1"
    assert "口令已更换" in (await handler.get("/account?changed=1")).text
    assert len(services.staff.sessions(member, "")) == 1
    assert actions(services)[-1] == "staff.passphrase_changed"
    assert (await handler.post("/account/passphrase", current=PASSPHRASE, passphrase=NEW)).status_code == 401


async def test_guessing_the_passphrase_from_an_open_session_is_slowed_down(handler, services, monkeypatch) -> None:
    monkeypatch.setattr(services.staff, "is_stepped_up", lambda _token: True)
    tries = [(await handler.post("/account/passphrase", current=f"guess {n}", passphrase=NEW)) for n in range(6)]
    assert [answer.status_code for answer in tries] == [401] * 5 + [429]


async def test_everybody_lands_where_their_work_is(app, services) -> None:
    for role, place in ((Role.ADMINISTRATOR, "/staff"), (Role.AUDITOR, None), (Role.HANDLER, None)):
        person: Person = await signed_in(app, services, f"某{role}", role)
        answer = await person.get("/")
        if role is Role.HANDLER:
            assert answer.status_code == 200
        else:
            assert answer.status_code == 303
            assert place is None or answer.headers["location"] == place
            assert (await person.get(answer.headers["location"])).status_code == 200
        await person.http.aclose()
