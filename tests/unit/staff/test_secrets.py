"""Passphrases, codes and limits."""

from datetime import UTC, datetime, timedelta

import argon2
import pytest

from bot.staff import Passphrases, StaffLimits
from bot.staff.secrets import matching_step, new_token, token_hash

# The secret and two of the moments of RFC 6238, appendix B, cut to six digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def passphrases():
    return Passphrases(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.parametrize(("moment", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(moment, code):
    now = datetime.fromtimestamp(moment, UTC)
    assert matching_step(RFC_SECRET, code, now) == moment // 30
    assert matching_step(RFC_SECRET, f" {code[:3]} {code[3:]} ", now) == moment // 30
    assert matching_step(RFC_SECRET, code, now + timedelta(seconds=30)) == moment // 30
    assert matching_step(RFC_SECRET, code, now + timedelta(seconds=60)) is None


@pytest.mark.parametrize("code", ["", "28708", "2870822", "abcdef", "²87082x", "\x00", "9" * 10_000])
def test_what_is_no_code_fits_nothing(code):
    assert matching_step(RFC_SECRET, code, datetime.fromtimestamp(59, UTC)) is None


def test_full_width_digits_are_digits():
    assert matching_step(RFC_SECRET, "２８７０８２", datetime.fromtimestamp(59, UTC)) == 1


def test_passphrase_fits_itself_however_it_was_typed(passphrases):
    stored = passphrases.hash("ｃａｆé 稻田 passphrase")
    assert "稻田" not in stored
    assert passphrases.fits("cafe\u0301 稻田 passphrase", stored)
    assert not passphrases.fits("cafe 稻田 passphrase", stored)
    assert not passphrases.fits("anything", None)


def test_old_parameters_are_noticed(passphrases):
    stored = passphrases.hash("passphrase of old")
    assert not passphrases.is_outdated(stored)
    assert Passphrases().is_outdated(stored)


def test_blocks_double_up_to_a_limit():
    limits = StaffLimits()
    assert [limits.block_after(failures) for failures in (1, 4)] == [None, None]
    assert [limits.block_after(failures).total_seconds() for failures in (5, 6, 7)] == [30, 60, 120]
    assert limits.block_after(10**9) == limits.longest_block


def test_tokens_are_long_and_stored_hashed():
    token = new_token()
    assert len(token) >= 43
    assert token_hash(token) == token_hash(token) != token_hash(new_token())
