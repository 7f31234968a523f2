"""How long one annual rate takes: ours beside pyxirr and numpy-financial, in one run, on the same loans.

    .venv/bin/python -m bench.rates

A loan of level instalments at 2 % a month and one of falling instalments (equal principal). pyxirr is given floats, its
own fastest way, and ``Decimal``; ours gets whole fen, and flows of ``Decimal`` yuan, and gives nominal and effective
rate rounded for people. Each figure is the best of several rounds, in which the contenders take turns. Aims: at 12
instalments within 4 times pyxirr, from 120 on not slower.
"""

import argparse
import gc
import time
from collections.abc import Callable
from decimal import Decimal

import numpy_financial as npf
import pyxirr

from bot.lending import CashFlow, LoanTerms, Method, Rate, Term, Unit, annual_rate, quote
from bot.lending.annual_rate import periodic_rate
from bot.lending.quote import cash_flows

PERIODS = (1, 12, 36, 120, 360)
SLOW_BEYOND = 120
"""numpy-financial takes the roots of a polynomial: a fraction of a second at 360."""


def contenders(flows: tuple[CashFlow, ...]) -> dict[str, Callable[[], object]]:
    """The same flows for each."""
    decimals = [flow.amount for flow in flows]
    fen = [int(amount * 100) for amount in decimals]
    floats = [float(amount) for amount in decimals]
    found: dict[str, Callable[[], object]] = {
        "ours": lambda: periodic_rate(fen, 12),
        "ours, Decimal": lambda: annual_rate(flows, 12),
        "pyxirr": lambda: pyxirr.irr(floats),
        "pyxirr, Decimal": lambda: pyxirr.irr(decimals),
    }
    if len(flows) <= SLOW_BEYOND + 1:
        found["numpy-financial"] = lambda: npf.irr(floats)
    return found


def microseconds(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The best of several rounds for each, taking turns."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            times = 1 if name == "numpy-financial" else 50
            begun = time.perf_counter()
            for _ in range(times):
                call()
            best[name] = min(best[name], (time.perf_counter() - begun) / times * 1e6)
    return best


def main() -> None:
    """Print microseconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60, help="rounds of which the best counts (60)")
    rounds = parser.parse_args().rounds
    gc.disable()
    heads = f"{'ours':>9}{'pyxirr':>9}{'ratio':>7}"
    print(f"{'µs each':<25}{heads}  {heads}{'numpy-f.':>11}")
    print(f"{'':25}{'--- fen, floats ---':>25}  {'---- Decimal ----':>25}")
    for method in (Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL):
        for periods in PERIODS:
            terms = LoanTerms(Decimal(10_000), Term(periods), Rate(Decimal(2), Unit.MONTH), method)
            took = microseconds(contenders(cash_flows(quote(terms))), rounds)
            plain = f"{took['ours']:>9.1f}{took['pyxirr']:>9.1f}{took['ours'] / took['pyxirr']:>7.2f}"
            ours, theirs = took["ours, Decimal"], took["pyxirr, Decimal"]
            numpy = f"{took['numpy-financial']:.0f}" if "numpy-financial" in took else "-"
            print(f"{method:<20}{periods:>5}{plain}  {ours:>9.1f}{theirs:>9.1f}{ours / theirs:>7.2f}{numpy:>11}")


if __name__ == "__main__":
    main()
