"""Claim, keep and release a case; take a decision back."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from console import clock
from escalations import lifecycle
from escalations.access import Viewer
from escalations.commands.verb import After, Button, Fields, Key, Nothing, Place, Relation, Verb
from escalations.lifecycle import approvals, guards
from escalations.lifecycle.waiting import extending
from escalations.models import Escalation, State

Truthy = Annotated[bool, BeforeValidator(bool)]


class Beat(BaseModel):
    """Whether the holder did something since the last one, or asks to keep the case."""

    model_config = ConfigDict(extra="ignore")

    active: Truthy = True
    extend: Truthy = False


def _claim(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.claim(escalation, by=by, now=now)


def _is_taken_by_a_press(escalation: Escalation) -> bool:
    """What is free is claimed by opening it in the list, and by answering it wherever it is open:
    a conversation has no answer."""
    is_free = escalation.state in {State.WAITING, State.SECOND}
    return not is_free or guards.is_with_people(escalation)


def _release(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.release(escalation, by=by, version=version, now=now)


def _heartbeat(
    escalation: Escalation, said: Beat, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.beat(escalation, by=by, active=said.active or said.extend, now=now)


def _extend(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.extend(escalation, by=by, version=version, now=now)


def _may_extend(viewer: Viewer, escalation: Escalation) -> bool:
    return extending.may(viewer, escalation, now=clock.now())


def _undo(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.undo(escalation, by=by, version=version)


def _has_had_a_say(viewer: Viewer, escalation: Escalation) -> bool:
    decided = escalation.state == State.DECIDED
    return decided or approvals.has_part(escalation, viewer.user_id)


def _beat(fields: Fields) -> dict[str, Any]:
    return {"active": fields.get("active", "true") != "false", "extend": fields.get("extend", "")}


CLAIM = Verb(
    name="claim",
    told="what is free or snoozed; supervisors also what is offered to another",
    arguments=Nothing,
    act=_claim,
    states={
        State.WAITING: Relation.ANYBODY,
        State.SECOND: Relation.ANYBODY,
        State.SNOOZED: Relation.ANYBODY,
        State.OFFERED: Relation.LEADS,
    },
    button=Button(
        "Take it now",
        Place.OFFER,
        icon="hand",
        look="primary wide",
        only_if=_is_taken_by_a_press,
    ),
    done="The case is yours.",
    opens_case=True,
)
RELEASE = Verb(
    name="release",
    told="gives the case back, with its age",
    arguments=Nothing,
    act=_release,
    states={State.HELD: Relation.HAS_IT},
    though_unable=True,
    button=Button("Release", Place.GIVE_BACK, icon="back-h"),
    key=Key("g", does="release", help="Give the case back"),
    done="The case waits again.",
    after=After.NEXT,
    undone_within=lifecycle.TAKEN_UP_WITHIN,
    saves_draft=True,
)
HEARTBEAT = Verb(
    name="heartbeat",
    told="keeps the case for another 60 s; `active` (true): the holder did something meanwhile; "
    "`extend`: counts as that",
    arguments=Beat,
    from_form=_beat,
    act=_heartbeat,
    is_kept=False,
    states=dict.fromkeys((State.HELD, State.LIVE), Relation.HAS_IT),
    though_unable=True,
    button=Button("Keep longer"),
    opens_case=True,
)
EXTEND = Verb(
    name="extend",
    told="in the last fifth of the deadline, once for each holder: the answer is due later, by "
    "what the policy gives (`extend_s`), never past the end of the case",
    arguments=Nothing,
    act=_extend,
    states={State.HELD: Relation.HAS_IT},
    only_if=_may_extend,
    button=Button("Extend", Place.GIVE_BACK, icon="clock"),
    key=Key("l", does="take more time", help="Extend the deadline, in its last fifth"),
    done="You have more time. The agent was told.",
)
UNDO = Verb(
    name="undo",
    told="takes the decision back until it is in effect, or your part while others must agree; "
    f"within {lifecycle.TAKEN_UP_WITHIN.seconds} s you hold again what you released, declined, "
    "snoozed or passed on, unless somebody else has it",
    arguments=Nothing,
    act=_undo,
    states={State.DECIDED: Relation.HAS_IT, State.SECOND: Relation.ANYBODY},
    only_if=_has_had_a_say,
    though_unable=True,
    button=Button("Undo"),
    key=Key("z", does="undo", help="Undo, while the countdown runs"),
    opens_case=True,
)
VERBS = (CLAIM, RELEASE, HEARTBEAT, EXTEND)
