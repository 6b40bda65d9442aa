"""Somebody is reminded of a case at the times that its package names (`deadlines.remind_at`).

Each is one notice and one line, also while the case is put off for weeks; of those that came due
together, because no sweep ran, the last alone.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from escalations.lifecycle import moves, writes
from escalations.models import Escalation, State
from escalations.package import observations
from escalations.record import lines
from escalations.record.lines import BATON
from escalations.text import moments

Tell = Callable[[Escalation], Mapping[str, Any]]
REMINDED = (*moves.LINE, "remind_at")
# While somebody speaks with the customer nobody has to be told that they wait.
_REMINDING = frozenset(State.open()) - {State.LIVE}


def following(document: Mapping[str, Any], *, now: datetime) -> datetime | None:
    """The first of the package's times that is still to come."""
    stated = observations.part(dict(document), "deadlines").get("remind_at") or ()
    times = (moments.found(one) for one in stated)
    return min((at for at in times if at is not None and at > now), default=None)


@transaction.atomic
def remind(escalation: Escalation, *, now: datetime, tell: Tell) -> bool:
    """Remind of it where that is due; False if it is not.

    `tell` writes whom it reaches, in this transaction, and says so for the line. The version stays:
    it changes nothing of what a person reads.
    """
    escalation = moves.locked(escalation, now=now)
    at = escalation.remind_at
    if escalation.state not in _REMINDING or at is None or at > now:
        return False
    document = moves.read(escalation).package.document
    escalation.remind_at = following(document, now=now)
    facts = {**tell(escalation), "due": lines.timestamp(at)}
    event = lines.line(escalation, "reminded", actor=BATON, at=now, facts=facts)
    version, line = escalation.version, event.position - 1
    if not writes.update(escalation, [event], columns=REMINDED, version=version, line=line):
        raise moves.busy()
    return True
