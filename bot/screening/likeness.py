"""How much a text sounds like the tricks of our examples: a small linear model beside the rules.

The rules know the words somebody thought of; people and cheats find others. The model weighs every run of one to three
tokens (a Chinese letter, a Latin word, a number) by how often it stands in tricks and in everyday messages. It is
trained from ``data/fraud/examples`` when the program starts, always to the same weights, in about a second.

Two parts. Trick or not: logistic regression. Which trick: naive Bayes among the families, which needs few examples.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.content.fraud_examples import Example
from bot.screening.lexicon import Reading, stem

_LONGEST_RUN = 3
_PENALTY = 2e-5
_STEPS = 60
_RATE = 0.5
_SMOOTHING = 0.3
_SHARPNESS = 0.35
"""Naive Bayes counts overlapping runs as if they were independent; this takes its certainty back."""

Floats = npt.NDArray[np.float32]
_FORM_MARKS = {"<odd-link>": "ø", "<link>": "ł", "<phone>": "☏", "<foreign-number>": "☎"}


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the model makes of a text."""

    score: float
    """Log odds that it is a trick: above 0 more likely than not. 0 for a text of unknown words only."""
    families: dict[str, float]
    """Shares that add up to one, supposing that it is a trick."""


class LikenessModel:
    """Learns at once, then weighs any number of texts."""

    def __init__(self, examples: Sequence[Example], readings: Iterable[Reading]) -> None:
        self._runs: dict[str, int] = {}
        rows = self._learnt_rows(examples, [set(runs(pieces(reading))) for reading in readings])
        tricks = np.array([example.family is not None for example in examples])
        self._weights, self._bias = _logistic_regression(rows, tricks, len(self._runs))
        self.families = sorted({example.family for example in examples if example.family is not None})
        self._logs = self._naive_bayes(examples, rows)

    def weigh(self, reading: Reading) -> Likeness:
        """Weigh one text."""
        known = self._known(pieces(reading))
        if not known.size:
            return Likeness(self._bias, {})
        score = self._bias + float(self._weights[known].sum()) / len(known) ** 0.5
        logs = self._logs[known].sum(axis=0) * (_SHARPNESS / len(known) ** 0.5)
        shares = np.exp(logs - logs.max())
        shares /= shares.sum()
        return Likeness(score, dict(zip(self.families, shares.tolist(), strict=True)))

    def weight(self, tokens: Sequence[str]) -> float:
        """How much a part of a text speaks for a trick."""
        known = self._known(tokens)
        return float(self._weights[known].sum()) if known.size else 0.0

    def _known(self, tokens: Sequence[str]) -> npt.NDArray[np.int64]:
        found = self._runs
        return np.array(list({found[run] for run in runs(tokens) if run in found}), dtype=np.int64)

    def _learnt_rows(self, examples: Sequence[Example], texts: Sequence[set[str]]) -> list[npt.NDArray[np.int64]]:
        """Each text as numbers of its runs; a run met in a single template says more about us than about tricks."""
        first: dict[str, int] = {}
        kept: dict[str, int] = self._runs
        for example, text in zip(examples, texts, strict=True):
            for run in sorted(text):
                if first.setdefault(run, example.template) != example.template and run not in kept:
                    kept[run] = len(kept)
        return [np.array(sorted(kept[run] for run in text if run in kept), dtype=np.int64) for text in texts]

    def _naive_bayes(self, examples: Sequence[Example], rows: Sequence[npt.NDArray[np.int64]]) -> Floats:
        counts = np.full((len(self._runs), len(self.families)), _SMOOTHING, dtype=np.float32)
        texts = np.ones(len(self.families), dtype=np.float32)
        number = {family: at for at, family in enumerate(self.families)}
        for example, row in zip(examples, rows, strict=True):
            if example.family is not None:
                counts[row, number[example.family]] += 1
                texts[number[example.family]] += 1
        logs = np.log(counts / texts)
        centred: Floats = logs - logs.mean(axis=1, keepdims=True)
        return centred


def pieces(reading: Reading) -> list[str]:
    """The tokens of a text as the model sees them: any number is a number, any link a link."""
    tokens = ["0" if _is_number(token) else stem(token) for token in reading.tokens]
    for form, mark in _FORM_MARKS.items():
        for start, end in reading.forms.get(form, ()):
            tokens[start] = mark
            tokens[start + 1 : end] = [""] * (end - start - 1)
    return tokens


def runs(tokens: Sequence[str]) -> Iterable[str]:
    """Every run of one to three neighbouring tokens."""
    yield from tokens
    yield from map("".join, zip(tokens, tokens[1:], strict=False))
    yield from map("".join, zip(tokens, tokens[1:], tokens[2:], strict=False))


def _is_number(token: str) -> bool:
    return token[0].isdigit() or (len(token) < 6 and not token.strip("x*"))


def _logistic_regression(
    rows: Sequence[npt.NDArray[np.int64]], tricks: npt.NDArray[np.bool_], size: int
) -> tuple[Floats, float]:
    """Weights by Adam over all texts at once; tricks and harmless texts count equally in sum."""
    lengths = np.array([len(row) for row in rows])
    columns = np.concatenate(rows)
    owner = np.repeat(np.arange(len(rows)), lengths)
    values = (1 / np.sqrt(np.maximum(lengths, 1)))[owner]
    starts = np.minimum(np.concatenate(([0], np.cumsum(lengths)[:-1])), max(len(columns) - 1, 0))
    share = np.where(tricks, 0.5 / max(tricks.sum(), 1), 0.5 / max((~tricks).sum(), 1))
    weights, bias = np.zeros(size), 0.0
    momentum, square = np.zeros(size + 1), np.zeros(size + 1)
    for step in range(1, _STEPS + 1):
        scores = np.add.reduceat(weights[columns] * values, starts) * (lengths > 0) + bias
        errors = (1 / (1 + np.exp(-scores)) - tricks) * share
        slope = np.bincount(columns, weights=errors[owner] * values, minlength=size) + _PENALTY * weights
        gradient = np.append(slope, errors.sum())
        momentum = 0.9 * momentum + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        move = _RATE * (momentum / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        weights, bias = weights - move[:-1], bias - float(move[-1])
    return weights.astype(np.float32), bias
