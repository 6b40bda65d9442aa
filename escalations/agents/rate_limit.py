"""How often a key may call: a bucket of tokens for each key, in this process.

It guards the process against an agent that runs away; several web processes let as many times more
through, and no Redis is asked on the way.
"""

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings

from escalations import refusals

BURST_S = 10
KEPT_MAX = 10_000

_lock = threading.Lock()
_buckets: OrderedDict[int, tuple[float, float]] = OrderedDict()


class Exceeded(refusals.Refused):
    """Too many calls (429)."""

    def __init__(self, rate: "Allowance") -> None:
        super().__init__("rate_limited", f"Too many calls; send the next in {rate.retry_s} s.")
        self.rate = rate


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a key: for the RateLimit headers."""

    limit: int
    remaining: int
    full_in_s: int
    retry_s: int

    def headers(self) -> dict[str, str]:
        """RateLimit-Limit, -Remaining and -Reset (seconds until the whole burst is there again)."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.full_in_s),
        }


def take(key_id: int, *, at_s: float | None = None) -> Allowance:
    """Count one call of this key. Raises Exceeded where none is left."""
    per_s = settings.CALLS_PER_MINUTE / 60
    burst = max(1.0, per_s * BURST_S)
    # The steady clock: a jump of the wall clock gives or takes no calls.
    at_s = time.monotonic() if at_s is None else at_s
    with _lock:
        # Taken out and put back, so that the order is by last use and `popitem` drops who has been
        # quiet the longest.
        tokens, since_s = _buckets.pop(key_id, (burst, at_s))
        tokens = min(burst, tokens + (at_s - since_s) * per_s)
        allowed = tokens >= 1
        tokens -= allowed
        _buckets[key_id] = (tokens, at_s)
        while len(_buckets) > KEPT_MAX:
            _buckets.popitem(last=False)
    rate = Allowance(
        limit=int(burst),
        remaining=int(tokens),
        full_in_s=_seconds(burst - tokens, per_s),
        retry_s=max(1, _seconds(1 - tokens, per_s)),
    )
    if not allowed:
        raise Exceeded(rate)
    return rate


def forget() -> None:
    """Give every key its whole burst again, between tests."""
    with _lock:
        _buckets.clear()


def _seconds(tokens: float, per_s: float) -> int:
    """Whole seconds until so many tokens are there."""
    # Rounded first: what a float is too large by would make one more second.
    return math.ceil(round(tokens / per_s, 6))
