"""Fills a letter with what a complaint says."""

from collections.abc import Mapping

from bot.content.rights import Letter
from bot.content.wording import placeholders
from bot.messages import Language


def compose(letter: Letter, fields: Mapping[str, str], language: Language) -> list[str]:
    """The letter's paragraphs. One whose field is empty is left out, or replaced by its ``without``.

    Fields are filled in as they are: what somebody wrote in braces stays in braces.
    """
    composed = []
    for paragraph in letter.paragraphs:
        text = paragraph.text.of(language)
        if any(not fields.get(name, "").strip() for name in placeholders(text)):
            text = paragraph.without.of(language) if paragraph.without else ""
        if text:
            composed.append(text.format_map({name: value.strip() for name, value in fields.items()}))
    return composed
