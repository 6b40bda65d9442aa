"""The routing benchmark is handed what the running dispatch would do, and knows no more than it."""

import random
from dataclasses import dataclass, field
from math import inf

import pytest

from bench import routing, routing_policy
from bench.world import front
from escalations.models import Escalation, querysets
from escalations.policy import priority
from routing.matching import rounds
from tests.factories import NOW, after, escalation, key


@dataclass
class Item:
    id: int
    type: int = 0
    level: int = 1
    strict: bool = False
    prio: int = 3
    weight: float = 2.0
    created: float = 0.0
    due: float = 60.0
    expiry: float = inf
    affinity: int = -1
    load: int = 1
    refused: dict = field(default_factory=dict)


@dataclass
class Op:
    id: int
    est: tuple = (1.0,) * 5
    skills: tuple = (2,) * 5
    capacity: int = 1
    available: bool = True
    load: int = 0
    idle_since: float = 0.0
    shift_end: float = 9_000.0
    running: dict = field(default_factory=dict)


def taken(item, op):
    op.load += item.load
    op.running[item.id] = (item.load, 0.0)


def done(item, op, now):
    op.load -= item.load
    del op.running[item.id]
    op.idle_since = now


def learnt(op, minutes, item_id, at):
    """This person took so many minutes, seen as the simulator shows it."""
    item = Item(item_id, created=at)
    others = [one for one in op.day if one is not op]
    for one in others:
        one.available = False
    assert routing_policy.policy([item], op.day, at) == [(item_id, op.id)]
    taken(item, op)
    done(item, op, at + 0.25 + minutes)
    for one in others:
        one.available = True
    routing_policy.policy([], op.day, at + 0.25 + minutes)


def test_nothing_is_known_of_people_until_they_have_shown_it():
    """The simulator's estimates are no part of a fresh install."""
    quick_by_estimate = [Op(0, est=(50.0,) * 5), Op(1, est=(1.0,) * 5)]
    assert routing_policy.policy([Item(7)], quick_by_estimate, 1.0) == [(7, 0)]


def test_what_people_have_shown_is_learnt_and_a_new_day_begins_with_nothing():
    day = [Op(0), Op(1)]
    for op in day:
        op.day = day
    for number in range(12):
        learnt(day[0], 40.0, 100 + number, 100.0 * number)
        learnt(day[1], 4.0, 200 + number, 100.0 * number + 50)
    assert routing_policy.policy([Item(7, created=1300, due=1400)], day, 1300.0) == [(7, 1)]
    assert routing_policy.policy([Item(7)], [Op(0), Op(1)], 1.0) == [(7, 0)]


def test_labels_say_what_waiting_costs_not_the_costs_of_the_simulator():
    items = [Item(1, prio=4, weight=20.0), Item(2, prio=1, weight=1.0)]
    assert routing_policy.policy(items, [Op(0)], 1.0) == [(2, 0)]


def test_people_are_asked_one_thing_at_a_time():
    items, day = [Item(1), Item(2), Item(3)], [Op(0, capacity=3)]
    assert len(routing_policy.policy(items, day, 1.0)) == 1
    taken(items[0], day[0])
    assert routing_policy.policy(items[1:], day, 1.2) == []
    assert len(routing_policy.policy(items[1:], day, 1.6)) == 1


def test_equal_people_go_by_load_then_by_who_has_been_idle_longest():
    assert routing_policy.policy([Item(1)], [Op(0, idle_since=5.0), Op(1)], 9.0) == [(1, 1)]
    half = [Op(0, capacity=2), Op(1, capacity=2, idle_since=5.0)]
    taken(item := Item(8), half[0])
    day = routing_policy.Day(half)
    day._offered[8] = routing_policy._Offered(item, 0, 0.0)
    assert day.dispatch([Item(1)], 9.0) == [(1, 1)]


def test_those_in_front_do_not_stand_in_the_way_there_either(monkeypatch):
    monkeypatch.setattr(rounds, "FIRST_OF_EACH", 2)
    big = [Item(number, load=9, due=10.0 + number) for number in range(30)]
    assert routing_policy.policy([*big, Item(99, due=500.0)], [Op(0)], 1.0) == [(99, 0)]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_the_front_in_memory_is_the_front_of_the_database(seed):
    chance, mira = random.Random(seed), key()
    for _ in range(60):
        case = escalation(by=mira, requested={"skills": chance.choice([["refunds"], ["gold"]])})
        label = chance.choice([*priority.HEAD_START])
        due = after(60 * chance.randint(-120, 120))
        rank = priority.rank(level=2, priority=label, respond_by=due)
        Escalation.objects.filter(pk=case.pk).update(priority=label, rank=rank, respond_by=due)
    assert front.PRESSING == querysets.PRESSING
    rows = Escalation.objects.values_list("rank", "number", "requirement", "priority")
    queue = [front.Queued(*row) for row in rows]
    wanted, due_now = {one.requirement for one in queue}, priority.due_now(NOW)
    for limit in (1, 5, 40):
        found = Escalation.objects.first_of_each(list(wanted), limit=limit, due_now=due_now)
        of_each = dict.fromkeys(wanted, limit)
        assert set(found) == front.first_of_each(queue, limit=of_each, due_now=due_now)


def test_goals_are_said_of_the_same_days(capsys):
    days = [{"cost": 5.0, "gini": 0.08, "invalid": 0}, {"cost": 7.0, "gini": 0.09, "invalid": 0}]
    peer = [{"cost": 9.0, "gini": 0.1, "invalid": 0}, {"cost": 11.0, "gini": 0.1, "invalid": 0}]
    worse = [{**day, "cost": 99.0} for day in peer]
    goals = routing._goals(
        "public", ["a"], {"a": days}, {"one": {"a": worse}, "two": {"a": peer}}, 2
    )
    assert [one.reached for one in goals] == [True] * 4
    assert (goals[0].value, goals[1].value) == (0.6, pytest.approx(0.085))
    assert "against two, the best peer overall: -40 %" in capsys.readouterr().out
