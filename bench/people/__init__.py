"""The pages of many people: Skills and People ÷ an empty view behind the same session and rights,
for 50 people with 30 skills and for 500 with 40; and their bytes. Processor time of the web process
and of its database connection.
"""

import argparse
import json

from bench.figures import Ratio, median
from bench.ground import Ground
from bench.processes import in_django

SIZES = ((50, 30), (500, 40))
PAGES = ("/skills/", "/people/")
LOOKS = 5


def measure(given: argparse.Namespace) -> list[Ratio]:
    ratios = []
    with Ground() as ground:
        for people, skills in SIZES:
            name = f"people{people}"
            ground.create(name)
            code = f"from bench import people; people.looks({people}, {skills}, {given.rounds})"
            seen = json.loads(in_django(ground.environment(name), code))
            empty, size = median(seen["empty"]), f"{people} × {skills}"
            for path in PAGES:
                cost, kb = median(seen[path]), seen[f"{path} bytes"] / 1e3
                what = f"{path} at {size}"
                ratios.append(Ratio(f"{what} ÷ empty view", cost, empty, "ms", goal=15))
                ratios.append(Ratio(f"{what}, what comes", kb, None, "KB", goal=300))
    return ratios


def looks(people: int, skills: int, rounds: int) -> None:
    """Print what the pages cost with so many people who have so many skills."""
    from bench.world import people as persons
    from bench.world.tabs import Tab

    _fill(people, skills)
    tab = Tab(persons.session_of("ada", role="admin"))
    found: dict[str, list[float]] = {path: [] for path in ("empty", *PAGES)}
    sizes = {}
    for turn in range(rounds * LOOKS + 1):
        for path in PAGES:
            cost, sizes[f"{path} bytes"] = tab.spent(path)
            empty, _ = tab.spent("/-/empty")
            if turn:
                found[path].append(cost)
                found["empty"].append(empty)
    print(json.dumps({**found, **sizes}))


def _fill(people: int, skills: int) -> None:
    from console.models import User
    from routing.models import Duty, Proficiency, Skill, Team, Unit

    team = Team.objects.create(name="Service")
    known = Skill.objects.bulk_create(Skill(name=f"skill {n:02}") for n in range(skills))
    users = User.objects.bulk_create(
        User(username=f"p{n:03}", first_name=f"Given{n:03}", last_name="Family")
        for n in range(people)
    )
    Proficiency.objects.bulk_create(
        Proficiency(person=one, skill=skill, grade=(one.pk + skill.pk) % 6)
        for one in users
        for skill in known
        if (one.pk + skill.pk) % 6
    )
    Unit.objects.bulk_create(Unit(person=one, number=n) for one in users for n in (1, 2, 3))
    Duty.objects.bulk_create(Duty(person=one, team=team) for one in users)
