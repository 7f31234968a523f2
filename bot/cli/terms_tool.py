"""``mingbai terms``: a sentence in, what it says about a loan out, one JSON object a line."""

from collections.abc import Iterable, Iterator

from bot.cli.jsonl import answer_lines, text_of
from bot.language import read_terms


def run(lines: Iterable[str]) -> Iterator[str]:
    """Answer every line."""
    return answer_lines(lines, lambda data: read_terms(text_of(data)).to_json())
