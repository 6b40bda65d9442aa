"""Asking an agent, or at the address that was registered for it, whether what its package says of
the world still holds, and the answer.

Both are a row and a line beside the case, not in its own chain: neither waits for whoever decides,
nor do they for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from escalations import identifiers
from escalations.access import Viewer
from escalations.lifecycle import outgoing
from escalations.live import hints
from escalations.lookups import fetching
from escalations.models import Escalation, FactCheck, Package, State
from escalations.proposal import stated_facts
from escalations.proposal.stated_facts import Place
from escalations.record import lines, readings, vouching
from escalations.record.lines import BATON, Actor
from escalations.refusals import Conflict, Fault, Invalid, NotFound

JSON = Mapping[str, Any]
WITHIN = timedelta(seconds=2)
NOT_READ_MAX = 500
# Who reads a case again at each of its changes does not ask at each.
SERVES_OPENING = timedelta(seconds=30)


def ask(
    escalation: Escalation, package: Package, *, by: Viewer, command: str = "", now: datetime
) -> FactCheck | None:
    """Have it asked now; None where nothing is registered and the agent listens nowhere for it."""
    address = escalation.agent.facts_url
    if not address and not outgoing.addresses(escalation, outgoing.FACTS_WANTED, package=package):
        return None
    check = FactCheck(
        id=identifiers.new("fct"), escalation=escalation, package_version=package.version,
        person_id=by.user_id, command=command, asked_at=now,
        read_from=fetching.host_of(address) if address else "",
    )  # fmt: skip
    facts = {"check": check.id, "package_version": package.version, "command": command}
    facts |= _whence(check)
    actor = Actor("person", by.username)
    with transaction.atomic():
        check.save(force_insert=True)
        readings.write(escalation, "facts_wanted", facts, by=actor, now=now)
        hints.wake_deliveries()
    return check


def opened(
    escalation: Escalation, package: Package, *, by: Viewer, now: datetime
) -> FactCheck | None:
    """The same for who opens the case, unless it was asked for anybody just now."""
    lately = FactCheck.objects.filter(
        escalation=escalation, package_version=package.version, asked_at__gt=now - SERVES_OPENING
    )
    if lately.exists():
        return None
    return ask(escalation, package, by=by, now=now)


def answer(
    escalation: Escalation, check_id: str, said: Sequence[JSON], *, agent: str, now: datetime
) -> tuple[FactCheck, bool]:
    """Keep what the agent says; the same again gives the row that is there, and False.

    Raises NotFound for what was not asked; Invalid for a fact that the package does not have;
    Conflict where it was answered otherwise, where the package has changed and where the case is
    over and its decision cannot be undone any more.
    """
    check = FactCheck.objects.filter(pk=check_id, escalation=escalation).first()
    if check is None:
        raise NotFound("not_found", "You were not asked that about this case.")
    package = escalation.packages.get(version=check.package_version)
    values = _values(package, said)
    if check.answered_at is None:
        _require_current(escalation, check, now=now)
        if _keep(check, values, package, by=Actor("agent", agent), now=now):
            return check, True
        check.refresh_from_db()
    if values != check.answer:
        raise Conflict("answered", "It was answered before, otherwise.", at=check.answered_at)
    return check, False


def unknown(package: Package, said: Mapping[int, JSON]) -> dict[int, Fault]:
    """By its place in the answer, what is no fact of this package, or is there twice."""
    places = set(stated_facts.every(package.document))
    actions, known, faults = {action for action, _ in places}, set(), {}
    for at, one in said.items():
        place = (one["action_id"], one["label"])
        if place[0] not in actions:
            faults[at] = Fault(f"/facts/{at}/action_id", "names no action that has facts")
        elif place not in places:
            faults[at] = Fault(f"/facts/{at}/label", "is no fact of this action")
        elif place in known:
            faults[at] = Fault(f"/facts/{at}/label", "is there twice")
        known.add(place)
    return faults


def not_read(check: FactCheck, faults: Sequence[Fault]) -> None:
    """Keep what of a reply could not be read, for whoever looks after the agent."""
    could_not_read(check, [f"{one.pointer or '/'} {one.detail}" for one in faults], between="; ")


def could_not_read(check: FactCheck, sentences: Sequence[str], *, between: str = " ") -> None:
    """The same of what is said in sentences."""
    FactCheck.objects.filter(pk=check.pk).update(not_read=between.join(sentences)[:NOT_READ_MAX])


def read(check: FactCheck, package: Package, now_is: Mapping[Place, Any], *, now: datetime) -> None:
    """Keep what stands at the registered address; nothing: whoever waits goes on at once.

    Raises Conflict where the package has changed and where the case is over.
    """
    _require_current(check.escalation, check, now=now)
    places = stated_facts.every(package.document)
    values = [[*place, now_is[place]] for place in places if place in now_is]
    _keep(check, values, package, by=BATON, now=now)


def unreachable(check: FactCheck, *, by: Actor, now: datetime) -> None:
    """Nobody could be asked: whoever waits goes on at once."""
    package = check.escalation.packages.get(version=check.package_version)
    _keep(check, [], package, by=by, now=now)


def wanted(check: FactCheck, package: Package) -> dict[str, Any]:
    """The question as the agent gets it."""
    return {
        "escalation_id": check.escalation.id,
        "check": check.id,
        "package_version": check.package_version,
        "actions": stated_facts.wanted(package.document),
        "asked_at": lines.timestamp(check.asked_at),
        "answer_by": lines.timestamp(check.asked_at + WITHIN),
    }


def is_open(check: FactCheck, *, now: datetime) -> bool:
    """Whether somebody may still wait for its answer."""
    return check.answered_at is None and now < check.asked_at + WITHIN


def values(check: FactCheck) -> dict[Place, Any]:
    """What the agent said."""
    return {(action, label): value for action, label, value in check.answer}


def asked_of(check: FactCheck, agent: str) -> str:
    """Who was asked, as people are told it."""
    return check.read_from or agent


def _whence(check: FactCheck) -> dict[str, str]:
    # Where the agent itself is asked, the line is what it was before addresses were read.
    return {"read_from": check.read_from} if check.read_from else {}


def _keep(
    check: FactCheck, values: list[Any], package: Package, *, by: Actor, now: datetime
) -> bool:
    """Whether this answer was the first."""
    facts = {
        "check": check.id,
        "package_version": package.version,
        "count": len(values),
        "answer": vouching.hidden(values, package.salt),
        **_whence(check),
    }
    with transaction.atomic():
        # The condition, not a lock: of two that answer at once the first counts.
        free = FactCheck.objects.filter(pk=check.pk, answered_at__isnull=True)
        if not free.update(answered_at=now, answer=values):
            return False
        readings.write(check.escalation, "facts_answered", facts, by=by, now=now)
        hints.announce(check.escalation)
    check.answered_at, check.answer = now, values
    return True


def _values(package: Package, said: Sequence[JSON]) -> list[Any]:
    """In the order of the package. Raises Invalid for what it does not have, and for one twice."""
    places = list(stated_facts.every(package.document))
    faults = unknown(package, dict(enumerate(said)))
    if faults:
        raise Invalid("The body is not valid.", errors=list(faults.values()))
    found = {(one["action_id"], one["label"]): one["value"] for one in said}
    return [[*place, found[place]] for place in places if place in found]


def _require_current(escalation: Escalation, check: FactCheck, *, now: datetime) -> None:
    leaves = escalation.effective_at if escalation.state == State.DECIDED else None
    # Whoever decided may still undo it, and then reads what came.
    if escalation.state not in State.open() and (leaves is None or leaves <= now):
        raise Conflict("over", "Nobody decides this any more.", at=escalation.closed_at)
    if check.package_version != escalation.package_version:
        raise Conflict("stale", "You sent a newer version; its facts stand in it.")
