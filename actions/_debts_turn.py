"""What one turn does to the ledger of debts: a tapped button, or something typed. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from actions._debts import MOST_DEBTS, Ledger, Owed, Question
from actions._debts_words import Cues, is_sensible, merged, read_answer, read_budget, read_debts, with_rate
from bot.lending import Rate, RateKind, Unit
from bot.lending.terms import MOST_YUAN


@dataclass(frozen=True, slots=True)
class Bad:
    """What was typed cannot be right; ``key`` names why (``debts_bad_...``)."""

    key: str


def tapped(ledger: Ledger, value: str) -> Ledger:
    """The ledger after a button, ``value`` being its word and more; one that no longer fits does nothing."""
    word, _, rest = value.partition(" ")
    if word in _ABOUT_ALL:
        return _ABOUT_ALL[word](ledger, rest)
    place = ledger.current
    if word not in _ABOUT_ONE or place is None:
        return ledger
    debt = _ABOUT_ONE[word](ledger.debts[place], rest)
    return _put(ledger, place, debt) or ledger


def _wrong(ledger: Ledger, _rest: str) -> Ledger:
    """The only debt is told anew; of several it is asked which one."""
    return ledger.drop(0) if len(ledger.debts) == 1 else ledger.with_(is_correcting=bool(ledger.debts))


def _drop(ledger: Ledger, rest: str) -> Ledger:
    return ledger.drop(int(rest)) if rest.isdecimal() and int(rest) < len(ledger.debts) else ledger


def _done(ledger: Ledger, _rest: str) -> Ledger:
    return ledger.with_(is_done=True, is_entering=False) if ledger.debts else ledger


def _budget(ledger: Ledger, rest: str) -> Ledger:
    return _with_budget(ledger, rest) or ledger


def _with_budget(ledger: Ledger, value: str) -> Ledger | None:
    try:
        budget = Decimal(value)
    except InvalidOperation:
        return None
    return ledger.with_(budget=budget, is_done=True) if 0 <= budget <= MOST_YUAN else None


_ABOUT_ALL: dict[str, Callable[[Ledger, str], Ledger]] = {
    "clear": lambda _ledger, _rest: Ledger(),
    "add": lambda ledger, _rest: ledger.with_(is_entering=len(ledger.debts) < MOST_DEBTS, is_done=False),
    "list": lambda ledger, _rest: ledger.with_(is_done=False, budget=None),
    "keep": lambda ledger, _rest: ledger.with_(is_correcting=False),
    "again": lambda ledger, _rest: ledger.with_(budget=None),
    "wrong": _wrong,
    "drop": _drop,
    "done": _done,
    "budget": _budget,
}


def _unknown(debt: Owed, _rest: str) -> Owed:
    if debt.question in {Question.INSTALMENT, Question.COUNT}:
        return debt.with_(is_rate_unknown=True)
    return debt.with_(asks_instalment=True, readings=())


def _rate(debt: Owed, rest: str) -> Owed:
    try:
        number, period, kind = rest.split()
        return with_rate(debt, Rate(Decimal(number), Unit(period), RateKind(kind)))
    except (ValueError, InvalidOperation):
        return debt


_ABOUT_ONE: dict[str, Callable[[Owed, str], Owed]] = {
    "no_interest": lambda debt, _rest: debt.with_(rate=Decimal(0), readings=()),
    "unknown": _unknown,
    "rate": _rate,
}


def _put(ledger: Ledger, place: int, debt: Owed) -> Ledger | None:
    """The ledger with the debt as it is known now; nothing when its figures cannot all be right."""
    return ledger.put(place, debt.worked_out()) if is_sensible(debt) else None


def typed(ledger: Ledger, text: str, cues: Cues, unnamed: str, today: date) -> Ledger | Bad | None:
    """The ledger with what was typed, what is wrong with it, or nothing when it says nothing.

    ``unnamed`` names a debt without a name, by its ``{number}``.
    """
    asked, place = ledger.question, ledger.current
    if asked is Question.BUDGET:
        budget = read_budget(text, cues, today)
        return None if budget is None else _with_budget(ledger, str(budget)) or Bad("budget")
    if place is not None and asked is not None:
        debt = read_answer(text, asked, ledger.debts[place], cues, today)
        return None if debt is None else _put(ledger, place, debt) or Bad("debt")
    if ledger.debts and cues.is_only("done", text):
        return _done(ledger, "")
    said = read_debts(text, cues, today)
    if ledger.is_correcting or (ledger.debts and cues.speaks_of("wrong", text)):
        return _corrected(ledger, text, said)
    return _with_more(ledger, said, unnamed)


def _corrected(ledger: Ledger, text: str, said: list[Owed]) -> Ledger | Bad | None:
    """With the debt that was named, or else told last, put right; without it when nothing new is said of it."""
    named = [place for place, debt in enumerate(ledger.debts) if debt.name.casefold() in text.casefold()]
    if not named and not said:
        return _wrong(ledger, "")
    place = named[0] if named else len(ledger.debts) - 1
    if not said:
        return ledger.drop(place)
    changed = _put(ledger, place, merged(ledger.debts[place], said[0]))
    return Bad("debt") if changed is None else changed.with_(is_correcting=False)


def _with_more(ledger: Ledger, said: list[Owed], unnamed: str) -> Ledger | Bad | None:
    if not said:
        return None
    if len(ledger.debts) + len(said) > MOST_DEBTS:
        return Bad("many")
    if not all(is_sensible(debt) for debt in said):
        return Bad("debt")
    return ledger.add([debt.worked_out() for debt in said], unnamed)
