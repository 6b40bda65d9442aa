"""The charts by task type: lying bars, each with the number of cases that it stands on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from metrics import charts, claims
from metrics.charts import Chart
from metrics.claims import CASES_MIN
from metrics.figures import Figures, Rate, Times
from metrics.links import Cell, Linked, Links, text
from metrics.reports import PeriodReport
from metrics.sentences import GOAL_IN_TIME
from metrics.wording import percent, rate, span

SHOWN_MAX = 14
WORST_MAX = 7
MEASURES = {
    "decide": ("Time to decide by task type", "From arrival to the decision: half of the cases."),
    "accept": ("Time to accept by task type", "From arrival until somebody took it: half of them."),
}


@dataclass(frozen=True, slots=True)
class _Share:
    """One share by task type: its figures, its words, and how it is drawn."""

    id: str
    title: str
    caption: str
    head: tuple[str, ...]
    counted: tuple[str, str]
    of: Callable[[Figures], Rate]
    goal: float | None = None
    bounded: bool = False
    most: int = SHOWN_MAX


def override(report: PeriodReport, titles: Mapping[str, str], links: Links) -> Chart:
    """Where people depart most from what agents propose."""
    return _chart(
        report,
        titles,
        links,
        _Share(
            "override-by-type",
            "Override rate by task type",
            "Where people depart most from what the agents propose.",
            ("Task type", "Overridden", "Rate"),
            ("overridden", "on_proposal"),
            lambda figures: figures.override_rate,
            most=WORST_MAX,
        ),
    )


def handoff(report: PeriodReport, titles: Mapping[str, str], links: Links) -> Chart:
    """How much of what agents sent needed a person."""
    return _chart(
        report,
        titles,
        links,
        _Share(
            "handoff",
            "Handoff rate by task type",
            "Share of all packages that needed a person.",
            ("Task type", "Needed a person", "Rate"),
            ("needed_person", "arrived"),
            lambda figures: figures.handoff_rate,
        ),
    )


def in_time(report: PeriodReport, titles: Mapping[str, str], links: Links) -> Chart:
    """Against the goal."""
    return _chart(
        report,
        titles,
        links,
        _Share(
            "in-time",
            "Decided in time",
            f"! is below the goal of {percent(GOAL_IN_TIME)}, ? has fewer than {CASES_MIN} cases. "
            "What is open is in none of them.",
            ("Task type", "In time", "Share"),
            ("in_time", "with_deadline"),
            lambda figures: figures.deadline_met,
            goal=GOAL_IN_TIME,
        ),
    )


def unchanged(report: PeriodReport, titles: Mapping[str, str], links: Links) -> Chart:
    """Where the agent may be right without asking."""
    return _chart(
        report,
        titles,
        links,
        _Share(
            "unchanged",
            "Approved unchanged",
            "The thin line shows the lower bound at 95 % certainty.",
            ("Task type", "Approved unchanged", "Share", "At least"),
            ("unchanged", "on_proposal"),
            lambda figures: figures.approved_unchanged,
            bounded=True,
        ),
    )


def times(report: PeriodReport, titles: Mapping[str, str], links: Links, *, measure: str) -> Chart:
    """Time to decide or to accept, the slowest first; the table holds all of both."""
    found = [
        (name, f.decided, _times(f, measure))
        for name, f in report.by_task_type.items()
        if f.decided and _times(f, measure).p50 is not None
    ]
    found.sort(key=lambda one: -(one[2].p50 or 0))
    title, caption = MEASURES[measure]
    shown, longest = found[:SHOWN_MAX], max((one[2].p50 or 0 for one in found), default=0) or 1
    total = _times(report.total, measure)
    return Chart(
        id=f"{measure}-by-type",
        title=title,
        now=(Linked(f"half in {span(total.p50)}"),),
        caption=caption,
        sentence=f"{title}: "
        + (
            ", ".join(f"{titles[n]} {span(t.p50)} of {many}" for n, many, t in shown)
            or "nothing was counted"
        ),
        head=("Task type", "Cases", "Half", "9 in 10", "99 in 100"),
        rows=[
            (
                (Linked(titles[name]),),
                (links.number("decided", many, task_type=name),),
                *text(span(one.p50), span(one.p90), span(one.p99)),
            )
            for name, many, one in found
        ],
        height=charts.height_of(len(shown)),
        bars=[
            charts.bar(
                place, titles[name], (one.p50 or 0) / longest, f"{span(one.p50)} of {many:,}"
            )
            for place, (name, many, one) in enumerate(shown)
        ],
    )


def _times(figures: Figures, measure: str) -> Times:
    return figures.decide if measure == "decide" else figures.accept


def _chart(report: PeriodReport, titles: Mapping[str, str], links: Links, share: _Share) -> Chart:
    """Lying bars, the highest share first; the table holds every task type."""
    found = [(name, share.of(f)) for name, f in report.by_task_type.items()]
    counted = sorted((one for one in found if one[1].denominator), key=lambda o: -(o[1].value or 0))
    # Where there is a goal the lowest are kept, and turned again so that the highest comes first.
    shown = counted if share.goal is None else counted[::-1]
    shown = shown[: share.most] if share.goal is None else shown[: share.most][::-1]
    below = int(share.goal is not None)
    bars = [
        charts.bar(
            place + below,
            titles[name],
            one.value or 0,
            f"{rate(one)} of {one.denominator:,}{_sign(one, share.goal)}",
            style="bad" if _sign(one, share.goal) == " !" else "",
            lower=one.lower_95 if share.bounded else None,
            aligned=share.goal is not None,
        )
        for place, (name, one) in enumerate(shown)
    ]
    total = share.of(report.total)
    said = ", ".join(f"{titles[name]} {rate(one)} of {one.denominator}" for name, one in shown)
    return Chart(
        id=share.id,
        title=share.title,
        now=(Linked(f"{rate(total)}, "), *links.of(*share.counted, total)),
        caption=share.caption,
        sentence=f"{share.title}: {said or 'nothing was counted'}",
        head=share.head,
        rows=[_row(name, titles[name], one, links, share) for name, one in counted],
        height=charts.height_of(len(bars), above=charts.ROW * below),
        bars=bars,
        goal=_goal(share.goal) if share.goal is not None and bars else None,
    )


def _row(name: str, title: str, one: Rate, links: Links, share: _Share) -> tuple[Cell, ...]:
    least = text(percent(one.lower_95)) if share.bounded else []
    counted = links.of(*share.counted, one, task_type=name)
    return ((Linked(title),), counted, (Linked(rate(one)),), *least)


def _sign(one: Rate, goal: float | None) -> str:
    """Whether the goal is missed, or cannot be said."""
    if goal is None:
        return ""
    elif not claims.enough(one):
        return " ?"
    return " !" if (one.value or 0) < goal else ""


def _goal(share: float) -> charts.Mark:
    return charts.Mark(charts.LABEL + charts.BAR * share, 12, f"goal {percent(share)}")
