"""Whether somebody says of themselves that they are under 14: then a guardian must agree (个人信息保护法 Art. 31)."""

import re

_AGE_OF_CONSENT = 14
_DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")}
_AGE_ZH = re.compile(
    r"(?<![跟比陪给替帮和让])我(?:今年|现在|还|才|刚|刚刚|只有|满|是个|是){0,3}"
    r"(?P<age>\d{1,2}|[一二三四五六七八九十]{1,3})周?岁(?!的|时|那|开始|以后|就)"
)
_CHILD_ZH = re.compile(r"我是(?:一?个)?(?P<age>\d{1,2}|[一二三四五六七八九十]{1,3})周?岁的(?:小学生|小孩|孩子|学生)")
_UNDER_ZH = re.compile(r"(?<![跟比])我(?:还|今年|现在){0,2}(?:不到|未满|不满|没到|没满)(?:14|十四)周?岁")
_AGE_EN = re.compile(
    r"\bi(?:'m|’m| am)(?: only| just| still)? (?P<age>\d{1,2})(?:\s*years?\s*old\b|\s*yrs?\s*old\b|\s*(?=[.,!;])|\s*$)",
    re.IGNORECASE,
)
_UNDER_EN = re.compile(r"\bi(?:'m|’m| am)(?: still)? (?:under|not yet|below) (?:14|fourteen)\b", re.IGNORECASE)


def says_under_14(text: str) -> bool:
    """Whether the text says so of the person who writes it; a child they have or were once does not count."""
    if _UNDER_ZH.search(text) or _UNDER_EN.search(text):
        return True
    return any(
        0 < _number(found["age"]) < _AGE_OF_CONSENT
        for pattern in (_AGE_ZH, _CHILD_ZH, _AGE_EN)
        for found in pattern.finditer(text)
    )


def _number(age: str) -> int:
    if age.isdecimal():
        return int(age)
    tens, is_ten, ones = age.partition("十")
    if not is_ten:
        return _DIGITS.get(age, 0)
    return 10 * (_DIGITS.get(tens, 0) or 1) + _DIGITS.get(ones, 0)
