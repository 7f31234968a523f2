"""The sentences and labels of the interface that are not Rasa responses: card labels, notices of the gateways."""

from pathlib import Path
from string import Formatter

from pydantic import RootModel

from bot.content.base import Bilingual, ContentError, read_pack
from bot.messages import Language


class Wording:
    """All of ``data/wording``: a flat map of keys to texts in both languages."""

    def __init__(self, texts: dict[str, Bilingual]) -> None:
        self._texts = texts

    def say(self, key: str, language: Language, **values: object) -> str:
        """One text with its placeholders filled.

        Raises:
            KeyError: there is no such key, or a placeholder has no value; both are a developer's mistake.
        """
        return self._texts[key].of(language).format(**values)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def keys(self) -> frozenset[str]:
        """Every key there is."""
        return frozenset(self._texts)


class _WordingFile(RootModel[dict[str, Bilingual]]):
    pass


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def load_wording(folder: Path) -> Wording:
    """Every file of the folder. Raises ``ContentError`` on a key used twice, or placeholders that differ."""
    texts: dict[str, Bilingual] = {}
    for file in sorted(folder.glob("*.yml")):
        for key, text in read_pack(file, _WordingFile).root.items():
            if key in texts:
                raise ContentError(f"{file.name}: {key} is defined in another file already")
            _check(text, f"{file.name}: {key}")
            texts[key] = text
    return Wording(texts)


def _check(text: Bilingual, where: str) -> None:
    try:
        zh, en = placeholders(text.zh), placeholders(text.en)
    except ValueError as error:
        raise ContentError(f"{where}: {error}") from error
    if zh != en:
        raise ContentError(f"{where}: the two languages have different placeholders: {sorted(zh ^ en)}")
