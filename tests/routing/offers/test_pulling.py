"""Take next: by the rule that also offers, for who takes from the list."""

import pytest

from escalations import lifecycle
from escalations.models import Escalation
from escalations.refusals import NotAllowed
from routing.models import Duty, Offer, Presence, Team
from routing.offers import explanations, pulling
from routing.people import units
from tests.factories import NOW, after, escalation, person, viewer, viewer_of
from tests.routing.floor.given import on_duty

EMERGENCY = {"trigger": {"type": "emergency", "reason": "Smoke comes from the machine."}}
pytestmark = pytest.mark.django_db


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


def due(minutes, **keys):
    return escalation(deadlines={"respond_by": after(minutes * 60).isoformat()}, **keys)


def offered(case, to):
    lifecycle.offer(case, to=to, until=after(30), now=NOW)
    Offer.objects.create(
        escalation=case, person_id=to.user_id, offered_at=NOW, until=after(30), why="Free."
    )
    return case


def said(case, to):
    return explanations.why_not_next(Escalation.objects.get(pk=case.pk), to, after(1))


def test_what_is_offered_to_them_is_accepted_before_what_is_due_later():
    dana = viewer("dana")
    later, mine = due(60), offered(due(30), dana)
    words = f"Take next gives you {mine.case_number} first, which is yours to accept."
    assert (said(mine, dana), said(later, dana)) == ("Take next gives you this one.", words)
    assert pulling.take_next(dana, now=after(1)) == mine
    assert Offer.objects.get().outcome == "accepted"
    assert pulling.take_next(dana, now=after(2)) == later


@pytest.mark.parametrize("alert", [False, True])
def test_what_is_more_urgent_comes_before_what_is_offered_to_them(alert):
    dana = viewer("dana")
    mine = offered(due(30), dana)
    sooner = due(50, **EMERGENCY) if alert else due(5)
    assert said(mine, dana).startswith(f"Take next gives you {sooner.case_number} first")
    assert pulling.take_next(dana, now=after(1)) == sooner
    assert Offer.objects.get().outcome == "open"


def test_an_alert_that_is_offered_to_them_is_first():
    dana = viewer("dana")
    due(1)
    leak = offered(due(50, **EMERGENCY), dana)
    assert pulling.take_next(dana, now=after(1)) == leak


def test_whose_last_unit_an_offer_took_accepts_it():
    user = person("dana")
    units.resize(user, 1)
    due(5)
    mine = offered(due(60), viewer_of(user))
    assert said(mine, viewer_of(user)) == "Take next gives you this one."
    assert pulling.take_next(viewer_of(user), now=after(1)) == mine


def test_what_is_offered_to_others_is_theirs():
    dana, kofi = viewer("dana"), viewer("kofi")
    offered(due(5), kofi)
    assert pulling.take_next(dana, now=after(1)) is None


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
