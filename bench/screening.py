"""How good screening is on our own evaluation set, and how fast: ``python -m bench.screening [--misses]``."""

import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from bot.content.fraud import FraudPack, load_fraud
from bot.screening import Screener, Verdict
from bot.settings import ROOT

ALARM = (Verdict.DANGER, Verdict.CAUTION)
SECONDS = 2.0


def load(file: Path) -> Any:
    """One evaluation file."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def language(text: str) -> str:
    """Chinese when a Chinese letter stands in it."""
    return "zh" if any("一" <= letter <= "鿿" for letter in text) else "en"


def recall(screener: Screener, scams: dict[str, list[str]], pack: FraudPack, *, misses: bool) -> None:
    """Prints how many scams raise an alarm, and how many under the right name."""
    unknown = scams.keys() - {family.id for family in pack.families}
    if unknown:
        raise SystemExit(f"no such families: {', '.join(sorted(unknown))}")
    alarms: Counter[str] = Counter()
    first: Counter[str] = Counter()
    named: Counter[str] = Counter()
    total: Counter[str] = Counter()
    confused: Counter[tuple[str, str]] = Counter()
    for family, texts in scams.items():
        for text in texts:
            finding = screener.screen(text)
            found = [one.id for one in finding.families]
            for key in (language(text), f"  {family}"):
                total[key] += 1
                alarms[key] += finding.verdict in ALARM
                first[key] += found[:1] == [family]
                named[key] += family in found
            if family not in found[:1]:
                confused[family, found[0] if found else str(finding.verdict)] += 1
                if misses:
                    print(f"MISS {family} -> {finding.verdict} {found}: {text}")
    print(f"{'':24}{'texts':>7}{'alarm':>8}{'named first':>13}{'named':>8}")
    for key in sorted(total):
        count = total[key]
        rates = [f"{100 * counter[key] / count:.0f}%" for counter in (alarms, first, named)]
        print(f"{key:24}{count:>7}{rates[0]:>8}{rates[1]:>13}{rates[2]:>8}")
    print("most confused:", ", ".join(f"{a} as {b} ({n})" for (a, b), n in confused.most_common(8)))


def false_alarms(screener: Screener, harmless: dict[str, list[str]], *, misses: bool) -> None:
    """Prints how many harmless texts raise an alarm."""
    for name, texts in harmless.items():
        verdicts: Counter[Verdict] = Counter()
        for text in texts:
            finding = screener.screen(text)
            verdicts[finding.verdict] += 1
            if misses and finding.verdict in ALARM:
                signs = [(sign.id, sign.quote) for sign in finding.signs]
                print(f"FALSE {finding.verdict} {[one.id for one in finding.families]} {signs}: {text}")
        rates = ", ".join(f"{verdict} {100 * verdicts[verdict] / len(texts):.1f}%" for verdict in Verdict)
        print(f"harmless {name} ({len(texts)}): {rates}")


def speed(screener: Screener, texts: list[str]) -> None:
    """Prints messages a second on one core."""
    screener.screen(texts[0])
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        for text in texts:
            screener.screen(text)
        done += len(texts)
    print(f"speed: {done / (time.perf_counter() - began):,.0f} messages a second on one core")


def main() -> None:
    """Run all three."""
    folder, misses = ROOT / "bench" / "screening", "--misses" in sys.argv
    pack = load_fraud(ROOT / "data" / "fraud")
    screener = Screener(pack)
    scams, harmless = load(folder / "scams.yml"), load(folder / "harmless.yml")
    recall(screener, scams, pack, misses=misses)
    false_alarms(screener, harmless, misses=misses)
    speed(screener, [*(text for texts in scams.values() for text in texts), *harmless["zh"], *harmless["en"]])


if __name__ == "__main__":
    main()
