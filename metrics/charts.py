"""Charts as plain geometry; templates draw them as SVG with a table one click away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, log10

from metrics.links import Cell

LEFT, RIGHT, TOP, BOTTOM = 38.0, 338.0, 12.0, 170.0
SHORT = 14
ROW, LABEL, BAR = 26.0, 128.0, 150.0


Column = tuple[float, float, float, float, bool]  # x, y, width, height, and whether it is open.


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its pieces (a gap where nothing was counted), its last point and its name; `open`
    is the way to a last point that is not finished."""

    pieces: list[str]
    dots: list[tuple[float, float]]
    end: Mark | None
    style: str
    open: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    y: float
    width: float
    label: str
    value: str
    style: str = ""
    lower: float | None = None
    end: float = 0.0

    @property
    def middle(self) -> float:
        """Where the words beside the bar stand."""
        return self.y + 12

    @property
    def bottom(self) -> float:
        return self.y + 15


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure of the page."""

    id: str
    title: str
    now: Cell
    caption: str
    sentence: str
    head: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    height: float = 196
    grid: list[Mark] = field(default_factory=list)
    days: list[Mark] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    goal: Mark | None = None
    serious: bool = False


Series = Sequence[float | None]


def scale(largest: float, *, steps: int = 4) -> float:
    """A round number not below `largest` that divides well into `steps`."""
    if largest <= 0:
        return float(steps)
    rough = largest / steps
    size: float = 10.0 ** int(log10(rough) // 1)
    # With room for what a float is too large by, or a scale that fits would be passed over.
    step = next(size * round_ for round_ in (1, 2, 2.5, 5, 10) if size * round_ >= rough - 1e-9)
    return step * steps


def grid(top: float, words: Sequence[str]) -> list[Mark]:
    """Horizontal lines from 0 to `top`, each with its words."""
    steps = len(words) - 1
    return [Mark(LEFT - 6, _y(top * n / steps, top), text, "end") for n, text in enumerate(words)]


def places(labels: Sequence[str]) -> list[Mark]:
    """The first, a middle one where there is room, and the last label under the chart."""
    if not labels:
        return []
    last = len(labels) - 1
    # Names of weeks are long: three of them would lie over each other.
    has_middle = last > 2 and max(map(len, labels)) <= SHORT
    wanted = sorted({0, last // 2, last}) if has_middle else sorted({0, last})
    anchors = {0: "start", last: "end"} if last else {0: "middle"}
    return [Mark(_x(n, len(labels)), 190, labels[n], anchors.get(n, "middle")) for n in wanted]


def curve(values: Series, top: float, *, name: str, style: str = "hi") -> Curve:
    """A line through the values, of which the last is not finished; a single value between gaps
    becomes a dot."""
    pieces, dots, piece = [], [], list[tuple[float, float]]()
    points = [(_x(n, len(values)), v) for n, v in enumerate(values)]
    *closed, last = points or [(0.0, None)]
    # A gap after the last finished point, which closes the last piece.
    for x, value in [*closed, (0.0, None)]:
        if value is not None:
            piece.append((x, _y(value, top)))
        elif piece:
            pieces.append(_line(piece))
            dots += piece if len(piece) == 1 else []
            piece = []
    way = [(x, _y(v, top)) for x, v in points[-2:] if v is not None]
    seen = next(((x, _y(v, top)) for x, v in reversed(points) if v is not None), None)
    end = Mark(RIGHT + 8, seen[1] + 4, name, "start") if seen else None
    if seen and (style == "hi" or seen[0] == last[0]) and seen not in dots:
        dots.append(seen)
    return Curve(pieces, dots, end, style, _line(way) if last[1] is not None and way[1:] else "")


def columns(values: Sequence[int], top: float) -> list[Column]:
    """Upright bars, of which the last is not finished."""
    room = (RIGHT + 50 - LEFT) / max(1, len(values))
    width = min(room * 0.72, 28.0)
    return [
        (
            LEFT + room * n + (room - width) / 2,
            _y(value, top),
            width,
            BOTTOM - _y(value, top),
            n == len(values) - 1,
        )
        for n, value in enumerate(values)
        if value
    ]


def column_places(labels: Sequence[str]) -> list[Mark]:
    """The first and the last label, under the middle of their columns."""
    room = (RIGHT + 50 - LEFT) / max(1, len(labels))
    wanted = sorted({0, len(labels) - 1}) if labels else []
    anchors = {0: "start", len(labels) - 1: "end"} if len(labels) > 1 else {0: "middle"}
    return [
        Mark(
            LEFT + room * (n + (0.5 if anchors[n] == "middle" else n > 0)),
            190,
            labels[n],
            anchors[n],
        )
        for n in wanted
    ]


def bar(
    place: int,
    label: str,
    share: float,
    value: str,
    *,
    style: str = "",
    lower: float | None = None,
    aligned: bool = False,
) -> Bar:
    """A lying bar in the given row; `share` of the full width. Aligned values stand in a column."""
    width = max(1.0, BAR * share)
    at = None if lower is None else LABEL + BAR * lower
    end = LABEL + (BAR + 14 if aligned else width + 6)
    return Bar(ROW * place + 5, width, label, value, style, at, end)


def height_of(rows: int, *, above: float = 0) -> float:
    """What so many lying bars need."""
    return ceil(ROW * max(1, rows) + 4 + above)


def _x(place: int, many: int) -> float:
    return RIGHT if many < 2 else LEFT + (RIGHT - LEFT) * place / (many - 1)


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * min(value, top) / top


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
