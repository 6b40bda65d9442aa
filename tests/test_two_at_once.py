"""Two people press Approve on the same version at the same moment, over their sockets (promise 2)."""

from urllib.parse import urlsplit

import orjson
import pytest

from bench.world import people
from console import clock
from escalations.models import Escalation
from tests.factories import escalation, key

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 200


def answer_of(screen):
    """The one answer to the command that was just sent."""
    while True:
        for frame in map(orjson.loads, filter(None, screen.frames())):
            if frame["type"] in {"ack", "refused"}:
                return frame


def test_exactly_one_wins_and_the_other_is_told_who(server):
    port = urlsplit(server.url).port
    names, mira = ("dana", "amara"), key()
    screens = [people.Screen(port, people.session_of(name)) for name in names]
    for screen in screens:
        screen.until(b'"hello"')
    for _ in range(ROUNDS):
        case = escalation(by=mira, now=clock.now())
        for screen in screens:
            screen.send(people.approval(case.id))
        answers = [answer_of(screen) for screen in screens]
        assert sorted(answer["type"] for answer in answers) == ["ack", "refused"]
        winner = names[[answer["type"] for answer in answers].index("ack")]
        refused = next(answer for answer in answers if answer["type"] == "refused")
        kept = Escalation.objects.get(pk=case.pk)
        assert (refused["code"], refused["by"]["id"]) == ("closed", winner)
        assert (kept.decided_by.username, kept.decisions.count(), kept.version) == (winner, 1, 2)
    for screen in screens:
        screen.close()
