import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console import clock
from escalations.deliveries import screen
from escalations.deliveries.outbox import Outcome
from escalations.deliveries.screen import DeliveryFilter
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.models import Delivery, DeliveryAttempt, Receiver
from tests import factories
from tests.factories import NOW, after
from tests.running import listening

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def ada():
    return factories.person("ada", "admin")


@pytest.fixture
def dead():
    """A message that nobody took for seven days."""
    key = factories.key()
    listening.endpoint(key, "https://down.example/hook")
    listening.decided(key, factories.viewer(), now=NOW)
    Delivery.objects.update(
        state=State.DEAD, attempts=21, last_status=503, last_error="Answered 503.", finished_at=NOW
    )
    return listening.only()


def html(client, person, query=""):
    client.force_login(person)
    response = client.get(f"/deliveries/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_dead_letters_are_seen(client, ada, dead):
    page = html(client, ada)
    for words in (
        "BTN-1",
        "https://down.example/hook",
        "Answered 503.",
        "21 attempts",
        "Send again",
    ):
        assert words in page
    assert f"/deliveries/{dead.id}/retry/" in page


@pytest.mark.parametrize(
    ("state", "empty"),
    [
        ("due", "Nothing waits"),
        ("delivered", "Nothing delivered yet"),
        ("dropped", "Nothing was taken back"),
        ("dead", "Everything has arrived, or is still being tried"),
        ("nonsense", "Everything has arrived, or is still being tried"),
    ],
)
def test_empty_lists_say_so(state, empty, client, ada):
    assert empty in html(client, ada, f"?state={state}")


def test_admin_sends_again(client, ada, dead):
    client.force_login(ada)
    response = client.post(f"/deliveries/{dead.id}/retry/")
    assert (response.status_code, response.url) == (302, "/deliveries/")
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (State.DUE, 0)
    event = dead.escalation.events.order_by("position").last()
    assert (event.kind, b"person:ada" in bytes(event.body)) == ("replayed", True)


def test_refused_replay_says_why(client, ada, dead):
    dead.endpoint.disabled_at = NOW
    dead.endpoint.save()
    client.force_login(ada)
    response = client.post(f"/deliveries/{dead.id}/retry/")
    assert response.status_code == 409
    assert "Its endpoint is disabled; enable that first." in response.content.decode()
    assert client.post("/deliveries/msg_none/retry/").status_code == 404
    assert client.get(f"/deliveries/{dead.id}/retry/").status_code == 405


@pytest.mark.parametrize(
    ("role", "reads", "sends"),
    [
        ("reviewer", 403, 403),
        ("supervisor", 200, 403),
        ("auditor", 200, 403),
        ("admin", 200, 302),
    ],
)
def test_who_may_what(role, reads, sends, client, dead):
    person = factories.person("amara", role)
    client.force_login(person)
    response = client.get("/deliveries/")
    assert response.status_code == reads
    assert ("Send again" in response.content.decode()) == (sends == 302)
    assert client.post(f"/deliveries/{dead.id}/retry/").status_code == sends


def test_right_taken_away_counts_at_once(client, ada, dead):
    client.force_login(ada)
    ada.role = "reviewer"
    ada.save()
    assert client.post(f"/deliveries/{dead.id}/retry/").status_code == 403
    dead.refresh_from_db()
    assert dead.state == State.DEAD


def test_stranger_is_sent_to_sign_in(client, dead):
    assert client.get("/deliveries/").url == "/accounts/login/?next=/deliveries/"
    assert client.post(f"/deliveries/{dead.id}/retry/").status_code == 302
    dead.refresh_from_db()
    assert dead.state == State.DEAD


@pytest.mark.parametrize(
    ("search", "found"),
    [("", 1), ("BTN-", 1), ("mira", 1), ("DOWN.example", 1), ("other", 0), ("BTN-999999", 0)],
)
def test_search(search, found, dead):
    search = dead.escalation.case_number if search == "BTN-" else search
    assert len(screen.page(DeliveryFilter(search=search)).deliveries) == found
    assert len(screen.page(DeliveryFilter(search=dead.id)).deliveries) == 1
    assert len(screen.page(DeliveryFilter(search=dead.escalation.id)).deliveries) == 1


def test_pages_follow_each_other_without_gap_or_repetition(monkeypatch):
    monkeypatch.setattr(screen, "PAGE", 2)
    key, dana = factories.key(), factories.viewer()
    listening.endpoint(key, "https://a.example/")
    for number in range(5):
        listening.decided(key, dana, now=after(number // 2))
    seen, after_this = [], ""
    while True:
        found = screen.page(DeliveryFilter(state="due", after=after_this))
        seen += [delivery.id for delivery in found.deliveries]
        after_this = found.next
        if not after_this:
            break
    newest_first = Delivery.objects.order_by("-created_at", "-id")
    assert seen == list(newest_first.values_list("id", flat=True))
    assert len(screen.page(DeliveryFilter(state="due", after="nonsense")).deliveries) == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_statements_for_any_number(rows, client, ada):
    key, dana = factories.key(), factories.viewer()
    listening.endpoint(key, "https://a.example/")
    for _ in range(rows):
        listening.decided(key, dana, now=NOW)
    client.force_login(ada)
    client.get("/deliveries/?state=due")
    with CaptureQueriesContext(connection) as captured:
        client.get("/deliveries/?state=due")
    assert len(captured) == 13


def test_command_lists_and_sends_again(dead, capsys):
    call_command("deliveries", "list")
    assert capsys.readouterr().out == (
        f"{dead.id}  dead  {dead.escalation}  escalation.decided  https://down.example/hook  "
        "21 tried, Answered 503.\n"
    )
    call_command("deliveries", "retry", "--all")
    assert capsys.readouterr().out == f"{dead.id}: is sent again.\n"
    dead.refresh_from_db()
    assert dead.state == State.DUE
    call_command("deliveries", "list", "--state", "dead")
    assert capsys.readouterr().out == ""


def test_command_speaks_json(dead, capsys):
    import json

    call_command("deliveries", "list", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "id": dead.id,
        "state": "dead",
        "agent": "mira",
        "escalation": dead.escalation.id,
        "type": "escalation.decided",
        "url": "https://down.example/hook",
        "attempts": 21,
        "last_status": 503,
        "last_error": "Answered 503.",
        "created_at": "2026-11-19T14:00:00.000000Z",
        "next_at": None,
    }


def test_command_fails_when_it_could_not(dead, capsys):
    with pytest.raises(CommandError, match="Name the ids"):
        call_command("deliveries", "retry")
    with pytest.raises(CommandError, match="1 of 2 cannot be sent again"):
        call_command("deliveries", "retry", "msg_none", dead.id)
    said = capsys.readouterr()
    assert said.err == "msg_none: There is no such delivery.\n"
    assert said.out == f"{dead.id}: is sent again.\n"


def test_every_attempt_is_told_with_status_time_and_answer(client, ada):
    key = factories.key()
    listening.endpoint(key, "https://hooks.example/in")
    listening.decided(key, factories.viewer(), now=NOW)
    row = listening.only()
    outcomes = (
        Outcome("Answered 503.", status=503, failing=True, took_s=0.21),
        Outcome("No answer within 10 s.", failing=True, took_s=10.0),
        Outcome(status=204, failing=False, took_s=0.05),
    )
    for number, outcome in enumerate(outcomes):
        Delivery.objects.filter(pk=row.pk).update(lease_token="held", lease_until=after(9000))
        held = WEBHOOKS.messages().select_related(*WEBHOOKS.related).get(pk=row.pk)
        assert WEBHOOKS.settle(held, outcome, now=after(100 * (number + 1)))
    page = " ".join(html(client, ada, "?state=delivered").split())
    for words in (
        "status 503, 210 ms. Answered 503.",
        "no status, 10000 ms. No answer within 10 s.",
        "status 204, 50 ms. Taken.",
        "3 attempts",
    ):
        assert words in page


def test_success_is_told_per_endpoint(client, ada):
    key = factories.key()
    listening.endpoint(key, "https://hooks.example/in")
    dana = factories.viewer()
    for state in (State.DELIVERED, State.DELIVERED, State.DEAD):
        listening.decided(key, dana, now=NOW)
        newest = Delivery.objects.filter(state=State.DUE)
        newest.update(state=state, finished_at=clock.now(), created_at=clock.now())
    page = " ".join(html(client, ada).split())
    assert "67 % of 3" in page
    assert "https://hooks.example/in" in page


def test_a_host_that_is_left_alone_says_so_and_until_when(client, ada):
    """Rows of a host that was down stood as tried next minutes ago, and Send now said "is sent"."""
    now = clock.now()
    key = factories.key()
    listening.endpoint(key, "https://down.example/hook")
    dana = factories.viewer()
    for _ in range(2):
        listening.decided(key, dana, now=NOW)
    Delivery.objects.update(next_at=now - timedelta(minutes=4), give_up_at=now + timedelta(days=7))
    row = Delivery.objects.first()
    for number in range(4):
        DeliveryAttempt.objects.create(message=row.pk, number=number + 1, at=NOW, took_ms=9)
    until = now + timedelta(minutes=6)
    Receiver.objects.create(host=row.host, failures=14, paused_until=until)
    page = " ".join(re.sub(r"<[^>]+>", " ", html(client, ada, "?state=due")).split())
    assert (
        f"{row.host} took nothing 14 times in a row. It is left alone until {until:%-d %b}" in page
    )
    assert page.count("its host is left alone until then") == 2
    assert page.count(f"{until:%H:%M:%S}") == 3
    answer = client.post(f"/deliveries/{row.id}/retry/", {"state": "due"}, follow=True)
    page = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
    assert answer.redirect_chain == [("/deliveries/?state=due", 302)]
    assert f"{row.case} leaves for mira" in page
    assert "now, after 1 more." in page
    assert "took nothing" not in page
    assert page.count("As soon as it is its turn") == 2
    assert "4 attempts" in page
