"""What a household earns, spends and repays, as people say it: by the year, by the day, in a range. Pure."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from actions._figures import in_digits

_FEN = Decimal("0.01")
_MOST = Decimal("1e9")
_LEAST_SUM = 10
_NUMBER = r"\d+(?:\.\d+)?"
_COUNTED = r"(?! ?(?:天|日|个月|月份|月(?!薪|入)|期|岁|个人|口|年|%|days?|months?|people|years?|weeks?|周))"
_MONEY = re.compile(rf"(?<![\d.])({_NUMBER})(?:…({_NUMBER}))?(?![\d.…]){_COUNTED}")
_DAYS = re.compile(r"(?<![\d.])(\d+)(?:…(\d+))? ?(?:来|多)?(?:天|日|days?)")
_PERIODS = (
    ("day", re.compile(r"[1每] ?[天日]|日结|日薪|a day|per day|daily|every day|/ ?day")),
    ("week", re.compile(r"[1每] ?个?(?:周|星期|礼拜)|a week|per week|weekly")),
    ("half", re.compile(r"半年|half a year|six months")),
    ("quarter", re.compile(r"[1每] ?个?季|a quarter|quarterly")),
    ("year", re.compile(r"[1每全] ?年|年[收入薪底]|整年|a year|per year|yearly|annual|/ ?year")),
)
_MONTHS = {"month": Decimal(1), "quarter": Decimal(3), "half": Decimal(6), "year": Decimal(12)}
_WEEKS_A_MONTH = Decimal(52) / 12
_NOTHING = re.compile(r"没有|没|无|不欠|不用|\bno\b|none|nothing|\bnot\b|don'?t|zero|^ ?0 ?元?$")
_CLAUSE = re.compile(r"[;,，。；、\n]")
_CUES = {
    "income": re.compile(r"挣|赚|收入|工资|月薪|进账|卖粮|earn|make|income|salary|wage|paid"),
    "spending": re.compile(r"花销|花费|[要得得]?花(?!呗)|开销|开支|生活费|吃喝|吃用|spend|living|expens|costs?\b"),
    "debts": re.compile(r"债|贷|花呗|信用卡|欠|月供|每月还|别的要还|debt|loan|owe|repay|card|mortgage"),
}
_EITHER = re.compile(r"有时|或者?|要么|淡季|旺季|好的时候|差的时候|sometimes|or|between|good|bad")
_TOGETHER = re.compile(r"加|和|还有|另外|老婆|媳妇|老公|丈夫|爱人|两口|and|plus|wife|husband")


class Ask(StrEnum):
    """What the form asks, named as its slots."""

    INSTALMENT = "afford_instalment"
    INCOME = "afford_income"
    SPENDING = "afford_spending"
    DEBTS = "afford_debts"


@dataclass(frozen=True, slots=True)
class Monthly:
    """Yuan a month; ``high`` when it varies. ``needs_days``: so much a day, but nobody said how many days a month."""

    low: Decimal
    high: Decimal | None = None
    per: str = "month"
    needs_days: bool = False


class Budget(BaseModel):
    """A household's month as far as it was said. Yuan a month."""

    model_config = ConfigDict(frozen=True)

    instalment: Decimal | None = None
    income: Decimal | None = None
    income_high: Decimal | None = None
    income_per: str = "month"
    day_wage: Decimal | None = None
    """So much a day, while the days of a month are still to be said."""
    spending: Decimal | None = None
    debts: Decimal | None = None

    @classmethod
    def from_slot(cls, value: object) -> Self:
        """The budget in a slot; an empty one when the slot holds nothing that fits."""
        try:
            return cls.model_validate(value or {})
        except ValidationError:
            return cls()

    def to_slot(self) -> dict[str, Any]:
        """JSON for the slot."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def open_questions(self, *, has_offer: bool) -> list[Ask]:
        """What has to be asked yet, in order."""
        asked = {
            Ask.INSTALMENT: not has_offer and self.instalment is None,
            Ask.INCOME: self.income is None,
            Ask.SPENDING: self.spending is None,
            Ask.DEBTS: self.debts is None,
        }
        return [question for question, is_open in asked.items() if is_open]


def hear_budget(text: str, asked: Ask | None, before: Budget) -> dict[str, Any]:
    """Facts of one sentence: the answer to what was asked, or several told in one breath."""
    said = in_digits(text)
    clauses = [clause for clause in _CLAUSE.split(said) if clause.strip()]
    parts: dict[str, list[str]] = {}
    about = str(asked).removeprefix("afford_") if asked else ""
    for clause in clauses:
        if len(clauses) > 1 or not asked:
            about = next((name for name, cue in _CUES.items() if cue.search(clause)), about)
        parts.setdefault(about, []).append(clause)
    facts: dict[str, Any] = {}
    for name, told in parts.items():
        if name == "income":
            facts |= _income(" ; ".join(told), before)
        elif name:
            found = read_monthly(" ; ".join(told), together=True, or_nothing=True)
            if found is not None and not found.needs_days:
                facts[name] = found.high or found.low
    return facts


def _income(said: str, before: Budget) -> dict[str, Any]:
    if before.day_wage is not None:
        days = _DAYS.search(said) or re.fullmatch(r"[ ~]*(\d+)(?:…(\d+))?[ .]*", said)
        if days and int(days[2] or days[1]) <= 31:  # noqa: PLR2004 - the days of a month
            return _earned(before.day_wage * int(days[1]), before.day_wage * int(days[2]) if days[2] else None, "day")
    found = read_monthly(said, together=bool(_TOGETHER.search(said)), or_nothing=bool(re.search("没|无|no ", said)))
    if found is None:
        return {}
    if found.needs_days:
        return {"day_wage": found.low}
    return _earned(found.low, found.high, found.per)


def _earned(low: Decimal, high: Decimal | None, per: str) -> dict[str, Any]:
    return {"income": low, "income_high": high, "income_per": per, "day_wage": None}


def read_monthly(said: str, *, together: bool, or_nothing: bool) -> Monthly | None:
    """The sum of a month in a text of digits; several sums are added up (``together``) or are the ends of a range."""
    sums = [(Decimal(found[1]), Decimal(found[2] or found[1])) for found in _MONEY.finditer(said)]
    per = next((name for name, words in _PERIODS if words.search(said)), "month")
    if per != "month":  # 1年, 1天: the one is part of the words
        sums = [(low, high) for low, high in sums if high > 1]
    if len(sums) > 1:  # "for one card", 两个孩子: a count beside the sums
        sums = [(low, high) for low, high in sums if high >= _LEAST_SUM] or sums
    if not sums:
        return Monthly(Decimal(0)) if or_nothing and _NOTHING.search(said) else None
    if len(sums) > 1 and not together and not _EITHER.search(said):
        return None
    pick = sum if together else None
    low = sum((one for one, _ in sums), Decimal(0)) if pick else min(one for one, _ in sums)
    high = sum((one for _, one in sums), Decimal(0)) if pick else max(one for _, one in sums)
    if high > _MOST:
        return None
    if per == "day":
        return _of_days(said, low, high)
    if per == "week":
        low, high = low * _WEEKS_A_MONTH, high * _WEEKS_A_MONTH
    else:
        low, high = low / _MONTHS[per], high / _MONTHS[per]
    low, high = _fen(low), _fen(high)
    return Monthly(low, high if high > low else None, per)


def _of_days(said: str, low: Decimal, high: Decimal) -> Monthly:
    days = next((found for found in _DAYS.finditer(said) if int(found[1]) > 1), None)
    if days is None:
        return Monthly(low, per="day", needs_days=True)
    least, most = low * int(days[1]), high * int(days[2] or days[1])
    return Monthly(least, most if most > least else None, "day")


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(_FEN, rounding=ROUND_HALF_UP)
