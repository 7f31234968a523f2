"""What one turn says about repaying early: after which instalment, how much, what stays, which fee. Pure."""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from actions._figures import in_digits
from bot.lending import Quote
from bot.lending.prepayment import Keep, Prepayment

_NUMBER = r"(\d+(?:\.\d+)?)"
_FEE_SAID = re.compile(r"违约金|手续费|罚金|罚息|补偿金|服务费|赔|收费|\bfees?\b|charge|penalt")
_CLAUSE = re.compile(r"[;,，。；、\n]")
_PERCENT = re.compile(rf"百分之 ?{_NUMBER}|{_NUMBER} ?(?:%|个点|percent|per cent)")
_MONEY = re.compile(rf"{_NUMBER} ?(?:元|块|yuan|rmb)?")
_AFTER = (
    re.compile(r"第 ?(\d+) ?(?:期|个月|次)?"),
    re.compile(r"(\d+) ?(?:期|次|个月|instal\w*|months?|payments?)"),
    re.compile(r"(\d+)(?:st|nd|rd|th)\b"),
    re.compile(r"(?:after|paid) (?:the |number |no\.? )?(\d+)\b(?! ?(?:yuan|%))"),
)
_LEFT = re.compile(r"还?[有剩] ?(\d+) ?(?:期|次|个月)(?!以?后)|(\d+) (?:\w+ )?(?:left|to go|remaining)")
_ASKS = re.compile(r"[吗嘛?]|有没有|要不要|收不收|有无|多少|是不是|is there|are there|do they|does|will|any\b|how much")
_YEAR_AND_HALF = re.compile(r"(\d+) ?年半")
_LENGTHS = (
    (re.compile(r"半年|half a year"), 6),
    (re.compile(r"\ba year\b"), 12),
    (re.compile(r"(\d+(?:\.5)?) ?(?:年|years?)"), 12),
)
"""Words for a length of time and its months."""
_ALL = re.compile(
    r"全[部都还]|还清|结清|还完|付清|一次性|一次还|都还|剩下的|all|everything|\boff\b|in full|settle|the rest"
)
_HALF = re.compile(r"1?半(?!年)|\bhalf\b(?! a year)")
_SHORTER = re.compile(
    r"缩短|早[点些]?还完|早[点些]?结束|期数少|少还?几期|短[点些]|每期不变|shorter|sooner|fewer|same instal"
)
_LOWER = re.compile(
    r"月供|每[期月]少|每[期月]还?得?少|少还[点些]|减少每|期数不变|lower|smaller|less (?:each|a month|every)"
)
_NONE = re.compile(r"没有|没|不收|不要|不用|免|无|\bno\b|none|nothing|free|without|^0\b|zero")
_UNKNOWN = re.compile(r"不知道|不清楚|不晓得|不确定|没说|没问|don'?t know|not sure|no idea|unsure|didn'?t say")
_WHOLE = re.compile(rf"[ ~]*{_NUMBER} *(?:元|块钱?|yuan|rmb)?[ .。]*")
_SURELY_YUAN = 100


class Ask(StrEnum):
    """What the form asks, named as its slots."""

    AFTER = "early_after"
    AMOUNT = "early_amount"
    KEEP = "early_keep"
    FEE = "early_fee"


class Plan(BaseModel):
    """How somebody would repay early, as far as it was said."""

    model_config = ConfigDict(frozen=True)

    after: int | None = None
    everything: bool = False
    half: bool = False
    amount: Decimal | None = None
    keep: Keep | None = None
    fee: Decimal | None = None
    """Yuan."""
    fee_percent: Decimal | None = None
    """Of the principal repaid early."""
    fee_unknown: bool = False

    @classmethod
    def from_slot(cls, value: object) -> Self:
        """The plan in a slot; an empty one when the slot holds nothing that fits."""
        try:
            return cls.model_validate(value or {})
        except ValidationError:
            return cls()

    def to_slot(self) -> dict[str, Any]:
        """JSON for the slot."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def with_(self, facts: dict[str, Any]) -> Self:
        """A copy with what was said; a new sum or fee replaces the old one, whichever kind it was."""
        changes = dict(facts)
        if {"everything", "half", "amount"} & set(changes):
            changes = {"everything": False, "half": False, "amount": None, **changes}
        if {"fee", "fee_percent", "fee_unknown"} & set(changes):
            changes = {"fee": None, "fee_percent": None, "fee_unknown": False, **changes}
        return self.model_copy(update=changes)

    def open_questions(self) -> list[Ask]:
        """What has to be asked yet, in order."""
        part = self.half or self.amount is not None
        fee_said = self.fee is not None or self.fee_percent is not None or self.fee_unknown
        asked = {
            Ask.AFTER: self.after is None,
            Ask.AMOUNT: not (self.everything or part),
            Ask.KEEP: part and self.keep is None,
            Ask.FEE: not fee_said,
        }
        return [question for question, is_open in asked.items() if is_open]

    def principal(self, loan: Quote) -> Decimal:
        """The principal repaid early, yuan; ``after`` must be known and within the loan."""
        owed = loan.instalments[(self.after or 1) - 1].balance
        if self.half:
            return (owed / 2).quantize(Decimal("0.01"))
        return owed if self.amount is None else self.amount

    def prepayment(self, loan: Quote) -> Prepayment:
        """For the arithmetic."""
        principal = self.principal(loan)
        fee = self.fee or Decimal(0)
        if self.fee_percent is not None:
            fee = principal * self.fee_percent / 100
        amount = None if self.everything else principal
        return Prepayment(self.after or 1, amount, self.keep or Keep.PAYMENT, fee)


def hear_early(text: str, asked: Ask | None, periods: int, *, monthly: bool = True) -> dict[str, Any]:
    """Facts of one sentence about a loan of so many ``periods``. ``monthly``: a month counts as an instalment."""
    said = _YEAR_AND_HALF.sub(r"\1.5年", in_digits(text))
    clauses = [clause for clause in _CLAUSE.split(said) if clause.strip()]
    of_fee = [clause for clause in clauses if _FEE_SAID.search(clause)]
    # "Is there a fee?" says nothing of one.
    facts = _fee(" ".join(clause for clause in of_fee if not _ASKS.search(clause)))
    rest = " ; ".join(clause for clause in clauses if clause not in of_fee)
    if asked is Ask.FEE and not of_fee:
        return _fee(said)
    after, rest = _after(rest, asked, periods, monthly=monthly)
    if after is not None:
        facts["after"] = after
    facts |= _amount(rest, asked)
    shorter, lower = _SHORTER.search(rest), _LOWER.search(rest)
    if bool(shorter) != bool(lower):
        facts["keep"] = Keep.PAYMENT if shorter else Keep.TERM
        facts.pop("everything", None)  # 早点还完 is about the time, not about paying all
    return facts


_CHOICES: dict[tuple[str, str], dict[str, Any]] = {
    ("amount", "all"): {"everything": True},
    ("amount", "half"): {"half": True},
    ("keep", "payment"): {"keep": Keep.PAYMENT},
    ("keep", "term"): {"keep": Keep.TERM},
    ("fee", "none"): {"fee": Decimal(0)},
    ("fee", "unknown"): {"fee_unknown": True},
}


def choose_early(field: str, value: str) -> dict[str, Any]:
    """A tapped button."""
    return dict(_CHOICES.get((field, value), {}))


def _after(said: str, asked: Ask | None, periods: int, *, monthly: bool) -> tuple[int | None, str]:
    """After which instalment, and the rest of the sentence."""
    left = _LEFT.search(said)
    if left:
        return periods - int(left[1] or left[2]), _LEFT.sub(" ", said)
    for pattern, months in _LENGTHS if monthly else ():
        length = pattern.search(said)
        if length:
            count = Decimal(length[1]) if pattern.groups else Decimal(1)
            return int(count * months), pattern.sub(" ", said)
    for pattern in _AFTER:
        found = pattern.search(said)
        if found:
            return int(found[1]), said[: found.start()] + " " + said[found.end() :]
    whole = _WHOLE.fullmatch(said)
    if asked is Ask.AFTER and whole and "." not in whole[1]:
        return int(whole[1]), " "
    return None, said


def _amount(said: str, asked: Ask | None) -> dict[str, Any]:
    if _HALF.search(said):
        return {"half": True}
    sums = [Decimal(found[1]) for found in _MONEY.finditer(said)]
    sums = sums if asked is Ask.AMOUNT and len(sums) == 1 else [one for one in sums if one >= _SURELY_YUAN]
    if len(sums) == 1:
        return {"amount": sums[0]}
    return {"everything": True} if _ALL.search(said) and not _SHORTER.search(said) else {}


def _fee(said: str) -> dict[str, Any]:
    percent = _PERCENT.search(said)
    if percent:
        return {"fee_percent": Decimal(percent[1] or percent[2])}
    if _UNKNOWN.search(said):
        return {"fee_unknown": True}
    money = [found for found in _MONEY.finditer(said) if found[1]]
    if len(money) == 1:
        amount = Decimal(money[0][1])
        dressed = bool(re.search(r"元|块|yuan|rmb", money[0][0]))
        if amount == 0 or dressed or amount >= _SURELY_YUAN:
            return {"fee": amount}
        return {}  # a bare 3 is percent to some and yuan to others
    return {"fee": Decimal(0)} if _NONE.search(said) else {}
