"""Packs are refused with the name of the file and what is wrong; the shipped ones are right."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import click
import pytest

from bot.cli.content_check import add_lpr, main
from bot.content import Confidence, Content, ContentError, Fact, load_content
from bot.content.base import read_yaml
from bot.content.loader import find_mistakes
from bot.lessons import Course, Stage
from bot.messages import Language

DATA = Path(__file__).resolve().parents[3] / "data"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder in ("law", "lessons", "hotlines", "retention", "rights", "desk", "complaints", "wording", "fraud"):
        if (DATA / folder).exists():
            shutil.copytree(DATA / folder, tmp_path / folder, ignore=shutil.ignore_patterns("examples"))
    # Hundreds of files, which no test changes.
    (tmp_path / "fraud" / "examples").symlink_to(DATA / "fraud" / "examples")
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    assert file.resolve() == file, "this is the shipped file itself"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_shipped_packs_are_right() -> None:
    content = load_content(DATA)
    assert len(content.lessons) >= 6
    assert len(content.fraud.families) >= 10
    assert {"110", "96110", "12378"} <= content.hotlines.keys()


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("lessons/1-true-rate.yml", "source:", "sauce:", "source"),
        ("lessons/2-money-in-hand.yml", "id: money-in-hand", "id: true-rate", "used in"),
        ("lessons/1-true-rate.yml", "answer: 1", "answer: 7", "none of the"),
        ("law/lpr.yml", "published: 2019-09-20", "published: 2019-08-20", "order of date"),
        ("law/lines.yml", '    limit: "24"\n', "", "limit or four_times_lpr"),
        ("law/lines.yml", "lender: microloan", "lender: institution", "gap or overlap"),
        ("law/disclosure.yml", "id: contingent", "id: charges", "each of"),
        ("law/disclosure.yml", "full_text_read: false", "full_text: false", "full_text"),
        ("hotlines/hotlines.yml", "confidence: confirmed", "confidence: sure", "confidence"),
        ("complaints/kinds/fraud.yml", "version: 1", "version: 0", "version"),
        ("complaints/kinds/fraud.yml", "paid, how, amount", "how, paid, amount", "not asked before"),
        ("complaints/kinds/fraud.yml", "[just_now, earlier]", "[never]", "no option 'never'"),
        ("complaints/kinds/fraud.yml", "police, against]", "against]", "not in `asks`"),
        ("complaints/kinds/cost.yml", "fees]", "fees, colour]", "no question 'colour'"),
        ("complaints/kinds/cost.yml", "- id: fees", "- id: story", "the form's own"),
        ("complaints/kinds/cost.yml", "- id: fees", "- id: lent", "twice"),
        ("complaints/kinds/other.yml", "- {id: saving,", "- {id: loan,", "twice"),
        ("complaints/kinds/other.yml", "Raised with them}", "Raised with them at any time before}", "too long"),
        ("complaints/common.yml", "- id: wish", "- id: wishes", "in this order"),
        ("wording/lessons.yml", "Next lesson: {title}", "Next lesson", "placeholders"),
        ("wording/lessons.yml", "Next lesson: {title}", "Next lesson: {title", "lesson_following"),
        ("wording/lessons.yml", "lesson_next:", "lesson_again:", "given twice"),
        ("wording/loan_costs.yml", "loan_title:", "lesson_next:", "another file"),
        ("hotlines/hotlines.yml", 'number: "96110"', 'number: "110"', "listed twice"),
        ("law/lines.yml", "effective_to: 2020-08-19", "effective_to: 2020-08-18", "gap or overlap"),
        ("law/lines.yml", "as_of: 2021-01-01", "as_of: 2021-01-01\n    effective_to: 2019-08-20", "end before"),
        ("law/lpr.yml", "published: 2019-08-20", "published: 2020-09-20", "order of date"),
        ("law/lines.yml", "source: 《最高人民法院关于审理", "sources: 《最高人民法院关于审理", "source"),
        ("rights/bodies.yml", "licensed: [institution,", "licensed: [institutions,", "there is no body"),
        ("rights/bodies.yml", "  unknown: [", "  nobody: [", "unknown is missing"),
        ("rights/bodies.yml", "letter: credit", "letter: credits", "there is no letter"),
        ("rights/bodies.yml", "id: court", "id: police", "given twice"),
        ("rights/letters.yml", "What happened: {story}", "What happened: {tale}", "different fields"),
        ("retention/retention.yml", "status: rejected", "status: resolved", "listed twice"),
        ("retention/retention.yml", "notice_days: 14", "notice_days: 0", "notice_days"),
        ("fraud/families/fake-loan.yml", "id: fake-loan", "id: prize", "used in"),
        ("law/lpr.yml", 'one_year: "4.20"', 'one_year: "-4.20"', "greater than 0"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_place(data: Path, file: str, old: str, new: str, says: str) -> None:
    edit(data / file, old, new)
    with pytest.raises(ContentError, match=says) as refused:
        load_content(data)
    assert Path(file).name in str(refused.value) or "lines.yml" in str(refused.value)


def test_every_pack_with_a_mistake_is_named_at_once(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(data / "law" / "lines.yml", "lender: microloan", "lender: institution")
    edit(data / "hotlines" / "hotlines.yml", "confidence: confirmed", "confidence: sure")
    assert main(data) == 1
    said = capsys.readouterr().err
    assert "lines.yml" in said
    assert "hotlines.yml" in said


def test_an_empty_folder_is_a_mistake(data: Path) -> None:
    shutil.rmtree(data / "lessons")
    assert any("lessons" in mistake for mistake in find_mistakes(data))


def test_what_is_due_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(data / "law" / "lines.yml", "review_by: 2027-06-30", "review_by: 2021-06-30")
    assert main(data) == 0
    assert "private-old-rule was to be reviewed by 2021-06-30" in capsys.readouterr().out


def test_a_month_of_lpr_is_added(data: Path) -> None:
    said = add_lpr(data, date(2026, 10, 20), Decimal("2.90"), Decimal("3.40"), 'the bank\'s "site": 10/20 #1')
    assert "11.60" in said
    law = load_content(data).law
    assert law.lpr_on(date(2026, 11, 1)).one_year == Decimal("2.90")
    assert law.lpr[-1].source == 'the bank\'s "site": 10/20 #1'
    add_lpr(data, date(2026, 11, 20), Decimal("2.90"), Decimal("3.40"), "an unchanged month")
    assert load_content(data).law.lpr[-1].published == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("published", "one_year", "says"),
    [
        (date(2020, 1, 1), Decimal(3), "order of date"), (date(2026, 9, 20), Decimal(3), "order of date"),
        (date(2026, 10, 20), Decimal(-3), "one_year"), (date(2026, 10, 20), Decimal("NaN"), "one_year"),
        (date(9999, 1, 1), Decimal(3), "not come yet"),
    ],
)  # fmt: skip
def test_a_reading_that_cannot_be_changes_nothing(data: Path, published: date, one_year: Decimal, says: str) -> None:
    before = (data / "law" / "lpr.yml").read_bytes()
    with pytest.raises(click.ClickException, match=says):
        add_lpr(data, published, one_year, Decimal(3), "pbc")
    assert (data / "law" / "lpr.yml").read_bytes() == before


def test_a_fact_is_plain_only_when_sure_and_fresh() -> None:
    fact = Fact(source="s", as_of=date(2026, 1, 1), review_by=date(2026, 6, 30), confidence=Confidence.CONFIRMED)
    assert fact.is_current(date(2026, 6, 30))
    assert not fact.is_current(date(2026, 7, 1))
    assert not fact.model_copy(update={"confidence": Confidence.SINGLE_SOURCE}).is_current(date(2026, 1, 2))


def test_wording_fills_placeholders_and_refuses_to_leave_one_open(shipped_content: Content) -> None:
    wording = shipped_content.wording
    assert wording.say("lesson_following", Language.EN, title="Borrowing") == "Next lesson: Borrowing"
    with pytest.raises(KeyError):
        wording.say("lesson_following", Language.ZH)
    with pytest.raises(KeyError):
        wording.say("no_such_key", Language.ZH)


def test_lessons_are_short_enough_for_a_message(shipped_content: Content) -> None:
    for lesson in shipped_content.lessons:
        for text in (*lesson.pages, *(question.explanation for question in lesson.quiz)):
            assert len(text.zh) <= 160, (lesson.id, text.zh)
            assert len(text.en) <= 330, (lesson.id, text.en)


def test_no_wording_is_defined_without_use_of_both_languages() -> None:
    for file in (DATA / "wording").glob("*.yml"):
        for key, value in read_yaml(file).items():
            assert set(value) == {"zh", "en"}, key


def test_walking_a_lesson_reaches_its_end(shipped_content: Content) -> None:
    course = Course(shipped_content.lessons)
    place = course.place(course.lessons[0].id, 0)
    assert place is not None
    stages = []
    while place.stage is not Stage.DONE:
        stages.append(place.stage)
        place = place.onward()
    assert stages == [Stage.PAGE] * len(place.lesson.pages) + [Stage.QUESTION] * 2
    assert course.place("no-such-lesson", 0) is None
    assert course.place(course.lessons[0].id, 99) is None


def test_grading(shipped_content: Content) -> None:
    course = Course(shipped_content.lessons)
    question = course.lessons[0].quiz[0]
    assert course.grade(question, question.answer).correct
    assert not course.grade(question, 0).correct
