"""Counts for the metrics page and `GET /metrics`: five statements, however many cases there are.

What a person decided counts on the day of the decision, once it can no longer be undone; what
arrived counts on the day it arrived. Days are those of the deployment's time zone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db import connection
from django.db.models import Case, CharField, Count, Q, Value, When
from django.utils import timezone

from escalations.models import State
from metrics.figures import KINDS, Figures, Times
from metrics.models import Fact, FactQuerySet

DAYS = 30
WEEK = 7
# Where a day holds fewer decisions, a point of a line is a week.
POINT_MIN = 10

PEOPLE = ~Q(decided_by="")
PROPOSED = PEOPLE & Q(proposal=True)
# What each figure counts, of what was closed in the days asked for.
CLOSED: dict[str, Q] = {
    "decided": PEOPLE,
    "automatic": Q(automatic=True),
    "expired": Q(outcome="expired"),
    "cancelled": Q(outcome="cancelled"),
    "on_proposal": PROPOSED,
    "unchanged": PROPOSED & Q(outcome="approved"),
    **{kind: PROPOSED & Q(override=kind) for kind in KINDS},
    "raised_again": PEOPLE & Q(raised_again=True),
    "reversed": Q(reversed=True),
    "in_time": Q(in_time=True),
    "with_deadline": Q(in_time__isnull=False),
}
# And of what arrived in them.
ARRIVED: dict[str, Q] = {"arrived": Q(), "needed_person": Q(needs_person=True)}
# What people overrode is the sum of its kinds.
OVERRIDDEN = {"overridden": PROPOSED & Q(override__in=KINDS)}
OPEN_LATE = "open_late"


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
    by_point: dict[Days, Figures] = field(default_factory=dict)


def report(
    days: Days, *, task_type: str | None = None, person: str | None = None, now: datetime
) -> PeriodReport:
    """Everything that was counted in these days, of one task type or one person where asked."""
    made = PeriodReport(days, by_day={day: Figures() for day in days})
    facts = _facts(task_type, person)
    closed = facts.in_effect(now).filter(closed_on__range=(days.first, days.last))
    _add_arrived(made, facts.filter(arrived_on__range=(days.first, days.last)))
    _add_closed(made, closed)
    made.by_point = _points(made)
    _add_times(made, closed.by_people())
    made.by_task_type = dict(sorted(made.by_task_type.items()))
    return made


def cases(
    figure: str,
    days: Days,
    *,
    task_type: str | None = None,
    person: str | None = None,
    now: datetime,
) -> FactQuerySet | None:
    """Exactly the cases that this figure of these days counts; None where there is no such."""
    facts, between = _facts(task_type, person), (days.first, days.last)
    if figure in ARRIVED:
        return facts.filter(ARRIVED[figure], arrived_on__range=between)
    elif figure in CLOSED or figure in OVERRIDDEN:
        counted = (CLOSED | OVERRIDDEN)[figure]
        return facts.in_effect(now).filter(counted, closed_on__range=between)
    elif figure == OPEN_LATE:
        return open_late(task_type=task_type, person=person, now=now)
    else:
        return None


def open_late(*, task_type: str | None, person: str | None, now: datetime) -> FactQuerySet:
    """What is open and over time at this moment; of one person what they hold."""
    # By the case itself, whose open ones have an index of their own.
    late = {"escalation__state__in": State.open(), "escalation__respond_by__lt": now}
    facts = _facts(task_type, None).filter(**late)
    return facts if person is None else facts.filter(escalation__held_by__username=person)


def task_types(*, person: str | None = None) -> list[str]:
    """Every task type that there are figures of, or that this person decided."""
    facts = Fact.objects.all() if person is None else Fact.objects.filter(decided_by=person)
    return list(facts.order_by("task_type").values_list("task_type", flat=True).distinct())


def _facts(task_type: str | None, person: str | None) -> FactQuerySet:
    facts = Fact.objects.all()
    if task_type is not None:
        facts = facts.filter(task_type=task_type)
    return facts if person is None else facts.filter(decided_by=person)


def _points(made: PeriodReport) -> dict[Days, Figures]:
    """Days, or weeks up to the last day where a day holds few; times are filled in later."""
    few = made.total.decided < POINT_MIN * len(made.days)
    size = WEEK if few and len(made.days) > WEEK else 1
    each = list(made.days)
    found = {}
    # The first is the one that may be shorter, so that the last is whole but for today.
    for end in range(len(each) % size or size, len(each) + 1, size):
        inside = each[max(0, end - size) : end]
        point = found[Days(inside[0], inside[-1])] = Figures()
        for one in inside:
            point.add(made.by_day[one])
    return found


def _add_arrived(made: PeriodReport, facts: FactQuerySet) -> None:
    rows = facts.values_list("task_type", "arrived_on").annotate(
        arrived=Count("pk"), needed_person=Count("pk", filter=ARRIVED["needed_person"])
    )
    for task_type, day, arrived, needed_person in rows.order_by():
        _spread(made, task_type, day, Figures(arrived=arrived, needed_person=needed_person))


def _add_closed(made: PeriodReport, facts: FactQuerySet) -> None:
    # With an ending, because an annotation may not have the name of a field.
    counts = {f"{name}_count": Count("pk", filter=q) for name, q in CLOSED.items()}
    rows = facts.values_list("task_type", "closed_on").annotate(**counts).order_by()
    for task_type, day, *numbers in cast("Iterable[tuple[Any, ...]]", rows):
        _spread(made, task_type, day, Figures(**dict(zip(CLOSED, numbers, strict=True))))


def _spread(made: PeriodReport, task_type: str, day: date, figures: Figures) -> None:
    made.total.add(figures)
    made.by_task_type.setdefault(task_type, Figures()).add(figures)
    made.by_day.setdefault(day, Figures()).add(figures)


def _add_times(made: PeriodReport, facts: FactQuerySet) -> None:
    """Nearest-rank percentiles: the smallest time that at least so many cases did not exceed."""
    # A point goes by the day that it begins on.
    begins = Case(
        *(
            When(closed_on__range=(one.first, one.last), then=Value(str(one.first)))
            for one in made.by_point
        ),
        output_field=CharField(),
    )
    chosen = (
        facts.annotate(point=begins)
        .values("task_type", "closed_on", "accept_ms", "decide_ms", "point")
        .order_by()
    )
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
    elif grouping == "point":
        begins = date.fromisoformat(group)
        return next(of for one, of in made.by_point.items() if one.first == begins)
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
            ("point", "point", "PARTITION BY point"),
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
