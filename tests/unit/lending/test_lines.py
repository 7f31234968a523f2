"""Which line applies depends on who lends and when the contract was made."""

from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest

from bot.content.law import Law, Lender, load_law
from bot.lending import check_lines

TODAY = date(2026, 10, 1)


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law(Path(__file__).resolve().parents[3] / "data" / "law")


# 4 × LPR by the date of the contract (Supreme People's Court, private-lending rules, Art. 25).
@pytest.mark.parametrize(
    ("signed", "limit"),
    [
        (date(2020, 8, 20), "15.40"), (date(2021, 12, 19), "15.40"), (date(2021, 12, 20), "15.20"),
        (date(2022, 1, 20), "14.80"), (date(2022, 8, 22), "14.60"), (date(2023, 6, 20), "14.20"),
        (date(2023, 8, 21), "13.80"), (date(2024, 7, 22), "13.40"), (date(2024, 10, 21), "12.40"),
        (date(2025, 5, 20), "12.00"), (date(2026, 9, 30), "12.00"),
    ],
)  # fmt: skip
def test_private_line_follows_the_contract_date(law: Law, signed: date, limit: str) -> None:
    (check,) = check_lines(D(24), Lender.PRIVATE, signed, law, TODAY)
    assert check.limit == D(limit)
    assert check.crossed


def test_exactly_on_the_line_is_not_above_it(law: Law) -> None:
    (check,) = check_lines(D("12.00"), Lender.PRIVATE, TODAY, law, TODAY)
    assert not check.crossed


def test_institution(law: Law) -> None:
    (check,) = check_lines(D("24.01"), Lender.INSTITUTION, TODAY, law, TODAY)
    assert (check.limit, check.crossed) == (D(24), True)


def test_unknown_lender_sees_every_line(law: Law) -> None:
    checks = check_lines(D(18), Lender.UNKNOWN, TODAY, law, TODAY)
    assert {check.line.lender: check.crossed for check in checks} == {
        Lender.PRIVATE: True, Lender.INSTITUTION: False, Lender.MICROLOAN: False,
    }  # fmt: skip


def test_before_the_present_rule_the_old_one_held_and_is_not_shown_as_plain_fact(law: Law) -> None:
    (old,) = check_lines(D(30), Lender.PRIVATE, date(2020, 8, 19), law, TODAY)
    assert (old.line.id, old.limit, old.crossed, old.may_be_outdated) == ("private-old-rule", D(24), True, True)
    (new,) = check_lines(D(30), Lender.PRIVATE, date(2020, 8, 20), law, TODAY)
    assert (new.line.id, new.limit) == ("private-4lpr", D("15.40"))


def test_before_every_rule_there_is_no_private_line(law: Law) -> None:
    assert check_lines(D(24), Lender.PRIVATE, date(2015, 8, 31), law, TODAY) == []


def test_an_old_reading_says_so(law: Law) -> None:
    (fresh,) = check_lines(D(24), Lender.PRIVATE, TODAY, law, TODAY)
    (stale,) = check_lines(D(24), Lender.PRIVATE, date(2026, 11, 24), law, date(2026, 11, 24))
    assert (fresh.may_be_outdated, stale.may_be_outdated) == (False, True)


def test_a_reading_from_a_single_source_is_to_be_checked(law: Law) -> None:
    (check,) = check_lines(D(24), Lender.PRIVATE, date(2022, 6, 1), law, TODAY)
    assert (check.limit, check.may_be_outdated) == (D("14.80"), True)


def test_a_line_past_its_review_is_to_be_checked(law: Law) -> None:
    (check,) = check_lines(D(24), Lender.MICROLOAN, date(2026, 9, 1), law, date(2027, 1, 1))
    assert check.may_be_outdated


def test_the_microloan_line_has_a_first_day(law: Law) -> None:
    assert check_lines(D(30), Lender.MICROLOAN, date(2025, 12, 18), law, TODAY) == []
    assert check_lines(D(30), Lender.MICROLOAN, date(2025, 12, 19), law, TODAY)[0].crossed


def test_how_many_times_the_line(law: Law) -> None:
    (check,) = check_lines(D("162.36"), Lender.PRIVATE, TODAY, law, TODAY)
    assert check.times == D("13.5")
