"""What people really receive, and what screening makes of it."""

import pytest

from bot.screening import Finding, Reason, Verdict


@pytest.fixture(scope="module")
def screener(shipped):
    return shipped.screener


def families(finding: Finding) -> list[str]:
    return [family.id for family in finding.families]


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("他让我先交2000保证金才放款", "fake-loan"),
        ("招募兼职刷单，日赚300元，加V信 abc123", "brushing"),
        ("The lender says I must pay an insurance fee before they release the loan", "fake-loan"),
        ("Earn $200 a day, just like YouTube videos and get commission", "brushing"),
        ("您涉嫌洗钱案，请把资金转到安全账户配合调查", "fake-police"),
        ("The officer told me to move my savings to a safe account", "fake-police"),
    ],
)
def test_danger_names_the_trick(screener, text, family):
    finding = screener.screen(text)
    assert finding.verdict is Verdict.DANGER
    assert family in families(finding)


@pytest.mark.parametrize(
    "text",
    [
        "警惕刷单诈骗，切勿垫付",
        "凡是放款前要求交保证金的，都是诈骗。",
        "您的验证码是123456，5分钟内有效，请勿告知他人。",
        "【顺丰】您的快递已到菜鸟驿站，取件码 3-2-1234",
        "妈，晚上回来吃饭吗",
        "什么是刷单？",
        "我没有转账",
        "Your verification code is 482913. Do not share it with anyone.",
        "Hey, are you coming for dinner tonight?",
        "Scammers often ask you to pay a fee before the loan is released. Never pay.",
    ],
)
def test_everyday_words_and_warnings_are_no_accusation(screener, text):
    assert screener.screen(text).verdict is Verdict.NO_SIGN


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        (" \n\t", Reason.EMPTY),
        ("😀😀", Reason.TOO_SHORT),
        ("13800138000", Reason.ONLY_DIGITS),
        ("https://example.com/abc", Reason.ONLY_LINK),
        ("好", Reason.TOO_SHORT),
    ],
)
def test_too_little_to_judge(screener, text, reason):
    finding = screener.screen(text)
    assert (finding.verdict, finding.reason) == (Verdict.UNSURE, reason)
    assert finding.advice


def test_quotes_are_the_persons_own_words(screener):
    text = "先交２０００保·证·金，才能放貸 款"
    finding = screener.screen(text)
    assert finding.verdict is Verdict.DANGER
    assert all(sign.quote in text for sign in finding.signs)


@pytest.mark.parametrize(
    "text",
    ["我被骗了两万块钱怎么办", "我把验证码告诉他了", "I was scammed out of 5000 yuan", "I gave the caller my code"],
)
def test_what_has_happened_is_an_emergency(screener, text):
    finding = screener.screen(text)
    assert finding.verdict is Verdict.DANGER
    assert finding.emergency is not None
    assert "110" in finding.emergency.steps[1].zh


def test_what_has_not_happened_is_none(screener):
    assert screener.screen("客服让我交保证金才放款，我还没转账").emergency is None
