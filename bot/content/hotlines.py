"""Telephone numbers of authorities, with what each is for."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.content.base import Bilingual, ContentError, Fact, Pack, read_pack


class Hotline(Fact):
    """One number."""

    number: Annotated[str, Field(pattern=r"^\d{3,5}$")]
    name: Bilingual
    purpose: Bilingual


class _Hotlines(Pack):
    hotlines: tuple[Hotline, ...]


def load_hotlines(file: Path) -> dict[str, Hotline]:
    """Every hotline by its number."""
    hotlines = read_pack(file, _Hotlines).hotlines
    by_number = {hotline.number: hotline for hotline in hotlines}
    if len(by_number) < len(hotlines):
        raise ContentError(f"{file.name}: a number is listed twice")
    return by_number
