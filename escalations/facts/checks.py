"""Asking an agent, or at the address that was registered for it, whether what its package says of
the world still holds.

The question is a row and a line beside the case, not in its own chain: neither waits for whoever
decides, nor do they for it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from escalations import identifiers
from escalations.access import Viewer
from escalations.lifecycle import outgoing
from escalations.live import hints
from escalations.lookups import fetching
from escalations.models import Escalation, FactCheck, Package
from escalations.proposal import stated_facts
from escalations.proposal.stated_facts import Place
from escalations.record import lines, readings
from escalations.record.lines import Actor

WITHIN = timedelta(seconds=2)
SILENT = "did not answer within 2 s"
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
    facts |= whence(check)
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


def why(check: FactCheck) -> str:
    """Why its answer lacks something, in words after who was asked."""
    if check.failed:
        return check.failed
    elif check.answered_at is None:
        return SILENT
    return "did not say all of it" if check.answer else "gave no value"


def whence(check: FactCheck) -> dict[str, str]:
    """What a line says of where it is read."""
    # Where the agent itself is asked, the line is what it was before addresses were read.
    return {"read_from": check.read_from} if check.read_from else {}
