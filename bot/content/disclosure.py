"""What the 综合融资成本明示表 must show, from when, and how sure we are of it."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import model_validator

from bot.content.base import Bilingual, Fact, Pack, read_pack


class Required(StrEnum):
    """The fields of the table, as ``bot.lending.disclosure`` checks them."""

    PRINCIPAL = "principal"
    CHARGES = "charges"
    TOTAL_ANNUALISED = "total_annualised"
    CONTINGENT = "contingent"
    NO_OTHER_CHARGES = "no_other_charges"


class RequiredField(Pack):
    """One field of the table, by the name people read."""

    id: Required
    name: Bilingual


class DisclosureRule(Fact):
    """金规〔2026〕2号 as far as it is known."""

    id: str
    name: Bilingual
    document: Bilingual
    effective_from: date
    full_text_read: bool
    """Until somebody has read it, every answer says so."""
    required: tuple[RequiredField, ...]
    new_loans_only: Fact

    @model_validator(mode="after")
    def _names_every_field_once(self) -> Self:
        if sorted(field.id for field in self.required) != sorted(Required):
            raise ValueError("required must name each of " + ", ".join(Required) + " once")
        return self

    def field(self, name: Required) -> Bilingual:
        """The name of one field."""
        return next(one.name for one in self.required if one.id is name)

    def is_in_force(self, day: date) -> bool:
        """Whether a loan signed on a day is covered."""
        return self.effective_from <= day


def load_disclosure(file: Path) -> DisclosureRule:
    """``law/disclosure.yml``. Raises ``ContentError`` naming what is wrong."""
    return read_pack(file, DisclosureRule)
