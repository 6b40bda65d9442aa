"""A case opened in place of another: read and held in one request."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import CommandAnswer, Escalation
from escalations.proposal.choices import Choice
from escalations.record import readings
from routing.models import Offer
from routing.people import units
from tests import factories

pytestmark = pytest.mark.django_db

IN_PLACE = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "div#briefing"}


def opened(case, user, **headers):
    client = Client()
    client.force_login(user)
    return client.post(f"/escalations/{case.id}/open/", **(headers or IN_PLACE))


@pytest.fixture
def case():
    return factories.escalation(now=timezone.now())


def test_what_is_free_is_theirs_in_the_answer(case):
    dana = factories.person("dana")
    page = opened(case, dana).content.decode()
    case.refresh_from_db()
    assert (case.state, case.held_by, case.version) == ("held", dana, 2)
    assert 'data-state="held"' in page
    assert 'data-version="2"' in page
    assert " data-mine" in page
    # How they are comes along: this case counts.
    assert 'id="me-button"' in page
    assert len(readings.lines_of(case)) == 1


def test_opened_again_it_stays_theirs(case):
    dana = factories.person("dana")
    opened(case, dana)
    assert " data-mine" in opened(case, dana).content.decode()
    assert CommandAnswer.objects.count() == 1
    assert Escalation.objects.get().version == 2


def test_who_is_full_reads_it_and_hears_why(case):
    dana = factories.person("dana")
    units.resize(dana, 1)
    opened(factories.escalation(now=timezone.now()), dana)
    page = opened(case, dana).content.decode()
    assert 'data-unheld="full" data-unheld-why="You hold as many cases as you can' in page
    assert 'data-state="waiting"' in page
    assert Escalation.objects.filter(held_by=dana).count() == 1


def offered(case, user, *, seconds=30):
    now = timezone.now()
    until = now + timedelta(seconds=seconds)
    lifecycle.offer(case, to=viewer_of(user), until=until, now=now - timedelta(minutes=1))
    Offer.objects.create(escalation=case, person=user, offered_at=now, until=until, why="Free.")


def test_what_is_offered_to_them_is_accepted_by_opening_it(case):
    dana = factories.person("dana")
    offered(case, dana)
    page = opened(case, dana).content.decode()
    case.refresh_from_db()
    assert (case.state, case.held_by) == ("held", dana)
    assert " data-mine" in page
    assert Offer.objects.get().outcome == "accepted"


def test_an_offer_that_is_over_says_so(case):
    dana = factories.person("dana")
    offered(case, dana, seconds=-1)
    page = opened(case, dana).content.decode()
    assert 'data-unheld="offer_over"' in page
    assert Offer.objects.get().outcome == "open"


def test_what_is_offered_to_another_is_left_to_them_by_whoever_leads(case):
    dana, ruth = factories.person("dana"), factories.person("ruth", "supervisor")
    offered(case, dana)
    assert " data-mine" not in opened(case, ruth).content.decode()
    case.refresh_from_db()
    assert (case.state, case.offered_to) == ("offered", dana)


def voted(user):
    case = factories.escalation(now=timezone.now(), requested={"approvals_needed": 2})
    lifecycle.decide(
        case, Choice("approve"), by=viewer_of(user), version=1, reject_reasons=[],
        now=timezone.now(),
    )  # fmt: skip
    case.refresh_from_db()
    assert case.state == "second"
    return case


def test_what_waits_for_a_second_person_is_theirs():
    dana, case = factories.person("dana"), voted(factories.person("kofi"))
    assert " data-mine" in opened(case, dana).content.decode()
    case.refresh_from_db()
    assert (case.state, case.held_by) == ("held", dana)


def test_who_had_their_part_reads_why_it_is_not_held():
    kofi = factories.person("kofi")
    case = voted(kofi)
    page = opened(case, kofi).content.decode()
    why = "You have had your part in this; another person must agree."
    assert f"Not held. <span data-stands>{why}</span>" in page
    assert " data-claim" not in page
    case.refresh_from_db()
    assert case.held_by is None


def test_opening_ones_own_is_a_touch(case):
    dana = factories.person("dana")
    opened(case, dana)
    before = timezone.now()
    Escalation.objects.update(active_at=before - timedelta(minutes=9))
    opened(case, dana)
    assert Escalation.objects.get().active_at >= before


def test_of_others_it_is_read_alone(case):
    opened(case, factories.person("dana"))
    page = opened(case, factories.person("kofi"))
    assert page.status_code == 200
    assert " data-mine" not in page.content.decode()
    assert Escalation.objects.get().held_by.username == "dana"


def test_an_auditor_holds_nothing(case):
    page = opened(case, factories.person("ines", "auditor")).content.decode()
    assert 'data-state="waiting"' in page
    assert 'id="me-button"' not in page
    assert Escalation.objects.get().held_by is None


def test_a_plain_form_goes_to_the_case_and_changes_nothing(case):
    answer = opened(case, factories.person("dana"), HTTP_ACCEPT="text/html")
    assert answer.headers["Location"] == f"/escalations/{case.id}/"
    assert Escalation.objects.get().held_by is None


def test_looking_and_holding_cost_as_many_statements(case, django_assert_num_queries):
    client = Client()
    client.force_login(factories.person("dana"))
    with django_assert_num_queries(30 if connection.vendor == "postgresql" else 31):
        client.post(f"/escalations/{case.id}/open/", **IN_PLACE)
    with django_assert_num_queries(11):
        client.get(f"/escalations/{case.id}/", **IN_PLACE)
    # One of them: whether they changed something lately that others wait with as well.
    with django_assert_num_queries(8):
        client.get("/beside/?families", **IN_PLACE)


def opened_before(case, after, user):
    client = Client()
    client.force_login(user)
    page = client.post(f"/escalations/{case.id}/open/?after={after}", **IN_PLACE).content.decode()
    return page.partition("<template data-ahead>")[::2]


def test_what_comes_next_is_sent_along_and_stays_free(case):
    dana, after = factories.person("dana"), factories.escalation(summary="The one after")
    page, ahead = opened_before(case, after.id, dana)
    assert " data-mine" in page
    assert "The one after" not in page
    assert f'data-escalation="{after.id}"' in ahead
    assert "The one after" in ahead
    assert " data-mine" not in ahead
    after.refresh_from_db()
    assert (after.state, after.held_by, after.version) == ("waiting", None, 1)


def test_that_it_was_sent_is_recorded_as_that_and_its_reading_where_it_is_opened(case):
    dana, after = factories.person("dana"), factories.escalation()
    opened_before(case, after.id, dana)
    assert [json.loads(line.body)["facts"] for line in readings.lines_of(after)] == [
        {"part": "ahead", "version": 1}
    ]
    opened(after, dana)
    facts = [json.loads(line.body)["facts"] for line in readings.lines_of(after)]
    assert facts[1:] == [{"part": "briefing", "version": 2}]
    client = Client()
    client.force_login(dana)
    told = client.get(f"/audit/{after.id}/").content.decode()
    assert "Was sent the briefing before opening it" in told


def test_what_is_not_theirs_to_see_is_not_sent_along(case):
    after = factories.escalation(requested={"skills": ["german"]})
    dana = factories.person("dana")
    for strange in (after.id, "esc_none", "x" * 5000):
        page, ahead = opened_before(case, strange, dana)
        assert (" data-mine" in page, ahead) == (True, "")
    assert readings.lines_of(after) == []


def test_it_shows_what_is_masked_as_little_as_when_it_is_opened(case):
    dana = factories.person("dana")
    after = factories.escalation(summary="Her secret word", redactions=["/summary"])
    _, ahead = opened_before(case, after.id, dana)
    assert f'data-escalation="{after.id}"' in ahead
    assert "secret" not in ahead
