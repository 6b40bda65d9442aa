"""What admins change while the day runs: skills of some, the role of others, as on their pages."""

import asyncio
import random

from bench.processes import Environment, in_django

EVERY_S = 20


async def through_the_day(environment: Environment, within_s: float, seed: int) -> int:
    """One round of changes after the other until the time is up; counts them."""
    changed = 0
    for number in range(int(within_s // EVERY_S)):
        await asyncio.sleep(EVERY_S)
        code = f"from bench.day import changes; changes.one({seed}, {number})"
        changed += int(await asyncio.to_thread(in_django, environment, code))
    return changed


def one(seed: int, number: int) -> None:
    """Another proficiency for some, another role for one; prints how many changed.

    The experts of each trade keep theirs, so that every case can be answered; whoever became a
    supervisor in one round decides as a reviewer again after the next.
    """
    from bench.day import ground
    from console import clock
    from console.models import User
    from console.people import managing
    from escalations.record.lines import BATON

    chance = random.Random(f"{seed} {number}")
    people = list(User.objects.filter(role="reviewer").order_by("username"))[ground.EXPERTS :]
    chosen = chance.sample(people, min(4, len(people)))
    for person in chosen[1:]:
        skills = {chance.choice(ground.TRADES): chance.randint(1, 5)}
        managing.grade(person, skills, by=BATON, now=clock.now())
    back = User.objects.filter(role="supervisor").order_by("username")[2:]
    for person, role in [(promoted, "supervisor") for promoted in chosen[:1]] + [
        (returned, "reviewer") for returned in back
    ]:
        managing.change(
            person,
            first_name=person.first_name,
            last_name=person.last_name,
            role=role,
            by=BATON,
            now=clock.now(),
        )
    print(len(chosen) + len(back))
