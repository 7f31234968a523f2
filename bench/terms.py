"""How well the grammar of money reads our own held-out offers, and how fast: ``python -m bench.terms [--misses]``.

Precision: of the fields it filled, how many are right. Recall: of the fields that were said, how many it read right.
``ask`` is the set of fields reported as ambiguous. A fee counts by its size and time, not by its name.
"""

import sys
import time
from collections import Counter
from typing import Any

import yaml

from bot.language import read_terms
from bot.settings import ROOT

CASES = ROOT / "tests" / "unit" / "language" / "cases"
FIELDS = ("principal", "received", "rate", "term", "payment", "total", "fees", "method", "ask")
SECONDS = 2.0


def language(text: str) -> str:
    """Chinese when a Chinese letter stands in it."""
    return "zh" if any("一" <= letter <= "鿿" for letter in text) else "en"


def _fee(fee: dict[str, Any]) -> str:
    size = fee.get("amount") or f"{fee['percent']}%"
    return " ".join(part for part in (fee["name"], size, fee.get("when")) if part)


def short(text: str) -> dict[str, Any]:
    """What was read, in the notation of the case files."""
    found = read_terms(text)
    said: dict[str, Any] = {}
    for name, value in found.to_json().items():
        if name == "term":
            said[name] = f"{value['count']} {value['unit']}"
        elif name == "payment":
            said[name] = f"{value['amount']}/{value['period']}"
        elif name == "fees":
            said[name] = [_fee(fee) for fee in value]
        elif name == "ambiguous":
            said["ask"] = sorted({one["field"] for one in value})
        elif name == "rate" and found.rate is not None:  # in the period it was said for
            kind = "" if value["kind"] == "interest" else f"/{value['kind']}"
            stated = value.get("said", value)
            said[name] = f"{stated['value']}/{stated['period']}{kind}"
        else:
            said[name] = value
    return said


def comparable(name: str, value: Any) -> Any:
    """A value without what does not count."""
    if name == "fees":
        return sorted(" ".join(part for part in fee.split() if part[0].isdigit() or part in {"each", "upfront"})
                      for fee in value)  # fmt: skip
    return sorted(value) if name == "ask" else value


def main() -> None:
    """Print both, per language and field."""
    misses = "--misses" in sys.argv
    names = [one for one in sys.argv[1:] if not one.startswith("-")] or ["held_out"]
    cases = [case for name in names for case in yaml.safe_load((CASES / f"{name}.yml").read_text(encoding="utf-8"))]
    said: Counter[tuple[str, str]] = Counter()
    filled: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    whole: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    for case in cases:
        tongue, found = language(case["say"]), short(case["say"])
        texts[tongue] += 1
        wrong = []
        for name in FIELDS:
            wanted, got = (
                None if name not in one else comparable(name, one[name])
                for one in (case, found)
            )  # fmt: skip
            said[tongue, name] += wanted is not None
            filled[tongue, name] += got is not None
            right[tongue, name] += wanted is not None and wanted == got
            if wanted != got:
                wrong.append(f"{name}: wanted {wanted}, got {got}")
        whole[tongue] += not wrong
        if misses and wrong:
            print(f"{case['say']}\n    " + "\n    ".join(wrong))
    for tongue, count in sorted(texts.items()):
        print(f"{tongue}: {count} texts, {100 * whole[tongue] / count:.1f}% right in every field")
        print(f"  {'':12}{'said':>6}{'precision':>11}{'recall':>8}")
        for name in FIELDS:
            key = tongue, name
            rates = [f"{100 * right[key] / of:.1f}%" if of else "-" for of in (filled[key], said[key])]
            print(f"  {name:12}{said[key]:>6}{rates[0]:>11}{rates[1]:>8}")
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        for case in cases:
            read_terms(case["say"])
        done += len(cases)
    print(f"speed: {done / (time.perf_counter() - began):,.0f} texts a second on one core")


if __name__ == "__main__":
    main()
