"""How good screening is on our own evaluation sets, and how fast.

``python -m bench.screening [--split dev|held_out] [--misses]``. Every file of ``bench/screening/<split>`` maps names to
texts: in ``*harmless*.yml`` kinds of everyday messages, in all others families. ``dev`` is for tuning; of ``held_out``
only the figures are ever looked at, so ``--misses`` is refused there. The likeness model learns from the dev texts too;
here each quarter of them is judged by a model that has not seen it.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

import yaml

from bot.content.fraud import FraudPack, load_fraud
from bot.screening import Finding, Screener, Verdict
from bot.settings import ROOT

Texts = dict[str, list[str]]
ALARM = (Verdict.DANGER, Verdict.CAUTION)
SECONDS = 2.0
QUARTERS = 4


def load(folder: Path) -> tuple[Texts, Texts]:
    """Tricks by family and harmless texts by kind."""
    scams: Texts = {}
    harmless: Texts = {}
    for file in sorted(folder.glob("*.yml")):
        into = harmless if "harmless" in file.name else scams
        for name, texts in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            into.setdefault(name, []).extend(texts)
    return scams, harmless


def language(text: str) -> str:
    """Chinese when a Chinese letter stands in it."""
    return "zh" if any("一" <= letter <= "鿿" for letter in text) else "en"


class Judges:
    """Four screeners, each without a quarter of the texts; or a single one for texts nobody learnt from."""

    def __init__(self, pack: FraudPack, texts: list[str], *, learnt: bool) -> None:
        self._quarter = {text.strip(): at % QUARTERS for at, text in enumerate(texts)} if learnt else {}
        left_out = [{text for text, of in self._quarter.items() if of == quarter} for quarter in range(QUARTERS)]
        examples = [pack.examples.without(texts) for texts in (left_out if learnt else [set()])]
        self._screeners = [Screener(pack.model_copy(update={"examples": of})) for of in examples]

    def screen(self, text: str) -> Finding:
        """The finding of a screener that has not learnt from this text."""
        return self._screeners[self._quarter.get(text.strip(), 0)].screen(text)


def recall(screener: Judges, scams: Texts, *, misses: bool) -> None:
    """Prints how many scams raise an alarm, and how many under the right name."""
    counts: Counter[tuple[str, str]] = Counter()
    confused: Counter[tuple[str, str]] = Counter()
    for family, texts in scams.items():
        for text in texts:
            finding = screener.screen(text)
            found = [one.id for one in finding.families]
            for row in ("all", language(text), f"  {family}"):
                counts[row, "texts"] += 1
                counts[row, "danger"] += finding.verdict is Verdict.DANGER
                counts[row, "alarm"] += finding.verdict in ALARM
                counts[row, "first"] += found[:1] == [family]
                counts[row, "named"] += family in found
                counts[row, "strong"] += finding.is_strong
            if family not in found[:1]:
                confused[family, found[0] if found else str(finding.verdict)] += 1
                if misses:
                    print(f"MISS {family} -> {finding.verdict} {found}: {text}")
    columns = ("danger", "alarm", "first", "named", "strong")
    print(f"{'':24}{'texts':>7}" + "".join(f"{column:>9}" for column in columns))
    for row in sorted({row for row, _ in counts}):
        total = counts[row, "texts"]
        shares = "".join(f"{100 * counts[row, column] / total:>8.1f}%" for column in columns)
        print(f"{row:24}{total:>7}{shares}")
    print("most confused:", ", ".join(f"{one} as {other} ({n})" for (one, other), n in confused.most_common(12)))


def false_alarms(screener: Judges, harmless: Texts, *, misses: bool) -> None:
    """Prints how many harmless texts raise an alarm."""
    counts: Counter[tuple[str, Verdict]] = Counter()
    strong: Counter[str] = Counter()
    for kind, texts in harmless.items():
        for text in texts:
            finding = screener.screen(text)
            for row in ("all", language(text), f"  {kind}"):
                counts[row, finding.verdict] += 1
                strong[row] += finding.is_strong
            if misses and finding.verdict in ALARM:
                print(f"FALSE {kind} {_said(finding)}: {text}")
    for row in sorted({row for row, _ in counts}):
        total = sum(counts[row, verdict] for verdict in Verdict)
        shares = ", ".join(f"{verdict} {100 * counts[row, verdict] / total:.1f}%" for verdict in Verdict)
        print(f"harmless {row:24}{total:>5}: {shares}, strong {strong[row]}")


def _said(finding: Finding) -> str:
    signs = [(sign.id, sign.quote) for sign in finding.signs]
    return f"{finding.verdict} {[family.id for family in finding.families]} {signs}"


def speed(screener: Screener, texts: list[str]) -> None:
    """Prints messages a second on one core."""
    for text in texts:
        screener.screen(text)
    done, began = 0, time.process_time()
    while time.process_time() - began < SECONDS:
        for text in texts:
            screener.screen(text)
        done += len(texts)
    length = sum(map(len, texts)) / len(texts)
    rate = done / (time.process_time() - began)
    print(f"speed: {rate:,.0f} messages a second on one core ({length:.0f} letters on average)")


def main() -> None:
    """Run all three."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--split", choices=("dev", "held_out"), default="dev")
    options.add_argument("--folder", type=Path, help="another folder of the same form")
    options.add_argument("--misses", action="store_true", help="print each miss and false alarm")
    chosen = options.parse_args()
    if chosen.misses and chosen.split == "held_out":
        options.error("held_out is never read text by text")
    began = time.perf_counter()
    pack = load_fraud(ROOT / "data" / "fraud")
    screener = Screener(pack)
    print(f"ready after {time.perf_counter() - began:.1f} s")
    scams, harmless = load(chosen.folder or ROOT / "bench" / "screening" / chosen.split)
    texts = [text for of in (scams, harmless) for texts in of.values() for text in texts]
    judges = Judges(pack, texts, learnt=chosen.split == "dev")
    recall(judges, scams, misses=chosen.misses)
    false_alarms(judges, harmless, misses=chosen.misses)
    speed(screener, texts)


if __name__ == "__main__":
    main()
