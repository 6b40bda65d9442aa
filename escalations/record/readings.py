"""Who read a case, and who saw what is masked in it: lines of a chain of its own beside each case,
`case/<its id>/reads`.

In the chain of the case every reading would wait for the lock of whoever decides it, and they for
the reading.
"""

from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet

from console.database import statements
from escalations.models import Escalation, Event
from escalations.record import chains, lines
from escalations.record.chains import Finding, Line
from escalations.record.lines import Actor

CHAIN = "case/{}/reads"
TRIES = 10
_KNOWN = "SELECT body FROM escalations_event WHERE chain = %s ORDER BY position"


class _Behind(Exception):
    """Somebody else's reading was written since the chain was read."""


def note(escalation: Escalation, part: str, *, by: Actor, now: datetime) -> None:
    """Write that this person read this part of this version, unless it stands there already; then
    nothing is written. Raises OperationalError where that cannot be: what is not recorded is not to
    be shown."""
    facts = {"version": escalation.version, "part": part}
    for _ in range(TRIES):
        # By bytes already stored, without a lock: nothing of a chain ever changes.
        known = statements.rows(_KNOWN, [CHAIN.format(escalation.id)])
        if any(_says(bytes(body), by, facts) for (body,) in known):
            return
        try:
            with transaction.atomic():
                line = lines.append(
                    CHAIN.format(escalation.id), "read", actor=by, at=now, facts=facts
                )
                # Between reading and writing the same person may have opened it in another tab.
                if line.position != len(known) + 1:
                    raise _Behind
            return
        # The unique position refuses the second of two at once, who looks again.
        except (IntegrityError, _Behind):
            continue
    raise OperationalError("too many people open this case at once")


def write(
    escalation: Escalation, kind: str, facts: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    """Write another line beside the case, however often. Raises OperationalError as `note`."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                lines.append(CHAIN.format(escalation.id), kind, actor=by, at=now, facts=facts)
            return
        # The unique position refuses the second of two at once, who goes on from the first.
        except IntegrityError:
            continue
    raise OperationalError("too many people open this case at once")


def of_kind(escalation: Escalation, kind: str) -> list[tuple[datetime, bytes]]:
    """When lines of this kind were written beside the case, and what they say."""
    found = _events(escalation).filter(kind=kind).values_list("at", "body")
    return [(at, bytes(body)) for at, body in found]


def lines_of(escalation: Escalation) -> list[Line]:
    """The readings of one case in their order; those of before stand in the chain of the case."""
    return [
        Line(one.chain, one.position, one.kind, one.at, bytes(one.body), one.hash)
        for one in _events(escalation)
    ]


def findings(escalation: Escalation, read: list[Line]) -> list[Finding]:
    """Everything wrong with these lines."""
    return list(chains.findings(CHAIN.format(escalation.id), read))


def _events(escalation: Escalation) -> QuerySet[Event]:
    return Event.objects.filter(chain=CHAIN.format(escalation.id)).order_by("position")


def _says(body: bytes, by: Actor, facts: dict[str, Any]) -> bool:
    document = orjson.loads(body)
    return bool(document["actor"] == str(by) and document["facts"] == facts)
