import pytest
from django.test import Client
from django.utils import timezone

from console.people.viewers import viewer_of
from escalations import lifecycle
from tests.escalations.lifecycle.conversing.talking import heard
from tests.factories import escalation, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return person("dana")


@pytest.fixture
def case(dana):
    return lifecycle.take_over(
        escalation(now=timezone.now()), by=viewer_of(dana), version=1, now=timezone.now()
    )


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_messages_are_read_as_they_stand_on_the_page(case, dana, client):
    heard(case, "<i>Hello?</i>", now=timezone.now())
    page = signed_in(dana).get(f"/escalations/{case.id}/said/").content.decode()
    assert "&lt;i&gt;Hello?&lt;/i&gt;" in page
    assert 'id="said-log"' in page
    assert 'data-last="2"' in page
    assert "<form" not in page


def test_what_the_agent_will_be_told_is_shown_before_it_is(case, dana):
    fields = {"at": "Confirm", "promises": "A call.\n\nNoon.", "instructions": "Be <b>kind</b>."}
    address = f"/escalations/{case.id}/hand_back/preview/"
    page = signed_in(dana).post(address, fields).content.decode()
    assert "&quot;resume_at&quot;: &quot;Confirm&quot;" in page
    assert "&quot;A call.&quot;" in page
    assert "Be &lt;b&gt;kind&lt;/b&gt;." in page
    case.refresh_from_db()
    assert case.state == "live"
    closed = signed_in(dana).post(address, {"at": "close:", "first_line": "Hi"}).content.decode()
    assert "&quot;outcome&quot;: &quot;taken_over&quot;" in closed
    assert "first_line" not in closed
    assert signed_in(person("kofi")).post(address, fields).status_code == 404
