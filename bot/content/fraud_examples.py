"""Examples of our own that the likeness model learns from: tricks by family, and everyday messages.

An example is a template: ``(招|急招)兼职`` stands for both. Each gives a few texts, always the same ones, in which the
alternatives of every place take turns as far as ``MOST_VARIANTS`` reaches.
"""

import json
import re
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import Annotated, NamedTuple
from zlib import crc32

from pydantic import Field, RootModel

from bot.content.base import ContentError, Pack, read_pack

MOST_VARIANTS = 3
_HARMLESS = "harmless-"
REVIEWED = "reviewed"
_REVIEWED_HEAD = "# Messages that people sent in, read and masked by the desk (mingbai content add-example)."
_FULL_WIDTH_BRACKETS = str.maketrans("()", "（）")
_CHOICE = re.compile(r"\(([^()|]*(?:\|[^()|]*)+)\)")

_Templates = Annotated[tuple[str, ...], Field(min_length=1)]


class Example(NamedTuple):
    """One text to learn from; texts of the same ``template`` are near copies of each other."""

    text: str
    family: str | None
    """``None`` for a harmless one."""
    template: int


class FraudExamples(Pack):
    """Everything there is to learn from."""

    tricks: dict[str, _Templates]
    """By the id of the family."""
    harmless: dict[str, _Templates]
    """By the kind of message, which only helps the people who write them."""

    def texts(self) -> Iterator[Example]:
        """Every text, spelled out."""
        number = 0
        for source, is_trick in ((self.tricks, True), (self.harmless, False)):
            for key, templates in source.items():
                for template in templates:
                    for text in spelled_out(template):
                        yield Example(text, key if is_trick else None, number)
                    number += 1

    def plus(self, name: str, text: str) -> "FraudExamples":
        """All and one more, under the name of its file (a family, or ``harmless-<kind>``)."""
        if name.startswith(_HARMLESS):
            kind = name.removeprefix(_HARMLESS)
            return FraudExamples(
                tricks=self.tricks, harmless={**self.harmless, kind: (*self.harmless.get(kind, ()), text)}
            )
        return FraudExamples(tricks={**self.tricks, name: (*self.tricks.get(name, ()), text)}, harmless=self.harmless)

    def without(self, texts: Container[str]) -> "FraudExamples":
        """All but these, to measure on texts that were not learnt from."""
        return FraudExamples(tricks=_without(self.tricks, texts), harmless=_without(self.harmless, texts))


def _without(examples: dict[str, _Templates], texts: Container[str]) -> dict[str, _Templates]:
    left = {key: tuple(template for template in of if template not in texts) for key, of in examples.items()}
    return {key: of for key, of in left.items() if of}


class _List(RootModel[_Templates]):
    pass


class _Kinds(RootModel[dict[str, _Templates]]):
    pass


def spelled_out(template: str) -> Iterator[str]:
    """The texts of one template. Each place begins somewhere else among its alternatives, so that they mix."""
    choices = [choice.split("|") for choice in _CHOICE.findall(template)]
    offsets = [crc32(f"{place} {template}".encode()) for place in range(len(choices))]
    most = max(map(len, choices), default=1)
    for variant in range(min(most, MOST_VARIANTS)):
        picks = [choice[(offset + variant) % len(choice)] for choice, offset in zip(choices, offsets, strict=True)]
        parts = _CHOICE.split(template)
        parts[1::2] = picks
        yield "".join(parts)


def add_reviewed(folder: Path, name: str, text: str) -> Callable[[], None]:
    """Append a text to ``reviewed/<name>.yml`` below the folder of examples; returns what undoes it.

    The file is written whole and moved into place.
    """
    file = folder / REVIEWED / f"{name}.yml"
    had = file.read_text(encoding="utf-8") if file.exists() else None
    had_folder = file.parent.exists()

    def undo() -> None:
        if had is not None:
            _replace(file, had)
            return
        file.unlink(missing_ok=True)
        if not had_folder:
            file.parent.rmdir()

    file.parent.mkdir(exist_ok=True)
    # JSON strings are YAML strings, in which a line can end; one line looks like those of the other files.
    quoted = json.dumps(text, ensure_ascii=False) if "\n" in text else "'" + text.replace("'", "''") + "'"
    _replace(file, f"{(had or _REVIEWED_HEAD).rstrip()}\n- {quoted}\n")
    return undo


def as_written(text: str) -> str:
    """A message that is no template by accident: brackets around a choice become full-width, which reads the same."""
    return text.translate(_FULL_WIDTH_BRACKETS) if _CHOICE.search(text) else text


def _replace(file: Path, content: str) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(content, encoding="utf-8")
    draft.replace(file)


def load_examples(folder: Path) -> FraudExamples:
    """``data/fraud/examples`` and its subfolders. Raises ``ContentError`` naming the file.

    A file is named after its family; ``harmless-<kind>`` holds everyday messages, ``harmless`` several kinds of them.
    """
    files = sorted(folder.rglob("*.yml"))
    if not files:
        raise ContentError(f"{folder.name}: there is not one example in this folder")
    tricks: dict[str, _Templates] = {}
    harmless: dict[str, _Templates] = {}
    for file in files:
        if file.stem == "harmless":
            for kind, templates in read_pack(file, _Kinds).root.items():
                harmless[kind] = harmless.get(kind, ()) + templates
        elif file.stem.startswith(_HARMLESS):
            kind = file.stem.removeprefix(_HARMLESS)
            harmless[kind] = harmless.get(kind, ()) + read_pack(file, _List).root
        else:
            tricks[file.stem] = tricks.get(file.stem, ()) + read_pack(file, _List).root
    return FraudExamples(tricks=tricks, harmless=harmless)
