"""A look-up that a person makes: asked once, kept once, beside the case."""

from datetime import timedelta
from functools import partial

import pytest

from console import clock
from escalations import lifecycle
from escalations.lookups import asking
from escalations.models import Escalation, Event, LookUpReading
from escalations.record import audit
from escalations.refusals import Conflict, NotFound
from tests.at_once import at_once
from tests.escalations.lookups.registering import case_of, look_up
from tests.factories import viewer

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(case):
    lines = Event.objects.filter(chain=f"case/{case.id}/reads").order_by("position")
    return list(lines.values_list("kind", flat=True))


def test_it_is_recorded_beside_the_case_and_changes_nothing_of_it():
    case, made, dana = case_of(), look_up(), viewer()
    before = Escalation.objects.values().get()
    reading = asking.ask(case, made.pk, by=dana, now=clock.now())
    assert asking.keep(reading, [["Order", "HP-20931"]], now=clock.now())
    assert not asking.keep(reading, [], "Too late.", now=clock.now())
    reading.refresh_from_db()
    assert (reading.answer, reading.fault) == ([["Order", "HP-20931"]], "")
    assert kinds(case) == ["looked_up", "look_up_answered"]
    assert Escalation.objects.values().get() == before
    line = bytes(Event.objects.get(kind="look_up_answered").body)
    assert b"HP-20931" not in line
    assert audit.verify().findings == []


def test_a_second_press_gets_the_reading_that_is_there():
    case, made, now, dana = case_of(), look_up(), clock.now(), viewer()
    first = asking.ask(case, made.pk, by=dana, now=now)
    second = asking.ask(case, made.pk, by=viewer("sam"), now=now + timedelta(seconds=1))
    asking.keep(first, [["Order", "x"]], now=now + timedelta(seconds=1))
    third = asking.ask(case, made.pk, by=dana, now=now + timedelta(seconds=1))
    assert {first.pk} == {second.pk, third.pk}
    later = asking.ask(case, made.pk, by=dana, now=now + timedelta(seconds=3))
    assert later.pk != first.pk


def test_of_two_at_the_same_moment_one_asks():
    case, made = case_of(), look_up()
    people = [viewer("dana"), viewer("sam"), viewer("amara")]
    now = clock.now()
    found = at_once(*(partial(asking.ask, case, made.pk, by=by, now=now) for by in people))
    assert len({one.pk for one in found}) == 1
    assert LookUpReading.objects.count() == 1
    assert kinds(case) == ["looked_up"]


def test_who_never_answered_is_asked_again_and_that_is_said():
    case, made, now, dana = case_of(), look_up(), clock.now(), viewer()
    first = asking.ask(case, made.pk, by=dana, now=now)
    asking.ask(case, made.pk, by=dana, now=now + timedelta(seconds=3))
    first.refresh_from_db()
    assert first.fault == asking.SILENT
    assert kinds(case) == ["looked_up", "look_up_answered", "looked_up"]
    assert audit.verify().findings == []


def test_what_failed_can_be_asked_at_once():
    case, made, now, dana = case_of(), look_up(), clock.now(), viewer()
    first = asking.ask(case, made.pk, by=dana, now=now)
    asking.keep(first, [], "It answered with an error (500).", now=now)
    assert asking.ask(case, made.pk, by=dana, now=now).pk != first.pk


def test_what_is_not_offered_or_over_is_refused():
    case, made, dana = case_of(), look_up(), viewer()
    with pytest.raises(NotFound):
        asking.ask(case, look_up(name="P", task_type="parcel").pk, by=dana, now=clock.now())
    case = lifecycle.cancel(case, agent="mira", now=clock.now())
    with pytest.raises(Conflict, match="Nobody decides this"):
        asking.ask(case, made.pk, by=dana, now=clock.now())
    assert not LookUpReading.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"answer": [["Order", "other"]]}, "brought something else than its row says"),
        ({"fault": "No."}, "brought something else than its row says"),
        ({"read_from": "evil.example"}, "looked up something else than its row says"),
        ({"name": "Other"}, "looked up something else than its row says"),
    ],
)
def test_a_row_that_says_otherwise_is_found(changed, said):
    case = case_of()
    reading = asking.ask(case, look_up().pk, by=viewer(), now=clock.now())
    asking.keep(reading, [["Order", "x"]], now=clock.now())
    LookUpReading.objects.update(**changed)
    assert said in audit.verify().findings[0].sentence


def test_a_row_that_is_gone_is_found():
    asking.ask(case_of(), look_up().pk, by=viewer(), now=clock.now())
    LookUpReading.objects.all().delete()
    (finding,) = audit.verify().findings
    assert finding.sentence == "The row of what was looked up is gone."
