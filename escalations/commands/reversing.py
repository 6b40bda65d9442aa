"""Reverse a decision that the agent has."""

from datetime import datetime

from console import clock
from escalations import lifecycle
from escalations.access import Viewer
from escalations.commands.verb import Button, Place, Relation, Verb
from escalations.lifecycle.taking_back import reversing
from escalations.models import Escalation, State
from escalations.schemas.arguments import Reverse


def _reverse(
    escalation: Escalation, said: Reverse, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.reverse(escalation, by=by, version=version, why=said.instructions)


def _may(viewer: Viewer, escalation: Escalation) -> bool:
    now = clock.now()
    return reversing.is_reversible(escalation, now=now) and reversing.may(viewer, escalation)


REVERSE = Verb(
    name="reverse",
    told="tells the agent to take back what it was cleared to do; `instructions`: why, and what "
    "it should do",
    arguments=Reverse,
    example={"instructions": "The parcel had arrived; take the refund back."},
    act=_reverse,
    states={State.DECIDED: Relation.ANYBODY},
    only_if=_may,
    # Nobody holds what is decided: who may is asked by `only_if` alone.
    though_unable=True,
    button=Button("Reverse", Place.GIVE_BACK, icon="back-h"),
    dialog="escalations/_reverse.html",
    done="Reversed. The agent is told to take it back.",
    opens_case=True,
)
