"""Several debts: sentences read, what is asked, the way out and what to do when the budget falls short."""

from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest

from actions._debts import Ledger, Owed, Question
from actions._debts_card import Told
from actions._debts_turn import Bad, tapped, typed
from actions._debts_words import Cues, read_debts
from bot.messages import Language

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 9, 25)


@pytest.fixture(scope="module")
def content(shipped_content):
    return shipped_content


@pytest.fixture(scope="module")
def cues(content):
    return Cues(content.wording)


def say(ledger, text, cues):
    return typed(ledger, text, cues, "debt {number}", TODAY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("花呗欠3000，年化15%，每月最低还300", ("花呗", 3000, 15, 300)),
        ("I owe 5,000 to a friend, no interest", ("friend", 5000, 0, None)),
        ("借呗还有8000没还，日息万分之五，每个月还800", ("借呗", 8000, D("18.25"), 800)),
        ("欠我表哥一万块，没利息", ("表哥", 10000, 0, None)),
        ("my credit card, 20k, 18% apr, min payment 1,000", ("credit card", 20000, 18, 1000)),
        ("房贷还剩20万，年利率3.9%，每个月1500", ("房贷", 200000, D("3.9"), 1500)),
        ("信用卡欠2万，每月最低还10%", ("信用卡", 20000, None, 2000)),
    ],
)
def test_one_sentence_is_one_debt(cues, text, told):
    [debt] = read_debts(text, cues, TODAY)
    assert (debt.name, debt.balance, debt.rate, debt.minimum) == told


def test_several_in_one_breath_are_several(cues):
    debts = read_debts("我有花呗3000，借呗5000，信用卡2万，先还哪个", cues, TODAY)
    assert [(debt.name, debt.balance) for debt in debts] == [("花呗", 3000), ("借呗", 5000), ("信用卡", 20000)]


def test_an_unknown_rate_is_worked_out_of_instalment_and_number(cues):
    ledger = say(Ledger(), "花呗欠4000", cues)
    assert ledger.question is Question.RATE
    ledger = say(ledger, "不知道", cues)
    assert ledger.question is Question.INSTALMENT
    ledger = say(ledger, "每月500，还剩9期", cues)
    assert ledger.question is Question.MORE
    assert ledger.debts[0].is_worked_out
    assert ledger.debts[0].rate > 20


def test_instalments_that_are_just_the_balance_tell_no_rate():
    debt = Owed(name="x", balance=D(4500), minimum=D(500), count=9).worked_out()
    assert debt.is_rate_unknown
    assert debt.rate is None


def test_a_bare_percentage_is_asked_not_chosen(cues):
    ledger = say(say(Ledger(), "花呗欠4000", cues), "15%", cues)
    assert ledger.question is Question.READING
    assert tapped(ledger, "rate 15 year interest").debts[0].rate == 15


def test_a_debt_is_put_right_by_its_name(cues):
    ledger = say(Ledger(), "花呗欠3000，年化15%", cues)
    ledger = say(tapped(ledger, "add"), "表哥5000，没利息", cues)
    ledger = say(ledger, "不对，花呗应该是4000", cues)
    assert [debt.balance for debt in ledger.debts] == [4000, 5000]


def test_nonsense_keeps_what_was_told(cues):
    ledger = say(Ledger(), "花呗欠4000，每月500，还剩2期", cues)
    assert isinstance(ledger, Bad)


@pytest.fixture
def three():
    debts = (
        Owed(name="A", balance=D(8000), rate=D(36), minimum=D(400)),
        Owed(name="B", balance=D(3000), rate=D(15), minimum=D(300)),
        Owed(name="C", balance=D(5000), rate=D(0), minimum=D(0)),
    )
    return Ledger(debts=debts, is_entering=False, is_done=True)


@pytest.mark.parametrize("tongue", list(Language))
def test_dearest_first_costs_less_and_the_line_is_named(content, three, tongue):
    told = Told(three.with_(budget=D(1500)), content, tongue, TODAY)
    found = told.way_out()
    assert found.by_cost.total_interest < found.by_size.total_interest
    assert told.turns(found.by_cost).startswith("1. A")
    assert "24%" in told.notes()
    assert [len(table.rows) for table in told.card(found).tables] == [3, 3]


def test_a_short_budget_says_by_how_much_and_whom_first(content, three):
    told = Told(three.with_(budget=D(500)), content, Language.ZH, TODAY)
    found = told.way_out()
    assert (found.short.code, found.short.needed, found.short.shortfall) == ("below_minimums", 700, 200)
    assert [line[3] for line in told.whom_first().split("\n")] == ["A", "B", "C"]
