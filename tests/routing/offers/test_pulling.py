"""Take next: by the rule that also offers, for who takes from the list."""

import pytest

from escalations.models import Escalation
from escalations.refusals import NotAllowed
from routing.models import Duty, Presence, Team
from routing.offers import explanations, pulling
from routing.people import units
from tests.factories import NOW, after, escalation, person, viewer, viewer_of
from tests.routing.floor.given import on_duty

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def works(user, mode):
    team, _ = Team.objects.get_or_create(name=mode, defaults={"mode": mode})
    Duty.objects.update_or_create(person=user, defaults={"team": team})
    return viewer_of(user)


def test_the_case_whose_wait_costs_most_is_held_first():
    dana = viewer("dana")
    later = escalation(deadlines={"respond_by": "2026-11-19T17:00:00Z"})
    sooner = escalation(deadlines={"respond_by": "2026-11-19T14:10:00Z"})
    assert pulling.take_next(dana, now=after(1)) == sooner
    assert pulling.take_next(dana, now=after(2)) == later
    assert pulling.take_next(dana, now=after(3)) is None
    assert set(Escalation.objects.values_list("state", "held_by")) == {("held", dana.user_id)}


def test_a_case_that_asks_for_somebody_who_is_there_is_left_to_them():
    amara, kofi = on_duty("amara"), on_duty("kofi", team=None)
    case = escalation(requested={"assignee": "amara"})
    assert pulling.take_next(kofi, now=after(1)) is None
    assert explanations.why_nobody(case.pk, after(1)).startswith("Somebody who can take it is free")
    Presence.objects.filter(person=amara.user_id).update(state="away")
    assert pulling.take_next(kofi, now=after(2)) == case


def test_a_case_that_asks_for_somebody_alerts_and_is_anybodys():
    on_duty("amara")
    kofi, case = on_duty("kofi", team=None), escalation(requested={"assignee": "amara"})
    Escalation.objects.update(alert_step=1)
    assert pulling.take_next(kofi, now=after(1)) == case


@pytest.mark.parametrize("mode", ["pull", "both"])
def test_who_takes_from_the_list_may(mode):
    dana = works(person("dana"), mode)
    assert pulling.may_take(dana)
    assert pulling.take_next(dana, now=NOW) is None


def test_who_is_only_offered_work_is_refused_with_a_sentence():
    dana = works(person("dana"), "push")
    escalation()
    with pytest.raises(NotAllowed) as refused:
        pulling.take_next(dana, now=NOW)
    assert str(refused.value) == "In your team cases are offered; they come by themselves."
    assert Escalation.objects.get().state == "waiting"


def test_an_auditor_takes_nothing():
    assert not pulling.may_take(viewer("vera", "auditor"))


def test_who_is_full_takes_nothing_and_is_told():
    user = person("dana")
    units.resize(user, 1)
    escalation()
    escalation()
    assert pulling.take_next(viewer_of(user), now=after(1)) is not None
    with pytest.raises(NotAllowed) as refused:
        pulling.take_next(viewer_of(user), now=after(2))
    told = "You hold as many cases as you can; decide or release one first."
    assert (refused.value.code, str(refused.value)) == ("full", told)
