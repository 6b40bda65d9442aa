import pytest
from django.urls import reverse

from tests.escalations.views.policies import browser
from tests.factories import escalation

pytestmark = pytest.mark.django_db
MESSAGES = [{"role": "customer", "text": f"Message {n}"} for n in range(1, 251)]


@pytest.fixture
def case():
    return escalation(context={"conversation": {"messages": MESSAGES}})


def turns(client, case, **query):
    answer = client.get(reverse("escalations:conversation", args=[case.id]), **query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stretch_is_a_fragment_for_htmx_and_a_page_without(case):
    dana = browser("dana", "reviewer")
    fragment = turns(
        dana, case, query_params={"first": 1, "last": 250}, headers={"HX-Request": "true"}
    )
    assert fragment.startswith('<div class="turns fold loaded">')
    assert fragment.count('class="turn"') == 100
    assert "Show turns 101 to 250" in fragment
    page = turns(dana, case, query_params={"first": 249, "last": 250})
    assert "<!doctype html>" in page
    assert page.count('class="turn"') == 2


@pytest.mark.parametrize("query", [{}, {"first": "x", "last": "²"}, {"first": "9" * 50}])
def test_nonsense_is_answered_with_what_there_is(case, query):
    assert "turn" in turns(browser("dana", "reviewer"), case, query_params=query)


def test_a_stranger_finds_nothing(case):
    case.requirement.skills = {"payments": 3}
    case.requirement.save()
    address = reverse("escalations:conversation", args=[case.id])
    assert browser("dana", "reviewer").get(address).status_code == 404
    assert browser("ruth", "auditor").get(address).status_code == 200
