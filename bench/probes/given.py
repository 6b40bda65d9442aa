"""Who and what the probes name: keys, sessions and rows, made anew for every part of the run, since
a probe may close an account, revoke a key or decide a case."""

import contextlib
import json
from dataclasses import dataclass
from typing import Any

from bench.day.agents import samples

SCOPES = ("escalations", "policy", "metrics", "audit")
ROLES = ("reviewer", "supervisor", "admin", "auditor")
OF_EACH, CASES, DECIDED = 3, 60, 12


@dataclass(frozen=True, slots=True)
class Given:
    """Tokens that are let in, sessions by role, and the ids of rows by kind."""

    tokens: list[str]
    sessions: dict[str, list[str]]
    cases: list[str]
    rows: dict[str, list[str]]


def prepare(part: str) -> None:
    """Print what this part of the run may name. Runs beside the server's database."""
    from bench.world.people import session_of
    from console import clock
    from console.models import User
    from console.people.viewers import viewer_of
    from escalations import commands, intake
    from escalations.agents import endpoints, keys, registry
    from escalations.models import Agent, Delivery, Endpoint
    from escalations.policy import versions
    from escalations.record.lines import BATON
    from escalations.refusals import Refused
    from routing.models import Notice, Team

    now = clock.now()
    agent = registry.create(f"probed-{part}", now=now)
    key, token = keys.create(agent, scopes=SCOPES, by=BATON, now=now)
    _, narrow = keys.create(agent, scopes=["escalations"], by=BATON, now=now)
    endpoints.register(agent, name="main", url="https://agents.example.org/", by=BATON, now=now)
    sessions = {
        role: [session_of(f"{role}-{part}-{number}", role=role) for number in range(OF_EACH)]
        for role in ROLES
    }
    packages = samples()
    cases = []
    for number in range(CASES):
        document = {**packages[(int(part) * CASES + number) % len(packages)]}
        document["idempotency_key"] = f"probed-{part}-{number:04}"
        cases.append(intake.accept(key, json.dumps(document).encode(), now=now).escalation.id)
    viewer = viewer_of(User.objects.get(username=f"supervisor-{part}-0"))
    for case in cases[:DECIDED]:
        sent = commands.Command("respond", f"probed-{case}", case, 1, {"message": "Ask."})
        with contextlib.suppress(Refused):
            commands.perform(viewer, sent, now=now)
    people = User.objects.filter(username__contains=f"-{part}-").values_list("pk", flat=True)
    team, _ = Team.objects.get_or_create(name=f"probed-{part}")
    rows: dict[str, list[Any]] = {
        "people": list(people),
        "agents": list(Agent.objects.values_list("pk", flat=True)),
        "keys": [key.pk],
        "endpoints": list(Endpoint.objects.values_list("pk", flat=True)),
        "teams": [team.pk],
        "deliveries": list(Delivery.objects.values_list("pk", flat=True)[:20]),
        "policies": [versions.current().number],
        "notices": list(Notice.objects.values_list("pk", flat=True)[:20]),
        "usernames": [f"{role}-{part}-0" for role in ROLES],
    }
    found = {"tokens": [token, narrow], "sessions": sessions, "cases": cases}
    print(json.dumps({**found, "rows": {kind: [*map(str, ids)] for kind, ids in rows.items()}}))
