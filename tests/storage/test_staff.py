"""Getting onto the desk and staying there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from urllib.parse import parse_qs, urlparse

import pyotp
import pytest
from sqlalchemy import Engine, text

from bot.staff import (
    CodeRefusedError,
    InvitationInvalidError,
    NameRefusedError,
    PassphraseRefusedError,
    Role,
    SignInRefusedError,
    TooManyAttemptsError,
)

PASSPHRASE = "秋天 的 风 吹过 稻田 了 吗"
STEP = timedelta(seconds=30)


@pytest.fixture
def enrolled(desk, clock):
    """Somebody with access: their code generator. Their enrolment's code is used up; the next is 30 s away."""
    token = desk.invite("李华", Role.HANDLER)
    totp = pyotp.TOTP(desk.begin_enrolment(token).secret)
    desk.enrol(token, PASSPHRASE, totp.at(clock.now))
    clock.advance(seconds=60)
    return totp


def test_from_invitation_to_session(desk, clock):
    token = desk.invite("李华", Role.SUPERVISOR)
    offered = desk.begin_enrolment(token)
    assert desk.begin_enrolment(token) == offered
    uri = urlparse(offered.provisioning_uri)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query)["secret"] == [offered.secret]
    totp = pyotp.TOTP(offered.secret)
    member = desk.enrol(token, PASSPHRASE, totp.at(clock.now))
    assert (member.name, member.role, member.is_supervisor) == ("李华", Role.SUPERVISOR, True)
    clock.advance(seconds=30)
    session = desk.sign_in(" 李华 ", PASSPHRASE, totp.at(clock.now))
    assert desk.session(session) == member
    desk.sign_out(session)
    assert desk.session(session) is None
    assert desk.session("made up") is None


def test_invitation_works_once_and_for_a_day(desk, clock):
    token = desk.invite("甲", Role.HANDLER)
    totp = pyotp.TOTP(desk.begin_enrolment(token).secret)
    desk.enrol(token, PASSPHRASE, totp.at(clock.now))
    late = desk.invite("乙", Role.HANDLER)
    clock.advance(hours=24)
    for spent in (token, late, "made up", ""):
        with pytest.raises(InvitationInvalidError):
            desk.begin_enrolment(spent)
        with pytest.raises(InvitationInvalidError):
            desk.enrol(spent, PASSPHRASE, "000000")


def test_second_invitation_replaces_the_first(desk):
    first = desk.invite("甲", Role.HANDLER)
    secret = desk.begin_enrolment(first).secret
    second = desk.invite("甲", Role.SUPERVISOR)
    with pytest.raises(InvitationInvalidError):
        desk.begin_enrolment(first)
    assert desk.begin_enrolment(second).secret != secret


@pytest.mark.usefixtures("enrolled")
@pytest.mark.parametrize("name", ["李华", "", "  ", "x" * 61, "a\nb", "a\x00b"])
def test_bad_and_taken_names_are_refused(desk, name):
    with pytest.raises(NameRefusedError):
        desk.invite(name, Role.HANDLER)


def test_enrolment_needs_a_long_passphrase_and_a_fitting_code(desk, clock):
    token = desk.invite("甲", Role.HANDLER)
    totp = pyotp.TOTP(desk.begin_enrolment(token).secret)
    for passphrase in ("short", "x" * 201):
        with pytest.raises(PassphraseRefusedError):
            desk.enrol(token, passphrase, totp.at(clock.now))
    for code in ("", "abc", "１２", totp.at(clock.now + STEP * 10)):
        with pytest.raises(CodeRefusedError):
            desk.enrol(token, PASSPHRASE, code)
    assert desk.enrol(token, PASSPHRASE, totp.at(clock.now)).name == "甲"


def test_each_wrong_part_is_refused_alike(desk, enrolled, clock):
    code = enrolled.at(clock.now)
    for name, passphrase, typed in (
        ("王", PASSPHRASE, code),
        ("李华", "not the passphrase", code),
        ("李华", PASSPHRASE, enrolled.at(clock.now + STEP * 10)),
        ("", "", ""),
    ):
        with pytest.raises(SignInRefusedError, match=r"^refused$"):
            desk.sign_in(name, passphrase, typed)


def test_code_works_once_even_in_two_browsers_at_once(desk, enrolled, clock):
    code = enrolled.at(clock.now)
    barrier = Barrier(2)

    def sign_in():
        barrier.wait()
        try:
            return desk.sign_in("李华", PASSPHRASE, code)
        except SignInRefusedError:
            return None

    with ThreadPoolExecutor(2) as pool:
        tokens = [future.result() for future in [pool.submit(sign_in) for _ in range(2)]]
    assert sorted(token is None for token in tokens) == [False, True]
    with pytest.raises(SignInRefusedError):
        desk.sign_in("李华", PASSPHRASE, code)
    with pytest.raises(SignInRefusedError):
        desk.sign_in("李华", PASSPHRASE, enrolled.at(clock.now + STEP * -1))


def test_phone_clock_may_be_a_step_off(desk, enrolled, clock):
    assert desk.sign_in("李华", PASSPHRASE, enrolled.at(clock.now + STEP * 1))


@pytest.mark.parametrize("name", ["李华", "nobody"])
def test_failures_slow_down_whether_or_not_the_name_exists(desk, enrolled, clock, name):
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            desk.sign_in(name, "wrong passphrase", "000000")
    with pytest.raises(TooManyAttemptsError) as refused:
        desk.sign_in(name, PASSPHRASE, enrolled.at(clock.now))
    assert (refused.value.retry_at - clock.now).total_seconds() == 30
    clock.now = refused.value.retry_at
    with pytest.raises(SignInRefusedError):
        desk.sign_in(name, "wrong passphrase", "000000")
    with pytest.raises(TooManyAttemptsError) as refused:
        desk.sign_in(name, "wrong passphrase", "000000")
    assert (refused.value.retry_at - clock.now).total_seconds() == 60


def test_success_clears_failures(desk, enrolled, clock):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInRefusedError):
                desk.sign_in("李华", "wrong passphrase", "000000")
        clock.advance(seconds=60)
        assert desk.sign_in("李华", PASSPHRASE, enrolled.at(clock.now))


def test_session_ends_when_idle_or_too_old(desk, enrolled, clock):
    idle = desk.sign_in("李华", PASSPHRASE, enrolled.at(clock.now))
    clock.advance(minutes=31)
    assert desk.session(idle) is None
    busy = desk.sign_in("李华", PASSPHRASE, enrolled.at(clock.now))
    for _ in range(24):
        assert desk.session(busy) is not None
        clock.advance(minutes=30)
    assert desk.session(busy) is not None
    clock.advance(seconds=1)
    assert desk.session(busy) is None


def test_deactivated_is_out_at_once_and_can_be_invited_anew(desk, enrolled, clock):
    session = desk.sign_in("李华", PASSPHRASE, enrolled.at(clock.now))
    assert desk.deactivate("李华")
    assert not desk.deactivate("李华")
    assert desk.session(session) is None
    assert desk.members() == ()
    clock.advance(seconds=60)
    with pytest.raises(SignInRefusedError):
        desk.sign_in("李华", PASSPHRASE, enrolled.at(clock.now))
    desk.invite("李华", Role.SUPERVISOR)


def test_members_are_those_with_access(desk, hire):
    desk.invite("乙", Role.HANDLER)
    member = hire("甲")
    assert desk.members() == (member,)


def test_tokens_and_secrets_are_not_in_the_tables(desk, enrolled, clock, engine: Engine):
    invitation = desk.invite("甲", Role.HANDLER)
    session = desk.sign_in("李华", PASSPHRASE, enrolled.at(clock.now))
    with engine.connect() as connection:
        stored = repr(
            [connection.execute(text(f"SELECT * FROM {table}")).all() for table in ("staff", "staff_sessions")]  # noqa: S608
        )
    for secret in (invitation, session, enrolled.secret, PASSPHRASE):
        assert secret not in stored


def signed_in(desk, totp, clock):
    clock.advance(seconds=30)
    return desk.sign_in("李华", PASSPHRASE, totp.at(clock.now))


def test_recovery_codes_stand_in_for_the_app_once_each(desk, enrolled, clock, engine: Engine):
    member = desk.members()[0]
    codes = desk.issue_recovery_codes(member)
    assert len(set(codes)) == desk.recovery_codes_left(member) == 10
    assert desk.sign_in("李华", PASSPHRASE, f" {codes[3].upper()} ")
    for spent in (codes[3], "abcd-efgh-jkmn", codes[0][:-1]):
        with pytest.raises(SignInRefusedError):
            desk.sign_in("李华", PASSPHRASE, spent)
    with pytest.raises(SignInRefusedError):
        desk.sign_in("李华", "not the passphrase", codes[0])
    assert desk.recovery_codes_left(member) == 9
    clock.advance(minutes=20)
    again = desk.issue_recovery_codes(member)
    with pytest.raises(SignInRefusedError):
        desk.sign_in("李华", PASSPHRASE, codes[0])
    clock.advance(minutes=20)
    assert desk.sign_in("李华", PASSPHRASE, again[0].replace("-", ""))
    with engine.connect() as connection:
        stored = repr(connection.execute(text("SELECT * FROM staff_recovery_codes")).all())
    assert not any(code in stored for code in again)


def test_a_step_up_needs_a_fresh_code_and_lasts_five_minutes(desk, enrolled, clock):
    session = signed_in(desk, enrolled, clock)
    assert not desk.is_stepped_up(session)
    for code in (enrolled.at(clock.now), "000000"):
        with pytest.raises(CodeRefusedError):
            desk.step_up(session, code)
    clock.advance(seconds=30)
    desk.step_up(session, enrolled.at(clock.now))
    assert desk.is_stepped_up(session)
    other = signed_in(desk, enrolled, clock)
    assert not desk.is_stepped_up(other)
    clock.advance(minutes=5)
    assert not desk.is_stepped_up(session)
    with pytest.raises(CodeRefusedError):
        desk.step_up("made up", enrolled.at(clock.now))


def test_guessing_the_step_up_code_is_slowed_down(desk, enrolled, clock):
    session = signed_in(desk, enrolled, clock)
    for _ in range(5):
        with pytest.raises(CodeRefusedError):
            desk.step_up(session, "000000")
    clock.advance(seconds=1)
    with pytest.raises(TooManyAttemptsError):
        desk.step_up(session, enrolled.at(clock.now))


def test_signing_out_everywhere(desk, enrolled, clock):
    sessions = [signed_in(desk, enrolled, clock) for _ in range(2)]
    member = desk.members()[0]
    assert len(desk.sessions(member, "")) == 2
    desk.sign_out_everywhere(member)
    assert [desk.session(token) for token in sessions] == [None, None]


def test_what_a_page_asks_by_itself_does_not_keep_a_session(desk, enrolled, clock):
    session = signed_in(desk, enrolled, clock)
    for _ in range(4):
        clock.advance(minutes=10)
        still = desk.session(session, counts=False)
    assert still is None


def test_the_administrators_page(desk, enrolled, clock):
    member = desk.members()[0]
    session = signed_in(desk, enrolled, clock)
    assert desk.set_role(member.id, Role.AUDITOR)
    assert desk.session(session) is None
    assert desk.members()[0].role is Role.AUDITOR
    token = desk.reset(member.id)
    assert [(entry.member.name, str(entry.state)) for entry in desk.everyone()] == [("李华", "invited")]
    with pytest.raises(SignInRefusedError):
        signed_in(desk, enrolled, clock)
    totp = pyotp.TOTP(desk.begin_enrolment(token).secret)
    assert desk.enrol(token, PASSPHRASE, totp.at(clock.now)).id == member.id
    assert desk.end_access(member.id)
    assert [str(entry.state) for entry in desk.everyone()] == ["ended"]
    assert desk.reset(99) is None
    assert not desk.set_role(99, Role.HANDLER)


def test_the_commonest_passphrases_are_refused(desk, clock):
    token = desk.invite("甲", Role.HANDLER)
    totp = pyotp.TOTP(desk.begin_enrolment(token).secret)
    with pytest.raises(PassphraseRefusedError):
        desk.enrol(token, "password 1234", totp.at(clock.now))
