"""What each number counts, exactly."""

from datetime import date, timedelta

import pytest

from escalations import lifecycle
from metrics import fold, reports
from metrics.figures import Rate, Times
from metrics.reports import Days
from tests.factories import NOW, after, escalation, viewer
from tests.metrics.deciding import approve, decide, edit

pytestmark = pytest.mark.django_db
TODAY = Days(NOW.date(), NOW.date())


def report(days=TODAY, now=None, **wanted):
    fold.catch_up()
    return reports.report(days, now=now or after(3600), **wanted)


def test_override_rate_and_its_split():
    dana = viewer()
    approve(escalation(), dana)
    approve(escalation(), dana)
    edit(escalation(), dana, amount="68.00")
    decide(escalation(), dana, "edit", reply="dear inès, we have refunded €184.00 to your card")
    decide(escalation(), dana, "reject")
    decide(escalation(), dana, "respond", reply="Ask for a photo.")
    decide(escalation({"task_type": "x", "summary": "Help"}), dana, "respond", reply="Like so.")
    total = report().total
    assert (total.decided, total.override_rate) == (7, Rate(4, 6))
    assert total.split == {
        "cosmetic": 1,
        "material": 1,
        "rejected": 1,
        "responded": 1,
        "mixed": 0,
        "taken_over": 0,
    }
    assert total.approved_unchanged == Rate(2, 6)


def test_only_effective_decisions_by_people_count():
    dana = viewer()
    escalation(task_type="x")
    lifecycle.cancel(escalation(), agent="mira", now=after(5))
    approve(escalation(), dana, at=10)
    undone = approve(escalation(), dana, at=10)
    lifecycle.undo(undone, by=dana, version=undone.version, now=after(11))
    assert report(now=after(19.9)).total.decided == 0
    total = report(now=after(20)).total
    assert (total.arrived, total.decided, total.cancelled, total.expired) == (4, 1, 1, 0)


def test_two_votes_count_once():
    dana, omar = viewer("dana"), viewer("omar")
    case = escalation(requested={"approvals_needed": 2})
    approve(case, dana)
    approve(case, omar)
    total = report().total
    assert (total.decided, total.override_rate) == (1, Rate(0, 1))


def test_deadline_met_is_of_decided_and_expired():
    dana = viewer()
    approve(escalation(), dana)
    approve(escalation(), dana, at=3601)
    due = {"expires_at": after(60).isoformat(), "on_timeout": "reject"}
    lifecycle.expire(escalation(deadlines=due), now=after(61))
    assert report(now=after(7200)).total.deadline_met == Rate(1, 3)


def test_re_escalation_rate_is_of_decided():
    dana = viewer()
    first = escalation()
    approve(first, dana)
    approve(escalation(), dana)
    escalation(re_escalates=first.id, now=after(30))
    assert report().total.re_escalation_rate == Rate(1, 2)


def test_times_are_nearest_ranks():
    dana = viewer()
    for seconds in range(1, 101):
        case = escalation()
        lifecycle.claim(case, by=dana, now=after(seconds))
        approve(case, dana, at=seconds + 50)
    made = report()
    assert made.total.accept == Times(50.0, 90.0, 99.0)
    assert made.total.decide == Times(100.0, 140.0, 149.0)
    assert (
        made.by_task_type["refund"].decide
        == made.by_day[NOW.date()].decide
        == Times(100.0, 140.0, 149.0)
    )


def test_days_are_inclusive_and_each_has_a_row():
    dana = viewer()
    for day in range(4):
        now = NOW + timedelta(days=day)
        case = escalation(now=now)
        lifecycle.decide(
            case, choice(), by=dana, version=1, reject_reasons=[], now=now + timedelta(seconds=5)
        )
    days = Days(date(2026, 11, 20), date(2026, 11, 21))
    made = report(days, now=NOW + timedelta(days=9))
    assert list(made.by_day) == [date(2026, 11, 20), date(2026, 11, 21)]
    assert [day.decided for day in made.by_day.values()] == [1, 1]
    assert made.total.arrived == 2
    assert days.before == Days(date(2026, 11, 18), date(2026, 11, 19))


def test_decision_after_midnight_counts_on_its_own_day():
    late = NOW.replace(hour=23, minute=59, second=58)
    case, dana = escalation(now=late), viewer()
    lifecycle.decide(
        case, choice(), by=dana, version=1, reject_reasons=[], now=late + timedelta(seconds=3)
    )
    made = report(Days(NOW.date(), NOW.date() + timedelta(days=1)), now=late + timedelta(hours=1))
    assert [(day.arrived, day.decided) for day in made.by_day.values()] == [(1, 0), (0, 1)]


def test_handoff_rate_by_task_type():
    sure = {"context": {"reasoning": {"confidence": 0.99}}}
    from tests.metrics.policies import publish

    publish(hint={"level": 1})
    escalation({"task_type": "hint", "summary": "Say hello", **sure})
    escalation({"task_type": "hint", "summary": "Say hello"})
    made = report()
    assert made.by_task_type["hint"].handoff_rate == Rate(1, 2)
    assert made.total.automatic == 1


def test_report_of_one_task_type_and_of_one_person():
    dana, omar = viewer("dana"), viewer("omar")
    approve(escalation(), dana)
    approve(escalation(task_type="x"), omar)
    assert report(task_type="refund").total.decided == 1
    assert list(report(person="omar").by_task_type) == ["x"]
    assert reports.task_types() == ["refund", "x"]


@pytest.mark.parametrize("cases", [1, 3])
def test_statements_are_few_and_constant(django_assert_num_queries, cases):
    dana = viewer()
    for number in range(cases):
        approve(escalation(task_type=f"type{number}"), dana)
    fold.catch_up()
    with django_assert_num_queries(3):
        reports.report(TODAY, now=after(3600))


def test_nothing_counted_is_no_rate():
    total = report().total
    assert (total.override_rate.value, total.override_rate.lower_95) == (None, None)
    assert total.accept == Times(None, None, None)


def test_lower_bound_is_wilsons():
    assert Rate(0, 10).lower_95 == 0.0
    assert round(Rate(10, 10).lower_95, 4) == 0.7225
    assert round(Rate(95, 100).lower_95, 4) == 0.8882


def choice():
    from escalations.proposal.choices import Choice

    return Choice("approve")
