"""Daily sums are what counting the facts gives, whatever happened to the cases."""

from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escalations import lifecycle
from escalations.lifecycle.taking_back import reversing
from escalations.models import Escalation
from escalations.refusals import Refused
from metrics import fold, histograms, reports, sums
from metrics.figures import Counts
from metrics.models import DaySum, Fact
from metrics.reports import Days
from tests.factories import NOW, escalation, key, viewer
from tests.metrics.deciding import decide

pytestmark = pytest.mark.django_db
KINDS = ("refund", "complaint", "x")


@pytest.mark.parametrize("seed", range(4))
def test_sums_are_the_counts_of_the_facts_after_random_stories(seed):
    chance, agent = Random(seed), key()
    people = [viewer("dana"), viewer("omar")]
    for _ in range(25):
        live(chance, agent, people)
        if chance.random() < 0.3:
            fold.catch_up()
    fold.catch_up()
    assert fold.differing_sums() == []
    last = NOW + timedelta(days=9)
    for now in (NOW + timedelta(days=4, seconds=12), last):
        for days in (Days(NOW.date(), last.date()), reports.last_days(NOW, 3)):
            for task_type in (None, *KINDS):
                for person in (None, "dana"):
                    compare(days, task_type, person, now)
    before = everything()
    call_command("fold", "--rebuild", verbosity=0)
    assert everything() == before
    assert fold.differing_sums() == []


def everything():
    """The rows in which something is counted."""
    rows = DaySum.objects.exclude(arrived=0, decided=0, cancelled=0).order_by("key")
    return [
        tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
        for row in rows.values_list()
    ]


def compare(days, task_type, person, now):
    said = reports.report(days, task_type=task_type, person=person, now=now)
    for name in sums.COUNTS:
        cases = reports.cases(name, days, task_type=task_type, person=person, now=now)
        parts = [getattr(one, name) for one in said.by_task_type.values()]
        by_day = [getattr(one, name) for one in said.by_day.values()]
        wanted = cases.count()
        assert (getattr(said.total, name), sum(parts), sum(by_day)) == (wanted,) * 3, name


def live(chance, agent, people):
    """One case as it may go; what is refused did not happen."""
    at = NOW + timedelta(hours=chance.randrange(0, 100))
    known = Escalation.objects.order_by("?").first()
    again = {"re_escalates": known.id} if known and chance.random() < 0.4 else {}
    kind = chance.choice(KINDS)
    case = escalation(by=agent, now=at, task_type=kind, **again)
    by = chance.choice(people)
    end = chance.choice(("approve", "reject", "cancel", "open", "undo", "reverse", "respond"))
    with suppress(Refused):
        if end == "cancel":
            lifecycle.cancel(case, agent="mira", now=at + timedelta(seconds=20))
        elif end != "open":
            how = {"undo": "approve", "reverse": "approve"}.get(end, end)
            seconds = (at - NOW).total_seconds() + chance.choice((5, 40, 9000))
            reply = {"reply": "Like so."} if how == "respond" else {}
            done = decide(case, by, how, at=seconds, **reply)
            if chance.random() < 0.3:
                fold.catch_up()
            then = NOW + timedelta(seconds=seconds + 2)
            if end == "undo":
                lifecycle.undo(done, by=by, version=done.version, now=then)
            elif end == "reverse":
                reverse(done, by, then + timedelta(hours=1))


def reverse(done, by, then):
    done.refresh_from_db()
    reversing.reverse(done, by=by, version=done.version, why="Wrong account.", now=then)


def test_the_times_of_many_are_near_the_exact_ones(monkeypatch):
    chance, dana, agent = Random(3), viewer(), key()
    for _ in range(40):
        decide(escalation(by=agent), dana, "approve", at=chance.lognormvariate(6, 2))
    fold.catch_up()
    days, now = Days(NOW.date(), NOW.date() + timedelta(days=60)), NOW + timedelta(days=60)
    exact = reports.report(days, now=now)
    monkeypatch.setattr(reports, "EXACT_MAX", 1)
    near = reports.report(days, now=now)
    pairs = [
        (exact.total, near.total),
        *zip(exact.by_day.values(), near.by_day.values(), strict=True),
    ]
    pairs += zip(exact.by_task_type.values(), near.by_task_type.values(), strict=True)
    pairs += zip(exact.by_point.values(), near.by_point.values(), strict=True)
    for one, other in pairs:
        for name in ("p50", "p90", "p99"):
            right, said = getattr(one.decide, name), getattr(other.decide, name)
            assert (right is None) == (said is None)
            assert right is None or abs(said - right) <= max(0.125, right * 0.032)


def test_every_time_is_read_back_within_a_thirtieth():
    times = [0, 1, 249, 250, 7_999, 8_000, 8_001, 59_999, 3_600_000, 86_400_000, 40 * 86_400_000]
    for ms in times:
        (said,) = histograms.percentiles(histograms.of(ms), (50,))
        assert abs(said * 1000 - ms) <= max(125.5, ms * 0.032)
    assert histograms.percentiles(0, (50,)) == []
    whole = sum(map(histograms.of, times))
    assert histograms.read(histograms.stored(whole)) == whole


def test_the_check_names_a_sum_that_was_changed_and_a_rebuild_mends_it():
    decide(escalation(), viewer(), "approve", at=10)
    fold.catch_up()
    DaySum.objects.filter(person="").update(decided=7)
    with pytest.raises(CommandError, match="1 daily sums differ"):
        call_command("fold", "--check")
    call_command("fold", "--rebuild")
    call_command("fold", "--check")


def test_a_fact_that_was_changed_stops_no_folding():
    case = decide(escalation(), viewer(), "approve", at=10)
    fold.catch_up()
    Fact.objects.update(decided_by="nobody", automatic=True)
    fold.write([case.number])
    assert DaySum.objects.get(person="").automatic == 0


def test_a_report_reads_no_fact_but_what_may_be_undone(monkeypatch):
    decide(escalation(), viewer(), "approve", at=10)
    fold.catch_up()
    monkeypatch.setattr(reports, "EXACT_MAX", 0)
    days = reports.last_days(NOW, 90)
    with CaptureQueriesContext(connection) as captured:
        reports.report(days, now=NOW + timedelta(days=1))
    facts = [one["sql"] for one in captured if "metrics_fact" in one["sql"]]
    assert (len(captured), len(facts)) == (2, 1)
    if connection.vendor == "sqlite":
        plan = Fact.objects.filter(effective_at__gt=NOW).explain()
        assert "facts_effect" in plan


def test_the_columns_are_the_counts():
    columns = {field.name for field in DaySum._meta.concrete_fields}
    assert set(sums.COUNTS) <= columns
    assert set(Counts.__dataclass_fields__) == set(sums.COUNTS)
