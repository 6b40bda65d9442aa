"""The charts of the metrics page, made from a report: what changes over time, and how much."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from metrics import by_type, charts
from metrics.charts import Chart
from metrics.figures import KINDS, Figures, Rate, Times
from metrics.links import Cell, Linked, Links, text
from metrics.models import Override
from metrics.reports import Days, PeriodReport
from metrics.wording import days, percent, rate, span

SO_FAR = "{}, so far"


def board(
    report: PeriodReport, titles: Mapping[str, str], links: Links, *, own: bool, today: date
) -> list[Chart]:
    """What a person sees: their own decisions, or everybody's with the agents' share."""
    lines = _Lines(report, links, today)
    shown = [
        lines.rate(
            "override",
            "Override rate",
            "Proposals that people edited, rejected, answered instead or split.",
            head=("On a proposal", "Overridden"),
            counted=("on_proposal", "overridden"),
            of=lambda figures: figures.override_rate,
        ),
        lines.rate(
            "again",
            "Re-escalation rate",
            "Decisions of these days whose case came back within 7 days.",
            head=("Decided", "Came back"),
            counted=("decided", "raised_again"),
            of=lambda figures: figures.re_escalation_rate,
        ),
        lines.time(),
        by_type.times(report, titles, links, measure="decide"),
        by_type.times(report, titles, links, measure="accept"),
        lines.volume(),
        _kinds(report, links),
        by_type.override(report, titles, links),
        by_type.in_time(report, titles, links),
        by_type.unchanged(report, titles, links),
    ]
    return shown if own else [*shown, by_type.handoff(report, titles, links)]


class _Lines:
    """The charts by day, or by week where a day holds few; what today is in is not finished."""

    def __init__(self, report: PeriodReport, links: Links, today: date) -> None:
        self.points, self.total = list(report.by_point.items()), report.total
        self.links = links
        self.names = [_name(one, today) for one, _ in self.points]
        self.head = "Week" if any(len(one) > 1 for one, _ in self.points) else "Day"

    def rate(
        self,
        id: str,  # noqa: A002
        title: str,
        caption: str,
        *,
        head: tuple[str, str],
        counted: tuple[str, str],
        of: Callable[[Figures], Rate],
    ) -> Chart:
        """A share over time; `counted` are what it is a share of, and the share."""
        values = [of(figures).value for _, figures in self.points]
        top = min(1.0, charts.scale(max((v for v in values if v is not None), default=0.04)))
        total, links, (among, part) = of(self.total), self.links, counted
        last = f"{_last(values)} in the last {self.head.lower()}, so far"
        return Chart(
            id=id,
            title=title,
            now=(Linked(f"{rate(total)}, "), *links.of(part, among, total)),
            caption=caption,
            sentence=f"{title}: {rate(total)} over all, {last}.",
            head=(self.head, *head, "Rate"),
            rows=[
                (
                    (Linked(name),),
                    (links.number(among, of(figures).denominator, days=point),),
                    (links.number(part, of(figures).numerator, days=point),),
                    (Linked(rate(of(figures))),),
                )
                for name, (point, figures) in zip(self.names, self.points, strict=True)
            ],
            grid=charts.grid(top, [f"{top * n * 25:g} %" for n in range(5)]),
            days=charts.places(self.names),
            curves=[charts.curve(values, top, name=_last(values))],
        )

    def time(self) -> Chart:
        """From arrival to the decision."""
        half = [_minutes(figures.decide.p50) for _, figures in self.points]
        most = [_minutes(figures.decide.p90) for _, figures in self.points]
        top = charts.scale(max((v for v in [*half, *most] if v is not None), default=4))
        total, links = self.total, self.links
        rows = [
            ((Linked(name),), (links.number("decided", f.decided, days=point),), *_spoken(f))
            for name, (point, f) in zip(self.names, self.points, strict=True)
        ]
        whole = ((Linked("All"),), (links.number("decided", total.decided),), *_spoken(total))
        return Chart(
            id="time",
            title="Time to decide",
            now=(
                Linked(f"half in {span(total.decide.p50)}, of "),
                links.number("decided", total.decided),
            ),
            caption="From arrival to the decision: half of the cases, and nine in ten.",
            sentence=f"Time to decide. Half within {span(total.decide.p50)}, "
            f"nine in ten within {span(total.decide.p90)} over all.",
            head=(self.head, "Cases", *TIMES),
            rows=[*rows, whole],
            grid=charts.grid(top, [f"{top * n / 4:g} m" for n in range(5)]),
            days=charts.places(self.names),
            curves=[
                charts.curve(most, top, name="9 in 10", style="dash"),
                charts.curve(half, top, name="half"),
            ],
        )

    def volume(self) -> Chart:
        """What arrived, and how it ended."""
        arrived = [figures.arrived for _, figures in self.points]
        top, total = charts.scale(max([*arrived, 4])), self.total
        rows = [
            ((Linked(name),), *_ended(figures, self.links, point))
            for name, (point, figures) in zip(self.names, self.points, strict=True)
        ]
        return Chart(
            id="volume",
            title="Volume",
            now=(self.links.number("arrived", total.arrived), Linked(" arrived")),
            caption="Cases by when they arrived; the table says how they ended.",
            sentence=f"Volume: {total.arrived:,} cases arrived, people decided {total.decided:,}.",
            head=(self.head, "Arrived", "By people", "By policy", "Expired", "Cancelled"),
            rows=[*rows, ((Linked("All"),), *_ended(total, self.links, None))],
            grid=charts.grid(top, [f"{top * n / 4:g}" for n in range(5)]),
            days=charts.column_places(self.names),
            columns=charts.columns(arrived, top),
        )


TIMES = (
    *("Accepted: half", "9 in 10", "99 in 100"),
    *("Decided: half", "9 in 10", "99 in 100"),
)


def _kinds(report: PeriodReport, links: Links) -> Chart:
    split, whole = report.total.split, max(1, report.total.overridden)
    rows = [(kind, str(Override(kind).label), count) for kind, count in split.items()]
    bars = [
        charts.bar(n, name, count / whole, f"{count:,} of {report.total.overridden:,}")
        for n, (_, name, count) in enumerate(rows)
    ]
    return Chart(
        id="kinds",
        title="How people override",
        now=(links.number("overridden", report.total.overridden), Linked(" overrides")),
        caption="Each case counts once, by its effective decision.",
        sentence="Overrides by kind. " + ", ".join(f"{name} {n}" for _, name, n in rows) + ".",
        head=("Kind", "Cases", "Of all overrides"),
        rows=[
            ((Linked(name),), (links.number(kind, count),), (Linked(percent(count / whole)),))
            for kind, name, count in rows
        ],
        height=charts.height_of(len(KINDS)),
        bars=bars,
    )


def _name(point: Days, today: date) -> str:
    name = days(point.first, point.last)
    return SO_FAR.format(name) if today <= point.last else name


def _last(values: Sequence[float | None]) -> str:
    return percent(next((v for v in reversed(values) if v is not None), None))


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _spoken(figures: Figures) -> list[Cell]:
    times: tuple[Times, Times] = (figures.accept, figures.decide)
    return text(*(span(one) for each in times for one in (each.p50, each.p90, each.p99)))


def _ended(figures: Figures, links: Links, point: Days | None) -> list[Cell]:
    names = ("arrived", "decided", "automatic", "expired", "cancelled")
    return [(links.number(name, getattr(figures, name), days=point),) for name in names]
