"""Wrap-up: after an answer a team may give its people a while without an offer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from console.models import User
from console.people import sheets
from console.people.viewers import viewer_of
from escalations import commands, lifecycle
from escalations.commands import Command
from escalations.models import Escalation
from routing.attendance import presence, wrapping
from routing.models import Offer, Presence, Team
from routing.offers import crew, dispatch, pulling
from tests.factories import NOW, PASSWORD, after, escalation
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def kofi():
    return _on_duty("kofi")


def _on_duty(username):
    on_duty(username)
    Team.objects.update(wrap_up_s=30)
    return User.objects.get(username=username)


def answers(user, at, *, name="approve"):
    """Claims and answers a case of their own at this time."""
    case = escalation(now=at)
    lifecycle.claim(case, by=viewer_of(user), now=at)
    case.refresh_from_db()
    sent = {"reason_code": "other"} if name == "reject" else {}
    command = Command(name, f"{name}-{case.pk}", case.id, case.version, sent)
    commands.perform(viewer_of(user), command, now=at)
    return case


def test_nothing_is_offered_until_it_is_over(kofi):
    answers(kofi, NOW)
    waiting = escalation(now=NOW)
    assert wrapping.until({kofi.pk: 30}, after(10)) == {kofi.pk: after(30)}
    assert [dispatch.dispatch(after(second)) for second in (1, 29)] == [0, 0]
    [one] = crew.of([kofi.pk], after(29))
    assert (one.available, one.instead) == (False, "wrapping up")
    assert dispatch.dispatch(after(30)) == 1
    assert Offer.objects.get().escalation == waiting


def test_a_team_that_gives_none_is_not_asked_about(kofi, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert wrapping.until({kofi.pk: 0}, NOW) == {}
    Team.objects.update(wrap_up_s=0)
    answers(kofi, NOW)
    escalation(now=NOW)
    assert dispatch.dispatch(after(4)) == 1


def test_whoever_says_so_is_free_until_the_next_answer(kofi):
    answers(kofi, NOW)
    escalation(now=NOW)
    presence.set_state(kofi, "present", by=viewer_of(kofi), now=after(5))
    assert Presence.objects.get(person=kofi).ready_at == after(5)
    assert dispatch.dispatch(after(6)) == 1
    Escalation.objects.filter(state="offered").update(state="waiting", offered_to=None)
    Offer.objects.all().delete()
    answers(kofi, after(10), name="reject")
    assert wrapping.until({kofi.pk: 30}, after(11)) == {kofi.pk: after(40)}


def test_what_was_taken_back_wraps_nothing_up_and_others_decide_for_themselves(kofi):
    now = timezone.now()
    case = answers(kofi, now)
    case.refresh_from_db()
    lifecycle.undo(case, by=viewer_of(kofi), version=case.version)
    assert wrapping.until({kofi.pk: 30}, now + timedelta(seconds=1)) == {}
    answers(kofi, NOW)
    other = _on_duty("amara")
    assert set(wrapping.until({kofi.pk: 30, other.pk: 30}, after(1))) == {kofi.pk}


def test_they_may_take_the_next_case_themselves_meanwhile(kofi):
    answers(kofi, NOW)
    waiting = escalation(now=NOW)
    assert pulling.take_next(viewer_of(kofi), now=after(1)) == waiting


def test_the_page_counts_it_down_and_one_click_ends_it(kofi):
    Team.objects.update(wrap_up_s=600)
    client = Client(headers={"Accept": "text/html"})
    assert client.login(username="kofi", password=PASSWORD)
    now = timezone.now()
    presence.beat({kofi.pk: True}, now)
    presence.set_state(kofi, "present", by=viewer_of(kofi), now=now - timedelta(minutes=2))
    assert "Wrapping up" not in client.get("/presence/").content.decode()
    answers(kofi, now - timedelta(minutes=1))
    page = client.get("/presence/", headers={"HX-Request": "true"}).content.decode()
    assert "Wrapping up" in page
    assert 'form="own-status" name="state" value="present"' in page
    client.post("/presence/", {"state": "present"})
    assert "Wrapping up" not in client.get("/presence/").content.decode()


def test_a_lead_sets_it_with_the_team_and_the_sheet_says_it(kofi):
    client = Client(headers={"Accept": "text/html"})
    ruth = on_duty("ruth", role="supervisor")
    assert client.login(username=ruth.username, password=PASSWORD)
    team = Team.objects.first()
    before = sheets.staff(None)
    sent = {"name": team.name, "mode": "both", "wrap_up_s": "45"}
    assert client.post(f"/skills/teams/{team.pk}/", sent).status_code == 302
    assert Team.objects.get(pk=team.pk).wrap_up_s == 45
    assert sheets.staff(None) != before
    for odd in ("601", "-1", "x"):
        refused = client.post(f"/skills/teams/{team.pk}/", sent | {"wrap_up_s": odd})
        assert refused.status_code == 422
    assert client.post(f"/skills/teams/{team.pk}/", sent | {"wrap_up_s": ""}).status_code == 302
    assert Team.objects.get(pk=team.pk).wrap_up_s == 0
