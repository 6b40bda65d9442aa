"""What the record says of the day: asked of its lines, not of the columns beside them."""

import json
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.day import waits

LINE_S = timedelta(milliseconds=1)  # Lines hold milliseconds.
ENDED = {"decided", "expired", "cancelled"}


def check(posted: str) -> None:
    """Hold the promises against every line; raises AssertionError for the first that is broken."""
    said = json.loads(Path(posted).read_text())
    answered = said["posted"]
    lines = _lines()
    found = {
        **_ended(answered),
        **_within_capacity(lines),
        **_kept_their_age(lines),
        **_alerted_once(),
        **_in_time(),
        **_offers(),
        "estimated_waits": waits.calibration(said["waits"]),
    }
    print(json.dumps(found))


def _lines() -> list[dict[str, Any]]:
    from escalations.models import Event

    events = Event.objects.exclude(escalation=None).exclude(kind="read").order_by("id")
    rows = events.values_list("escalation", "kind", "at", "body").iterator()
    return [
        {**json.loads(bytes(body)), "case": case, "kind": kind, "at": at}
        for case, kind, at, body in rows
    ]


def _ended(answered: dict[str, str]) -> dict[str, Any]:
    """Every case that was answered 2xx is there and was decided, expired or cancelled."""
    from escalations.models import Escalation

    found = dict(Escalation.objects.values_list("id", "state"))
    lost = set(answered.values()) - set(found)
    assert not lost, f"{len(lost)} accepted cases are not there."
    still = {case: state for case, state in found.items() if state not in ENDED}
    assert not still, f"{len(still)} cases never ended: {list(still.items())[:5]}"
    return {"ended": dict(Counter(found.values()))}


def _within_capacity(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """At no line did anybody hold more units than they have."""
    from console.models import User
    from escalations.models import Escalation

    units = {one.username: one.units.count() for one in User.objects.all()}
    takes = dict(Escalation.objects.values_list("number", "units"))
    holder: dict[int, str] = {}
    load: Counter[str] = Counter()
    most: dict[str, int] = defaultdict(int)
    for line in lines:
        case = line["case"]
        before = holder.pop(case, None)
        if before is not None:
            load[before] -= takes[case]
        whose = _whose(line, before)
        if whose is not None:
            holder[case] = whose
            load[whose] += takes[case]
            most[whose] = max(most[whose], load[whose])
            assert load[whose] <= units[whose], f"{whose} held {load[whose]} of {units[whose]}."
    full = sum(most[name] == units[name] for name in most)
    return {"people_who_were_full_at_some_instant": full, "over_capacity": 0}


def _whose(line: dict[str, Any], before: str | None) -> str | None:
    """Whose units the case takes after this line; an agent's, such as a revision, leaves it where
    it was."""
    state, facts = line["facts"].get("state"), line["facts"]
    kind, _, name = line["actor"].partition(":")
    if state not in {"offered", "held"}:
        return None
    elif facts.get("to"):
        return str(facts["to"])
    else:
        return name if state == "held" and kind == "person" else before


def _kept_their_age(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """A case that came back stands where it stood: same arrival, same rank."""
    from escalations.models import Escalation
    from escalations.policy import priority
    from escalations.record import kinds

    arrived = {line["case"]: line["at"] for line in lines if line["kind"] == "received"}
    came_back = {line["case"] for line in lines if kinds.of(line["kind"]).comes_back}
    for case in Escalation.objects.all():
        assert case.arrived_at - arrived[case.number] < LINE_S, f"{case} lost its arrival."
        rank = priority.rank(level=case.level, priority=case.priority, respond_by=case.respond_by)
        assert case.rank == rank, f"{case} lost its place."
    return {"came_back_and_kept_their_age": len(came_back)}


def _alerted_once() -> dict[str, Any]:
    """Of each case the steps are raised in order, each once, and a breach where there was one."""
    from django.db.models import F, Q

    from escalations.models import Escalation, Event
    from routing.models import Alert

    steps: dict[int, list[int]] = defaultdict(list)
    kinds: Counter[str] = Counter()
    breached: Counter[int] = Counter()
    for case, step, kind in Alert.objects.order_by("escalation", "step").values_list(
        "escalation", "step", "kind"
    ):
        steps[case].append(step)
        kinds[kind] += 1
        breached[case] += kind == "breach"
    for case, found in steps.items():
        assert found == list(range(1, len(found) + 1)), f"Case {case} has the steps {found}."
    assert max(breached.values(), default=0) <= 1, "A breach was alerted twice."
    told = Event.objects.filter(kind__in=("alerted", "overdue")).count()
    assert told == sum(kinds.values()), f"{sum(kinds.values())} alerts, {told} lines."
    late = Escalation.objects.filter(Q(closed_at__gt=F("respond_by")))
    early = Escalation.objects.filter(closed_at__lte=F("respond_by"))
    silent = [case.number for case in late if not breached[case.number] and _is_late(case)]
    wrong = [case.number for case in early if breached[case.number]]
    assert not silent, f"{len(silent)} breaches were never alerted: {silent[:5]}"
    assert not wrong, f"{len(wrong)} cases were alerted though they were in time: {wrong[:5]}"
    return {"alerts": dict(kinds), "late": late.count()}


def _is_late(case: Any) -> bool:
    """By more than a sweep may take while processes are killed and started again."""
    late: bool = (case.closed_at - case.respond_by).total_seconds() > 15
    return late


def _in_time() -> dict[str, Any]:
    """Of what was decided, the part that was answered by its deadline."""
    from django.db.models import F

    from escalations.models import Escalation

    decided = Escalation.objects.filter(state="decided")
    in_time = decided.filter(closed_at__lte=F("respond_by")).count()
    return {"in_time_percent": round(100 * in_time / max(1, decided.count()), 1)}


def _offers() -> dict[str, Any]:
    from routing.models import Offer

    offers = Offer.objects.all()
    assert not offers.filter(outcome="open").exists(), "An offer of an ended case is still open."
    wordless = offers.filter(why="").exclude(outcome__in=("passed_on", "released"))
    assert not wordless.exists(), "An offer has no reason."
    return {"offers": dict(Counter(offers.values_list("outcome", flat=True)))}
