"""Counts for the metrics page and `GET /metrics`: five statements, however many cases there are.

What a person decided counts on the day of the decision, once it can no longer be undone; what
arrived counts on the day it arrived. Days are those of the deployment's time zone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from metrics.figures import KINDS, Figures, Times
from metrics.models import Fact, FactQuerySet

DAYS = 30


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day, both included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(len(self)))

    def __len__(self) -> int:
        return max(0, (self.last - self.first).days + 1)

    @property
    def before(self) -> "Days":
        """As many days, directly before these."""
        return Days(self.first - timedelta(days=len(self)), self.first - timedelta(days=1))


def last_days(now: datetime, count: int = DAYS) -> Days:
    """The last `count` days, today included."""
    today = timezone.localdate(now)
    return Days(today - timedelta(days=count - 1), today)


@dataclass(slots=True)
class PeriodReport:
    """The figures of some days: in all, by task type, by day."""

    days: Days
    total: Figures = field(default_factory=Figures)
    by_task_type: dict[str, Figures] = field(default_factory=dict)
    by_day: dict[date, Figures] = field(default_factory=dict)


def report(
    days: Days, *, task_type: str | None = None, person: str | None = None, now: datetime
) -> PeriodReport:
    """Everything that was counted in these days, of one task type or one person where asked."""
    made = PeriodReport(days, by_day={day: Figures() for day in days})
    facts = Fact.objects.all()
    if task_type is not None:
        facts = facts.filter(task_type=task_type)
    if person is not None:
        facts = facts.filter(decided_by=person)
    closed = facts.in_effect(now).filter(closed_on__range=(days.first, days.last))
    _add_arrived(made, facts.filter(arrived_on__range=(days.first, days.last)))
    _add_closed(made, closed)
    _add_times(made, closed.by_people())
    made.by_task_type = dict(sorted(made.by_task_type.items()))
    return made


def task_types(*, person: str | None = None) -> list[str]:
    """Every task type that there are figures of, or that this person decided."""
    facts = Fact.objects.all() if person is None else Fact.objects.filter(decided_by=person)
    return list(facts.order_by("task_type").values_list("task_type", flat=True).distinct())


def _add_arrived(made: PeriodReport, facts: FactQuerySet) -> None:
    rows = facts.values_list("task_type", "arrived_on").annotate(
        arrived=Count("pk"), needed_person=Count("pk", filter=Q(needs_person=True))
    )
    for task_type, day, arrived, needed_person in rows.order_by():
        _spread(made, task_type, day, Figures(arrived=arrived, needed_person=needed_person))


def _add_closed(made: PeriodReport, facts: FactQuerySet) -> None:
    people = ~Q(decided_by="")
    counted = {
        "decided": people,
        "automatic": Q(automatic=True),
        "expired": Q(outcome="expired"),
        "cancelled": Q(outcome="cancelled"),
        "on_proposal": people & Q(proposal=True),
        "unchanged": people & Q(proposal=True, outcome="approved"),
        **{kind: people & Q(proposal=True, override=kind) for kind in KINDS},
        "raised_again": people & Q(raised_again=True),
        "in_time": Q(in_time=True),
        "with_deadline": Q(in_time__isnull=False),
    }
    # With an ending, because an annotation may not have the name of a field.
    counts = {f"{name}_count": Count("pk", filter=q) for name, q in counted.items()}
    rows = facts.values_list("task_type", "closed_on").annotate(**counts).order_by()
    for task_type, day, *numbers in cast("Iterable[tuple[Any, ...]]", rows):
        _spread(made, task_type, day, Figures(**dict(zip(counted, numbers, strict=True))))


def _spread(made: PeriodReport, task_type: str, day: date, figures: Figures) -> None:
    made.total.add(figures)
    made.by_task_type.setdefault(task_type, Figures()).add(figures)
    made.by_day.setdefault(day, Figures()).add(figures)


def _add_times(made: PeriodReport, facts: FactQuerySet) -> None:
    """Nearest-rank percentiles: the smallest time that at least so many cases did not exceed."""
    chosen = facts.values("task_type", "closed_on", "accept_ms", "decide_ms").order_by()
    sql, values = chosen.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_percentiles(sql), values)
        rows = cursor.fetchall()
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for measure, grouping, group, percent, ms in rows:
        times = found.setdefault((measure, grouping, str(group)), {})
        times[f"p{percent}"] = ms / 1000
    for (measure, grouping, group), times in found.items():
        setattr(_figures(made, grouping, group), measure, Times(**times))


def _figures(made: PeriodReport, grouping: str, group: str) -> Figures:
    if grouping == "task_type":
        return made.by_task_type[group]
    elif grouping == "day":
        return made.by_day[date.fromisoformat(group)]
    else:
        return made.total


def _percentiles(chosen: str) -> str:
    """One statement for both measures in all groupings; `chosen` is made by the ORM."""
    # By window functions, as SQLite has no `percentile_disc`; every group is cast to text, as all
    # parts of a UNION are of one type.
    placed = [  # nothing here comes from outside
        f"SELECT '{measure}' AS measure, '{grouping}' AS kind, CAST({group} AS text) AS part, "  # noqa: S608
        f"{measure}_ms AS ms, ROW_NUMBER() OVER ({by} ORDER BY {measure}_ms) AS place, "
        f"COUNT(*) OVER ({by}) AS many FROM chosen"
        for measure in ("accept", "decide")
        for grouping, group, by in (
            ("total", "''", ""),
            ("task_type", "task_type", "PARTITION BY task_type"),
            ("day", "closed_on", "PARTITION BY closed_on"),
        )
    ]
    wanted = "SELECT 50 AS percent UNION ALL SELECT 90 UNION ALL SELECT 99"
    return (
        f"WITH chosen AS ({chosen}), placed AS ({' UNION ALL '.join(placed)}) "  # noqa: S608
        "SELECT measure, kind, part, percent, ms FROM placed "
        # Whole numbers, which both databases divide alike: this rounds up, as the nearest rank
        # wants.
        f"CROSS JOIN ({wanted}) AS wanted WHERE place = (many * percent + 99) / 100"
    )
