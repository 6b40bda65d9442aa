"""Who could be offered work, as matching is told of them."""

from datetime import time, timedelta

import pytest

from escalations import lifecycle
from escalations.models import Escalation, requirements
from routing.floor import snapshot
from routing.models import Presence, Shift, Unit
from routing.offers import crew, dispatch, explanations, making
from routing.people import units
from tests.factories import NOW, escalation, key
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db

MORNING, DAY = ("work", time(6), time(13)), ("work", time(6), time(18))
BREAK = ("break", time(13, 50), time(14, 10))


def works(who, *spans):
    """On Thursdays, as NOW is one at 14:00."""
    for kind, starts, ends in spans:
        Shift.objects.create(person_id=who.user_id, weekday=3, starts=starts, ends=ends, kind=kind)


def german(case):
    """It needs German 3 and is late."""
    late, need = NOW - timedelta(minutes=1), requirements.id_for({"German": 3})
    Escalation.objects.filter(pk=case.pk).update(requirement=need, respond_by=late)
    return case


@pytest.mark.parametrize(("spans", "asked"), [([MORNING], True), ([DAY, BREAK], False)])
def test_who_is_off_shift_with_a_case_in_hand_keeps_nobody_from_being_asked(spans, asked):
    """Anna's break ends and the case is hers again; her shift does not."""
    anna, bob, mira = on_duty("anna", German=3), on_duty("bob", German=2), key()
    works(anna, *spans)
    lifecycle.claim(german(escalation(by=mira)), by=anna, now=NOW)
    german(escalation(by=mira))
    assert dispatch.dispatch(NOW) == asked
    assert len(making.open_for(bob.user_id)) == asked


@pytest.mark.parametrize(
    ("presence", "span", "said"),
    [
        ({"state": "busy"}, None, "You are busy."),
        ({"state": "busy", "draining": True}, None, "You are finishing what was begun."),
        ({"state": "offline"}, None, "You are offline."),
        ({}, MORNING, "You are not on shift."),
        ({}, BREAK, "You are on a break."),
        ({"state": "away"}, BREAK, "You are away."),
        ({}, None, "Nothing waits."),
    ],
)
def test_whoever_is_not_available_is_told_what_they_are(presence, span, said):
    kofi = on_duty("kofi")
    Presence.objects.update(**presence)
    works(kofi, *([span, DAY] if span == BREAK else [span] if span else []))
    assert explanations.why_nothing(kofi.user_id, NOW) == said


def test_who_has_an_offer_to_answer_is_told_so_and_is_not_full():
    kofi, mira = on_duty("kofi"), key()
    escalation(by=mira)
    left = escalation(by=mira)
    assert dispatch.dispatch(NOW) == 1
    assert explanations.why_nothing(kofi.user_id, NOW).startswith("Something is offered to you")
    assert explanations.why_nobody(left.pk, NOW) == (
        "Kofi who can take it is asked for something else just now."
    )


def test_who_has_no_units_yet_is_offered_work_as_the_screens_say():
    kofi, case = on_duty("kofi"), escalation()
    Unit.objects.all().delete()
    assert snapshot.now(NOW).members[0].units == crew.there(NOW)[0].units == units.UNITS
    assert dispatch.dispatch(NOW) == 1
    assert making.open_for(kofi.user_id)[0].escalation_id == case.pk
