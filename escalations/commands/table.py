"""The table of verbs: what there is, and what stands open to whom."""

from collections.abc import Mapping
from typing import Any

from escalations import access, eligibility
from escalations.access import Viewer
from escalations.commands import (
    calling,
    conversing,
    deciding,
    holding,
    offering,
    revealing,
    reversing,
    transferring,
)
from escalations.commands.verb import Relation, Verb
from escalations.models import Escalation, State

# In the order that their buttons have within a group, and their keys in the list of keys.
VERBS: tuple[Verb[Any], ...] = (
    *offering.VERBS,
    *holding.VERBS,
    *deciding.VERBS,
    *conversing.VERBS,
    *calling.VERBS,
    *transferring.VERBS,
    holding.UNDO,
    reversing.REVERSE,
    revealing.REVEAL,
)
_VERBS: dict[str, Verb[Any]] = {verb.name: verb for verb in VERBS}


def add(*verbs: Verb[Any]) -> None:
    """Take in the verbs of an app that follows escalations, when it is ready."""
    _VERBS.update({verb.name: verb for verb in verbs})


def every() -> tuple[Verb[Any], ...]:
    """All verbs, in the order of their buttons."""
    return tuple(_VERBS.values())


def find(name: str) -> Verb[Any] | None:
    """The verb of that name, if there is one."""
    return _VERBS.get(name)


def open_to(viewer: Viewer, escalation: Escalation) -> frozenset[str]:
    """The verbs that stand open to `viewer` now; screens draw exactly these."""
    state, standing = State(escalation.state), _standing(viewer, escalation)
    opened = [
        verb
        for verb in every()
        if viewer.role in verb.roles
        and standing & verb.states.get(state, Relation(0))
        and not verb.unless(escalation)
        and verb.only_if(viewer, escalation)
    ]
    case = access.case_to_hold(escalation) if opened else None
    barred = case and eligibility.bar(viewer, case)
    # A team or role keeps from agreeing alone.
    no_part = case and eligibility.bar(viewer, eligibility.but_agree(case))
    return frozenset(
        verb.name
        for verb in opened
        if verb.though_unable or not (barred if verb.agrees else no_part)
    )


def arguments_of(frame: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those of a frame. What a form was filled in with comes as `fields`, and is read like one."""
    verb, fields = find(str(frame.get("command"))), frame.get("fields")
    if verb is None or not isinstance(fields, dict):
        return frame
    return {**frame, **verb.written({k: v for k, v in fields.items() if isinstance(v, str)})}


def _standing(viewer: Viewer, escalation: Escalation) -> Relation:
    if viewer.user_id == _whose(escalation):
        return Relation.HAS_IT
    return Relation.OTHERS | (Relation.LEADS if viewer.leads else Relation(0))


def _whose(escalation: Escalation) -> int | None:
    """The person who holds it, is offered it or decided it."""
    of = {
        State.HELD: escalation.held_by_id,
        State.LIVE: escalation.held_by_id,
        State.OFFERED: escalation.offered_to_id,
        State.DECIDED: escalation.decided_by_id,
    }
    return of.get(State(escalation.state))
