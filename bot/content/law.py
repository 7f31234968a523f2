"""Dated legal lines: LPR history, and which line applies to which lender from when.

A line is data, never a constant: it has a first day, a source, a day to look again, and a confidence mark.
"""

import json
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.content.base import Bilingual, Confidence, ContentError, Fact, Pack, read_pack

Percent = Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)]

_DAYS_UNTIL_STALE = 45  # LPR is published every month; older than this, a newer one should be looked up


class Lender(StrEnum):
    """Who lends decides which line applies."""

    PRIVATE = "private"
    INSTITUTION = "institution"
    MICROLOAN = "microloan"
    UNKNOWN = "unknown"


class LprReading(Pack):
    """One publication of the loan prime rate, percent a year."""

    published: date
    one_year: Percent
    five_year: Percent
    confidence: Confidence
    source: str


class Line(Fact):
    """One line for one kind of lender, valid from ``effective_from`` (to ``effective_to``, if it ended)."""

    id: str
    lender: Lender
    effective_from: date
    effective_to: date | None = None
    limit: Percent | None = None
    four_times_lpr: bool = False
    name: Bilingual
    nature: Bilingual
    article: Bilingual
    above: Bilingual | None = None
    """What it means to be above it (``{rate}``, ``{limit}``), where the usual sentence of the lender misleads."""

    @model_validator(mode="after")
    def _has_one_limit(self) -> Self:
        if (self.limit is None) != self.four_times_lpr:
            raise ValueError("give either limit or four_times_lpr")
        if self.lender is Lender.UNKNOWN:
            raise ValueError("a line belongs to a known lender")
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError("a line cannot end before it begins")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether the line was in force on a day."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


class _LprFile(Pack):
    lpr: tuple[LprReading, ...]


class _LinesFile(Pack):
    lines: tuple[Line, ...]


class Law:
    """Every line and every LPR reading."""

    def __init__(self, lines: tuple[Line, ...], lpr: tuple[LprReading, ...]) -> None:
        self.lines = lines
        self.lpr = lpr
        self._check()

    def _check(self) -> None:
        days = [reading.published for reading in self.lpr]
        if not days or days != sorted(set(days)):
            raise ContentError("lpr.yml: readings must be in order of date, each date once")
        ids = [line.id for line in self.lines]
        if len(ids) != len(set(ids)):
            raise ContentError("lines.yml: an id occurs twice")
        for lender in {line.lender for line in self.lines}:
            timeline = sorted((line for line in self.lines if line.lender is lender), key=lambda x: x.effective_from)
            for before, after in pairwise(timeline):
                if before.effective_to is None or (after.effective_from - before.effective_to).days != 1:
                    raise ContentError(f"lines.yml: {before.id} and {after.id} leave a gap or overlap")
        for line in self.lines:
            if line.four_times_lpr and line.effective_from < days[0]:
                raise ContentError(f"lines.yml: {line.id} starts before the first LPR reading")

    def lpr_on(self, day: date) -> LprReading:
        """The reading in force on a day. Raises ``ContentError`` before the first."""
        for reading in reversed(self.lpr):
            if reading.published <= day:
                return reading
        raise ContentError(f"no LPR reading on or before {day}")

    def lpr_may_be_outdated(self, today: date) -> bool:
        """Whether the newest reading is so old that a newer one should exist."""
        return (today - self.lpr[-1].published).days > _DAYS_UNTIL_STALE

    def line_for(self, lender: Lender, day: date) -> Line | None:
        """The line of one kind of lender on a day."""
        return next((line for line in self.lines if line.lender is lender and line.holds_on(day)), None)


def load_law(folder: Path) -> Law:
    """``lines.yml`` and ``lpr.yml``. Raises ``ContentError`` on gaps, overlaps and missing sources."""
    lines = read_pack(folder / "lines.yml", _LinesFile).lines
    readings = read_pack(folder / "lpr.yml", _LprFile).lpr
    return Law(lines, readings)


def add_lpr(folder: Path, reading: LprReading) -> Law:
    """Append a month's reading to ``lpr.yml`` and return the law with it.

    The file is written whole and moved into place, and only if what it says then still checks.

    Raises:
        ContentError: the reading is not newer than the newest one.
    """
    law = load_law(folder)
    renewed = Law(law.lines, (*law.lpr, reading))
    # JSON strings are YAML strings: whatever an operator types stays text.
    row = {name: json.dumps(str(value), ensure_ascii=False) for name, value in reading.model_dump().items()}
    row["published"] = reading.published.isoformat()
    line = ", ".join(f"{name}: {value}" for name, value in row.items())
    file = folder / "lpr.yml"
    draft = file.with_suffix(".new")
    draft.write_text(f"{file.read_text(encoding='utf-8').rstrip()}\n  - {{{line}}}\n", encoding="utf-8")
    draft.replace(file)
    return renewed
