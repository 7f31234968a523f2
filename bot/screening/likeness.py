"""How much a text sounds like the tricks of our examples: a small linear model beside the rules.

The rules know the words somebody thought of; people and cheats find others. The model weighs the traits of a text (see
``traits``) by how often they stand in tricks and in everyday messages. It is trained from ``data/fraud/examples`` when
the program starts, always to the same weights; nothing trained is stored.

Two parts. Trick or not: logistic regression over all examples. Which trick: softmax regression over the tricks alone
(naive Bayes named 5 in 100 fewer first, in cross-validation). In both, rare traits count for more, by the log of how
few examples have them: at the same false alarms one trick in a hundred more is found, and two more are named first.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from bot.content.fraud_examples import Example

# Chosen on bench/screening/dev: the recall at 5 % false alarms hardly moves within a factor of three of each.
_PENALTY = 2e-6
_STEPS = 60
_RATE = 0.5
_DOUBT = 0.03
"""No example is taken for certain: texts that only look odd pull less."""
_FEW = 12
"""Added to the number of traits before its root divides the sum, so that a handful of words proves little."""
_EPOCHS = 3
_FAMILY_RATE = 0.2
_SHARPNESS = 4.0
"""Scales the root-normalised traits for the families, so that few epochs are enough."""

Traits = Collection[str]
"""Each trait once."""

_Floats = npt.NDArray[np.float32]
_Doubles = npt.NDArray[np.float64]
_Row = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the model makes of a text."""

    score: float
    """Log odds that it is a trick: above 0 more likely than not."""
    families: dict[str, float]
    """Shares that add up to one, supposing that it is a trick; empty when nothing in the text is known."""


class LikenessModel:
    """Learns at once, then weighs any number of texts."""

    def __init__(self, examples: Sequence[Example], traits: Iterable[Traits]) -> None:
        rows = self._learnt_rows(examples, traits)
        tricks = np.array([example.family is not None for example in examples])
        self._rarity = _rarity(rows, len(self._numbers))
        weights, self._bias = _logistic_regression(rows, tricks, self._rarity)
        # Not numpy: the hundred traits of a text are added up before it has set out.
        self._weights: array[float] = array("d", weights.tolist())
        self._squares: array[float] = array("d", (self._rarity**2).tolist())
        self.families = sorted({example.family for example in examples if example.family is not None})
        self._family_weights = self._family_regression(examples, rows)

    def weigh(self, traits: Traits) -> Likeness:
        """Weigh one text."""
        known = self._known(traits)
        if not known:
            return Likeness(self._bias, {})
        root = (sum(map(self._squares.__getitem__, known)) + _FEW) ** 0.5
        score = self._bias + sum(map(self._weights.__getitem__, known)) / root
        shares = _shares(self._family_weights.take(known, axis=0).sum(axis=0) * np.float32(_SHARPNESS / root))
        return Likeness(score, dict(zip(self.families, shares.tolist(), strict=True)))

    def weight(self, traits: Traits) -> float:
        """How much a part of a text speaks for a trick."""
        return sum(map(self._weights.__getitem__, self._known(traits)))

    def _known(self, traits: Traits) -> list[int]:
        return [number for number in map(self._numbers.get, traits) if number is not None]

    def _learnt_rows(self, examples: Sequence[Example], texts: Iterable[Traits]) -> list[_Row]:
        """Each text as numbers; a trait met in a single template says more about us than about tricks."""
        met: dict[str, int] = defaultdict(count().__next__)
        rows = [np.array(list(map(met.__getitem__, text)), dtype=np.int64) for text in texts]
        lengths = [len(row) for row in rows]
        traits = np.concatenate(rows)
        templates = np.repeat([example.template for example in examples], lengths)
        first = np.zeros(len(met), dtype=np.int64)
        first[traits[::-1]] = templates[::-1]
        is_kept = np.zeros(len(met), dtype=np.bool_)
        is_kept[traits[templates != first[traits]]] = True
        numbers = np.cumsum(is_kept) - 1
        self._numbers = {trait: int(numbers[at]) for trait, at in met.items() if is_kept[at]}
        return [numbers[row[is_kept[row]]] for row in rows]

    def _family_regression(self, examples: Sequence[Example], rows: Sequence[_Row]) -> _Floats:
        """Weights by plain gradient steps, text after text in a fixed mixed order; rare families move further."""
        number = {family: at for at, family in enumerate(self.families)}
        tricks = [
            (number[example.family], row, self._values(row))
            for example, row in zip(examples, rows, strict=True)
            if example.family is not None and row.size
        ]
        texts = np.bincount([family for family, _, _ in tricks], minlength=len(number))
        boost = np.sqrt(texts.mean() / np.maximum(texts, 1))
        weights: _Floats = np.zeros((len(self._numbers), len(number)), dtype=np.float32)
        order = np.random.default_rng(0)
        for epoch in range(_EPOCHS):
            rate = _FAMILY_RATE / (1 + 0.3 * epoch)
            for at in order.permutation(len(tricks)):
                family, row, values = tricks[at]
                old = weights.take(row, axis=0)
                errors = _shares(values @ old)
                errors[family] -= 1
                weights[row] = old - values[:, None] * (errors * np.float32(rate * boost[family]))
        return weights * self._rarity[:, None]

    def _values(self, row: _Row) -> _Floats:
        rarity = self._rarity[row]
        values: _Floats = rarity * np.float32(_SHARPNESS / (float(rarity @ rarity) + _FEW) ** 0.5)
        return values


def _shares(scores: _Floats) -> _Floats:
    """Softmax."""
    raised: _Floats = np.exp(scores - scores.max())
    shares: _Floats = raised / raised.sum()
    return shares


def _rarity(rows: Sequence[_Row], size: int) -> _Floats:
    """How much each trait counts: the log of how few texts have it, one on average."""
    texts = np.bincount(np.concatenate(rows), minlength=size)
    rarity = np.log(1 + len(rows) / np.maximum(texts, 1))
    scaled: _Floats = (rarity / rarity.mean()).astype(np.float32)
    return scaled


def _logistic_regression(rows: Sequence[_Row], tricks: npt.NDArray[np.bool_], rarity: _Floats) -> tuple[_Floats, float]:
    """Weights by Adam over all texts at once, rarity already in them; tricks and harmless count equally in sum."""
    size = len(rarity)
    lengths = np.array([len(row) for row in rows])
    columns = np.concatenate(rows)
    starts = np.minimum(np.concatenate(([0], np.cumsum(lengths)[:-1])), max(len(columns) - 1, 0))

    def summed(of_traits: _Doubles) -> _Doubles:
        sums: _Doubles = np.add.reduceat(of_traits.take(columns), starts) * (lengths > 0)
        return sums

    root = np.sqrt(summed(rarity.astype(np.float64) ** 2) + _FEW)
    target = np.where(tricks, 1 - _DOUBT, _DOUBT)
    share = np.where(tricks, 0.5 / max(tricks.sum(), 1), 0.5 / max((~tricks).sum(), 1))
    weights, bias = np.zeros(size), 0.0
    momentum, square = np.zeros(size + 1), np.zeros(size + 1)
    for step in range(1, _STEPS + 1):
        scores = summed(weights * rarity) / root + bias
        errors = (1 / (1 + np.exp(-scores)) - target) * share
        pulls = np.bincount(columns, weights=np.repeat(errors / root, lengths), minlength=size)
        slope = pulls * rarity + _PENALTY * weights
        gradient = np.append(slope, errors.sum())
        momentum = 0.9 * momentum + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        move = _RATE * (momentum / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        weights, bias = weights - move[:-1], bias - float(move[-1])
    return (weights * rarity).astype(np.float32), bias
