"""An hour of real moves, remembered as it went; the record tells the same again."""

import pytest

from console.models import User
from console.people import managing
from escalations import lifecycle
from escalations.models import Event
from escalations.proposal.choices import Choice
from escalations.record import lines
from escalations.record.lines import Actor
from routing.alerts import ladder_steps
from routing.attendance import presence
from routing.floor import replay, snapshot
from tests.factories import NOW, after, escalation, key, person
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db

MINUTE = 60
STATEMENTS = 15
VERSIONED = {"decide", "reassign", "release", "snooze", "pass_on"}


def shape(seen):
    """State, holder and version of each case; presence, capacity and load of each person."""
    return {
        "held": {
            (one.number, one.state, one.version, one.held_by, one.offered_to, one.respond_by)
            for one in seen.held
        },
        "since": {one.number: one.since for one in seen.held if one.held_by},
        "people": {
            (one.username, one.units, one.taken, one.seen.state, one.seen.set_by, one.seen.draining)
            for one in seen.members
        },
        "late": [(one.number, one.state, one.version, one.respond_by) for one in seen.late],
        "queues": {
            (*sorted(one.skills.items()), one.waiting, one.oldest_at, one.over, one.close)
            for one in seen.queues
        },
    }


class Hour:
    """Cases and moves at minutes of their own, and the board after each."""

    def __init__(self):
        self.mira, self.cases, self.boards = key(), [], {}

    def at(self, minute, act):
        act(after(minute * MINUTE))
        moment = after(minute * MINUTE + 10)
        self.boards[moment] = shape(snapshot.now(moment))

    def new(self, minute, **more):
        self.at(minute, lambda now: self.cases.append(escalation(by=self.mira, now=now, **more)))

    def move(self, minute, name, case, **more):
        case = self.cases[case]
        case.refresh_from_db()
        if name in VERSIONED:
            more["version"] = case.version
        self.at(minute, lambda now: getattr(lifecycle, name)(case, now=now, **more))


def test_the_record_tells_the_hour_again():
    hour, ada = Hour(), Actor("person", "ada")
    dana, amara = on_duty("dana", refunds=4), on_duty("amara", refunds=3)
    priya = on_duty("priya", "supervisor", refunds=5)
    for who in (dana, amara, priya):
        said = {"state": "present", "reason": "", "set_by": "self", "draining": False}
        lines.append(f"presence/{who.username}", "presence_set", actor=ada, at=NOW, facts=said)
    for minute in range(6):
        hour.new(minute)
    hour.move(6.75, "claim", 0, by=dana)
    hour.move(7, "offer", 1, to=amara, until=after(8 * MINUTE))
    hour.move(7.5, "decide", 0, by=dana, choice=Choice("approve"), reject_reasons=[])
    hour.move(9, "end_offer", 1)
    hour.move(10, "claim", 2, by=amara)
    hour.move(11, "reassign", 2, by=priya, to=dana, until=after(13 * MINUTE))
    hour.move(12, "accept", 2, by=dana)
    hour.move(12.5, "release", 2, by=dana)
    hour.move(13, "snooze", 3, by=dana, until=after(20 * MINUTE))
    hour.at(13.5, lambda now: presence.set_state(_user("amara"), "away", by=priya, now=now))
    hour.at(14, lambda now: managing.set_capacity(_user("amara"), 3, by=ada, now=now))
    hour.move(15, "claim", 2, by=dana)
    hour.move(15.5, "pass_on", 2, by=dana, skills={"refunds": 5})
    hour.move(21, "wake", 3)
    hour.move(22, "cancel", 4, agent="mira")
    hour.move(23, "claim", 5, by=amara)
    hour.move(23.5, "hand_over", 5, holder=amara.user_id, to=dana)
    hour.move(40, "lose_lease", 5)
    hour.at(49, ladder_steps.sweep)
    hour.at(61, ladder_steps.sweep)
    raised = Event.objects.filter(kind__in=["alerted", "overdue"]).order_by("kind")
    assert list(raised.values_list("kind", flat=True).distinct()) == ["alerted", "overdue"]
    assert len(hour.boards) == 26
    for moment, board in hour.boards.items():
        assert shape(replay.at(moment)) == board, moment


def test_who_left_since_is_there_with_what_they_held():
    ada, dana = Actor("person", "ada"), on_duty("dana")
    case = lifecycle.claim(escalation(), by=dana, now=NOW)
    for user in (_user("dana"), person("gone")):
        managing.deactivate(user, by=ada, now=after(600))
    seen = replay.at(after(300))
    assert [(one.username, one.taken) for one in seen.members] == [("dana", 1)]
    assert [(one.number, one.person) for one in seen.held] == [(case.number, dana.user_id)]
    assert replay.at(after(900)).members == []


def _user(username):
    return User.objects.get(username=username)


@pytest.mark.parametrize("many", [3, 30])
def test_any_number_of_people_costs_the_same(many, django_assert_num_queries):
    people_ = [on_duty(f"dana{n}") for n in range(many)]
    case = escalation()
    lifecycle.claim(case, by=people_[0], now=NOW)
    with django_assert_num_queries(STATEMENTS):
        replay.at(after(1))
