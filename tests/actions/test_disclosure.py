"""The cost table: charges read, what is missing, what does not agree, the story of a complaint."""

from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest

from actions._disclosure import Charge, Clarity, Question, Sheet, read_charge, read_percent
from actions._disclosure_card import Checked
from actions._loan_offer import Offer
from bot.lending import Rate, Term, Unit
from bot.messages import Language

ROOT = Path(__file__).resolve().parents[2]
OFFER = Offer(principal=D(10000), rate=Rate(D(18), Unit.YEAR), term=Term(12), brief=True)
FULL = Sheet(
    offer=OFFER,
    answered=tuple(Question),
    principal=D(10000),
    total=D(18),
    interest=D(12),
    charges=(Charge(name="担保费", annualised=D(6)),),
    clarity=Clarity.BOTH,
    shown=(Question.OVERDUE, Question.PREPAYMENT, Question.NOTICE),
)


@pytest.fixture(scope="module")
def content(shipped_content):
    return shipped_content


@pytest.mark.parametrize(
    ("text", "percent"), [("18%", 18), ("18", 18), ("百分之十八", 18), ("月1.5%", 18), ("好", None)]
)
def test_a_figure_of_the_table_is_by_the_year(text, percent):
    assert read_percent(text) == percent


@pytest.mark.parametrize(
    ("text", "name", "annualised", "collector"),
    [
        ("担保费年化3%，是某某担保公司收的", "担保费", 3, "某某担保公司"),
        ("insurance 2% a year, collected by X Insurance", "insurance", 2, "X Insurance"),
        ("服务费每月30元", "服务费", None, ""),
    ],
)
def test_a_charge_is_one_sentence(text, name, annualised, collector):
    charge = read_charge(text, date(2026, 9, 25))
    assert (charge.name, charge.annualised, charge.collector) == (name, annualised, collector)


@pytest.mark.parametrize("tongue", list(Language))
def test_a_complete_table_that_agrees_has_no_findings(content, tongue):
    assert Checked(FULL, content, tongue).findings() == ([], [])


@pytest.mark.parametrize("tongue", list(Language))
def test_what_lacks_and_what_differs_is_said_with_its_points(content, tongue):
    sheet = FULL.with_(total=D(15), shown=(), clarity=Clarity.NO_COLLECTOR)
    checked = Checked(sheet, content, tongue)
    missing, differing = checked.findings()
    assert len(missing) == 3  # default costs, the notice, and who collects
    assert any("15" in line and "18" in line and "3" in line for line in differing)
    assert all(line in checked.story() for line in missing + differing)


def test_without_the_loan_only_the_table_itself_is_checked(content):
    checked = Checked(FULL.with_(offer=Offer(), total=D(20)), content, Language.ZH)
    missing, differing = checked.findings()
    assert missing == []
    assert len(differing) == 1  # its own parts come to 18
