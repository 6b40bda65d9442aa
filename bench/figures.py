"""What a bench says: a figure, its limit measured in the same run, and whether the goal is met."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Ratio:
    """`figure` and `limit` in `unit`; the goal is a bound on figure ÷ limit, or on the figure."""

    name: str
    figure: float
    limit: float | None
    unit: str
    goal: float
    at_least: bool = False

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Ratio":
        """The one that `as_json` wrote."""
        return cls(**{one.name: document[one.name] for one in fields(cls)})

    @property
    def value(self) -> float:
        """Figure ÷ limit; the figure itself where nothing is divided."""
        return self.figure if self.limit is None else self.figure / self.limit

    @property
    def reached(self) -> bool:
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.value, "reached": self.reached}


def median(values: Sequence[float]) -> float:
    """The middle one, which a busy machine moves least."""
    return statistics.median(values)


def table(ratios: Sequence[Ratio]) -> str:
    """The small table that a command prints."""
    head = ("", "figure", "limit", "ratio", "goal", "")
    rows = [head, *(_cells(one) for one in ratios)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = []
    for row in rows:
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join([row[0].ljust(len(first)), *others]).rstrip())
    return "\n".join(lines)


def _cells(one: Ratio) -> tuple[str, ...]:
    bound = "≥" if one.at_least else "≤"
    return (
        one.name,
        f"{_number(one.figure)} {one.unit}".strip(),
        "" if one.limit is None else f"{_number(one.limit)} {one.unit}".strip(),
        _number(one.value),
        f"{bound} {_number(one.goal)}",
        "reached" if one.reached else "MISSED",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
