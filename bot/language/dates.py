"""Dates as people say them: 去年三月, 2024年3月15号, March 2024, 三天前. A part left unsaid is the first of it."""

import re
from datetime import date, timedelta

from bot.language.folding import fold
from bot.language.numerals import digits
from bot.language.spelling import rewrite

_MOST_READ = 200
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_MONTH = (
    r"(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:(?<=jan)uary|(?<=feb)ruary|(?<=mar)ch|(?<=apr)il|(?<=jun)e|(?<=jul)y|(?<=aug)ust|(?<=sep)t(?:ember)?"
    r"|(?<=oct)ober|(?<=(?:nov|dec))ember)?\b\.?"
)
_IN = re.compile(r"\b(?:last|this|in|since|of|from) $")
_FULL = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d) ?[-/.年] ?(?P<m>\d\d?)(?: ?[-/.月] ?(?P<d>\d\d?))?(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)")
_SLASHED = re.compile(r"(?<!\d)(?P<a>\d\d?)[/.](?P<b>\d\d?)[/.](?P<y>(?:19|20)\d\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)(?P<d>\d\d?) ?(?:号|日|st\b|nd\b|rd\b|th\b)")
_ENGLISH = re.compile(
    rf"(?:\b(?P<d>\d\d?)(?:st|nd|rd|th)? (?:of )?)?\b{_MONTH.format('m')}(?: (?P<d2>\d\d?)(?:st|nd|rd"
    rf"|th)?\b(?!\d))?,?(?: (?P<y>(?:19|20)\d\d))?\b"
)
_YEAR_WORD = re.compile(
    r"(?P<word>大前年|前年|去年|上年|今年|本年|明年|last year|this year|next year"
    r"|(?<!\d)(?P<short>\d\d)年(?!前|后|内)"
    r"|(?<!\d)(?:19|20)\d\d(?!\d)年?)"
)
_YEARS_AWAY = {
    "大前年": -3, "前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1,
    "last year": -1, "this year": 0, "next year": 1,
}  # fmt: skip
_MONTH_WORD = re.compile(r"(?<!\d)(?P<m>\d\d?)月(?:份)?(?: ?(?P<d>\d\d?)[日号]?)?(?!\d)")
_DAYS_AWAY = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "刚才": 0, "刚刚": 0,
    "明天": 1, "后天": 2, "day before yesterday": -2, "yesterday": -1, "last night": -1, "today": 0, "just now": 0,
    "tomorrow": 1,
}  # fmt: skip
_DAY_WORD = re.compile("|".join(sorted(_DAYS_AWAY, key=len, reverse=True)))
_AGO = re.compile(
    r"(?:(?P<n>\d+)|(?P<half>半|half an?)|\ban?) ?个?(?P<half2>半)? ?(?P<u>年|月|星期|礼拜|周|天|日|years?|months?"
    r"|weeks?|days?)(?P<half3>半)?多?(?:之|以)? ?(?P<way>前|后|ago|back|before|later|from now)"
)
_LAST = re.compile(r"(?P<n>上上|上|本|这|下|last|this|next) ?个?(?P<u>月|星期|礼拜|周|month|week)(?!息|利)")
_MOST_AWAY = 36_600


def read_date(text: str, today: date) -> date | None:
    """The date somebody means, counted from ``today``; ``None`` when there is none or it does not exist."""
    original, _ = rewrite(text[:_MOST_READ])
    words = digits(fold(original), original).text
    try:
        found = _written(words, today)
        return found if found is not None or _SLASHED.search(words) else _relative(words, today)
    except (ValueError, OverflowError):
        return None


def _written(words: str, today: date) -> date | None:
    found = _FULL.search(words) or _COMPACT.search(words)
    if found:
        return date(int(found["y"]), int(found["m"]), int(found["d"] or 1))
    slashed = _SLASHED.search(words)
    if slashed:
        return _slashed(int(slashed["a"]), int(slashed["b"]), int(slashed["y"]))
    english = _ENGLISH.search(words)
    year = _year(words, today)
    if english and (
        english["y"]
        or english["d"]
        or english["d2"]
        or _IN.search(words[: english.start()])
        or english[0].strip(" .,") == words.strip(" .,")
        or year
    ):
        month, day = _MONTHS[english["m"]], int(english["d"] or english["d2"] or 1)
        return date(int(english["y"]), month, day) if english["y"] else _latest(year, month, day, today)
    chinese = _MONTH_WORD.search(words)
    if chinese:
        return _latest(year, int(chinese["m"]), int(chinese["d"] or 1), today)
    if re.search(r"年底|年末", words) and year is not None:
        return date(year, 12, 1)
    return None if year is None else date(year, 1, 1)


def _slashed(first: int, second: int, year: int) -> date | None:
    """15/3/2024 and 3/15/2024; ``None`` when both may be the month."""
    if first <= 12 and second <= 12 and first != second:  # noqa: PLR2004
        return None
    return date(year, second, first) if first > 12 else date(year, first, second)  # noqa: PLR2004


def _year(words: str, today: date) -> int | None:
    found = _YEAR_WORD.search(words)
    if found is None:
        return None
    if found["word"] in _YEARS_AWAY:
        return today.year + _YEARS_AWAY[found["word"]]
    if found["short"]:
        return 2000 + int(found["short"])
    return int(found["word"][:4])


def _latest(year: int | None, month: int, day: int, today: date) -> date:
    """Without a year, the last time that month came round: complaints and loans lie behind."""
    if year is not None:
        return date(year, month, day)
    this = date(today.year, month, day)
    return this if this <= today else date(today.year - 1, month, day)


def _relative(words: str, today: date) -> date | None:
    found = _DAY_WORD.search(words)
    if found:
        return today + timedelta(days=_DAYS_AWAY[found[0]])
    found = _AGO.search(words)
    if found:
        count = float(found["n"] or (0.5 if found["half"] else 1)) + (0.5 if found["half2"] or found["half3"] else 0)
        way = -1 if found["way"] in {"前", "ago", "back", "before"} else 1
        return _shift(today, way * count, found["u"]) if count < _MOST_AWAY else None
    found = _LAST.search(words)
    if found:
        away = {"上上": -2, "上": -1, "last": -1, "下": 1, "next": 1}.get(found["n"], 0)
        moved = _shift(today, away, found["u"])
        day = _DAY.search(words)
        return moved.replace(day=int(day["d"]) if day else 1) if found["u"] in {"月", "month"} else moved
    return None


def _shift(today: date, count: float, unit: str) -> date:
    if unit.startswith(("年", "y", "月", "m")):
        months = round(count * (12 if unit.startswith(("年", "y")) else 1))
        place = today.year * 12 + today.month - 1 + months
        year, month = divmod(place, 12)
        last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day  # noqa: PLR2004
        return date(year, month + 1, min(today.day, last))
    days = round(count * (7 if unit.startswith(("周", "星", "礼", "w")) else 1))
    return today + timedelta(days=days)
