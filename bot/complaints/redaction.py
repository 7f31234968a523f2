"""Hiding parts of a text in copies, while the original stays as it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.complaints.model import CaseFile

HIDDEN = "█"


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` up to ``stop`` of one text. ``part`` names it: a field, ``message:7`` or ``note:3``."""

    part: str
    start: int
    stop: int


def spans_of(parts: dict[str, str], words: str) -> list[Span]:
    """Every place of every part where these words stand."""
    found = []
    for part, text in parts.items():
        at = text.find(words)
        while at >= 0:
            found.append(Span(part, at, at + len(words)))
            at = text.find(words, at + len(words))
    return found


def redacted(part: str, text: str, spans: Iterable[Span]) -> str:
    """The text with its spans hidden. Each hidden stretch has one length, so that it does not tell what stood there."""
    shown, at = [], 0
    for start, stop in _joined((span.start, span.stop) for span in spans if span.part == part):
        shown += [text[at:start], HIDDEN * 4]
        at = stop
    return "".join([*shown, text[at:]])


def as_copied(file: CaseFile, spans: Iterable[Span]) -> CaseFile:
    """A case with its spans hidden, as copies show it and as whoever may not see the original does."""
    kept = tuple(spans)
    said = file.particulars
    return replace(
        file,
        particulars=replace(
            said,
            story=redacted("story", said.story, kept),
            against=redacted("against", said.against, kept),
            when=redacted("when", said.when, kept),
            amount=redacted("amount", said.amount, kept),
            wish=redacted("wish", said.wish, kept),
            answers=tuple(replace(one, text=redacted(f"answer:{one.id}", one.text, kept)) for one in said.answers),
        ),
        messages=tuple(replace(one, text=redacted(f"message:{one.id}", one.text, kept)) for one in file.messages),
        notes=tuple(replace(one, text=redacted(f"note:{one.id}", one.text, kept)) for one in file.notes),
    )


def _joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
