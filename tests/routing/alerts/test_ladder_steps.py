"""Each step of the ladder once, to whoever is there, however many sweepers there are."""

import orjson
import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from console.models import User
from escalations import intake, lifecycle, sweeps
from escalations.models import Escalation, Event, State
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.record.lines import BATON
from routing import sweeps as routing_sweeps
from routing.alerts import ladder_steps
from routing.models import Alert, Notice, Presence
from tests.escalations.lifecycle.test_races import at_once
from tests.factories import NOW, REFUND, after, escalation, key, person, viewer_of

pytestmark = pytest.mark.django_db

DUE = {"deadlines": {"respond_by": "2026-11-19T14:10:00Z"}}
WARN, BREACH, AGAIN, ALL = 8 * 60, 10 * 60, 15 * 60, 20 * 60


def there(username, role="reviewer", state="present", **skills) -> User:
    """Somebody who has a screen open."""
    found = person(username, role, skills)
    Presence.objects.create(person=found, state=state, since=NOW, seen_at=NOW)
    return found


EMERGENCY = {"trigger": {"type": "emergency", "reason": "The customer smells gas."}}


def at_level_4():
    case = escalation(**EMERGENCY)
    assert case.level == 4
    return case


def lines(case, *kinds):
    found = Event.objects.filter(chain=case.id, kind__in=kinds or ("alerted", "overdue"))
    return [orjson.loads(bytes(event.body)) for event in found.order_by("position")]


def told():
    """Kind and people of each notice, in order."""
    found = Notice.objects.order_by("pk").values_list("kind", "person__username")
    return [f"{kind} {name}" for kind, name in found]


def without_row(facts):
    """What an alert says beside where the case stands."""
    return {name: said for name, said in facts.items() if name != "row"}


def test_the_holder_is_warned_and_the_supervisors_on_shift_hear_of_the_breach():
    dana, _ = there("dana"), there("sam", "supervisor")
    case = escalation(**DUE)
    lifecycle.claim(case, by=viewer_of(dana), now=NOW)
    assert [ladder_steps.sweep(after(s)) for s in (WARN - 1, WARN, WARN)] == [0, 1, 0]
    assert [ladder_steps.sweep(after(s)) for s in (BREACH - 1, BREACH, BREACH)] == [0, 1, 0]
    assert told() == ["warn dana", "breach sam"]
    texts = list(Notice.objects.order_by("pk").values_list("text", flat=True))
    assert texts == [f"{case} is due soon.", f"{case} is late."]


def test_steps_follow_each_other_and_the_last_repeats():
    there("sam", "supervisor")
    escalation(**DUE)
    moments = [WARN, BREACH, AGAIN, ALL, ALL + 15 * 60, ALL + 30 * 60]
    assert [ladder_steps.sweep(after(s)) for s in moments] == [1] * 6
    assert list(Alert.objects.order_by("step").values_list("kind", flat=True)) == [
        *("warn", "breach", "again", "all", "all", "all")
    ]


def test_an_alert_makes_nobodys_answer_stale():
    dana = there("dana")
    case = lifecycle.claim(escalation(**DUE), by=viewer_of(dana), now=after(WARN - 5))
    assert ladder_steps.sweep(after(WARN)) == 1
    decided = lifecycle.decide(
        case,
        Choice("approve"),
        by=viewer_of(dana),
        version=case.version,
        reject_reasons=[],
        digest=case.digest,
        now=after(WARN + 1),
    )
    assert (decided.state, decided.version) == (State.DECIDED, case.version + 1)
    assert audit.verify().findings == []


def test_the_breach_is_noted_once_with_the_time_it_was_due():
    there("sam", "supervisor")
    case = escalation(**DUE)
    for seconds in (WARN, BREACH, AGAIN):
        ladder_steps.sweep(after(seconds))
    assert [line["kind"] for line in lines(case)] == ["alerted", "overdue", "alerted"]
    assert without_row(lines(case, "overdue")[0]["facts"]) == {
        "step": 2,
        "alert": "breach",
        "audience": "supervisors_on_shift",
        "told": 1,
        "respond_by": "2026-11-19T14:10:00.000000Z",
    }
    case.refresh_from_db()
    assert case.overdue_at == after(BREACH)


def test_where_nobody_of_the_audience_is_there_the_next_one_is_told_at_once():
    there("dana")
    person("sam", "supervisor")
    there("ada", "admin")
    case = escalation(**DUE)
    assert ladder_steps.sweep(after(WARN)) == 1
    assert told() == ["warn ada", "warn dana"] or told() == ["warn dana", "warn ada"]
    assert ladder_steps.sweep(after(BREACH)) == 1
    assert told()[2:] == ["breach sam"]
    assert [(line["facts"]["audience"], line["facts"]["instead_of"]) for line in lines(case)] == [
        ("eligible", "holder"),
        ("supervisors", "supervisors_on_shift"),
    ]


def test_admins_are_told_where_there_is_no_supervisor_and_a_line_says_that_nobody_is_there():
    case = escalation(**DUE)
    ladder_steps.sweep(after(WARN))
    person("ada", "admin")
    ladder_steps.sweep(after(BREACH))
    facts = [line["facts"] for line in lines(case)]
    assert [(one["audience"], one["told"]) for one in facts] == [("admins", 0), ("admins", 1)]
    assert told() == ["breach ada"]


def test_only_who_could_take_it_is_eligible():
    there("dana", refunds=3)
    there("lee", state="away", refunds=3)
    there("kim")
    gone = there("max", refunds=3)
    gone.is_active = False
    gone.save()
    excluded = there("eve", refunds=3)
    case = at_level_4()
    case.requirement.skills = {"refunds": 2}
    case.requirement.save()
    Escalation.objects.update(excluded=[excluded.username])
    assert ladder_steps.sweep(NOW) == 1
    assert told() == ["alert dana"]


@pytest.mark.parametrize(("strict", "heard"), [(False, True), (True, False)])
def test_whom_a_case_asks_for_by_name_hears_of_it_but_for_strict_work(strict, heard):
    there("dana", refunds=3)
    there("kim")
    case = at_level_4()
    case.requirement.skills = {"refunds": 2}
    case.requirement.save()
    Escalation.objects.update(assignee="kim", strict=strict)
    ladder_steps.sweep(NOW)
    assert sorted(told()) == ["alert dana", *["alert kim"] * heard]


def test_who_had_their_part_does_not_hear_that_another_must_agree():
    dana, _ = there("dana"), there("kim")
    case = escalation(**EMERGENCY, requested={"approvals_needed": 2})
    by = viewer_of(dana)
    lifecycle.decide(case, Choice("approve"), by=by, version=1, reject_reasons=[], now=NOW)
    ladder_steps.sweep(NOW)
    assert told() == ["alert kim"]


def test_supervisors_on_shift_hear_of_level_4_beside_those_who_fit():
    there("dana", refunds=3)
    there("sam", "supervisor")
    there("lou", "supervisor", state="away")
    case = at_level_4()
    case.requirement.skills = {"refunds": 2}
    case.requirement.save()
    ladder_steps.sweep(NOW)
    assert sorted(told()) == ["alert dana", "alert sam"]
    assert without_row(lines(case)[0]["facts"]) == {
        "step": 1,
        "alert": "alert",
        "audience": "eligible",
        "told": 2,
        "respond_by": "2026-11-19T14:05:00.000000Z",
    }


def test_a_warning_for_who_fits_leaves_supervisors_alone():
    there("dana", refunds=3)
    there("sam", "supervisor")
    case = escalation(**DUE)
    case.requirement.skills = {"refunds": 2}
    case.requirement.save()
    ladder_steps.sweep(after(WARN))
    assert told() == ["warn dana"]


def test_a_policy_without_further_steps_ends_the_alerts_by_a_line():
    there("dana")
    case = escalation(**DUE)
    current = versions.current()
    without = {**current.document.dump(), "task_types": {"refund": {"ladder": []}}}
    versions.publish(check.check(without), by=BATON, now=NOW, expected=current.number)
    assert [ladder_steps.sweep(after(seconds)) for seconds in (WARN, BREACH)] == [0, 0]
    case.refresh_from_db()
    assert (case.alert_at, len(lines(case, "alerts_ended"))) == (None, 1)
    assert audit.verify().findings == []


def test_level_4_alerts_at_once_and_until_it_is_answered():
    dana = there("dana")
    there("sam", "supervisor")
    case = at_level_4()
    assert ladder_steps.sweep(NOW) == 1
    lifecycle.claim(case, by=viewer_of(dana), now=after(10))
    moments = (60, 119, 120, 239, 240, 359, 360, 480)
    assert [ladder_steps.sweep(after(s)) for s in moments] == [0, 0, 1, 0, 1, 0, 1, 1]
    case.refresh_from_db()
    lifecycle.cancel(case, agent="mira", now=after(500))
    assert ladder_steps.sweep(after(3600)) == 0
    assert set(Notice.objects.values_list("kind", flat=True)) == {"alert"}


def test_a_snoozed_case_raises_nothing_and_goes_on_with_the_pause(monkeypatch):
    monkeypatch.setattr(sweeps, "_watch", sweeps.Watch())
    dana = there("dana")
    case = escalation(**DUE)
    lifecycle.snooze(
        case, by=viewer_of(dana), version=1, until=after(3600), now=after(60), comes_back=False
    )
    assert ladder_steps.sweep(after(3000)) == 0
    assert sweeps.sweep(after(3600))["woken"] == 1
    pause = 3540
    moments = (WARN, BREACH)
    found = [ladder_steps.sweep(after(pause + s + late)) for s in moments for late in (-1, 0)]
    assert found == [0, 1, 0, 1]


def test_a_missed_sweep_raises_each_step_but_no_repeat_twice():
    there("sam", "supervisor")
    escalation(**DUE)
    late = after(24 * 3600)
    assert [ladder_steps.sweep(late) for _ in range(6)] == [1, 1, 1, 1, 1, 0]
    assert Alert.objects.count() == 5


def test_a_jump_of_the_clock_raises_nothing(monkeypatch):
    there("sam", "supervisor")
    escalation(**DUE)
    monkeypatch.setattr(routing_sweeps, "_watch", sweeps.Watch())
    assert routing_sweeps.sweep(after(WARN))["alerts"] == 1
    assert routing_sweeps.sweep(after(WARN + 3600)) == {}
    assert Alert.objects.count() == 1


class Killed(Exception):
    """The sweeper ends in the middle of the transaction."""


def test_killed_in_between_raises_exactly_once_later(monkeypatch):
    there("sam", "supervisor")
    case = escalation(**DUE)
    with monkeypatch.context() as dying:
        dying.setattr("escalations.lifecycle.writes.update", _killed)
        with pytest.raises(Killed):
            ladder_steps.sweep(after(BREACH))
    assert (Alert.objects.count(), Notice.objects.count(), lines(case)) == (0, 0, [])
    assert [ladder_steps.sweep(after(BREACH)) for _ in range(3)] == [1, 1, 0]
    assert [line["facts"]["step"] for line in lines(case)] == [1, 2]


def _killed(*_, **__):
    raise Killed


def _stumbling(*_, **__):
    raise DatabaseError("lock timeout")


def test_many_are_raised_by_statements_that_do_not_grow_with_the_people(monkeypatch):
    monkeypatch.setattr(ladder_steps, "BATCH", 4)
    mira = key()
    counts = []
    for people in (1, 3):
        for number in range(people):
            there(f"sam{people}{number}", "supervisor")
        cases = [escalation(by=mira, **DUE) for _ in range(9)]
        with CaptureQueriesContext(connection) as captured:
            assert ladder_steps.sweep(after(WARN)) == 9
        counts.append(len(captured))
        assert all([line["facts"]["step"] for line in lines(one)] == [1] for one in cases)
        Escalation.objects.update(alert_at=None)
    assert counts[0] == counts[1]
    # Two for the row and the line of each on SQLite; besides, ten for each batch, and the people.
    assert counts[0] <= 9 * 2 + 3 * 12 + 8
    assert Notice.objects.count() == 9 * 1 + 9 * 4


def test_whoever_is_killed_in_the_middle_of_many_has_raised_none_of_them():
    sam = there("sam", "supervisor")
    mira = key()
    cases = [escalation(by=mira, **DUE) for _ in range(6)]
    written = []

    def kill(execute, sql, params, many, context):
        if "escalations_event" in sql and ("INSERT" in sql or "WITH" in sql):
            written.append(sql)
            if len(written) == 4:
                raise Killed
        return execute(sql, params, many, context)

    with pytest.raises(Killed), connection.execute_wrapper(kill):
        ladder_steps.sweep(after(WARN))
    assert (Alert.objects.count(), Notice.objects.count()) == (0, 0)
    assert all(lines(one) == [] for one in cases)
    assert [ladder_steps.sweep(after(WARN)) for _ in range(2)] == [6, 0]
    assert Notice.objects.filter(person=sam).count() == 6
    assert all(len(lines(one)) == 1 for one in cases)


def test_what_came_to_its_end_is_left_to_its_end():
    there("sam", "supervisor")
    mira = key()
    over = escalation(by=mira, **DUE)
    other = escalation(by=mira, **DUE)
    Escalation.objects.filter(pk=over.pk).update(
        expires_at=after(WARN - 1), on_timeout="return_to_agent"
    )
    assert ladder_steps.sweep(after(WARN)) == 1
    over.refresh_from_db()
    assert (over.state, len(lines(over)), len(lines(other))) == ("expired", 0, 1)


def test_one_that_cannot_be_raised_holds_up_no_other(monkeypatch):
    there("sam", "supervisor")
    mira = key()
    first = escalation(by=mira, **DUE)
    escalation(by=mira, **DUE)
    real = lifecycle.raise_alert

    def stumbling(case, **given):
        if case.pk == first.pk:
            raise DatabaseError("lock timeout")
        return real(case, **given)

    with monkeypatch.context() as locked:
        locked.setattr(lifecycle, "raise_alerts", _stumbling)
        locked.setattr(lifecycle, "raise_alert", stumbling)
        assert ladder_steps.sweep(after(WARN)) == 1
    assert lines(first) == []
    assert ladder_steps.sweep(after(WARN)) == 1


def test_a_step_that_was_raised_tells_nobody_again():
    """The constraint is the second fence, behind the lock."""
    there("sam", "supervisor")
    case = escalation(**DUE)
    ladder_steps.sweep(after(WARN))
    Escalation.objects.update(alert_step=0, alert_at=after(WARN))
    assert ladder_steps.sweep(after(WARN)) == 1
    assert (Alert.objects.count(), Notice.objects.count()) == (1, 1)
    assert len(lines(case)) == 2


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_raise_each_step_once():
    there("sam", "supervisor")
    there("dana")
    mira = key()
    cases = [escalation(by=mira, **DUE) for _ in range(10)]
    for seconds in (WARN, BREACH, AGAIN):
        at_once(*[lambda s=seconds: ladder_steps.sweep(after(s))] * 3)
        ladder_steps.sweep(after(seconds))
    assert Alert.objects.count() == 30
    assert Notice.objects.count() == 10 * (1 + 1 + 1) + 10
    assert all([line["facts"]["step"] for line in lines(one)] == [1, 2, 3] for one in cases)


def test_a_revision_to_level_4_alerts_at_once():
    there("dana")
    mira = key()
    case = escalation(by=mira)
    body = orjson.dumps(REFUND | EMERGENCY)
    intake.revise(mira, case, body, now=after(30))
    assert Escalation.objects.get().state == State.WAITING
    assert ladder_steps.sweep(after(30)) == 1
    assert told() == ["alert dana"]
