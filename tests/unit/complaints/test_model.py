"""The states of a case and the words for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.complaints import STEPS, Kind, QueueFilter, Status
from bot.complaints.receipts import new_receipt
from bot.language.receipts import luhn_digit, normalise_receipt
from bot.messages import Language


def test_every_state_has_its_steps_and_can_be_reached():
    assert set(STEPS) == set(Status)
    reached, frontier = set(), {Status.RECEIVED}
    while frontier:
        reached |= frontier
        frontier = {step for status in frontier for step in STEPS[status]} - reached
    assert reached == set(Status)


def test_only_withdrawing_is_final_and_closed_cases_can_only_be_opened_again():
    assert [status for status in Status if not STEPS[status]] == [Status.WITHDRAWN]
    for status in Status:
        if status.is_closed:
            assert STEPS[status] <= {Status.IN_PROGRESS}


@pytest.mark.parametrize("language", Language)
def test_every_kind_and_state_has_a_name(language, shipped_content):
    wording = shipped_content.wording
    keys = [f"case_kind_{kind}" for kind in Kind] + [f"case_status_{status}" for status in Status]
    names = [wording.say(key, language) for key in keys]
    assert len(set(names)) == len(names)


def test_receipts_are_sixteen_digits_that_no_bank_card_has():
    receipts = {new_receipt() for _ in range(200)}
    assert len(receipts) == 200
    for receipt in receipts:
        assert normalise_receipt(receipt) == receipt
        assert luhn_digit(receipt[:-1]) != int(receipt[-1])


@given(st.text(max_size=40))
def test_any_search_names_a_case_or_words_or_nothing(search):
    narrowed = QueueFilter(search=search)
    if narrowed.searched_id is None:
        assert narrowed.words == search.strip()
    else:
        assert 0 <= narrowed.searched_id < 2**31
        assert narrowed.words == ""


@pytest.mark.parametrize(
    ("search", "case_id"),
    [("C-2026-000123", 123), ("c-2026-123", 123), (" 000123 ", 123), ("C-2026", None), ("", None)],
)
def test_search_takes_a_number_whole_or_in_part(search, case_id):
    assert QueueFilter(search=search).searched_id == case_id
