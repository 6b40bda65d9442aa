"""More time, once for each holder, in the last fifth of the deadline."""

import json
from datetime import timedelta

import pytest

from escalations import commands, lifecycle
from escalations.lifecycle.waiting import extending
from escalations.models import Delivery, Escalation
from escalations.policy import check, versions
from escalations.record import audit
from escalations.record.lines import BATON
from escalations.refusals import Conflict, NotAllowed
from metrics import fold
from metrics.models import Fact
from routing.alerts import ladder_steps
from routing.models import Notice
from tests import factories
from tests.factories import NOW, after, escalation, viewer
from tests.running.listening import endpoint
from tests.standing import STATES, in_state

pytestmark = pytest.mark.django_db

HOUR = 3_600  # What a refund has at level 2.
LATE = HOUR * 0.9


def held(person, *, at=LATE, **keys):
    return lifecycle.claim(escalation(**keys), by=person, now=after(at - 1))


def extend(case, by, *, at=LATE):
    case = Escalation.objects.get(pk=case.pk)
    return lifecycle.extend(case, by=by, version=case.version, now=after(at))


def open_to(by, at, monkeypatch):
    monkeypatch.setattr("console.clock.now", lambda: after(at))
    return "extend" in commands.open_to(by, Escalation.objects.get())


def test_the_answer_is_due_later_and_all_that_counts_from_it_follows():
    dana, mira = viewer(), factories.key()
    endpoint(mira, "https://a.example/hook")
    case = held(dana, by=mira)
    was, rank = case.respond_by, case.rank
    extended = extend(case, dana)
    assert extended.respond_by == was + timedelta(seconds=HOUR / 2)
    assert extended.rank == rank + HOUR // 2 * 10**6
    assert (extended.state, extended.held_by_id) == ("held", dana.user_id)
    event = json.loads(Delivery.objects.get(kind="escalation.extended").body)
    assert event["data"] == {
        "escalation_id": case.id, "version": 3,
        "respond_by": "2026-11-19T15:30:00.000000Z", "was": "2026-11-19T15:00:00.000000Z",
        "by": {"id": "dana", "name": "Dana Whitlock"},
    }  # fmt: skip
    assert audit.verify(case.id).findings == []
    fold.catch_up()
    assert Fact.objects.get().respond_by == extended.respond_by
    Delivery.objects.update(body=json.dumps({**event, "data": {**event["data"], "was": ""}}))
    assert [one.sentence[:8] for one in audit.verify(case.id).findings] == ["Message "]


def test_nobody_is_told_that_it_is_late_before_the_new_time():
    dana = viewer()
    case = held(dana)
    assert ladder_steps.sweep(after(LATE)) == 1
    extend(case, dana, at=LATE + 1)
    assert ladder_steps.sweep(after(HOUR + 1)) == 0
    assert ladder_steps.sweep(after(HOUR * 1.5 + 1)) == 1
    assert {one.kind for one in Notice.objects.all()} <= {"warn", "breach"}
    assert Escalation.objects.get().overdue_at == after(HOUR * 1.5 + 1)
    assert audit.verify().findings == []


@pytest.mark.parametrize(
    ("at", "code"), [(HOUR * 0.8 - 0.06, "too_early"), (HOUR, "too_late"), (HOUR + 1, "too_late")]
)
def test_only_in_the_last_fifth(at, code, monkeypatch):
    dana = viewer()
    case = held(dana, at=at)
    with pytest.raises(Conflict) as refused:
        extend(case, dana, at=at)
    assert refused.value.code == code
    assert not open_to(dana, at, monkeypatch)


@pytest.mark.parametrize("at", [HOUR * 0.8, HOUR - 0.06])
def test_from_its_first_moment_to_its_last(at, monkeypatch):
    dana = viewer()
    case = held(dana, at=at)
    assert open_to(dana, at, monkeypatch)
    extend(case, dana, at=at)


def test_once_for_each_holder(monkeypatch):
    dana, kofi = viewer("dana"), viewer("kofi")
    case = extend(held(dana), dana)
    late = HOUR * 1.5 - 60
    lifecycle.beat(case, by=dana, active=True, now=after(late - 1))
    assert not open_to(dana, late, monkeypatch)
    with pytest.raises(Conflict) as refused:
        extend(case, dana, at=late)
    assert refused.value.code == "extended"
    case = Escalation.objects.get()
    lifecycle.release(case, by=dana, version=case.version, now=after(late))
    lifecycle.claim(case, by=kofi, now=after(late + 1))
    assert extend(case, kofi, at=late + 2).respond_by == after(HOUR * 2)
    assert audit.verify(case.id).findings == []


def test_never_past_the_end_of_the_case(monkeypatch):
    dana = viewer()
    ends = {"expires_at": after(HOUR + 60).isoformat(), "on_timeout": "reject"}
    case = held(dana, deadlines=ends)
    assert extend(case, dana).respond_by == after(HOUR + 60)


def test_where_the_case_ends_as_it_is_due_there_is_no_more_time(monkeypatch):
    dana = viewer()
    case = held(dana, deadlines={"expires_at": after(HOUR).isoformat(), "on_timeout": "reject"})
    assert not open_to(dana, LATE, monkeypatch)
    with pytest.raises(NotAllowed):
        extend(case, dana)


@pytest.mark.parametrize(("more_s", "due"), [(600, HOUR + 600), (0, None)])
def test_as_much_as_the_policy_says(more_s, due):
    document = check.check(
        {"schema": "handoff.policy/1", "task_types": {"refund": {"extend_s": more_s}}}
    )
    versions.publish(document, by=BATON, now=NOW, expected=versions.current().number)
    dana = viewer()
    case = held(dana)
    if due:
        assert extend(case, dana).respond_by == after(due)
    else:
        with pytest.raises(NotAllowed):
            extend(case, dana)


def test_an_alert_is_not_put_off():
    dana = viewer()
    case = held(dana)
    Escalation.objects.update(level=4)
    with pytest.raises(NotAllowed):
        extend(case, dana)


def test_what_was_put_off_has_no_longer_last_fifth():
    """Thirty days of snooze would make six days of it."""
    dana = viewer()
    case = escalation()
    month = 30 * 86_400
    lifecycle.snooze(case, by=dana, version=1, until=after(month), now=after(0))
    held_by = lifecycle.claim(Escalation.objects.get(), by=dana, now=after(month - 60))
    assert extending.opens_at(held_by) == held_by.respond_by - timedelta(seconds=HOUR / 5)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["dana", "amara"])
def test_every_state(state, who):
    dana, amara = viewer("dana"), viewer("amara")
    case, by = in_state(state, dana), dana if who == "dana" else amara
    Escalation.objects.filter(state="held").update(lease_until=after(LATE + 60))
    if state == "held" and by is dana:
        assert extend(case, by).state == "held"
    else:
        with pytest.raises((Conflict, NotAllowed)):
            extend(case, by)


def test_the_page_is_read_anew_when_that_begins_and_ends():
    dana = viewer()
    case = held(dana, at=60)
    assert extending.turns_at(dana, case, now=after(60)) == after(HOUR * 0.8)
    assert extending.turns_at(dana, case, now=after(LATE)) == after(HOUR)
    assert extending.turns_at(dana, case, now=after(HOUR)) is None
    assert extending.turns_at(viewer("kofi"), case, now=after(60)) is None
