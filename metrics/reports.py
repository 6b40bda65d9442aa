"""Counts for the metrics page and `GET /metrics`: of daily sums, however many cases there are.

What a person decided counts on the day of the decision, once it can no longer be undone; what
arrived counts on the day it arrived. Days are those of the deployment's time zone.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import add

from django.db import connection
from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone

from escalations.models import Escalation
from metrics import histograms, sums
from metrics.figures import KINDS, Counts, Figures, Times
from metrics.models import DaySum, Fact, FactQuerySet

# By task type or day, the histograms of the times to accept and to decide.
_Times = dict[str | date, list[int]]

DAYS = 30
# So many cases are read one by one, for times that are exact.
EXACT_MAX = 2_000
PERCENTS = (50, 90, 99)
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
    times = _add_sums(made, task_type, person, now)
    made.by_point = _points(made)
    total = made.total
    if total.decided + total.automatic + total.expired + total.cancelled <= EXACT_MAX:
        closed = _facts(task_type, person).in_effect(now)
        _add_times(made, closed.filter(closed_on__range=(days.first, days.last)).by_people())
    else:
        _estimate_times(made, times)
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
    late = Escalation.objects.late(now)
    facts = _facts(task_type, None).filter(escalation__among=late)
    return facts if person is None else facts.filter(escalation__held_by__username=person)


def task_types(*, person: str | None = None) -> list[str]:
    """Every task type that there are figures of, or that this person decided."""
    found = DaySum.objects.filter(person=person or sums.EVERYBODY).order_by("task_type")
    return list(found.values_list("task_type", flat=True).distinct())


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


def _add_sums(
    made: PeriodReport, task_type: str | None, person: str | None, now: datetime
) -> _Times:
    """The counts, in all, by task type and by day; and the times of each."""
    counts: dict[str | date, Sequence[int]] = {}
    times: _Times = defaultdict(lambda: [0, 0])
    for kind, day, numbers, both in _rows(made.days, task_type, person, now):
        for group in (kind, day):
            known = counts.get(group)
            counts[group] = numbers if known is None else list(map(add, known, numbers))
            times[group] = list(map(add, times[group], both))
    for group, numbers in counts.items():
        figures = Figures()
        figures.add(Counts(**dict(zip(sums.COUNTS, numbers, strict=True))))
        if isinstance(group, date):
            made.by_day[group] = figures
        elif any(numbers):
            made.by_task_type[group] = figures
            made.total.add(figures)
    return times


def _rows(
    days: Days, task_type: str | None, person: str | None, now: datetime
) -> Iterator[tuple[str, date, Sequence[int], Sequence[int]]]:
    """Task type, day, counts and histograms: the daily sums, less what may still be undone."""
    found = DaySum.objects.filter(
        person=person or sums.EVERYBODY, day__range=(days.first, days.last)
    )
    # By an index of its own: of all that was ever closed, these are few.
    undoable = Fact.objects.filter(effective_at__gt=now)
    if task_type is not None:
        found, undoable = found.filter(task_type=task_type), undoable.filter(task_type=task_type)
    columns = found.values_list("task_type", "day", *sums.TIMES, *sums.COUNTS)
    for kind, day, accept, decide, *numbers in columns.order_by():
        yield kind, day, numbers, [histograms.read(bytes(one)) for one in (accept, decide)]
    for fact in undoable:
        if fact.closed_on is None or not days.first <= fact.closed_on <= days.last:
            continue
        if person is None or fact.decided_by == person:
            said = sums.closed(fact)
            less = [-said.get(name, 0) for name in (*sums.COUNTS, *sums.TIMES)]
            yield fact.task_type, fact.closed_on, less[:-2], less[-2:]


def _estimate_times(made: PeriodReport, times: _Times) -> None:
    """Percentiles of many cases, from the histograms of their days and task types."""
    groups: list[tuple[Figures, list[list[int]]]] = [
        (made.total, [times[kind] for kind in made.by_task_type]),
        *((figures, [times[kind]]) for kind, figures in made.by_task_type.items()),
        *((figures, [times[day]]) for day, figures in made.by_day.items()),
        *((figures, [times[day] for day in one]) for one, figures in made.by_point.items()),
    ]
    for figures, parts in groups:
        accept, decide = map(sum, zip(*parts, strict=True)) if parts else (0, 0)
        figures.accept = Times(*histograms.percentiles(accept, PERCENTS))
        figures.decide = Times(*histograms.percentiles(decide, PERCENTS))


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
