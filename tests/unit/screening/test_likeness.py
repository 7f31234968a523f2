"""The model beside the rules: what it learns from, that it learns the same again, and how it is shown."""

import pytest

from bot.content.fraud_examples import FraudExamples, spelled_out
from bot.screening import Verdict
from bot.screening.finding import FoundSign
from bot.screening.judging import Thresholds, judge
from bot.screening.likeness import Likeness, LikenessModel


@pytest.fixture(scope="module")
def pack(shipped):
    return shipped.content.fraud


@pytest.fixture(scope="module")
def screener(shipped):
    return shipped.screener


def test_a_template_gives_each_alternative_a_place():
    texts = list(spelled_out("(招|急招)兼职，(日结|现结|秒结)"))
    assert len(set(texts)) == len(texts) == 3
    assert {text.split("，")[0] for text in texts} == {"招兼职", "急招兼职"}
    assert {text.split("，")[1] for text in texts} == {"日结", "现结", "秒结"}
    assert list(spelled_out("先交(500)元")) == ["先交(500)元"]


def test_every_family_and_many_kinds_of_harmless_messages_are_learnt(pack):
    texts = list(pack.examples.texts())
    for family in pack.families:
        assert sum(text.family == family.id for text in texts) >= 45, family.id
    assert sum(text.family is None for text in texts) >= 600
    assert len(pack.examples.harmless) >= 20


def test_learning_twice_gives_the_same_weights():
    examples = list(
        FraudExamples(
            tricks={"brushing": ("刷单(日结|返利)", "刷单垫付")}, harmless={"chat": ("吃饭(吗|了)", "吃饭睡觉")}
        ).texts()
    )
    traits = [set(example.text) for example in examples]
    one, other = (LikenessModel(examples, traits) for _ in range(2))
    assert one.weigh({"刷", "单"}) == other.weigh({"刷", "单"})
    assert one.weigh({"刷", "单"}).score > 0 > one.weigh({"吃", "饭"}).score
    assert one.weigh({"q"}).families == {}


def test_texts_left_out_are_not_learnt(pack):
    text = next(iter(pack.examples.tricks["brushing"]))
    assert text not in pack.examples.without({text}).tricks["brushing"]


def sign(weight, family="fake-loan"):
    return FoundSign("fee-first", family, "先交保证金", None, weight)


@pytest.mark.parametrize(
    ("signs", "score", "verdict"),
    [
        ([sign(5)], 1.0, Verdict.DANGER),
        ([sign(5)], 0.0, Verdict.CAUTION),
        ([sign(5)], -3.0, Verdict.UNSURE),
        ([], 5.0, Verdict.DANGER),
        ([], 1.0, Verdict.CAUTION),
        ([], -2.0, Verdict.NO_SIGN),
        ([sign(2)], -2.0, Verdict.NO_SIGN),
    ],
)
def test_rules_and_likeness_judge_together(signs, score, verdict):
    assert judge(signs, 0, Likeness(score, {"fake-loan": 1.0}), Thresholds()).verdict is verdict


@pytest.mark.parametrize(
    ("signs", "discount", "likeness", "is_strong"),
    [
        ([sign(5)], 0, Likeness(2.0, {"fake-loan": 0.9, "prize": 0.1}), True),
        ([sign(5)], 0, Likeness(1.75, {"fake-loan": 0.9, "prize": 0.1}), False),  # danger, but not so clear
        ([sign(4)], 0, Likeness(9.0, {"fake-loan": 1.0}), False),  # the likeness alone
        ([sign(5)], 1, Likeness(9.0, {"fake-loan": 1.0}), False),  # said against it
        ([sign(9)], 0, Likeness(1.0, {"fake-loan": 1.0}), False),  # the rules alone
        ([sign(9, "general")], 0, Likeness(9.0, {"fake-loan": 1.0}), False),  # no trick has a sign of its own
        ([sign(5, "prize")], 0, Likeness(9.0, {"fake-loan": 0.9, "prize": 0.1}), False),  # of two minds
        ([sign(5)], 0, Likeness(9.0, {"fake-loan": 0.4, "prize": 0.35, "romance": 0.25}), False),
    ],
)
def test_speaking_unasked_needs_both_to_be_sure_of_the_same_trick(signs, discount, likeness, is_strong):
    judged = judge(signs, discount, likeness, Thresholds())
    assert judged.is_strong is is_strong
    assert judged.verdict in {Verdict.DANGER, Verdict.CAUTION}


def test_signs_of_the_rules_move_a_family_up():
    likeness = Likeness(3.0, {"brushing": 0.55, "fake-loan": 0.45})
    assert judge([sign(5)], 0, likeness, Thresholds()).families[0] == "fake-loan"


@pytest.mark.parametrize(
    "text",
    [
        "急招手机操作员，每天动动手就有一两百，做完马上结，不要押金，想做滴滴",
        "业务员叫我把我表哥带来，说他征信好，按个指纹就行，跟他没关系",
        "Your parcel could not be delivered, settle the small customs charge at http://parcel-redeliver.top/x",
    ],
)
def test_every_alarm_quotes_the_persons_own_words(screener, text):
    finding = screener.screen(text)
    assert finding.verdict in {Verdict.DANGER, Verdict.CAUTION}
    assert finding.signs
    assert all(one.quote and one.quote in text for one in finding.signs)
    assert all("{" not in one.why.zh + one.why.en for one in finding.signs)


def test_every_family_of_the_official_table_and_every_sign_of_usury_is_there(pack):
    by_id = {family.id: str(family.confidence) for family in pack.families}
    table = {
        "brushing", "investment", "fake-shopping", "customer-service", "fake-loan", "fake-credit-record",
        "impersonated-boss", "fake-police", "romance", "game-trade", "flight-refund", "million-protection",
        "screen-sharing", "ai-face-voice", "ab-loan", "loan-broker", "debt-agent", "phone-lease", "routine-loan",
        "payday-714", "elder-fraud", "illegal-fundraising", "fake-subsidy", "recovery-scam", "card-lending",
    }  # fmt: skip
    usury = {"upfront-deduction", "roll-over", "blank-contract", "forced-bundle", "abusive-collection"}
    assert table | usury <= by_id.keys()
    assert {by_id["flight-refund"], by_id["recovery-scam"]} == {"single source"}
    assert {by_id["payday-714"], by_id["fake-subsidy"]} == {"unconfirmed"}
