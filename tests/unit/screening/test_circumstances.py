"""Beside the trick: who calls, what has happened, who despairs, and what to ask back."""

import pytest

from bot.screening import Verdict, with_answer


@pytest.fixture(scope="module")
def content(shipped):
    return shipped.content


@pytest.fixture(scope="module")
def screener(shipped):
    return shipped.screener


@pytest.mark.parametrize(
    "text",
    [
        "网贷还不上，催收天天打电话，我真的不想活了",
        "被骗光了积蓄，活着没意思",
        "想死",
        "钱没了，我想自杀",
        "I lost everything to the scam and I want to kill myself",
        "there is no reason to live any more",
    ],
)
def test_despair_is_noticed(screener, text):
    assert screener.screen(text).distress


@pytest.mark.parametrize(
    "text",
    [
        "笑死我了",
        "今天加班累死了",
        "妈妈想死你们了",
        "清仓跳楼价，全场一折",
        "these shoes are killing me",
        "I'm dying to see you",
    ],
)
def test_figures_of_speech_are_no_despair(screener, text):
    assert not screener.screen(text).distress


@pytest.mark.parametrize(
    ("text", "caller"),
    [
        ("接到自称上海公安局民警的电话，说我涉嫌洗钱", "police"),
        ("您好，这里是中通快递，您的包裹丢了，给您理赔", "courier"),
        ("我是你们李校长，明天来我办公室", "school"),
        ("妈，我手机坏了，这是同学的号，老师要收培训费", "relative"),
        ("我是京东客服，您的会员每月会扣费", "shop"),
        ("This is officer Smith from the police department", "police"),
        ("Hi mum, I lost my phone, this is my new number", "relative"),
        ("今晚吃鱼", None),
    ],
)
def test_who_somebody_claims_to_be(screener, text, caller):
    assert screener.screen(text).claimed_caller == caller


def test_callers_can_be_verified_with_numbers_that_exist(content):
    known = content.hotlines.keys()
    for caller in content.fraud.callers:
        assert set(caller.hotlines) <= known, caller.id


def test_a_doubtful_text_is_asked_about_and_the_answer_decides(screener):
    finding = screener.screen("嗯嗯")  # too little to judge
    assert finding.verdict is Verdict.UNSURE
    assert 1 <= len(finding.questions) <= 2
    question = next(question for question in finding.questions if question.if_yes is Verdict.DANGER)
    worse = with_answer(finding, question.id, yes=True)
    assert worse.verdict is Verdict.DANGER
    assert not worse.questions
    assert worse.advice[0] == question.advice[0]
    same = with_answer(finding, question.id, yes=False)
    assert same.verdict is finding.verdict
    assert question not in same.questions


def test_an_answer_to_a_question_never_asked_is_a_mistake(screener):
    with pytest.raises(KeyError):
        with_answer(screener.screen("今晚吃鱼"), "fee-before-loan", yes=True)


def test_danger_asks_nothing(screener):
    assert screener.screen("您涉嫌洗钱案，请把资金转到安全账户配合调查").questions == ()


def test_every_question_can_change_a_verdict(content):
    for question in content.fraud.questions:
        assert question.if_yes or question.if_no, question.id
