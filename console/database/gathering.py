"""What the moves of one transaction ask for alike, done once for all of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

Act = Callable[[list[Any], datetime], None]
Together = Callable[[Act, Any], None]


class Gathering:
    """Keeps what is asked until `finish`, which does each act once, in the order of its first
    asking and with everything that was asked of it."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._asked: dict[Act, list[Any]] = {}

    def together(self, act: Act, item: Any) -> None:
        """Have this done with what others ask of the same act."""
        self._asked.setdefault(act, []).append(item)

    def finish(self) -> None:
        for act, items in self._asked.items():
            act(items, self._now)


def alone(now: datetime) -> Together:
    """For a single move: each act at once."""
    return lambda act, item: act([item], now)
