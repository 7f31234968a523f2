"""What every content pack is made of: two languages side by side, and facts with source, date and confidence."""

from collections.abc import Hashable, Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.messages import Language


class ContentError(ValueError):
    """A pack is not as it must be. The message names the file and the field, for the person who edits it."""


class Pack(BaseModel):
    """Any part of a pack: unknown fields are mistakes, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, str_min_length=1)


class Bilingual(Pack):
    """One text in both languages."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """The text in one language."""
        return self.en if language is Language.EN else self.zh


class Confidence(StrEnum):
    """How sure we are of a fact (the marks of the research it comes from)."""

    CONFIRMED = "confirmed"
    SINGLE_SOURCE = "single source"
    UNCONFIRMED = "unconfirmed"


class Fact(Pack):
    """Something stated as true: from where, as of when, and when a person has to look again."""

    source: str
    as_of: date
    review_by: date
    confidence: Confidence

    def is_current(self, today: date) -> bool:
        """Whether it may be shown as plain fact: confirmed, and its review date not passed."""
        return self.confidence is Confidence.CONFIRMED and today <= self.review_by


_Model = TypeVar("_Model", bound=BaseModel)


class _UniqueKeys(yaml.CSafeLoader):
    """YAML lets a later key silently replace an earlier one; in a pack that is always a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        """A mapping whose keys occur once."""
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable) or key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} is given twice or is no name", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_yaml(file: Path) -> Any:
    """A YAML file's content. Raises ``ContentError`` naming file and line."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContentError(f"{file.name}: cannot be read: {error}") from error


def read_pack(file: Path, model: type[_Model]) -> _Model:
    """One file as one model. Raises ``ContentError`` naming file and field."""
    try:
        return model.model_validate(read_yaml(file))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ContentError(f"{file.name}: {where or 'file'}: {first['msg']}") from error


def read_packs(folder: Path, model: type[_Model]) -> Iterator[_Model]:
    """Every ``*.yml`` of a folder, by name, with ids that occur once."""
    seen: dict[object, str] = {}
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise ContentError(f"{folder.name}: there is not one pack in this folder")
    for file in files:
        pack = read_pack(file, model)
        identity = getattr(pack, "id", file.name)
        if identity in seen:
            raise ContentError(f"{file.name}: id {identity!r} is used in {seen[identity]} already")
        seen[identity] = file.name
        yield pack
