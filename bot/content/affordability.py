"""From which share of an income debts press: a rule of thumb of ours, for want of an official figure."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.content.base import Bilingual, Fact, read_pack

Share = Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)]


class RuleOfThumb(Fact):
    """All debt payments in percent of income from which they are felt, and from which they are heavy."""

    noticeable: Share
    heavy: Share
    name: Bilingual
    note: Bilingual
    """Says whose figure it is; stands beside every verdict."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.noticeable > self.heavy:
            raise ValueError("noticeable must not be above heavy")
        return self


def load_affordability(file: Path) -> RuleOfThumb:
    """``affordability.yml``. Raises ``ContentError`` when a figure or its source is missing or out of order."""
    return read_pack(file, RuleOfThumb)
