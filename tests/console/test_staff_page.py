"""The staff page of an administrator."""

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.staff import AccessState, Role
from bot.storage.audit_tables import AuditRow
from tests.console.conftest import Person, signed_in


@pytest.fixture
async def administrator(app, services) -> AsyncIterator[Person]:
    person = await signed_in(app, services, "管理员", Role.ADMINISTRATOR)
    yield person
    await person.http.aclose()


def entry(services, name: str):
    return next(one for one in services.staff.everyone() if one.member.name == name)


def said(services) -> list[tuple[str, str, str, str]]:
    with services.readers.begin() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.number))
        return [(row.actor, row.action, row.subject, row.details) for row in rows]


async def test_an_invitation_is_shown_once_and_names_who_made_it(administrator, stranger, services) -> None:
    page = (await administrator.post("/staff", name="新人", role="handler")).text
    link = re.search(r"http[^<]*(/enrol/[\w-]+)", page)
    assert link is not None
    assert (await stranger.get(link[1])).status_code == 200
    assert "/enrol/" not in (await administrator.get("/staff")).text
    new = entry(services, "新人")
    assert (new.state, new.member.role) == (AccessState.INVITED, Role.HANDLER)
    me = entry(services, "管理员").member.id
    assert said(services)[-1] == (f"staff:{me}", "staff.invited", f"staff:{new.member.id}", '{"role":"handler"}')


async def test_names_that_cannot_be_invited_are_kept_in_the_form(administrator) -> None:
    refused = await administrator.post("/staff", name="管理员", role="handler")
    assert refused.status_code == 409
    assert 'value="管理员"' in refused.text
    assert (await administrator.post("/staff", name="某人", role="king")).status_code == 400


async def test_role_reset_and_end_are_logged_under_the_administrator(administrator, handler, services) -> None:
    me, person = entry(services, "管理员").member.id, entry(services, "李华").member.id
    assert (await administrator.post(f"/staff/{person}/role", role="supervisor")).status_code == 303
    assert entry(services, "李华").member.role is Role.SUPERVISOR
    assert (await handler.get("/")).headers["location"] == "/sign-in"
    assert "/enrol/" in (await administrator.post(f"/staff/{person}/reset")).text
    assert entry(services, "李华").state is AccessState.INVITED
    assert (await administrator.post(f"/staff/{person}/end")).status_code == 303
    assert entry(services, "李华").state is AccessState.ENDED
    assert [line[:3] for line in said(services)[-3:]] == [
        (f"staff:{me}", "staff.role_changed", f"staff:{person}"),
        (f"staff:{me}", "staff.access_reset", f"staff:{person}"),
        (f"staff:{me}", "staff.deactivated", f"staff:{person}"),
    ]
    assert said(services)[-3][3] == '{"from":"handler","to":"supervisor"}'


async def test_nobody_touches_their_own_access(administrator, services) -> None:
    me = entry(services, "管理员").member.id
    for path, form in (("role", {"role": "supervisor"}), ("reset", {}), ("end", {})):
        answer = await administrator.post(f"/staff/{me}/{path}", **form)
        assert answer.status_code == 409
        assert "别的管理员" in answer.text
    assert entry(services, "管理员").member.role is Role.ADMINISTRATOR
    assert (await administrator.post("/staff/99/reset")).status_code == 400
