"""The charts of the metrics page, made from two reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from metrics import charts
from metrics.charts import Chart
from metrics.figures import KINDS, Figures, Rate, Times
from metrics.models import Override
from metrics.reports import PeriodReport
from metrics.sentences import GOAL_IN_TIME
from metrics.wording import day, of, percent, rate, span

SHOWN_MAX = 14
WORST_MAX = 7


def board(report: PeriodReport, titles: Mapping[str, str], *, own: bool) -> list[Chart]:
    """What a person sees: their own decisions, or everybody's with the agents' share."""
    shown = [
        _override(report),
        _again(report),
        _time(report),
        _volume(report),
        _kinds(report),
        _override_by_type(report, titles),
        _in_time(report, titles),
        _unchanged(report, titles),
    ]
    return shown if own else [*shown, _handoff(report, titles)]


def _rates(report: PeriodReport, of_figures: Callable[[Figures], Rate]) -> Chart:
    """The line of a rate by day; its words are filled in by the caller."""
    values = [of_figures(figures).value for figures in report.by_day.values()]
    top = min(1.0, charts.scale(max((v for v in values if v is not None), default=0.04)))
    total = of_figures(report.total)
    return Chart(
        id="",
        title="",
        now=f"{rate(total)}, {of(total)}",
        caption="",
        sentence=f"{rate(total)} over all days, {_last(values)} on the last.",
        head=(),
        rows=[],
        grid=charts.grid(top, [f"{top * n * 25:g} %" for n in range(5)]),
        days=charts.places([day(one) for one in report.by_day]),
        curves=[charts.curve(values, top, name=_last(values))],
    )


def _override(report: PeriodReport) -> Chart:
    made = _rates(report, lambda figures: figures.override_rate)
    return _named(
        made,
        "override",
        "Override rate",
        caption="Proposals that people edited, rejected, answered instead or split.",
        head=("Day", "On a proposal", "Overridden", "Rate"),
        rows=[
            (day(one), f"{f.on_proposal:,}", f"{f.overridden:,}", rate(f.override_rate))
            for one, f in report.by_day.items()
        ],
    )


def _again(report: PeriodReport) -> Chart:
    made = _rates(report, lambda figures: figures.re_escalation_rate)
    return _named(
        made,
        "again",
        "Re-escalation rate",
        caption="Decisions of the day whose case came back within 7 days.",
        head=("Day", "Decided", "Came back", "Rate"),
        rows=[
            (day(one), f"{f.decided:,}", f"{f.raised_again:,}", rate(f.re_escalation_rate))
            for one, f in report.by_day.items()
        ],
    )


def _time(report: PeriodReport) -> Chart:
    half = [_minutes(figures.decide.p50) for figures in report.by_day.values()]
    most = [_minutes(figures.decide.p90) for figures in report.by_day.values()]
    top = charts.scale(max((v for v in [*half, *most] if v is not None), default=4))
    total = report.total
    return Chart(
        id="time",
        title="Time to decide",
        now=f"half in {span(total.decide.p50)}",
        caption="From arrival to the decision: half of the cases, and nine in ten.",
        sentence=f"Time to decide by day. Half within {span(total.decide.p50)}, "
        f"nine in ten within {span(total.decide.p90)} over all.",
        head=(
            "Day",
            "Accepted: half",
            "9 in 10",
            "99 in 100",
            "Decided: half",
            "9 in 10",
            "99 in 100",
        ),
        rows=[
            (name, *_spoken(figures.accept), *_spoken(figures.decide))
            for name, figures in [*_days(report), ("All", total)]
        ],
        grid=charts.grid(top, [f"{top * n / 4:g} m" for n in range(5)]),
        days=charts.places([day(one) for one in report.by_day]),
        curves=[
            charts.curve(most, top, name="9 in 10", style="dash"),
            charts.curve(half, top, name="half"),
        ],
    )


def _volume(report: PeriodReport) -> Chart:
    arrived = [figures.arrived for figures in report.by_day.values()]
    top = charts.scale(max([*arrived, 4]))
    total = report.total
    return Chart(
        id="volume",
        title="Volume",
        now=f"{total.arrived:,} arrived",
        caption="Cases by the day they arrived; the table says how they ended.",
        sentence=f"Volume: {total.arrived:,} cases arrived, people decided {total.decided:,}.",
        head=("Day", "Arrived", "By people", "By policy", "Expired", "Cancelled"),
        rows=[(name, *_ended(figures)) for name, figures in [*_days(report), ("All", total)]],
        grid=charts.grid(top, [f"{top * n / 4:g}" for n in range(5)]),
        days=charts.column_places([day(one) for one in report.by_day]),
        columns=charts.columns(arrived, top),
    )


def _kinds(report: PeriodReport) -> Chart:
    split, total = report.total.split, max(1, report.total.overridden)
    rows = [(str(Override(kind).label), count) for kind, count in split.items()]
    return Chart(
        id="kinds",
        title="How people override",
        now=f"{report.total.overridden:,} overrides",
        caption="Each case counts once, by its effective decision.",
        sentence="Overrides by kind. " + ", ".join(f"{name} {count}" for name, count in rows) + ".",
        head=("Kind", "Cases", "Of all overrides"),
        rows=[(name, f"{count:,}", percent(count / total)) for name, count in rows],
        height=charts.height_of(len(KINDS)),
        bars=[
            charts.bar(n, name, count / total, f"{count:,}") for n, (name, count) in enumerate(rows)
        ],
    )


def _override_by_type(report: PeriodReport, titles: Mapping[str, str]) -> Chart:
    made = _by_type(report, titles, lambda figures: figures.override_rate, most=WORST_MAX)
    return _named(
        made,
        "override-by-type",
        "Override rate by task type",
        caption="Where people depart most from what the agents propose.",
        head=("Task type", "Overridden", "Rate"),
    )


def _handoff(report: PeriodReport, titles: Mapping[str, str]) -> Chart:
    made = _by_type(report, titles, lambda figures: figures.handoff_rate)
    return _named(
        made,
        "handoff",
        "Handoff rate by task type",
        caption="Share of all packages that needed a person.",
        head=("Task type", "Needed a person", "Rate"),
    )


def _in_time(report: PeriodReport, titles: Mapping[str, str]) -> Chart:
    made = _by_type(report, titles, lambda figures: figures.deadline_met, goal=GOAL_IN_TIME)
    return _named(
        made,
        "in-time",
        "Decided in time",
        caption=f"Marked with ! where the goal of {percent(GOAL_IN_TIME)} is missed.",
        head=("Task type", "In time", "Share"),
    )


def _unchanged(report: PeriodReport, titles: Mapping[str, str]) -> Chart:
    made = _by_type(report, titles, lambda figures: figures.approved_unchanged, bounded=True)
    return _named(
        made,
        "unchanged",
        "Approved unchanged",
        caption="The thin line shows the lower bound at 95 % certainty.",
        head=("Task type", "Approved unchanged", "Share", "At least"),
    )


def _by_type(
    report: PeriodReport,
    titles: Mapping[str, str],
    of_figures: Callable[[Figures], Rate],
    *,
    goal: float | None = None,
    bounded: bool = False,
    most: int = SHOWN_MAX,
) -> Chart:
    """Lying bars, the highest share first; the table holds every task type."""
    found = [(titles[name], of_figures(f)) for name, f in report.by_task_type.items()]
    counted = sorted((one for one in found if one[1].denominator), key=lambda o: -(o[1].value or 0))
    # Where there is a goal the lowest are kept, and turned again so that the highest comes first.
    shown = counted if goal is None else counted[::-1]
    shown = shown[:most] if goal is None else shown[:most][::-1]
    below = int(goal is not None)
    bars = [
        charts.bar(
            place + below,
            name,
            one.value or 0,
            f"{rate(one)} !" if _missed(one, goal) else rate(one),
            style="bad" if _missed(one, goal) else "",
            lower=one.lower_95 if bounded else None,
            aligned=goal is not None,
        )
        for place, (name, one) in enumerate(shown)
    ]
    return Chart(
        id="",
        title="",
        now=f"{rate(of_figures(report.total))} of all",
        caption="",
        sentence=", ".join(f"{name} {rate(one)}" for name, one in shown) or "nothing was counted",
        head=(),
        rows=[
            (name, of(one), rate(one), *([percent(one.lower_95)] if bounded else []))
            for name, one in counted
        ],
        height=charts.height_of(len(bars), above=charts.ROW * below),
        bars=bars,
        goal=_goal(goal) if goal is not None and bars else None,
    )


def _missed(one: Rate, goal: float | None) -> bool:
    return goal is not None and (one.value or 0) < goal


def _goal(share: float) -> charts.Mark:
    return charts.Mark(charts.LABEL + charts.BAR * share, 12, f"goal {percent(share)}")


def _days(report: PeriodReport) -> list[tuple[str, Figures]]:
    return [(day(one), figures) for one, figures in report.by_day.items()]


def _named(
    made: Chart,
    id: str,  # noqa: A002
    title: str,
    *,
    caption: str,
    head: tuple[str, ...],
    rows: list[tuple[str, ...]] | None = None,
) -> Chart:
    return replace(
        made,
        id=id,
        title=title,
        caption=caption,
        sentence=f"{title}: {made.sentence}",
        head=head,
        rows=made.rows if rows is None else rows,
    )


def _last(values: Sequence[float | None]) -> str:
    return percent(next((v for v in reversed(values) if v is not None), None))


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _spoken(times: Times) -> tuple[str, str, str]:
    return span(times.p50), span(times.p90), span(times.p99)


def _ended(figures: Figures) -> tuple[str, ...]:
    numbers = (
        figures.arrived,
        figures.decided,
        figures.automatic,
        figures.expired,
        figures.cancelled,
    )
    return tuple(f"{number:,}" for number in numbers)
