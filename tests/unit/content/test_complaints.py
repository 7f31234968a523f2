"""The questions of each kind of complaint: short enough, all there, and told apart."""

import pytest

from bot.complaints import Kind
from bot.content import load_content
from bot.messages import Language
from bot.settings import ROOT

FORMS = load_content(ROOT / "data").complaints
OFFERED = [kind for kind in Kind if kind is not Kind.REVIEW]
EVERY = [(kind, question) for kind in OFFERED for question in FORMS.every(kind)]


def test_every_kind_that_is_offered_has_a_pack():
    assert set(FORMS.kinds) == set(OFFERED)


@pytest.mark.parametrize("kind", OFFERED)
def test_a_kind_asks_at_most_five_things_and_can_say_everything_common(kind):
    assert len(FORMS.asked(kind)) <= 5
    ids = [question.id for question in FORMS.every(kind)]
    assert len(set(ids)) == len(ids)
    assert {"against", "when", "amount", "wish"} <= set(ids)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", OFFERED)
def test_labels_and_options_are_told_apart(kind, language):
    labels = [question.label.of(language).casefold() for question in FORMS.every(kind)]
    assert len(set(labels)) == len(labels)
    for question in FORMS.every(kind):
        titles = [option.title.of(language).casefold() for option in question.options]
        assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("kind", "question"), EVERY, ids=lambda one: getattr(one, "id", one))
def test_one_word_means_one_option_and_every_question_may_be_left_out(kind, question):
    words = [word.casefold() for option in question.options for word in option.words]
    assert len(set(words)) == len(words)
    assert question.optional
    # Matched against folded text: a word with a capital letter would never be found by a careless reader.
    assert "" not in words


def test_no_word_chooses_two_kinds():
    words = [word for pack in FORMS.kinds.values() for word in pack.words]
    assert len(set(words)) == len(words)


def test_the_part_of_a_redaction_has_room_for_the_longest_id():
    assert max(len(f"answer:{question.id}") for _, question in EVERY) <= 30
