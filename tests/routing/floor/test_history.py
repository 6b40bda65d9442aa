"""How soon the last hour's cases were taken, told to who leads."""

from datetime import timedelta

import pytest

from escalations.models import Escalation, State
from routing.floor import boards, history
from routing.floor.history import HowSoonTaken
from tests.factories import NOW, escalation, key

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _nothing_remembered():
    history.forget()
    yield
    history.forget()


def came(many, *, taken_s=None, ago=timedelta(minutes=20), mira):
    """So many cases that came then, each taken after so long if at all."""
    arrived = NOW - ago
    cases = [escalation(by=mira, now=arrived) for _ in range(many)]
    if taken_s is not None:
        rows = Escalation.objects.filter(pk__in=[case.pk for case in cases])
        rows.update(accepted_at=arrived + timedelta(seconds=taken_s))
    return cases


def last_sentence():
    return boards.board(NOW, person=0).facts[-1].small


def test_half_were_taken_within_that_time():
    mira = key()
    came(4, taken_s=148, mira=mira)
    came(3, mira=mira)
    came(9, ago=timedelta(hours=2), mira=mira)
    assert history.before(NOW).taken == HowSoonTaken(came=7, taken=4, half_s=148)
    assert last_sentence() == "Half of the last hour's were taken within 2:28."


def test_where_most_still_wait_no_half_is_said_to_be_taken():
    mira = key()
    came(5, taken_s=60, mira=mira)
    came(6, mira=mira)
    assert history.before(NOW).taken == HowSoonTaken(came=11, taken=5, half_s=None)
    assert last_sentence() == "Of the last hour's 11, 5 were taken so far."


def test_who_was_withdrawn_had_not_to_be_taken_and_who_expired_had():
    mira = key()
    withdrawn, expired = came(6, mira=mira), came(5, mira=mira)
    for cases, state in ((withdrawn, State.CANCELLED), (expired, State.EXPIRED)):
        rows = Escalation.objects.filter(pk__in=[one.pk for one in cases])
        rows.update(state=state, closed_at=NOW)
    assert history.before(NOW).taken == HowSoonTaken(came=5, taken=0, half_s=None)
    assert last_sentence() == "Of the last hour's 5, none was taken so far."
