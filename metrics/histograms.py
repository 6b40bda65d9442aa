"""How many cases took how long, as one number: adding two of them adds every count at once.

A count of 32 bits for each bucket. Buckets are a quarter of a second wide up to eight seconds, then
a sixteenth of the power of two that they lie in: what is read from one is off by 3.2 % at most.
"""

from array import array
from bisect import bisect_left
from itertools import accumulate

WIDTH = 32
UNIT_MS = 250
STEPS = 16
_LARGEST = (1 << 25) - 1  # Quarters of a second, or 97 days.


def of(ms: int) -> int:
    """The histogram of one time."""
    quarters = min(ms // UNIT_MS, _LARGEST)
    shift = max(0, quarters.bit_length() - 5)
    return 1 << (WIDTH * (shift * STEPS + (quarters >> shift)))


def percentiles(histogram: int, percents: tuple[int, ...]) -> list[float]:
    """Seconds, by the nearest rank: the middle of the bucket in which so many cases in a hundred
    are reached. Empty where nothing was counted."""
    counts = array("I", stored(histogram, whole=True))
    reached = list(accumulate(counts))
    if not reached:
        return []
    places = ((reached[-1] * percent + 99) // 100 for percent in percents)
    return [_middle_ms(bisect_left(reached, place)) / 1000 for place in places]


def stored(histogram: int, *, whole: bool = False) -> bytes:
    """As a column holds it; without the buckets above the last that has any."""
    length = (histogram.bit_length() + 7) // 8
    return histogram.to_bytes(-(-length // 4) * 4 if whole else length, "little")


def read(column: bytes) -> int:
    """The histogram that `stored` wrote."""
    return int.from_bytes(column, "little")


def _middle_ms(bucket: int) -> float:
    shift = max(0, bucket // STEPS - 1)
    return (((bucket - shift * STEPS) << shift) + (1 << shift) / 2) * UNIT_MS
