"""The demo's receiver: registered while it listens, and it says whose signature is right."""

import httpx
import pytest

from console import clock
from console.simulation import receiver
from escalations.deliveries import trial
from escalations.models import Agent, Endpoint
from escalations.record.lines import Actor
from tests import factories
from tests.escalations.deliveries.test_outbox import attempt
from tests.running.listening import loopback  # noqa: F401
from tests.running.receivers import free_port

pytestmark = pytest.mark.django_db
ADMIN = Actor("person", "ada")


@pytest.fixture
def mira(loopback):  # noqa: F811
    return Agent.objects.get(name=factories.key().agent.name)


def test_what_arrives_stands_on_its_page(mira):
    with receiver.listening(mira.name, free_port()) as (address, shelf):
        endpoint = Endpoint.objects.get()
        assert (endpoint.name, endpoint.url) == ("demo", f"{address}/")
        trial.send(endpoint, by=ADMIN, now=clock.now())
        assert attempt().last_status == 204
        forged = httpx.post(address, content=b'{"type": "<b>forged</b>"}', trust_env=False)
        assert forged.status_code == 400
        page = httpx.get(address, trust_env=False).text
        style = httpx.get(f"{address}/css/tokens.css", trust_env=False)
        assert [(one.kind, one.is_verified) for one in shelf.events()] == [
            ("<b>forged</b>", False),
            ("test", True),
        ]
        assert httpx.get(f"{address}/css/../settings.py", trust_env=False).status_code == 404
    assert ("&lt;b&gt;forged" in page, "<b>forged" in page) == (True, False)
    assert ("right" in page, "refused with 400" in page) == (True, True)
    assert style.headers["content-type"].startswith("text/css")
    endpoint.refresh_from_db()
    assert endpoint.disabled_at


def test_a_second_run_uses_the_endpoint_again(mira):
    port = free_port()
    for _ in range(2):
        with receiver.listening(mira.name, port) as there:
            assert there
            assert Endpoint.objects.get().disabled_at is None
    with receiver.listening(mira.name, free_port()):
        assert sorted(Endpoint.objects.values_list("name", flat=True)) == ["demo", "demo-2"]


def test_without_the_agent_or_its_port_there_is_none(mira):
    with receiver.listening("Nobody", free_port()) as there:
        assert there is None
    with (
        receiver.listening(mira.name, port := free_port()),
        receiver.listening(mira.name, port) as there,
    ):
        assert there is None
