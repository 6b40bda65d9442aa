"""How many cases a second one worker alerts people to, whose deadlines come at once."""

import time
from datetime import timedelta

PEOPLE = 50
LATE = timedelta(hours=3)


def rate(cases: int) -> None:
    """So many late cases, each told to fifty supervisors who are there; prints cases a second."""
    from bench.world import people
    from console import clock
    from console.models import User
    from routing.alerts import ladder_steps
    from routing.models import Presence
    from tests import factories

    names = [f"lead{number}" for number in range(PEOPLE)]
    for name in names:
        people.session_of(name, role="supervisor")
    now, key = clock.now(), factories.key()
    rows = [
        Presence(person=user, state="present", since=now, seen_at=now)
        for user in User.objects.filter(username__in=names)
    ]
    Presence.objects.bulk_create(rows)
    _late(key, cases)
    spent_s, raised = 0.0, 0
    while raised < cases:
        now, began = clock.now(), time.perf_counter()
        raised += ladder_steps.sweep(now)
        spent_s += time.perf_counter() - began
    print(raised / spent_s)


def _late(key: object, cases: int) -> None:
    from bench.world import package
    from console import clock
    from escalations import intake
    from escalations.models import ApiKey

    assert isinstance(key, ApiKey)
    then = clock.now() - LATE
    for number in range(cases):
        intake.accept(key, package.body(10**11 + number), now=then)
