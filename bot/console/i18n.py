"""The console's two languages: gettext catalogs read straight from their ``.po`` files."""

from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.messages import Language

LOCALE = Path(__file__).parent / "locale"


def catalog(language: Language) -> Catalog:
    """The catalog of one language as it is edited."""
    with (LOCALE / f"{language}.po").open("rb") as file:
        return read_po(file, locale="zh_CN" if language is Language.ZH else "en")


@lru_cache
def translations(language: Language) -> GNUTranslations:
    """The catalog of one language, compiled in memory; read once."""
    compiled = BytesIO()
    write_mo(compiled, catalog(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
