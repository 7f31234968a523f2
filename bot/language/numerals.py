"""Numbers as people write and say them, turned into plain digits in place: 一万二, 3千5, 1.3w, 壹拾万, ten thousand.

The result of ``digits`` uses two marks of its own: ``~`` before a number that was said vaguely (一万多) and ``…``
between the ends of a range (1到2万).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    "两": 2, "壹": 1, "贰": 2, "三": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_UNITS = {
    "十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000,
    "万": 10_000, "w": 10_000, "亿": 10**8,
}  # fmt: skip
_D = "".join(_DIGITS)
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d.])|\d+(?:\.\d+)?)"
_UNIT = r"(?: ?(?:[十拾百佰千仟万亿]|[wk](?![a-z])))"
# What turns a digit after 万 or 千 into the beginning of something else: 一万两个月, 1万2分利, 三万5年.
_MEASURE = (
    r"(?! ?(?:分(?![\d一二三四五六七八九十两]+ ?[期个年月])|[厘毫个期年月天日周季次成%‰号]|星期|礼拜"
    r"|点(?!\d)|万|千|百|十"
    r"|块|元|months?\b|years?\b|days?\b|weeks?\b))"
)
_FIRST = (
    rf"(?:(?:{_ARABIC}|[{_D}])(?:点[{_D}]+)?{_UNIT}{{1,3}}|[十拾]{_UNIT}{{0,3}}|(?<=每)[百千万](?=元|块)"
    rf"|{_ARABIC}个(?=[wk万]){_UNIT})"
)
_MORE = rf"(?:零?(?:[1-9]\d{{0,3}}|[{_D}]){_UNIT}{{1,3}}|零?十)"
_VAGUE = r"[多来几余]"
_RUN = (
    rf"(?:{_FIRST}(?:{_VAGUE}{_UNIT}{{1,3}})?{_MORE}{{0,8}}(?:零[{_D}\d]|(?<=[十拾])[{_D}]|半(?![年个月天])|[{_D}]{_MEASURE}"
    rf"|(?<![十拾])\d+(?![\d.]){_MEASURE})?(?:点[{_D}]+(?![十百千万]))?{_VAGUE}?"
    rf"|{_ARABIC}{_VAGUE}?|[{_D}](?:[{_D}]{{2,}}|点[{_D}]+)|[{_D}])"
)
# 一 that counts nothing: 一共, 一次性, 万一.
_NOT_ONE = rf"(?<=年)零|一(?:次|共|起|样|直|定|般|下|些|旦|切)|(?<=万)一(?<![\d{_D}十拾百佰千仟几多来.息率日天按 ]万一)"
_BETWEEN = r" ?(?:-|~|—+|–|到(?![手账期了底帐位款])|至|\bto\b) ?"
_CHINESE = re.compile(
    r"(?P<date>(?<!\d)(?:19|20)\d\d(?:[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?(?!\d)|年)|\d{16,})"
    rf"|(?P<about>[百千万]把(?=块|个|元|左|$|[^一-鿿])|[百千万]把块)"
    rf"|(?P<pair>(?=一[两二]|[两二]三|三[四五]|四五|五六|六七|七八"
    rf"|八九)[{_D}])(?P<pair2>[{_D}])(?P<pair_unit>[十百千万]+"
    rf"|(?=[个块分厘年天周期毛]))(?![{_D}\d])"
    rf"|(?!{_NOT_ONE})(?P<one>{_RUN})(?:{_BETWEEN}(?P<two>{_RUN}))?"
)
_PART = re.compile(rf"{_ARABIC}|[{_D}]|[十拾百佰千仟万亿wk]|[点半多来几余]")

_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_WORDS |= {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
} | {"fourty": 40, "fourtyfive": 45, "a": 1, "an": 1, "couple": 2}
_SCALES = {"hundred": 100, "thousand": 1000, "thousands": 1000, "grand": 1000, "million": 10**6, "dozen": 12}
_WORD = "|".join(sorted((word for word in _WORDS if word not in {"a", "an", "couple"}), key=len, reverse=True))
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_ENGLISH = re.compile(
    rf"\b(?:(?:{_WORD})\b|{_ARABIC}(?=[ -](?:{_SCALE}|and an? (?:half|quarter))\b)|an?(?= (?:{_SCALE})\b)"
    rf"|(?:half|quarter)(?= (?:an? )?(?:of a )?(?:percent|per cent|point|%|million)))"
    rf"(?:(?:[ -]|, )(?:and )?(?:(?:{_WORD}|{_SCALE})\b|(?:an? )(?:half|quarter|{_SCALE})\b"
    rf"|point(?= (?:{_WORD})\b)|half\b"
    rf"|\d{{1,3}}(?= (?:hundred|thousand)\b)))*"
)
_HAS_ENGLISH = re.compile(r"[a-z]{3}")
_MOST_WORDS = 24
"""More is no number anybody says."""
NUMBER = r"~?\d+(?:\.\d+)?(?:…\d+(?:\.\d+)?)?"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as read; ``high`` ends a range, ``vague`` marks 一万多."""

    value: Decimal
    high: Decimal | None = None
    vague: bool = False


def parse(written: str) -> Number:
    """What ``NUMBER`` matched."""
    low, _, high = written.lstrip("~").partition("…")
    return Number(Decimal(low), Decimal(high) if high else None, written.startswith("~"))


@dataclass(frozen=True, slots=True)
class Digits:
    """A text with its numbers in digits, and the way back to what was written."""

    text: str
    original: str
    _here: list[int]
    _there: list[int]
    _written: list[int] | None = None
    """Where each letter before folding stands in ``original``; the same place when absent."""

    def quote(self, start: int, end: int) -> str:
        """The words behind a part of ``text``."""
        first, last = self._back(start), self._back(end, after=True)
        if self._written is not None:
            if first >= last:
                return ""
            first, last = self._written[first], self._written[last - 1] + 1
        return self.original[first:last].strip()

    def _back(self, position: int, *, after: bool = False) -> int:
        place = bisect_right(self._here, position - 1 if after else position) - 1
        if place % 2:  # inside a rewritten number: all of it
            return self._there[place + 1] if after else self._there[place]
        return self._there[place] + position - self._here[place]


def digits(folded: str, original: str, places: list[int] | None = None) -> Digits:
    """Rewrite every number of a folded text in digits. ``original`` is the text before folding, as long."""
    here, there, pieces = [0], [0], []
    length = last = 0
    for start, end, written in _numbers(folded):
        pieces += [folded[last:start], written]
        length += start - last
        if start == last and start:  # two numbers side by side stay two: 一万|两个月
            pieces[-1] = " " + written
        here.append(length)
        there.append(start)
        length += len(pieces[-1])
        here.append(length)
        there.append(end)
        last = end
    pieces.append(folded[last:])
    return Digits("".join(pieces), original, here, there, places)


def _numbers(text: str) -> Iterator[tuple[int, int, str]]:
    taken: list[tuple[int, int, str]] = []
    if _HAS_ENGLISH.search(text):
        for found in _ENGLISH.finditer(text):
            value = _english(found[0])
            if value is not None:
                taken.append((*found.span(), value))
    places = iter(taken)
    nearest = next(places, None)
    for found in _CHINESE.finditer(text):
        while nearest is not None and nearest[1] <= found.start():
            yield nearest
            nearest = next(places, None)
        if nearest is not None and nearest[0] < found.end():
            continue
        if found["date"] is None:
            yield (*found.span(), _chinese(found))
    if nearest is not None:
        yield nearest
        yield from places


def _chinese(found: re.Match[str]) -> str:
    if found["about"]:
        return f"~{_UNITS[found['about'][0]]}" + ("块" if found["about"].endswith("块") else "")
    if found["pair"]:
        return _pair(found["pair"], found["pair2"], found["pair_unit"])
    first, second = found["one"], found["two"]
    vague = bool(re.search(_VAGUE, first))
    low = _value(first)
    if second is None:
        return ("~" if vague else "") + _plain(low)
    high = _value(second)
    unit = re.search(r"[万千百wk]", second)
    if low < high and low < 100 and unit and not re.search(r"[十百千万wk]", first):  # noqa: PLR2004
        low *= _UNITS[unit[0]]
    return f"{_plain(low)}…{_plain(high)}" if low < high else found[0]


def _pair(first: str, second: str, unit: str) -> str:
    """三五千 is three to five thousand; 一两万; 七八个."""
    low, high = _DIGITS[first], _DIGITS[second]
    scale = 1
    for letter in unit:
        scale *= _UNITS[letter]
    return f"{low * scale}…{high * scale}"


def _value(written: str) -> Decimal:  # noqa: C901, PLR0912
    """Read by place: 一万二 is 12,000 because a lone last digit counts in the next lower place."""
    before, _, after = written.partition("点")
    if before and after and all(letter in _DIGITS for letter in after):
        return _value(before) + Decimal("0." + "".join(str(_DIGITS[letter]) for letter in after))
    whole = section = Decimal(0)
    number: Decimal | None = None
    place, after_zero = 1, False
    parts = _PART.findall(written)
    if len(parts) > 1 and all(part in _DIGITS for part in parts):  # 二零二四: read digit by digit
        return Decimal("".join(str(_DIGITS[part]) for part in parts))
    fraction = ""
    for at, part in enumerate(parts):
        if fraction is not None and "点" in parts[:at] and part in _DIGITS:
            fraction += str(_DIGITS[part])
            number = Decimal(f"{_whole(parts, at)}.{fraction}")
        elif part in _UNITS:
            unit = _UNITS[part]
            if unit >= 10_000:  # noqa: PLR2004
                section = (section + (number or 0)) * unit
                if not section:
                    section = Decimal(unit)
                whole, section = (
                    (whole + section, Decimal(0)) if unit == 10_000 else (section + whole * unit, Decimal(0))  # noqa: PLR2004
                )
            elif at and parts[at - 1] in _UNITS and number is None and section:
                section *= unit  # 十几千
            else:
                section += (1 if number is None else number) * unit
            number, place, after_zero = None, unit, False
        elif part == "半":
            section += Decimal(place) / 2
        elif part in {"零", "0"}:
            after_zero, number = True, number if number is not None else Decimal(0)
        elif part in _DIGITS:
            number = Decimal(_DIGITS[part])
        elif part not in "点多来几余":
            number = Decimal(part.replace(",", "").replace(" ", ""))
            after_zero = after_zero or len(part) > 1
    if number is not None:
        section += number if after_zero or place == 1 else number * place / 10
    return whole + section


def _whole(parts: list[str], at: int) -> str:
    """The digits before 点."""
    point = parts.index("点", 0, at)
    before = parts[point - 1] if point else "0"
    return str(_DIGITS.get(before, before))


def _english(written: str) -> str | None:  # noqa: C901
    """Read number words; ``None`` when they make no number."""
    total, current = Decimal(0), None
    scale = Decimal(1)
    fraction = ""
    words = re.findall(r"[a-z]+|[\d.,]*\d", written)
    if len(words) > _MOST_WORDS:
        return None
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if word == "and" or (word in {"a", "an"} and following in {"half", "quarter"}):
            continue
        if word in {"a", "an"} and current is not None and following in _SCALES:  # half a million
            continue
        if word == "point":
            fraction = "."
        elif fraction and word in _WORDS:
            fraction += str(_WORDS[word])
        elif word in {"half", "quarter"}:
            part = Decimal("0.5") if word == "half" else Decimal("0.25")
            # "a thousand and a half" is 1,500; "three and a half thousand" waits for its scale.
            total, current = (
                (total + part * scale, current) if current is None and total else (total, (current or 0) + part)
            )
        elif word in _SCALES:
            current = (Decimal(1) if current is None else current + Decimal(fraction or 0)) * _SCALES[word]
            fraction = ""
            if _SCALES[word] != 100:  # noqa: PLR2004
                total, current, scale = total + current, None, Decimal(_SCALES[word])
        else:
            value = Decimal(_WORDS[word]) if word in _WORDS else Decimal(word.replace(",", ""))
            if current is not None and (current < 20 or current % 10) and value < 100:  # noqa: PLR2004
                return None
            current = value if current is None else current + value
    return _plain(total + (current or 0) + Decimal(fraction if len(fraction) > 1 else 0))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
