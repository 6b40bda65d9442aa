"""The mail of the morning: for who asked, once, by their rights, with nothing of a package."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Requirement
from escalations.policy import versions
from routing import tasks
from routing.alerts import digests
from routing.models import Digest, Duty
from tests.factories import PASSWORD, escalation, person
from tests.running.mailbox import mailbox

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
BEFORE = MORNING - timedelta(hours=2)


@pytest.fixture
def mail(settings):
    with mailbox(gone_at_example="550 5.1.1 no such user") as box:
        settings.SMTP, settings.MAIL_FROM = box.settings, "Baton <baton@example.org>"
        yield box


def wanting(username="dana", role="reviewer", address="dana@example.org", **skills):
    user = person(username, role, skills)
    user.email = address
    user.save()
    digests.want(user, on=True, now=BEFORE)
    return user


def texts(box):
    return [(one["To"], one.get_content()) for one in box.received]


def test_it_says_how_much_waits_and_what_is_due_first(mail, settings):
    wanting()
    case = escalation(now=BEFORE)
    escalation(now=MORNING)
    assert digests.sweep(MORNING) == 1
    [(to, text)] = texts(mail)
    assert to == "dana@example.org"
    assert "2 cases are waiting for you: 1 late, 1 due in the next four hours." in text
    at = f"{case.respond_by:%a %H:%M}"
    assert f"{case.case_number}, level {case.level}, {versions.title('refund')}, due {at}: " in text
    assert f"{settings.BATON_URL}/escalations/{case.id}/" in text
    for word in ("Inès", "184.00", "grinder", "HP-20931", "limit"):
        assert word not in mail.received[0].as_string()


def test_it_comes_once_a_morning_on_their_own_clock(mail):
    user = wanting()
    Duty.objects.create(person=user, time_zone="America/New_York")
    escalation(now=BEFORE)
    assert digests.sweep(MORNING) == 0
    at_seven = MORNING.replace(hour=12, minute=0)
    assert [digests.sweep(at_seven + timedelta(minutes=m)) for m in (0, 1, 200)] == [1, 0, 0]
    assert digests.sweep(at_seven + timedelta(days=1, hours=6)) == 0
    assert digests.sweep(at_seven + timedelta(days=2)) == 1
    assert len(mail.received) == 2


def test_it_counts_by_the_rights_of_that_moment(mail):
    wanting("ruth", "supervisor", "ruth@example.org")
    wanting("kofi", address="kofi@example.org", refunds=3)
    dana = wanting()
    hidden = escalation(now=BEFORE)
    hidden.requirement = Requirement.objects.create(key="refunds:3", skills={"refunds": 3})
    hidden.save()
    held = escalation(now=BEFORE)
    lifecycle.claim(held, by=viewer_of(person("zoe")), now=BEFORE)
    assert digests.sweep(MORNING) == 2
    assert {to for to, text in texts(mail) if hidden.case_number in text} == {
        "ruth@example.org", "kofi@example.org",
    }  # fmt: skip
    assert not any(held.case_number in text for _, text in texts(mail))
    # Nothing waits for Dana, so there is nothing to say, and nothing is said later either.
    assert Digest.objects.get(person=dana).sent_on == MORNING.date()


@pytest.mark.parametrize("change", ["off", "closed", "auditor", "no address", "never asked"])
def test_nobody_else_gets_one(mail, change):
    user = wanting()
    escalation(now=BEFORE)
    if change == "off":
        digests.want(user, on=False, now=BEFORE)
    user.is_active = change != "closed"
    user.role = "auditor" if change == "auditor" else "reviewer"
    user.email = "" if change == "no address" else user.email
    user.save()
    if change == "never asked":
        Digest.objects.all().delete()
    assert (digests.sweep(MORNING), mail.received) == (0, [])


def test_a_server_that_is_away_is_tried_again_and_an_address_that_is_gone_is_not(mail, settings):
    wanting("gone", address="gone@example")
    wanting()
    escalation(now=BEFORE)
    settings.SMTP = mail.settings | {"port": 1}
    assert digests.sweep(MORNING) == 0
    settings.SMTP = mail.settings
    assert digests.sweep(MORNING) == 1
    assert [to for to, _ in texts(mail)] == ["dana@example.org"]
    assert digests.sweep(MORNING) == 0


def test_without_a_mail_server_nothing_is_tried(settings):
    wanting()
    escalation(now=BEFORE)
    assert settings.SMTP == {}
    assert digests.sweep(MORNING) == 0
    assert Digest.objects.get().sent_on is None
    tasks.digest()
    tasks.digest()


def test_it_is_asked_for_on_the_profile_and_taken_back():
    client = Client(headers={"Accept": "text/html"})
    assert client.login(username=person("dana").username, password=PASSWORD)
    assert client.post("/profile/digest/", {"on": "1"}).headers["Location"] == "/profile/"
    assert Digest.objects.count() == 1
    page = " ".join(client.get("/profile/").content.decode().split())
    assert 'id="digest" name="on" value="1" autocomplete="off" checked>' in page
    assert "This Baton sends no mail" in page
    client.post("/profile/digest/", headers={"HX-Request": "true"})
    assert Digest.objects.count() == 0


@pytest.mark.parametrize(("minutes", "mails"), [(-31, 1), (-30, 0), (0, 0), (60, 0)])
def test_the_first_comes_with_the_next_morning_that_begins(mail, minutes, mails):
    user = wanting()
    digests.want(user, on=False, now=MORNING)
    wanted = MORNING + timedelta(minutes=minutes)
    digests.want(user, on=True, now=wanted)
    escalation(now=BEFORE)
    assert digests.sweep(MORNING + timedelta(hours=2)) == mails
    # Once more off and on sends no second one.
    digests.want(user, on=False, now=MORNING)
    digests.want(user, on=True, now=MORNING + timedelta(hours=2))
    assert digests.sweep(MORNING + timedelta(hours=3)) == 0
    assert digests.sweep(MORNING + timedelta(days=1)) == 1
