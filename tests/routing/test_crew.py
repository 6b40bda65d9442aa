"""Who could be offered work, as matching is told of them."""

from datetime import time, timedelta

import pytest

from escalations import lifecycle, requirements
from escalations.models import Escalation
from routing import dispatch, offers
from routing.models import Shift
from tests.factories import NOW, escalation, key
from tests.routing.floor import on_duty

pytestmark = [pytest.mark.django_db, pytest.mark.services]

MORNING, BREAK = ("work", time(6), time(13)), ("break", time(13, 50), time(14, 10))


def works(who, *spans):
    """On Thursdays, as NOW is one at 14:00."""
    for kind, starts, ends in spans:
        Shift.objects.create(person_id=who.user_id, weekday=3, starts=starts, ends=ends, kind=kind)


def german(case):
    """It needs German 3 and is late."""
    late, need = NOW - timedelta(minutes=1), requirements.id_for({"German": 3})
    Escalation.objects.filter(pk=case.pk).update(requirement=need, respond_by=late)
    return case


@pytest.mark.parametrize(
    ("spans", "asked"), [([MORNING], True), ([("work", time(6), time(18)), BREAK], False)]
)
def test_who_is_off_shift_with_a_case_in_hand_keeps_nobody_from_being_asked(spans, asked):
    """Anna's break ends and the case is hers again; her shift does not."""
    anna, bob, mira = on_duty("anna", German=3), on_duty("bob", German=2), key()
    works(anna, *spans)
    lifecycle.claim(german(escalation(by=mira)), by=anna, now=NOW)
    german(escalation(by=mira))
    assert dispatch.dispatch(NOW) == asked
    assert len(offers.open_for(bob.user_id)) == asked
