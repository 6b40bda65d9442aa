"""What a person put off, or asked the agent about, comes back to them, and they hear of it."""

import json
from functools import partial

import pytest

from console.models import User
from escalations import intake, lifecycle
from escalations.models import Escalation
from routing.models import Notice, Team
from routing.people import teams
from tests.escalations.lifecycle.conversing.test_asking import ask
from tests.factories import NOW, REFUND, after, escalation, key, viewer

pytestmark = pytest.mark.django_db
REVISED = json.dumps(REFUND | {"summary": "Refund 90 EUR?"}).encode()


def told():
    return [(one.person.username, one.kind, one.text) for one in Notice.objects.order_by("pk")]


def snooze(case, person, **how):
    case = Escalation.objects.get(pk=case.pk)
    until = after(900)
    lifecycle.snooze(case, by=person, version=case.version, until=until, now=NOW, **how)


def wake(mira, case):
    lifecycle.wake(case, now=after(900))


def add(mira, case):
    lifecycle.add_context(case, {"messages": []}, agent="mira", now=after(60))


def revise(mira, case):
    intake.revise(mira, case, REVISED, now=after(60))


@pytest.mark.parametrize(
    ("put_off", "back", "said"),
    [
        (ask, add, "mira has answered. {} is back, and kept for you."),
        (ask, revise, "mira has answered. {} is back, and kept for you."),
        (ask, wake, "{} is back, and kept for you."),
        (snooze, wake, "{} is back, and kept for you."),
    ],
)
@pytest.mark.parametrize("mode", Team.Mode.values)
def test_who_only_takes_from_the_list_is_told(mode, put_off, back, said):
    mira, dana = key(), viewer()
    case = escalation(by=mira)
    teams.welcome(User.objects.get(username="dana"))
    Team.objects.update(mode=mode)
    put_off(case, dana)
    assert told() == []
    back(mira, case)
    text = ("dana", "moved", said.format(case.case_number))
    # Whoever is offered cases is offered this one.
    assert told() == ([text] if mode == Team.Mode.PULL else [])


@pytest.mark.parametrize(
    "put_off", [partial(snooze, comes_back=False), snooze], ids=["for anybody", "of who left"]
)
def test_what_is_kept_for_nobody_tells_nobody(put_off):
    mira, dana = key(), viewer()
    case = escalation(by=mira)
    put_off(case, dana)
    User.objects.filter(username="dana").update(is_active=put_off is not snooze)
    wake(mira, case)
    assert told() == []


def test_what_stays_put_off_tells_nobody():
    mira, dana = key(), viewer()
    case = escalation(by=mira)
    snooze(case, dana)
    add(mira, case)
    assert (Escalation.objects.get(pk=case.pk).state, told()) == ("snoozed", [])
