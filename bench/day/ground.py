"""What is there before the day begins: people with skills, teams, a policy and an agent's key."""

import json
import random

TASK_TYPES = {
    "retail/exchange": {"skills": {"orders": 2}, "respond_s": 240},
    "retail/return": {"skills": {"orders": 1}, "respond_s": 180},
    "retail/order_change": {"skills": {"orders": 2}, "respond_s": 120},
    "retail/address_change": {"skills": {"accounts": 1}, "respond_s": 60},
    "retail/cancellation": {"skills": {"payments": 2}, "respond_s": 120},
    "retail/payment_change": {"skills": {"payments": 3}, "respond_s": 60, "strict": True},
    "retail/transfer": {"skills": {"orders": 1}, "respond_s": 240, "units": 2},
}
TRADES = ("orders", "accounts", "payments")
SHOWN = 20  # Cases of each kind that everybody has done before.
EXPERTS = 6  # So many at first, two of each trade.
POLICY = {
    "schema": "handoff.policy/1",
    "defaults": {"level": 2, "undo_s": 0},
    "task_types": {name: {"level": 2, "undo_s": 0, **terms} for name, terms in TASK_TYPES.items()},
    "routing": {"offer_s": 10, "rings": [{"after_min": 2, "lower_by": 1}]},
}


def prepare(people: int, work_s: float) -> None:
    """Print an agent's token and everybody's session. Runs beside the server's database.

    Everybody's pace is known, as on a desk that has worked for a while; that of a fresh install is
    what an hour is to a day of minutes.
    """
    from bench.world.people import session_of
    from console import clock
    from console.models import User
    from escalations.agents import keys, registry
    from escalations.policy import versions
    from escalations.policy.document import PolicyDocument
    from escalations.record.lines import BATON
    from routing.models import Duty, Pace, Team
    from routing.people import units

    now, chance = clock.now(), random.Random(people)
    in_force = versions.current().number
    versions.publish(PolicyDocument.model_validate(POLICY), by=BATON, now=now, expected=in_force)
    _, token = keys.create(registry.create("mira", now=now), by=BATON, now=now)
    team, _ = Team.objects.get_or_create(name="Service")
    sessions = {}
    for number in range(people):
        name, role = f"person{number:02}", "supervisor" if number < 2 else "reviewer"
        sessions[name] = session_of(name, role=role, skills=_skills(number, chance))
        user = User.objects.get(username=name)
        units.resize(user, chance.choice([2, 3, 3, 5]))
        Duty.objects.update_or_create(person=user, defaults={"team": team})
        Pace.objects.bulk_create(
            Pace(person=user, task_type=one, minutes=work_s / 60, count=SHOWN) for one in TASK_TYPES
        )
    print(json.dumps({"token": token, "people": sessions}))


def _skills(number: int, chance: random.Random) -> dict[str, int]:
    """Everybody has a trade, most a second one; the first six see to it that each has an expert."""
    first = TRADES[number % 3] if number < EXPERTS else chance.choice(TRADES)
    second = chance.choice(TRADES)
    return {second: chance.randint(1, 3), first: 5 if number < EXPERTS else chance.randint(2, 5)}
