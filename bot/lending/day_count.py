"""Day counts: how much of a year lies between two dates. Named as the market names them (ISDA 2006, section 4.16)."""

from calendar import isleap
from datetime import date

DAY_COUNTS = ("act/365", "act/360", "act/act", "30/360", "30E/360")


def year_fraction(start: date, end: date, day_count: str) -> float:
    """Years between two dates: ``act/365``, ``act/360``, ``act/act`` (ISDA), ``30/360`` (bond basis), ``30E/360``.

    Raises ``ValueError`` on any other name.
    """
    days = (end - start).days
    match day_count:
        case "act/365":
            return days / 365
        case "act/360":
            return days / 360
        case "act/act":
            return _act_act(start, end)
        case "30/360" | "30E/360":
            return _thirty(start, end, european=day_count == "30E/360")
    raise ValueError(f"unknown day count {day_count!r}")


def _act_act(start: date, end: date) -> float:
    """Days of each calendar year over that year's length."""
    whole_years = end.year - start.year
    return whole_years + _share_of_year(end) - _share_of_year(start)


def _share_of_year(day: date) -> float:
    return (day.timetuple().tm_yday - 1) / (366 if isleap(day.year) else 365)


def _thirty(start: date, end: date, *, european: bool) -> float:
    first = min(start.day, 30)
    second = min(end.day, 30) if european or first == 30 else end.day  # noqa: PLR2004 - the 30 of 30/360
    return (360 * (end.year - start.year) + 30 * (end.month - start.month) + second - first) / 360
