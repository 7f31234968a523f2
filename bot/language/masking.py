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
    r"(?:验证码|驗證碼|校验码|动态码|取款码|\bOTP\b|\bcode\b|\bPIN\b)(?:[ \t:：=]|就?是|为|為|is|收到了?|来了){0,4}"
    r"(?P<secret>[0-9]{4,8}|[0-9](?:[ \t-][0-9]){3,7})(?![0-9])",
    re.IGNORECASE,
)
_CARD_CODE = re.compile(
    r"(?:\bCV[VC]2?\b|安全码|安全碼|背面三位数?)(?:[ \t:：=]|就?是|为|為|is){0,4}(?P<secret>[0-9]{3,4})(?![0-9])",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"(?:密码|密碼|口令|passwords?|passcode)[ \t]*(?:就?是|改成了?|为|為|[:：=]|\bis\b)[ \t]*"
    r"(?P<secret>[!-)+-~][!-~]{2,63})",
    re.IGNORECASE,
)
# With nothing between name and password, only what looks like one: digits, or a word with digits in it.
_BARE_PASSWORD = re.compile(
    r"(?:密码|密碼|口令)[ \t]*(?P<secret>[0-9]{6,12}(?![0-9]))"
    r"|passwords?[ \t]+(?P<word>(?=[!-~]*[0-9])[!-)+-~][!-~]{3,63})",
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
    for pattern, kind in _NAMED:
        for found in pattern.finditer(plain):
            kinds.add(kind)
            hidden.append(found.span(found.lastgroup or 0))
    letters = list(text)
    for start, end in hidden:
        letters[start:end] = "*" * (end - start)
    return Masked("".join(letters), frozenset(kinds))


_NAMED = (
    (_CODE, Secret.CODE),
    (_CARD_CODE, Secret.CODE),
    (_PASSWORD, Secret.PASSWORD),
    (_BARE_PASSWORD, Secret.PASSWORD),
)
"""What gives itself away by the word before it; the only group of each that matched is the secret."""


_CONTACTS = re.compile(
    r"(?<![0-9])(?:\+[0-9]{1,3}[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])"  # mobile telephones
    r"|(?<![0-9])(?:0[0-9]{2,3}[ -][0-9]{7,8}|[48]00[ -]?[0-9]{3}[ -]?[0-9]{4})(?![0-9])"  # landlines, service numbers
    r"|(?<![0-9])[0-9]{7,}(?![0-9]|[ ]?(?:元|块|塊|圆|万|萬|yuan|rmb))"  # any other long number that is no sum
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # mail
    r"|(?<![\w@])@[a-z]\w{4,}|(?<=t\.me/)[^\s,;。]+"
    r"|(?<=://)(?P<host>[a-z0-9.:-]+)/(?P<path>[^\s,;。]+)"  # who is behind a link may stand in its path
    r"|(?:微信|薇信|威信|\bv[xi]|\bwx|\bqq|扣扣|\bline|telegram|whatsapp|飞机)(?:号|號)?[ :：是]{0,3}"
    r"(?P<account>(?=[\w-]*[0-9_])[a-z0-9][\w-]{4,})",
    re.IGNORECASE | re.ASCII,
)


def mask_contacts(text: str) -> str:
    """Replace telephone numbers, mail addresses, account names and the paths of links by ``*``.

    For a text that is to be published, beside ``mask``. Names of people and places are nobody's pattern: they stay.
    """
    letters = list(text)
    for found in _CONTACTS.finditer(_readable(text)):
        start, end = found.span(found.lastgroup or 0)
        letters[start:end] = "*" * (end - start)
    return "".join(letters)


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
