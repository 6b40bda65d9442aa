"""Alerts that leave: mail to a real server, and signed calls to a real receiver."""

from functools import partial

import pytest
from standardwebhooks import Webhook

from console import clock, condition
from escalations import lifecycle, tasks
from escalations.deliveries import couriers
from escalations.deliveries.outbox import Outcome
from escalations.models import Escalation, Receiver
from routing.alerts import ladder_steps
from routing.alerts.paging import ALERTS
from routing.models import Alert, Sending
from tests.escalations.lifecycle.test_races import at_once
from tests.factories import NOW, after, escalation, key, person, viewer_of
from tests.running.listening import SECRET, loopback  # noqa: F401
from tests.running.mailbox import mailbox
from tests.running.receivers import free_port, receiving

pytestmark = pytest.mark.django_db

DUE = {"deadlines": {"respond_by": "2026-11-19T14:10:00Z"}}
EMERGENCY = {"trigger": {"type": "emergency", "reason": "The customer smells gas."}}
WARN, BREACH = 8 * 60, 10 * 60
DAY = 24 * 3600
State = Sending.State


@pytest.fixture
def mail(settings):
    with mailbox(gone_at_example="550 5.1.1 no such user", full_at_example="452 full") as box:
        settings.SMTP, settings.MAIL_FROM = box.settings, "Baton <baton@example.org>"
        yield box


@pytest.fixture
def pager(settings, loopback):  # noqa: F811
    with receiving() as receiver:
        settings.PAGING_URL, settings.PAGING_SECRET = receiver.url, SECRET
        yield receiver


def lead(username="sam", address="sam@example"):
    user = person(username, "supervisor")
    user.email = address
    user.save()
    return user


def late(**package):
    """A case whose missed deadline was raised."""
    case = escalation(**(DUE | package))
    ladder_steps.sweep(after(WARN))
    ladder_steps.sweep(after(BREACH))
    return case


def carry(now):
    """What one sender does until nothing is due; counts the attempts."""
    attempts = 0
    while leased := ALERTS.lease_due(1, now=now):
        assert ALERTS.settle(leased[0], ALERTS.send(leased[0], now=now), now=now)
        attempts += 1
    return attempts


def test_a_warning_stays_on_screen_and_a_breach_leaves(mail):
    lead()
    case = escalation(**DUE)
    ladder_steps.sweep(after(WARN))
    assert Sending.objects.count() == 0
    ladder_steps.sweep(after(BREACH))
    assert carry(after(BREACH)) == 1
    assert carry(after(BREACH)) == 0
    (letter,) = mail.received
    sending = Sending.objects.get()
    assert (letter["To"], letter["From"]) == ("sam@example", "Baton <baton@example.org>")
    assert letter["Subject"] == f"{case} is late and not answered"
    assert letter["Message-ID"] == f"<{sending.id}@example.org>"
    assert f"/escalations/{case.id}/" in letter.get_content()
    assert "Carvalho" not in letter.as_string()
    assert (sending.state, sending.attempts) == (State.DELIVERED, 1)


def test_every_alert_of_level_4_leaves(mail, pager):
    lead()
    now = clock.now()
    case = escalation(now=now, **EMERGENCY)
    ladder_steps.sweep(now)
    assert carry(now) == 2
    assert mail.received[0]["Subject"] == f"Alert: {case} needs a person at once"
    (received,) = pager.received
    event = Webhook(SECRET).verify(received.body, received.headers)
    sending = Sending.objects.get(channel="webhook")
    assert received.headers["webhook-id"] == event["id"] == sending.id
    assert (event["type"], event["subject"]) == ("escalation.alert", case.id)
    assert event["data"] == {
        "id": case.id,
        "number": case.case_number,
        "level": 4,
        "priority": case.priority,
        "step": 1,
        "alert": "alert",
        "audience": "supervisors",
        "respond_by": event["data"]["respond_by"],
        "url": f"http://127.0.0.1:8000/escalations/{case.id}/",
    }
    assert b"Carvalho" not in received.body


def test_nothing_leaves_where_nothing_is_set():
    lead()
    late()
    assert (Alert.objects.count(), Sending.objects.count()) == (2, 0)


def test_two_people_with_one_address_get_one_mail(mail):
    lead("sam")
    lead("kim")
    lead("lee", "")
    late()
    assert list(Sending.objects.values_list("target", flat=True)) == ["sam@example"]


def test_a_failed_attempt_comes_again_under_the_same_id(settings, loopback):  # noqa: F811
    settings.PAGING_SECRET = SECRET
    with receiving(500, 500, 204) as receiver:
        settings.PAGING_URL = receiver.url
        late()
        assert [carry(after(BREACH + s)) for s in (0, 5, 10, 20, 40, 41)] == [1, 0, 1, 0, 1, 0]
    ids = {received.headers["webhook-id"] for received in receiver.received}
    sending = Sending.objects.get()
    assert (ids, sending.state, sending.attempts) == ({sending.id}, State.DELIVERED, 3)


def test_it_is_given_up_after_a_day_and_says_why(settings, loopback):  # noqa: F811
    settings.PAGING_URL = f"http://127.0.0.1:{free_port()}/hook"
    settings.PAGING_SECRET = SECRET
    late()
    carry(after(BREACH))
    Sending.objects.update(next_at=after(BREACH + DAY - 5))
    carry(after(BREACH + DAY - 5))
    sending = Sending.objects.get()
    assert (sending.state, sending.attempts) == (State.DEAD, 2)
    assert sending.last_error == "No connection: the connection was refused."
    assert carry(after(BREACH + 2 * DAY)) == 0


def test_an_unknown_mailbox_is_given_up_at_once_and_a_full_one_is_not(mail):
    lead("sam", "gone@example")
    lead("kim", "full@example")
    late()
    carry(after(BREACH))
    found = Sending.objects.order_by("-target").values_list("state", "last_error")
    assert list(found) == [
        (State.DEAD, "The mail server answered 550 5.1.1 no such user"),
        (State.DUE, "The mail server answered 452 full"),
    ]


def test_a_mail_server_that_is_not_there_is_asked_again(settings):
    closed = {"host": "127.0.0.1", "port": free_port(), "use_ssl": False, "use_tls": False}
    settings.SMTP, settings.MAIL_FROM = closed, "baton@example.org"
    lead()
    late()
    carry(after(BREACH))
    sending = Sending.objects.get()
    assert (sending.state, sending.next_at) == (State.DUE, after(BREACH + 10))
    assert sending.last_error == "No mail server answered: the connection was refused."


def test_the_pager_is_called_under_the_rules_of_webhooks(settings):
    settings.PAGING_URL, settings.PAGING_SECRET = "http://127.0.0.1:9/hook", SECRET
    late()
    carry(after(BREACH))
    assert "127.0.0.1 is a number, not a name" in Sending.objects.get().last_error


def test_what_did_not_leave_is_shown_to_those_who_look_after_it(client, mail):
    lead("sam", "gone@example")
    case = late()
    carry(after(BREACH))
    Sending.objects.update(finished_at=clock.now())
    (finding,) = [one for one in condition.everything() if one.part == "alerts"]
    assert (finding.ok, finding.sentence) == (
        False,
        "1 alert did not leave; last: The mail server answered 550 5.1.1 no such user",
    )
    client.force_login(person("ada", "auditor"))
    page = client.get("/deliveries/").content.decode()
    assert f"{case}</a>" in page
    assert ">Alert 2, breach</small>" in page
    assert "gone@example" in page
    assert "gone@example" in client.get("/deliveries/?search=GONE@").content.decode()
    assert "Send again" not in page
    Sending.objects.update(state=State.DELIVERED)
    assert "gone@example" not in client.get("/deliveries/").content.decode()
    assert "gone@example" in client.get("/deliveries/?state=delivered").content.decode()
    (finding,) = [one for one in condition.everything() if one.part == "alerts"]
    assert (finding.ok, finding.sentence) == (True, "Every alert left by mail.")


def test_an_admin_has_an_alert_sent_again_while_the_case_is_open(client, mail):
    lead("sam", "gone@example")
    now = clock.now()
    case = escalation(now=now, **EMERGENCY)
    ladder_steps.sweep(now)
    carry(now)
    sending = Sending.objects.get()
    assert sending.state == State.DEAD
    client.force_login(person("ada", "admin"))
    sent = client.post(f"/deliveries/{sending.id}/retry/", follow=True)
    assert f"{case} leaves for gone@example now." in sent.content.decode()
    sending.refresh_from_db()
    assert (sending.state, sending.attempts, sending.last_error[:15]) == (
        State.DUE, 0, "The mail server",
    )  # fmt: skip
    Sending.objects.update(target="sam@example")
    assert carry(clock.now()) == 1
    assert [letter["Message-ID"] for letter in mail.received] == [f"<{sending.id}@example.org>"]
    Sending.objects.update(state=State.DEAD)
    lifecycle.cancel(Escalation.objects.get(), agent="mira", now=clock.now())
    refused = client.post(f"/deliveries/{sending.id}/retry/")
    assert refused.status_code == 409
    assert f"{case} is answered; nobody has to be alerted." in refused.content.decode()


def test_a_mailbox_that_is_gone_pauses_nobody_and_a_server_that_fails_does(mail, settings):
    lead("sam", "gone@example")
    late()
    carry(after(BREACH))
    assert Receiver.objects.count() == 0
    settings.SMTP = {**mail.settings, "port": free_port()}
    Sending.objects.update(state=State.DUE)
    carry(after(BREACH + 60))
    assert Receiver.objects.get().failures == 1


def test_what_is_answered_meanwhile_is_not_sent(mail):
    lead()
    case = late()
    lifecycle.cancel(Escalation.objects.get(), agent="mira", now=after(BREACH + 1))
    assert carry(after(BREACH + 2)) == 1
    sending = Sending.objects.get()
    assert (sending.state, sending.attempts, mail.received) == (State.DROPPED, 0, [])
    assert case.number


def test_a_lease_that_ran_out_is_taken_by_another_and_marked_once(mail):
    lead()
    late()
    (first,) = ALERTS.lease_due(1, now=after(BREACH))
    assert ALERTS.lease_due(1, now=after(BREACH + 119)) == []
    (second,) = ALERTS.lease_due(1, now=after(BREACH + 120))
    assert second.pk == first.pk
    outcome = ALERTS.send(second, now=after(BREACH + 120))
    assert ALERTS.settle(first, Outcome("Too late."), now=after(BREACH + 121)) is False
    assert ALERTS.settle(second, outcome, now=after(BREACH + 121)) is True
    assert Sending.objects.get().state == State.DELIVERED


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_send_each_row_once(mail, pager):
    lead()
    mira = key()
    for _ in range(10):
        escalation(by=mira, **EMERGENCY)
    ladder_steps.sweep(NOW)
    at_once(*[partial(couriers.carry, ALERTS)] * 4)
    assert Sending.objects.filter(state=State.DELIVERED).count() == 20
    assert len({letter["Message-ID"] for letter in mail.received}) == len(mail.received) == 10
    assert len({one.headers["webhook-id"] for one in pager.received}) == 10


@pytest.mark.django_db(transaction=True)
def test_the_task_that_delivers_sends_alerts_too(mail):
    lead()
    case = escalation(**EMERGENCY)
    lifecycle.claim(case, by=viewer_of(person("dana")), now=NOW)
    ladder_steps.sweep(NOW)
    tasks.deliver_due()
    couriers.rest()
    assert [letter["To"] for letter in mail.received] == ["sam@example"]
    assert couriers.wake() == 0
