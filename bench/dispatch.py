"""Dispatch after one event: with a long queue ÷ a short one, and ÷ matching everything at once.

200 people, one of whose offers has just been taken back; their next is found and offered. The limit
of the second figure is the bare rule over 2,000 waiting cases, as the routing study measured it.
"""

import argparse
import json
import random
import time

from bench.figures import Ratio, median
from bench.ground import Ground
from bench.matching import NOW, snapshot
from bench.processes import in_django
from bench.queue import fill

FEW, MANY, PEOPLE, STUDIED = 500, 10_000, 200, 2_000
TIMES = 10


def measure(given: argparse.Namespace) -> list[Ratio]:
    with Ground() as ground:
        spent: dict[int, list[float]] = {FEW: [], MANY: []}
        for rows in spent:
            name = f"rows{rows}"
            ground.create(name)
            fill(ground, name, rows)
            environment = ground.environment(name)
            in_django(environment, f"from bench import dispatch; dispatch.prepare({PEOPLE})")
        for _ in range(given.rounds):
            for rows, times in spent.items():
                environment = ground.environment(f"rows{rows}")
                code = f"from bench import dispatch; dispatch.after_events({TIMES})"
                times.extend(json.loads(in_django(environment, code)))
    few, many = median(spent[FEW]), median(spent[MANY])
    rows = f"{MANY:,} ÷ {FEW:,} waiting"
    return [
        Ratio(f"dispatch after somebody is free, {rows}", many, few, "ms", goal=3),
        Ratio(f"… {MANY:,} waiting ÷ the bare rule at {STUDIED:,}", many, _bare(), "ms", goal=1),
    ]


def prepare(people: int) -> None:
    """So many people with eight of the skills and three units each, all present and all busy."""
    from bench.pages import SKILLS
    from console import clock
    from console.models import User
    from routing.models import Duty, Presence, Proficiency, Skill, Team, Unit
    from routing.offers import dispatch

    now, chance = clock.now(), random.Random(people)
    team, _ = Team.objects.get_or_create(name="Service")
    skills = Skill.objects.bulk_create(Skill(name=f"skill-{number}") for number in range(SKILLS))
    users = User.objects.bulk_create(
        User(username=f"person{number}", role="reviewer") for number in range(people)
    )
    Proficiency.objects.bulk_create(
        Proficiency(person=user, skill=skill, grade=chance.randint(1, 5))
        for user in users
        for skill in chance.sample(skills, 8)
    )
    Unit.objects.bulk_create(Unit(person=one, number=n) for one in users for n in (1, 2, 3))
    Duty.objects.bulk_create(Duty(person=user, team=team) for user in users)
    Presence.objects.bulk_create(
        Presence(person=user, state="present", since=now, seen_at=now) for user in users
    )
    while dispatch.dispatch(clock.now()):
        pass
    print("0")


def after_events(times: int) -> None:
    """Print how many ms each of so many dispatches took, one after each offer taken back."""
    from console import clock
    from escalations import lifecycle
    from escalations.models import Escalation
    from routing.offers import dispatch

    spent = []
    for case in Escalation.objects.filter(state="offered").order_by("?")[: times + 1]:
        lifecycle.withdraw(case, whose=case.offered_to_id, reason="busy", now=clock.now())
        began = time.perf_counter()
        dispatch.dispatch(clock.now())
        spent.append(1_000 * (time.perf_counter() - began))
    print(json.dumps(spent[1:]))


def _bare() -> float:
    """The rule alone over everything, as the routing study ran it."""
    from routing.matching import Terms, match

    cases, people = snapshot(PEOPLE, STUDIED)
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        match(cases, people, NOW, Terms())
        spent.append(1_000 * (time.perf_counter() - began))
    return median(spent)
