"""How long complaints are kept, in days for each state, with the reason residents are given."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.content.base import Bilingual, ContentError, Fact, Pack, read_pack


class StatusRule(Pack):
    """How long a complaint is kept in one state. ``days`` of ``None``: until somebody has dealt with it."""

    status: str
    days: Annotated[int, Field(ge=1, le=1095)] | None
    """At most three years: what PBOC Order 2020 No. 5 asks of institutions is our ceiling."""
    label: Bilingual
    reason: Bilingual


class RetentionRules(Fact):
    """All rules (PIPL, Art. 19)."""

    notice_days: Annotated[int, Field(ge=1, le=90)]
    """How long before its end a resident is told of it."""
    longest_postponement_days: Annotated[int, Field(ge=1, le=1095)]
    retired_keys_days: Annotated[int, Field(ge=1, le=1095)]
    statuses: tuple[StatusRule, ...]

    def days_of(self, status: str) -> int | None:
        """How long a state is kept; states without a rule are kept, as deleting cannot be undone."""
        return next((rule.days for rule in self.statuses if rule.status == status), None)


def load_retention(folder: Path) -> RetentionRules:
    """The rules. Raises ``ContentError``, also on a state that is named twice."""
    rules = read_pack(folder / "retention.yml", RetentionRules)
    named = [rule.status for rule in rules.statuses]
    if len(set(named)) < len(named):
        raise ContentError("retention.yml: a status is listed twice")
    return rules
