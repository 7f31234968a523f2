"""Who can act on a complaint, in which order, and letters to them."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.content.base import Bilingual, ContentError, Fact, Pack, read_pack
from bot.content.wording import placeholders

LETTER_FIELDS = frozenset({"kind", "against", "when", "amount", "story", "wish", "date"})
"""What a letter may be filled with."""

UNKNOWN = "unknown"
"""The route of somebody who does not know what the other side is."""


class Body(Fact):
    """An institution, authority or court: what it does, what it needs, and the legal time it has."""

    id: Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")]
    name: Bilingual
    handles: Bilingual
    needs: Bilingual
    clock: Bilingual | None = None
    letter: str | None = None


class Paragraph(Pack):
    """A paragraph of a letter; ``without`` stands in for it when one of its fields is empty."""

    text: Bilingual
    without: Bilingual | None = None


class Letter(Pack):
    """A letter to print or paste."""

    title: Bilingual
    paragraphs: tuple[Paragraph, ...]


class _Bodies(Pack):
    bodies: tuple[Body, ...]
    routes: dict[str, tuple[str, ...]]
    first: dict[str, tuple[str, ...]]


class _Letters(Pack):
    letters: dict[str, Letter]


class Rights(Pack):
    """Everything under ``data/rights``."""

    bodies: dict[str, Body]
    routes: dict[str, tuple[str, ...]]
    """By who is complained about."""
    first: dict[str, tuple[str, ...]]
    """By kind of complaint: whom to ask before anybody else."""
    letters: dict[str, Letter]

    def route(self, kind: str, against: str) -> tuple[Body, ...]:
        """Whom to ask, in order. An unknown ``against`` is somebody who does not know."""
        names = (*self.first.get(kind, ()), *self.routes.get(against, self.routes[UNKNOWN]))
        return tuple(self.bodies[name] for name in dict.fromkeys(names))


def load_rights(folder: Path) -> Rights:
    """The packs. Raises ``ContentError`` on the first mistake."""
    read = read_pack(folder / "bodies.yml", _Bodies)
    letters = read_pack(folder / "letters.yml", _Letters).letters
    bodies = {body.id: body for body in read.bodies}
    if len(bodies) < len(read.bodies):
        raise ContentError("bodies.yml: an id is given twice")
    if UNKNOWN not in read.routes:
        raise ContentError(f"bodies.yml: routes: {UNKNOWN} is missing")
    for where, names in (*read.routes.items(), *read.first.items()):
        if strange := set(names) - set(bodies):
            raise ContentError(f"bodies.yml: {where}: there is no body {min(strange)!r}")
    for body in bodies.values():
        if body.letter is not None and body.letter not in letters:
            raise ContentError(f"bodies.yml: {body.id}: there is no letter {body.letter!r}")
    for name, letter in letters.items():
        for paragraph in letter.paragraphs:
            _check(f"letters.yml: {name}", paragraph)
    return Rights(bodies=bodies, routes=read.routes, first=read.first, letters=letters)


def _check(where: str, paragraph: Paragraph) -> None:
    for text in filter(None, (paragraph.text, paragraph.without)):
        if placeholders(text.zh) != placeholders(text.en):
            raise ContentError(f"{where}: the two languages have different fields: {text.en!r}")
        if unknown := placeholders(text.zh) - LETTER_FIELDS:
            raise ContentError(f"{where}: there is no field {min(unknown)!r} to fill in")
