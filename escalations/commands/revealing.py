"""See what the agent asked to mask."""

from datetime import datetime

from escalations.access import Viewer
from escalations.commands.verb import Button, Key, Nothing, Relation, Verb
from escalations.masking import reveals
from escalations.models import Escalation, State


def _reveal(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return reveals.reveal(escalation, by=by, now=now)


REVEAL = Verb(
    name="reveal",
    told="shows what the agent asked to mask, to whom the policy says (`reveal_to`): while they "
    "hold the case, and for ten minutes in any case; it is recorded",
    arguments=Nothing,
    act=_reveal,
    # Which of them may, the policy says for each kind of work.
    roles=frozenset({"reviewer", "supervisor", "admin", "auditor"}),
    only_if=reveals.is_open,
    states=dict.fromkeys(State, Relation.ANYBODY),
    though_unable=True,
    # Drawn beside what is masked.
    button=Button("Reveal"),
    key=Key("v", does="reveal what is masked", help="Reveal what is masked; it is recorded"),
    opens_case=True,
)
