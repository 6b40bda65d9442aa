"""The screens about agents: keys and secrets are shown once, and what ends opens nothing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from console import clock
from escalations.agents import keys
from escalations.agents.endpoints import EVENTS
from escalations.models import Agent, ApiKey, Delivery, Endpoint
from escalations.record import audit
from tests.escalations.api.conftest import Caller
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    person("ada", "admin")
    assert client.login(username="ada", password=PASSWORD)
    return client


@pytest.fixture
def mira(admin):
    admin.post("/agents/new/add/", {"name": "Mira"})
    return Agent.objects.get()


def text_of(response):
    return response.content.decode()


def secret_in(response):
    return re.search(r"data-secret>([^<]+)<", text_of(response))[1]


def test_agent_is_added_once(admin):
    response = admin.post("/agents/new/add/", {"name": "Mira"})
    assert response.url == "/agents/Mira/"
    again = admin.post("/agents/new/add/", {"name": "Mira"})
    assert again.status_code == 422
    assert "There is already an agent called Mira." in text_of(again)
    assert "Mira" in text_of(admin.get("/agents/"))


@pytest.mark.parametrize("more", [1, 3])
def test_list_takes_as_many_statements_for_one_as_for_three(admin, django_assert_num_queries, more):
    for number in range(more):
        Caller(f"agent{number}")
    admin.get("/agents/")
    with django_assert_num_queries(4):
        admin.get("/agents/")


def test_key_on_the_page_opens_the_api_and_is_shown_once(admin, mira):
    asked = {
        "scopes": ["escalations", "metrics"],
        "lifetime": "30",
        "callback_hosts": "A.example b.example",
    }
    response = admin.post(f"/agents/{mira.name}/keys/", asked)
    key = keys.find(secret_in(response), now=clock.now())
    assert (key.agent, key.scopes) == (mira, ["escalations", "metrics"])
    assert key.callback_hosts == ["a.example", "b.example"]
    assert timedelta(days=29) < key.expires_at - clock.now() <= timedelta(days=30)
    assert response.headers["Cache-Control"] == "no-store"
    assert "data-secret" not in text_of(admin.get(f"/agents/{mira.name}/"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scopes": []}, "required"),
        ({"scopes": ["root"]}, "root"),
        ({"scopes": ["audit"], "callback_hosts": "https://a/b"}, "is no host"),
        ({"scopes": ["audit"], "callback_hosts": "a.example, xyz!!"}, "“xyz!!” is no host"),
    ],
)
def test_key_that_cannot_be_is_refused(admin, mira, asked, said):
    response = admin.post(f"/agents/{mira.name}/keys/", asked)
    assert response.status_code == 422
    assert said in text_of(response)
    assert ApiKey.objects.count() == 0


def test_rotated_key_works_beside_the_new_one_for_a_day(admin):
    caller = Caller("Mira")
    response = admin.post(f"/agents/keys/{caller.key.pk}/rotate/")
    new = secret_in(response)
    soon, later = clock.now(), clock.now() + timedelta(hours=25)
    assert keys.find(new, now=soon).agent == keys.find(caller.text, now=soon).agent
    with pytest.raises(keys.Unknown):
        keys.find(caller.text, now=later)
    assert keys.find(new, now=later).scopes == caller.key.scopes


def test_revoked_key_opens_nothing(admin):
    caller = Caller("Mira")
    admin.post(f"/agents/keys/{caller.key.pk}/revoke/")
    assert caller.get("/escalations").status_code == 401
    again = admin.post(f"/agents/keys/{caller.key.pk}/rotate/")
    assert again.status_code == 409
    assert "This key has ended" in text_of(again)


def test_agent_that_is_switched_off_is_let_in_no_more(admin):
    caller = Caller("Mira")
    admin.post(f"/agents/{caller.agent.name}/state/", {"open": "0"})
    assert caller.get("/escalations").status_code == 401
    admin.post(f"/agents/{caller.agent.name}/state/", {"open": "1"})
    assert caller.get("/escalations").status_code == 200


def test_endpoint_is_registered_with_its_secret(admin, mira):
    asked = {"name": "hooks", "url": "https://hooks.example/in", "events": [EVENTS[0]]}
    response = admin.post(f"/agents/{mira.name}/endpoints/", asked)
    assert secret_in(response).startswith("whsec_")
    endpoint = Endpoint.objects.get()
    assert (endpoint.url, endpoint.events) == ("https://hooks.example/in", [EVENTS[0]])
    new = admin.post(f"/agents/endpoints/{endpoint.pk}/secret/")
    assert secret_in(new) != secret_in(response)
    admin.post(f"/agents/endpoints/{endpoint.pk}/state/", {"open": "0"})
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    admin.post(f"/agents/endpoints/{endpoint.pk}/state/", {"open": "1"})
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is None


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "ftp://a.example/", "https://u:p@a.example/"])
def test_address_that_may_not_be_called_is_refused(admin, mira, url):
    response = admin.post(f"/agents/{mira.name}/endpoints/", {"name": "hooks", "url": url})
    assert response.status_code == 422
    assert f'value="{url}"' in text_of(response)
    assert Endpoint.objects.count() == 0


def test_signing_secret_of_the_agent_is_renewed(admin, mira):
    assert secret_in(admin.post(f"/agents/{mira.name}/secret/")).startswith("whsec_")


def test_everything_is_in_the_record(admin, mira):
    admin.post(f"/agents/{mira.name}/keys/", {"scopes": ["escalations"]})
    admin.post(f"/agents/{mira.name}/endpoints/", {"name": "hooks", "url": "https://h.example/"})
    admin.post(f"/agents/{mira.name}/state/", {"open": "0"})
    from escalations.models import Event

    told = list(Event.objects.filter(chain__in=["keys", "agents"]).values_list("chain", "kind"))
    assert sorted(told) == [
        ("agents", "created"),
        ("agents", "disabled"),
        ("agents", "endpoint_added"),
        ("keys", "created"),
    ]
    assert audit.verify().findings == []


@pytest.mark.parametrize("act", ["make", "rotate"])
def test_a_double_click_makes_one_key(admin, act):
    caller = Caller("Mira")
    page = text_of(admin.get("/agents/Mira/"))
    sent = {"form_id": re.search(r'name="form_id" value="([^"]+)"', page)[1]}
    path = "/agents/Mira/keys/" if act == "make" else f"/agents/keys/{caller.key.pk}/rotate/"
    answers = [admin.post(path, sent | {"scopes": ["audit"]}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert ApiKey.objects.count() == 2
    assert keys.find(secret_in(answers[0]), now=clock.now()).agent == caller.agent


def test_revoking_says_who_lives_on_the_key(admin):
    caller = Caller("Mira")
    assert "It was never used by Mira." in text_of(admin.get("/agents/Mira/"))
    used = clock.now() - timedelta(minutes=2, seconds=5)
    ApiKey.objects.filter(pk=caller.key.pk).update(last_used_at=used)
    said = "Last used 2\xa0minutes ago by Mira. Every call with it is refused from now on"
    assert said in text_of(admin.get("/agents/Mira/"))


def test_a_key_that_is_in_use_is_not_said_to_have_rested(admin):
    caller, now = Caller("Mira"), clock.now()
    for seconds in (600, 300, 30, 1):
        keys.find(caller.text, now=now - timedelta(seconds=seconds))
    assert "Last used within the last 2 minutes by Mira." in text_of(admin.get("/agents/Mira/"))


@pytest.mark.parametrize("name", ["new", "keys", "a/b", "50%", "%2F", "retail desk", "..", "Ä"])
def test_every_agent_has_an_address(admin, name):
    caller = Caller(name)
    path = reverse("agent", args=[name])
    assert f'href="{path}"' in text_of(admin.get("/agents/"))
    assert admin.get(path).context["agent"] == caller.agent
    assert "/../" not in path


def test_nobody_but_admins_may_change_an_agent(client):
    caller = Caller("Mira")
    person("dana", "supervisor")
    client.login(username="dana", password=PASSWORD)
    own = f"/agents/{caller.agent.name}/"
    codes = [client.get("/agents/").status_code]
    posts = [f"{own}{act}/" for act in ("state", "secret", "keys", "endpoints")]
    posts += [f"/agents/keys/{caller.key.pk}/{act}/" for act in ("rotate", "revoke")]
    codes += [client.post(path, {"open": "0"}).status_code for path in posts]
    assert set(codes) == {403}
    text = text_of(client.get(own))
    assert [word for word in ("Revoke", "Rotate", "Make key", "Switch off") if word in text] == []
    assert caller.get("/escalations").status_code == 200


def test_test_event_is_sent_from_the_page_and_told_there(admin, mira):
    admin.post("/agents/Mira/endpoints/", {"name": "main", "url": "https://agent.example.org/h"})
    row = Endpoint.objects.get()
    sent = admin.post(f"/agents/endpoints/{row.pk}/test/")
    assert sent.url == f"/agents/Mira/#endpoint-{row.pk}"
    assert "Test event on its way" in text_of(admin.get(sent.url))
    Delivery.objects.update(state="dead", last_error="Answered 500.", last_status=500)
    page = " ".join(text_of(admin.get(sent.url)).split())
    assert "Answered 500." in page
    assert "nothing ended yet" in page
    admin.post(f"/agents/endpoints/{row.pk}/state/", {"open": "0"})
    assert "Send test event" not in text_of(admin.get("/agents/Mira/"))
    assert admin.post(f"/agents/endpoints/{row.pk}/test/").status_code == 409


def test_where_its_facts_are_read_is_said_on_its_page(admin, mira):
    assert "itself is asked, by the webhook" in " ".join(
        text_of(admin.get("/agents/Mira/")).split()
    )
    url = "https://orders.example.com/orders/{args.order_id}"
    asked = {"url": url, "values": "Order total = total.amount", "token": "s3cret"}
    assert admin.post("/agents/Mira/facts/", asked).url == "/agents/Mira/"
    page = " ".join(text_of(admin.get("/agents/Mira/")).split())
    assert f'read at <span class="mono address">{url}</span>, with a token.' in page
    assert 'Order total is <code class="mono">total.amount</code>.' in page
    assert "s3cret" not in page
    # What is so now stands in the form.
    assert f'value="{url}"' in page
    admin.post("/agents/Mira/facts/nowhere/")
    assert "itself is asked, by the webhook" in " ".join(
        text_of(admin.get("/agents/Mira/")).split()
    )
    assert audit.verify().findings == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"url": "https://{args.host}/"}, "A variable stands behind the host"),
        ({"url": "http://127.0.0.1/"}, "is a number, not a name"),
        ({"url": ""}, "required"),
        ({"url": "https://o.example/", "values": "total"}, "is no field"),
        ({"url": "https://o.example/", "token": "a b"}, "no spaces"),
    ],
)
def test_facts_address_that_cannot_be_is_refused(admin, mira, asked, said):
    response = admin.post("/agents/Mira/facts/", asked)
    assert response.status_code == 422
    assert said in text_of(response)
    mira.refresh_from_db()
    assert mira.facts_url == ""
