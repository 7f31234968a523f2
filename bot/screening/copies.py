"""Finds texts that are the same or nearly so, by the letters alone. Pure."""

from collections.abc import Mapping

_RUN = 3
NEAR = 0.6
"""Share of common runs of letters from which on two texts are copies. Of 400 examples drawn from data/fraud, one comes
that near to an example of another template, and is a copy; the next nearest reaches 0.55."""
_WHOLE = 12
"""Letters from which on a text that stands in another one is a part of it and no chance."""


def find_copy(bare: str, others: Mapping[str, str], *, parts_too: bool = False) -> str | None:
    """The first of the others (by bare form, see ``Normaliser.bare``) that is a copy; ``None`` when there is none.

    ``parts_too``: also when one of both stands whole in the other, however much more there is.
    """
    if bare in others:
        return others[bare]
    mine = _runs(bare)
    for other, text in others.items():
        if _likeness(mine, _runs(other)) >= NEAR:
            return text
        shorter, longer = sorted((bare, other), key=len)
        if parts_too and len(shorter) >= _WHOLE and shorter in longer:
            return text
    return None


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def _runs(bare: str) -> frozenset[str]:
    return frozenset(bare[at : at + _RUN] for at in range(max(1, len(bare) - _RUN + 1)))
