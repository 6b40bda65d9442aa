"""The list as a screen asks for it again: nothing, where it has the same."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from console import clock
from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Escalation, Requirement
from routing.people import roster
from tests import factories
from tests.factories import escalation, person

pytestmark = pytest.mark.django_db

IN_PLACE = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "div#queue"}
STAMP = re.compile(r'data-stamp="(\w+)"')


def stamp(page):
    return STAMP.search(page.content.decode())[1]


@pytest.fixture
def dana(client):
    user = person("dana", skills={"refunds": 3})
    client.force_login(user)
    return user


@pytest.fixture
def case():
    return escalation(now=timezone.now())


def again(client, had, path="/inbox/?tab=mine"):
    return client.get(f"{path}&had={had}", **IN_PLACE)


@pytest.mark.usefixtures("dana", "case")
def test_who_has_the_list_as_it_is_gets_nothing(client, django_assert_num_queries):
    had = stamp(client.get("/inbox/"))
    assert stamp(client.get("/inbox/?tab=mine", **IN_PLACE)) == had
    with django_assert_num_queries(7):
        answer = again(client, had)
    assert (answer.status_code, answer.content) == (204, b"")
    # A page is a page, whatever stands in its address.
    assert b"</html>" in client.get(f"/inbox/?tab=mine&had={had}").content
    assert again(client, "other").status_code == 200


@pytest.mark.usefixtures("dana")
def test_the_first_paint_counts_down_as_the_screen_goes_on_to(client, case):
    """The hour stood there for a second, in the form of the minutes that followed."""
    for left, shown in (
        (timedelta(minutes=12, seconds=5), r"12:0\d"),
        (-timedelta(hours=2), "over 2:00:0."),
    ):
        Escalation.objects.filter(pk=case.pk).update(
            respond_by=clock.now() + left, version=F("version") + 1
        )
        (words,) = re.findall(
            r'<span class="t">([^<]*)</span>', client.get("/inbox/").content.decode()
        )
        assert re.fullmatch(shown, words)


@pytest.mark.usefixtures("case")
def test_beside_a_case_it_is_the_same_list(client, dana):
    case = Escalation.objects.get()
    assert stamp(client.get(f"/escalations/{case.id}/")) == stamp(client.get("/inbox/"))


CHANGES = {
    "another case": lambda case, user: escalation(now=timezone.now()),
    "held": lambda case, user: lifecycle.claim(case, by=viewer_of(user), now=clock.now()),
    "cancelled": lambda case, user: lifecycle.cancel(case, agent="mira", now=clock.now()),
    "offered": lambda case, user: lifecycle.offer(
        case, to=viewer_of(user), until=clock.now() + timedelta(minutes=1), now=clock.now()
    ),
    "not theirs to see": lambda case, user: roster.grade(user, {"refunds": 0}),
    "due soon": lambda case, user: Escalation.objects.update(rank=1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changed_the_list_comes_whole(name, client, dana):
    case = escalation(now=timezone.now())
    wanted = Requirement.objects.create(key="refunds:2", skills={"refunds": 2})
    Escalation.objects.update(requirement=wanted)
    case.refresh_from_db()
    had = stamp(client.get("/inbox/"))
    CHANGES[name](case, dana)
    fresh = again(client, had)
    assert fresh.status_code == 200
    assert stamp(fresh) != had
    assert again(client, stamp(fresh)).status_code == 204


def test_what_moves_by_the_clock_alone_comes_as_well(client, dana, time_machine):
    factories.escalation(now=timezone.now())
    had = stamp(client.get("/inbox/"))
    assert again(client, had).status_code == 204
    case = Escalation.objects.get()
    time_machine.move_to(case.respond_by)
    client.force_login(dana)
    assert again(client, had).status_code == 200


def test_a_list_that_a_filter_emptied_does_not_say_that_nothing_waits(client, dana, case):
    nothing = "Nothing is waiting for you"
    assert nothing not in client.get("/inbox/?tab=mine&urgency=late").content.decode()
    assert nothing not in client.get("/inbox/?tab=snoozed").content.decode()
    Escalation.objects.update(state="cancelled", closed_at=timezone.now())
    assert client.get("/inbox/?tab=mine").content.decode().count(nothing) == 2
