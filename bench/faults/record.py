"""What is there before the first round, and what must hold after each; both run in Django."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

UNDO_S = 2
POLICY = {
    "schema": "handoff.policy/1",
    "defaults": {"level": 2, "undo_s": UNDO_S},
    "task_types": {"refund": {"level": 2, "undo_s": UNDO_S}},
}
FASTER = {"closed", "stale", "held"}
Told = dict[str, Any]


def prepare(reviewers: int, hook: str = "") -> None:
    """Print an agent's token and a session for each person. Runs beside the server's database."""
    from bench.world.people import session_of
    from console import clock
    from escalations.agents import endpoints, keys, registry
    from escalations.policy import versions
    from escalations.policy.document import PolicyDocument
    from escalations.record.lines import BATON

    now = clock.now()
    in_force = versions.current().number
    versions.publish(PolicyDocument.model_validate(POLICY), by=BATON, now=now, expected=in_force)
    agent = registry.create("mira", now=now)
    _, token = keys.create(agent, by=BATON, now=now)
    if hook:
        endpoints.register(agent, name="main", url=hook, by=BATON, now=now)
    names = [f"person{number:03}" for number in range(reviewers)]
    sessions = {
        name: session_of(name, role="supervisor" if not number else "reviewer")
        for number, name in enumerate(names)
    }
    print(json.dumps({"token": token, "sessions": sessions}))


def compare(path: str) -> None:
    """Print what is wrong, sentence by sentence, between what was told and what is there."""
    from escalations.models import Escalation
    from escalations.record import audit

    said = json.loads(Path(path).read_text())
    cases = {one.id: one for one in Escalation.objects.filter(id__in=said["posted"].values())}
    wrong = [
        f"{case} was acknowledged for {key} and is not there."
        for key, case in said["posted"].items()
        if case not in cases or cases[case].idempotency_key != key
    ]
    if (there := Escalation.objects.count()) != said["cases_of_all_rounds"]:
        wrong.append(f"{there} cases are there, {said['cases_of_all_rounds']} were acknowledged.")
    for case in cases.values():
        wrong += [f"{case.id}: {what}" for what in _of_case(case, said)]
    verified = audit.verify()
    wrong += [f"audit verify: {finding}" for finding in verified.findings]
    print(json.dumps({"wrong": wrong, "lines": verified.entries}))


def _of_case(case: Any, said: Told) -> list[str]:
    decisions = list(case.decisions.order_by("sequence").select_related("decided_by"))
    told = [one for one in said["told"] if one["case"] == case.id]
    heard = {one["id"]: one for one in said["heard"] if one["escalation_id"] == case.id}
    standing = [one for one in decisions if one.undone_at is None]
    wrong = [*_as_acknowledged(decisions, told), *_losers(told)]
    if len(standing) != 1 or not standing[0].final:
        return [*wrong, f"{len(standing)} final decisions stand."]
    last = standing[0]
    sequences = [one.sequence for one in decisions]
    if sequences != [*range(1, len(decisions) + 1)] or last.sequence != sequences[-1]:
        wrong.append(f"the decisions have the sequences {sequences}, {last.sequence} stands.")
    if [*heard] != [last.id] or heard[last.id] != last.document:
        wrong.append(f"{last.id} stands, and the agent that waited got {[*heard]}.")
    return wrong


def told_elsewhere(heard: dict[str, str], hooks: list[list[Any]]) -> list[str]:
    """What is wrong where webhooks say something else than was heard by waiting: each decision is
    told under one id, however often, and no other one."""
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for webhook, case, decision, _ in hooks:
        told[case].add((webhook, decision))
    return [
        f"{case}: the agent that waited got {decision}, the webhooks were {sorted(told[case])}."
        for case, decision in heard.items()
        if [one for _, one in told[case]] != [decision]
    ]


def _as_acknowledged(decisions: list[Any], told: list[Told]) -> list[str]:
    """Every decision and every undo was acknowledged once to who made it, and the other way."""
    made = sorted(
        (one["person"], one["version"], one["outcome"])
        for one in told
        if one["type"] == "ack" and one["verb"] != "undo"
    )
    kept = sorted((d.decided_by.username, d.escalation_version, d.outcome) for d in decisions)
    undone = sorted(
        one["version"] for one in told if one["type"] == "ack" and one["verb"] == "undo"
    )
    gone = sorted(d.escalation_version + 1 for d in decisions if d.undone_at is not None)
    wrong = [] if made == kept else [f"{made} were acknowledged, {kept} are there."]
    return wrong if undone == gone else [*wrong, f"undone {undone}, in the database {gone}."]


def _losers(told: list[Told]) -> list[str]:
    """Whoever came too late heard the name of somebody who was acknowledged."""
    winners = defaultdict(set)
    for one in told:
        if one["type"] == "ack":
            winners[one["case"]].add(one["person"])
    return [
        f"{one['person']} was refused {one['verb']} ({one['code']}) by {one['by']}."
        for one in told
        if one["type"] == "refused" and one["verb"] != "undo"
        and (one["code"] not in FASTER or one["by"] not in winners[one["case"]])
    ]  # fmt: skip
