"""Secrets are masked however they are written; sums, dates, phones and our own receipts are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import Secret, mask, mask_contacts, normalise_receipt, receipt_check_digit

# Invented numbers; the identity numbers are the published samples of the standard.
SECRETS = [
    ("我身份证11010519491231002X麻烦查下", Secret.IDENTITY),
    ("440524188001010014", Secret.IDENTITY),
    ("４４０５２４１８８００１０１００１４", Secret.IDENTITY),
    ("110105 19491231 002X", Secret.IDENTITY),
    ("身份证号是110105194912310021", Secret.IDENTITY),
    ("my ID number 110105194912310029 ok", Secret.IDENTITY),
    ("老身份证 110105491231002", Secret.IDENTITY),
    ("四四零五二四一八八零零一零一零零一四", Secret.IDENTITY),
    ("4111111111111111", Secret.CARD),
    ("卡号4111 1111 1111 1111", Secret.CARD),
    ("4111-1111-1111-1111", Secret.CARD),
    ("银行卡 6222020200001234567", Secret.CARD),
    ("验证码是384756，别告诉别人", Secret.CODE),
    ("验证码：3847", Secret.CODE),
    ("the code is 482910", Secret.CODE),
    ("密码是abc123!", Secret.PASSWORD),
    ("password: hunter2", Secret.PASSWORD),
    ("支付密码888888", Secret.PASSWORD),
    ("密码就是 654321，你帮我看看", Secret.PASSWORD),
    ("密码改成了abc12345", Secret.PASSWORD),
    ("my password hunter22 does not work", Secret.PASSWORD),
    ("验证码收到了 384756", Secret.CODE),
    ("验证码 3 8 4 7 5 6", Secret.CODE),
    ("one-time code: 3-8-4-7", Secret.CODE),
    ("安全码是1234", Secret.CODE),
    ("CVV 1234", Secret.CODE),
]


@pytest.mark.parametrize(("text", "kind"), SECRETS)
def test_masked(text: str, kind: Secret) -> None:
    found = mask(text)
    assert found.kinds == {kind}
    assert len(found.text) == len(text)
    assert found.text.count("*") >= 4
    assert mask(found.text).kinds == frozenset()


HARMLESS = [
    "借一万，月息2分，分12期还", "每月还1072，一共还12864元", "13812345678",
    "2025年5月20日到2026年11月24日", "12378、96110、110",
    "120000000000", "borrow 10,000 at 2% a month over 12 months", "密码我没有给他", "他要我的验证码",
    "我把密码告诉他了，转走2000元", "忘了密码怎么办", "验证码别给，转了5000", "password reset took 20 minutes",
    "一二三四五", "",
]  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_left_alone(text: str) -> None:
    assert mask(text) == mask(text)
    assert mask(text).text == text
    assert mask(text).kinds == frozenset()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("打我电话138 1234 5678，或者0531-88881234", "打我电话*************，或者*************"),
        ("加微信abc_12345，QQ：１２３４５６７", "加微信*********，QQ：*******"),
        (
            "call +86 13812345678 or write to li.wang@example.com",
            "call *************** or write to *******************",
        ),
        ("点https://loan-xx.cn/u/12345?id=7，马上到账", "点https://loan-xx.cn/************，马上到账"),
        ("ask @some_one, t.me/some_group, WhatsApp: fast88", "ask *********, t.me/**********, WhatsApp: ******"),
        ("单号20261105123", "单号***********"),
    ],
)
def test_contacts_are_masked_for_publication(text: str, left: str) -> None:
    assert mask_contacts(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "转1000000元",
        "2026-11-05前",
        "微信转账给他8000元",
        "the line is busy at noon",
        "打110，或者96110",
        *HARMLESS[:1],
    ],
)
def test_sums_days_and_public_numbers_are_published(text: str) -> None:
    assert mask_contacts(text) == text


digits15 = st.text(st.sampled_from("0123456789"), min_size=15, max_size=15)


@given(digits15)
def test_a_receipt_is_never_taken_for_a_card(first: str) -> None:
    receipt = first + receipt_check_digit(first)
    grouped = " ".join(receipt[n : n + 4] for n in range(0, 16, 4))
    assert mask(grouped).text == grouped
    assert normalise_receipt(grouped) == receipt


@given(digits15, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(first: str, place: int, change: int) -> None:
    receipt = first + receipt_check_digit(first)
    wrong = receipt[:place] + str((int(receipt[place]) + change) % 10) + receipt[place + 1 :]
    assert normalise_receipt(wrong) is None


@pytest.mark.parametrize(
    "written", ["{} ", "1234-5678-9012-345{}", "1234 5678 9012 345{}", "１２３４５６７８９０１２３４５{}"]
)
def test_receipts_as_written(written: str) -> None:
    check = receipt_check_digit("123456789012345")
    expected = f"123456789012345{check}" if "345" in written or "５" in written else None
    assert normalise_receipt(written.format(check)) == expected


@given(st.text(max_size=300))
def test_nothing_breaks_it(text: str) -> None:
    assert len(mask(text).text) == len(text)
