"""The words of money that are explained in one breath, by the names people use for them (``data/lookup/terms.yml``)."""

from functools import cache

import yaml

from bot.settings import ROOT


@cache
def _terms() -> dict[str, str]:
    """Every name of every explained term, longest first, with the term's key."""
    read = yaml.safe_load((ROOT / "data" / "lookup" / "terms.yml").read_text(encoding="utf-8"))
    names = {str(name).lower(): str(term) for term, listed in read.items() for name in listed}
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))


def term_in(text: str) -> str | None:
    """The term of the glossary that a text asks about."""
    lowered = text.lower()
    return next((term for name, term in _terms().items() if name in lowered), None)
