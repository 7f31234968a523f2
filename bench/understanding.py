"""How well ``mingbai understand`` tells topics apart, and how fast: ``python -m bench.understanding [--file F]``.

A file holds texts under their topic, with or without the language above or below it: ``{topic: {zh: [...]}}``. Where no
language is named, a Chinese letter tells. ``--misses`` prints every text that was taken for something else; leave it
out for what must stay unseen.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.settings import ROOT

TOPICS = (
    "loan_cost",
    "usury_check",
    "fraud_check",
    "complaint",
    "credit_record",
    "learn_basic",
    "debt_trouble",
    "early_repayment",
    "smalltalk",
    "out_of_scope",
)
LANGUAGES = ("zh", "en")


class Asked(NamedTuple):
    """A text, where it belongs, and what was made of it."""

    text: str
    language: str
    topic: str
    answer: dict[str, Any]
    milliseconds: float


def texts_of(part: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str, str]]:
    """Every text of a file with its language and topic, however the two are nested."""
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from texts_of(inner, (*path, str(name)))
        return
    topic = next(name for name in path if name in TOPICS)
    named = next((name for name in path if name in LANGUAGES), None)
    for text in map(str, part):
        yield text, named or ("zh" if any("一" <= letter <= "鿿" for letter in text) else "en"), topic


def ask(texts: list[tuple[str, str, str]]) -> list[Asked]:
    """Put every text to the command, one at a time, so that each has its time."""
    command = [sys.executable, "-m", "bot.cli", "understand"]
    asked = []
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise SystemExit("understand has no standard input or output")
        for text, language, topic in texts:
            began = time.perf_counter()
            process.stdin.write(json.dumps({"text": text}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            asked.append(Asked(text, language, topic, answer, 1000 * (time.perf_counter() - began)))
        process.stdin.close()
    return asked


def report(asked: list[Asked], language: str) -> None:
    """Precision, recall and F1 of each topic, their plain mean, and what is taken for what."""
    here = [one for one in asked if one.language == language]
    meant, taken = Counter(one.topic for one in here), Counter(one.answer["topic"] for one in here)
    right = Counter(one.topic for one in here if one.topic == one.answer["topic"])
    print(f"\n{language:<18}{'texts':>7}{'precision':>11}{'recall':>8}{'F1':>7}")
    scores = []
    for topic in (topic for topic in TOPICS if meant[topic]):
        score = 2 * right[topic] / (meant[topic] + taken[topic])
        scores.append(score)
        precision = right[topic] / taken[topic] if taken[topic] else 0.0
        print(f"  {topic:<16}{meant[topic]:>7}{precision:>11.3f}{right[topic] / meant[topic]:>8.3f}{score:>7.3f}")
    print(f"  {'macro':<16}{len(here):>7}{'':>19}{statistics.mean(scores):>7.3f}")
    wrong = Counter((one.topic, one.answer["topic"]) for one in here if one.topic != one.answer["topic"])
    print("  most confused:", ", ".join(f"{a} as {b} ({n})" for (a, b), n in wrong.most_common(8)))
    unsure = [one for one in here if one.answer["intent"] == "nlu_fallback"]
    saved = sum(one.topic != one.answer["topic"] for one in unsure)
    print(f"  asked back: {len(unsure)} of {len(here)}, of which {saved} would have been taken wrongly")


def main() -> None:
    """Ask everything in the file and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=ROOT / "bench" / "understanding" / "own_dev.yml")
    parser.add_argument("--misses", action="store_true", help="print every text taken for something else")
    options = parser.parse_args()
    asked = ask(list(texts_of(yaml.safe_load(options.file.read_text(encoding="utf-8")))))
    for one in asked:
        if options.misses and one.topic != one.answer["topic"]:
            print(f"MISS {one.topic} as {one.answer['topic']} {one.answer['confidence']:.2f}: {one.text}")
    for language in LANGUAGES:
        report(asked, language)
    # The first text waits for the model.
    print(f"\nmedian {statistics.median(one.milliseconds for one in asked[1:]):.1f} ms a text")


if __name__ == "__main__":
    main()
