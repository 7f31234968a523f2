"""What every JSON-lines tool shares: one answer for each line, and a bad line never stops the next."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class LineError(ValueError):
    """A line that cannot be answered; becomes an error object on its own line."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


def answer_lines(lines: Iterable[str], answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[str]:
    """Answer each line's JSON object with one JSON object, in order."""
    for line in lines:
        try:
            yield json.dumps(answer(_read(line)), ensure_ascii=False)
        except LineError as error:
            found = {"code": error.code, "message": str(error), "field": error.field}
            yield json.dumps({"error": found}, ensure_ascii=False)


def _read(line: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise LineError("not_json", "the line is not JSON") from None
    if not isinstance(data, dict):
        raise LineError("not_object", "the line is not a JSON object")
    return data


def text_of(data: dict[str, Any]) -> str:
    """The ``text`` field of a line. Raises ``LineError``."""
    text = data.get("text")
    if not isinstance(text, str):
        raise LineError("missing", "give the sentence as a string", "text")
    return text
