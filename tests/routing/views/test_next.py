"""The button Take next and its answers, with and without a script."""

import json

import pytest
from django.db import connection
from django.test import Client

from escalations.models import Escalation
from routing.models import Duty, Team
from tests.factories import PASSWORD, escalation, person

STATEMENTS_OF_TAKING = {"sqlite": 29, "postgresql": 28}
pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    user, client = person("dana"), Client()
    assert client.login(username=user.username, password=PASSWORD)
    client.user = user
    return client


def only_offered(user):
    team = Team.objects.create(name="Push", mode=Team.Mode.PUSH)
    Duty.objects.update_or_create(person=user, defaults={"team": team})


def test_a_form_goes_to_the_case_that_was_taken(dana):
    case = escalation()
    assert dana.post("/next/").headers["Location"] == f"/escalations/{case.id}/"
    assert Escalation.objects.get().held_by == dana.user


@pytest.mark.parametrize("waiting", [1, 3])
def test_taking_costs_so_many_statements(dana, waiting, django_assert_num_queries):
    """However many wait; two less on PostgreSQL, which writes a case with its line at once."""
    dana.post("/next/")
    for _ in range(waiting):
        escalation(task_type="refund")
    with django_assert_num_queries(STATEMENTS_OF_TAKING[connection.vendor]):
        dana.post("/next/", headers={"Accept": "application/json"})
    assert Escalation.objects.filter(held_by=dana.user).count() == 1


def test_a_form_that_finds_nothing_goes_back_and_says_so(dana):
    answer = dana.post("/next/", follow=True)
    assert answer.redirect_chain == [("/inbox/", 302)]
    assert "Nothing waits that you could take." in answer.text


def test_a_script_hears_which_case_it_is(dana):
    case = escalation()
    first, second = (dana.post("/next/", headers={"Accept": "application/json"}) for _ in range(2))
    assert json.loads(first.content) == {"type": "taken", "escalation": case.id}
    assert json.loads(second.content) == {
        "type": "taken",
        "escalation": None,
        "detail": "Nothing waits that you could take.",
    }


def test_who_is_only_offered_work_is_told(dana):
    only_offered(dana.user)
    escalation()
    answer = dana.post("/next/")
    assert answer.status_code == 403
    assert "In your team cases are offered; they come by themselves." in answer.text
    told = dana.post("/next/", headers={"Accept": "application/json"})
    assert (told.status_code, json.loads(told.content)["code"]) == (403, "only_offered")
    assert "Take next" not in dana.get("/inbox/").text


def test_why_nothing_comes_is_a_page_and_a_fragment(dana):
    page, fragment = dana.get("/next/"), dana.get("/next/", headers={"HX-Request": "true"})
    sentence = fragment.text.partition(">")[2].partition("<")[0]
    assert sentence.endswith(".")
    assert sentence in page.text
    assert "<html" not in fragment.text
