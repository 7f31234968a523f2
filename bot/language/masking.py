"""Masks what nobody should send us before anything else sees it: identity numbers, bank cards, codes, passwords."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bot.language.receipts import is_receipt, luhn_digit

_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_GAP = r"[ \t\-‐-―.·]?"
_NUMBER = re.compile(rf"(?<![0-9])[0-9](?:{_GAP}[0-9]){{10,21}}(?:{_GAP}[Xx])?(?![0-9])")
_IDENTITY = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]")
_OLD_IDENTITY = re.compile(r"[1-9][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_IDENTITY_WORDS = re.compile(r"身份证|身份號|身份号|证件号|證件號|identity|id card|id number|\bid no", re.IGNORECASE)
_CARD_WORDS = re.compile(r"卡号|卡號|银行卡|銀行卡|储蓄卡|信用卡|账号|帳號|card|account", re.IGNORECASE)
_CODE = re.compile(
    r"(?P<name>验证码|驗證碼|校验码|动态码|取款码|\bOTP\b|\bcode\b|\bPIN\b|verification code)"
    r"(?P<between>(?:[ \t]*(?:是|为|為|[:：=]|is)?[ \t]*){1,2})(?P<secret>[0-9]{4,8})(?![0-9])",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"(?P<name>密码|密碼|口令|passwords?|passcode)(?P<between>[ \t]*(?:是|为|為|[:：=]|\bis\b)[ \t]*)"
    r"(?P<secret>[!-)+-~][!-~]{2,63})",
    re.IGNORECASE,
)
_NEAR = 14


class Secret(StrEnum):
    """What kind of thing was masked."""

    IDENTITY = "identity"
    CARD = "card"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - the name of a kind


@dataclass(frozen=True, slots=True)
class Masked:
    """The text without its secrets, as long as before, and which kinds were found."""

    text: str
    kinds: frozenset[Secret]


def mask(text: str) -> Masked:
    """Replace secrets by ``*``. Length and everything else stay as they were, so that quotes still fit."""
    plain = _readable(text)
    kinds: set[Secret] = set()
    hidden: list[tuple[int, int]] = []
    for found in _NUMBER.finditer(plain):
        kind = _kind_of(found, plain)
        if kind is not None:
            kinds.add(kind)
            hidden.append(found.span())
    for pattern, kind in ((_CODE, Secret.CODE), (_PASSWORD, Secret.PASSWORD)):
        for found in pattern.finditer(plain):
            kinds.add(kind)
            hidden.append(found.span("secret"))
    letters = list(text)
    for start, end in hidden:
        letters[start:end] = "*" * (end - start)
    return Masked("".join(letters), frozenset(kinds))


def _readable(text: str) -> str:
    """The text letter by letter in plain digits: full-width and Chinese ones included. Never changes its length."""
    plain = []
    for letter in text:
        folded = unicodedata.normalize("NFKC", letter)
        plain.append(folded if len(folded) == 1 else letter)
    return "".join(plain).translate(_CHINESE_DIGITS)


def _kind_of(found: re.Match[str], plain: str) -> Secret | None:
    digits = re.sub(r"[^0-9Xx]", "", found[0])
    before = plain[max(0, found.start() - _NEAR) : found.start()]
    if is_receipt(digits):
        return None
    if _IDENTITY.fullmatch(digits) and (_identity_check(digits) or _IDENTITY_WORDS.search(before)):
        return Secret.IDENTITY
    if _IDENTITY_WORDS.search(before) and (_OLD_IDENTITY.fullmatch(digits) or len(digits) == 18):  # noqa: PLR2004
        return Secret.IDENTITY
    number = digits.rstrip("Xx")
    if 12 <= len(number) <= 19:  # noqa: PLR2004 - the lengths of card numbers (ISO/IEC 7812-1)
        if _CARD_WORDS.search(before):
            return Secret.CARD
        if len(number) >= 15 and int(number[-1]) == luhn_digit(number[:-1]):  # noqa: PLR2004
            return Secret.CARD
    return None


def _identity_check(digits: str) -> bool:
    """GB 11643 check character."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits[:17], strict=True))
    return _CHECKS[total % 11] == digits[17].upper()
