"""How often is too often: token buckets, in memory, bounded. Pure but for the clock."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, then so many a second."""

    burst: int
    per_second: float


class Buckets:
    """One bucket a key. The key unused for longest is dropped first; by then its bucket is full, or nearly."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic, remembered: int = _REMEMBERED) -> None:
        self._rate = rate
        self._clock = clock
        self._remembered = remembered
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """Take one. Returns 0, or the whole seconds to wait when there is none."""
        now = self._clock()
        left, since = self._buckets.pop(key, (float(self._rate.burst), now))
        left = min(float(self._rate.burst), left + (now - since) * self._rate.per_second)
        enough = left >= 1
        self._buckets[key] = (left - 1 if enough else left, now)
        if len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        return 0 if enough else max(1, math.ceil((1 - left) / self._rate.per_second))
