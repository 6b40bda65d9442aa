"""Who may see what the agent asked to mask, and the line of the record that says who did.

A reveal is of one person, one case and one version of its package. It stands while they hold the
case in which they pressed it, and ten minutes in any case; nothing but its line keeps it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson

from escalations.access import Viewer
from escalations.models import Escalation, Package, State
from escalations.policy import versions
from escalations.record import readings, vouching
from escalations.record.lines import Actor
from escalations.refusals import Conflict, NotAllowed
from escalations.text import formatting

STANDS_FOR = timedelta(minutes=10)
_ROLES = {
    "reviewer": "a reviewer",
    "supervisor": "a supervisor",
    "admin": "an admin",
    "auditor": "an auditor",
}


def may(viewer: Viewer, escalation: Escalation) -> bool:
    """Whether their role may, by the policy in force for this kind of work."""
    return viewer.role in _roles(escalation)


def is_open(viewer: Viewer, escalation: Escalation) -> bool:
    """Whether they may, and there is something to reveal."""
    if not may(viewer, escalation):
        return False
    package = escalation.packages.filter(version=escalation.package_version).first()
    return package is not None and bool(package.document.get("redactions"))


def who_may(escalation: Escalation) -> str:
    """`A supervisor or an admin can reveal it.`"""
    named = [words for role, words in _ROLES.items() if role in _roles(escalation)]
    told = formatting.listed(named, "or") or "nobody"
    return f"{told[:1].upper()}{told[1:]} can reveal it."


def reveal(escalation: Escalation, *, by: Viewer, now: datetime) -> Escalation:
    """Show this person what is masked, once the record says so. Raises NotAllowed, naming who may;
    Conflict where the package masks nothing."""
    if not may(by, escalation):
        raise NotAllowed("not_allowed", f"Your role may not see this. {who_may(escalation)}")
    package = _package(escalation)
    pointers = package.document.get("redactions") or []
    if not pointers:
        raise Conflict("nothing_masked", "Nothing is masked in this case.")
    facts = {
        "package_version": package.version,
        "count": len(pointers),
        "pointers": vouching.listed(pointers, package.salt),
    }
    readings.write(escalation, "revealed", facts, by=Actor("person", by.username), now=now)
    return escalation


def stands(viewer: Viewer, escalation: Escalation, package: Package, *, now: datetime) -> bool:
    """Whether this version is revealed to them now."""
    return may(viewer, escalation) and any(
        facts.get("package_version") == package.version and _lasts(viewer, escalation, at, now)
        for at, facts in _of(viewer, escalation)
    )


def _package(escalation: Escalation) -> Package:
    return escalation.packages.get(version=escalation.package_version)


def _lasts(viewer: Viewer, escalation: Escalation, at: datetime, now: datetime) -> bool:
    holds = escalation.state in State.held() and escalation.held_by_id == viewer.user_id
    since = escalation.held_at
    return now - at < STANDS_FOR or (holds and since is not None and at >= since)


def _of(viewer: Viewer, escalation: Escalation) -> Iterator[tuple[datetime, dict[str, Any]]]:
    actor = str(Actor("person", viewer.username))
    for at, body in readings.of_kind(escalation, "revealed"):
        document = orjson.loads(body)
        if document["actor"] == actor:
            yield at, document["facts"]


def _roles(escalation: Escalation) -> list[str]:
    return list(versions.current().document.for_task_type(escalation.task_type).reveal_to)
