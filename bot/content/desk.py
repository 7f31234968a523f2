"""What the desk works by: working days, its own promises, checklists, replies to begin from, weak passphrases."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, RootModel, model_validator

from bot.content.base import Bilingual, ContentError, Fact, Pack, read_pack
from bot.content.wording import placeholders

REPLY_FIELDS = frozenset({"number", "kind", "handler", "institution", "due"})
"""What a reply may leave to be filled in."""

_SATURDAY = 5


class _Span(Pack):
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]


class CalendarYear(Fact):
    """One year's days off and make-up working days."""

    year: int
    holidays: tuple[_Span, ...]
    worked: tuple[date, ...]

    @model_validator(mode="after")
    def _within_the_year(self) -> "CalendarYear":
        days = [day for span in self.holidays for day in (span.first, span.last)] + list(self.worked)
        if any(day.year != self.year for day in days):
            raise ValueError(f"a day of {self.year} lies in another year")
        if any(span.last < span.first for span in self.holidays):
            raise ValueError("a holiday ends before it begins")
        if any(day.weekday() < _SATURDAY for day in self.worked):
            raise ValueError("a make-up working day is a Saturday or a Sunday")
        return self


class _Calendar(Pack):
    years: tuple[CalendarYear, ...]


class WorkingDays:
    """Which days are worked. A year without a block counts weekends only."""

    def __init__(self, years: tuple[CalendarYear, ...]) -> None:
        self.years = years
        self._off = {day for year in years for span in year.holidays for day in _days(span)}
        self._worked = {day for year in years for day in year.worked}

    def is_worked(self, day: date) -> bool:
        """Whether the desk works on a day."""
        return day in self._worked or (day not in self._off and day.weekday() < _SATURDAY)

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``, which itself does not count."""
        while count:
            day += timedelta(days=1)
            count -= self.is_worked(day)
        return day

    def knows(self, day: date) -> bool:
        """Whether the official arrangement of that day's year is in the pack."""
        return any(year.year == day.year and year.holidays for year in self.years)


class Clock(Pack):
    """What the desk promises for one kind of complaint, in working days."""

    answer: Annotated[int, Field(ge=1, le=60)]
    close: Annotated[int, Field(ge=1, le=250)]


class _Clocks(Pack):
    warn_working_days: Annotated[int, Field(ge=0, le=10)]
    clocks: dict[str, Clock]


class Check(Pack):
    """One thing to look at."""

    id: Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")]
    text: Bilingual


class _Checklists(RootModel[dict[str, tuple[Check, ...]]]):
    pass


class CannedReply(Pack):
    """A reply to begin from."""

    id: Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")]
    title: Bilingual
    text: Bilingual

    @model_validator(mode="after")
    def _known_fields(self) -> "CannedReply":
        unknown = (placeholders(self.text.zh) | placeholders(self.text.en)) - REPLY_FIELDS
        if unknown:
            raise ValueError(f"there is no field {min(unknown)!r} to fill in")
        return self


class _Replies(Pack):
    replies: tuple[CannedReply, ...]


@dataclass(frozen=True, slots=True)
class DeskContent:
    """Everything under ``data/desk``."""

    days: WorkingDays
    warn_working_days: int
    clocks: Mapping[str, Clock]
    """By kind of complaint."""
    checklists: Mapping[str, tuple[Check, ...]]
    """By kind of complaint; what every case needs comes first."""
    replies: Mapping[str, CannedReply]
    weak_passphrases: frozenset[str]

    def is_weak(self, passphrase: str) -> bool:
        """Whether a passphrase is one of the commonest, alone, repeated, or with digits hung on."""
        folded = _folded(passphrase)
        bare = folded.strip("0123456789")
        for word in (folded, bare):
            if len(set(word)) <= 2 or word in self.weak_passphrases:  # noqa: PLR2004 - one or two different letters
                return True
            for length in range(1, len(word) // 2 + 1):
                if len(word) % length == 0 and word == word[:length] * (len(word) // length):
                    return True
        return False


def load_desk(folder: Path) -> DeskContent:
    """The desk's packs. Raises ``ContentError`` on the first mistake."""
    clocks = read_pack(folder / "clocks.yml", _Clocks)
    checklists = read_pack(folder / "checklists.yml", _Checklists).root
    common = checklists.get("all")
    if common is None or set(checklists) - {"all"} != set(clocks.clocks):
        raise ContentError("checklists.yml: `all` and one list for each kind in clocks.yml are needed")
    by_kind = {}
    for kind in clocks.clocks:
        by_kind[kind] = common + checklists[kind]
        if len({check.id for check in by_kind[kind]}) < len(by_kind[kind]):
            raise ContentError(f"checklists.yml: {kind}: an id is given twice")
    replies = read_pack(folder / "replies.yml", _Replies).replies
    if len({reply.id for reply in replies}) < len(replies):
        raise ContentError("replies.yml: an id is given twice")
    return DeskContent(
        days=WorkingDays(read_pack(folder / "holidays.yml", _Calendar).years),
        warn_working_days=clocks.warn_working_days,
        clocks=MappingProxyType(clocks.clocks),
        checklists=MappingProxyType(by_kind),
        replies=MappingProxyType({reply.id: reply for reply in replies}),
        weak_passphrases=frozenset(_lines(folder / "weak_passphrases.txt")),
    )


def _days(span: _Span) -> Iterator[date]:
    for number in range((span.last - span.first).days + 1):
        yield span.first + timedelta(days=number)


def _lines(file: Path) -> Iterator[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{file.name}: cannot be read: {error}") from error
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield _folded(line)


def _folded(passphrase: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", passphrase).casefold())
