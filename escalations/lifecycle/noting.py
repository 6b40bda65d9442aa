"""Lines of the record beside a change of state: alerts, private notes, and what else is noted."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from escalations.access import Viewer
from escalations.lifecycle import guards, moves, writes
from escalations.live import hints
from escalations.models import Escalation, Event, Remark, Requirement, State
from escalations.policy import ladder, versions
from escalations.policy.ladder import Due
from escalations.record import kinds, lines, vouching
from escalations.record.kind import Screen
from escalations.record.lines import BATON, Actor
from escalations.refusals import Invalid
from escalations.text.blanks import is_blank

Tell = Callable[[Escalation, Due], Mapping[str, Any]]
TellAll = Callable[[Sequence[tuple[Escalation, Due]]], Sequence[Mapping[str, Any]]]
ALERTED = (*moves.LINE, "alert_at", "alert_step", "overdue_at")


def to_nobody(escalation: Escalation, due: Due) -> Mapping[str, Any]:
    """An alert that only the record tells of."""
    return {"audience": due.step.audience, "told": 0}


@transaction.atomic
def raise_alert(escalation: Escalation, *, now: datetime, tell: Tell = to_nobody) -> bool:
    """Raise the one step of the ladder that is due; False if none is. Only an answer ends an alert
    of level 4, neither claiming nor accepting.

    `tell` writes whom it reaches, in this transaction, and says so for the line. The version stays:
    an alert changes nothing of what a person reads, so an answer on its way still counts.
    """
    escalation = moves.locked(escalation, now=now)
    found = _due(escalation, now)
    if found is None:
        return False
    due, late = found
    _raised(escalation, due, tell(escalation, due), now, late=late)
    return True


@transaction.atomic
def raise_alerts(numbers: Sequence[int], *, now: datetime, tell: TellAll) -> set[int]:
    """Raise the step that is due of each of these cases, all or none; the numbers of those raised.

    Left out is what somebody else just writes, what is not due any more, and what has come to its
    end: `raise_alert` waits for it, and sees to it.
    """
    asked = Escalation.objects.filter(number__among=numbers).order_by("number")
    cases = [
        case
        for case in asked.select_for_update(skip_locked=True)
        if not guards.is_over(case, now=now)
    ]
    # Read apart, as PostgreSQL reads what was joined to a locked row no second time.
    rows = Requirement.objects.in_bulk({case.requirement_id for case in cases})
    found = []
    for case in cases:
        case.requirement = rows[case.requirement_id]
        step = _due(case, now)
        if step is not None:
            found.append((case, *step))
    told = tell([(case, due) for case, due, _ in found])
    for (case, due, late), said in zip(found, told, strict=True):
        _raised(case, due, said, now, late=late)
    return {case.number for case, _, _ in found}


@transaction.atomic
def note(
    escalation: Escalation,
    kind: str,
    *,
    actor: Actor,
    facts: Mapping[str, Any],
    now: datetime,
    hidden: Mapping[str, Any] | None = None,
) -> Escalation:
    """Write a line that changes no state: a read, what the agent did, what the customer said; of
    what is `hidden` it holds a commitment. Screens read the case again where the table of kinds
    says so."""
    escalation = moves.locked_as_it_is(escalation)
    if hidden:
        # Under the lock: the agent may have revised the package that the caller had read.
        salt = vouching.salt_of(escalation)
        facts = {**facts, **{name: vouching.hidden(one, salt) for name, one in hidden.items()}}
    event = lines.line(escalation, kind, actor=actor, at=now, facts=facts)
    _write(escalation, event, moves.LINE)
    if kinds.of(kind).screen is Screen.CASE:
        hints.announce(escalation)
    return escalation


@transaction.atomic
def remark(
    escalation: Escalation, text: str, *, mentions: Sequence[str], by: Viewer, now: datetime
) -> Escalation:
    """A private note of this person, which only people see; `mentions` are usernames.

    It raises no version: whoever is just deciding decides on what the agent sent, and that is the
    same. Raises Conflict for a case that is closed, Invalid for a note with nothing to read in it.
    """
    escalation = moves.locked(escalation, now=now)
    guards.require_open(escalation)
    if is_blank(text):
        detail = "Write the note first."
        raise Invalid.of("/text", detail)
    said = Remark(person_id=by.user_id, kind=Remark.Kind.NOTED, text=text, at=now)
    facts = {"mentions": list(mentions), **vouching.words(escalation, said)}
    actor = Actor("person", by.username)
    event = lines.line(escalation, "noted", actor=actor, at=now, facts=facts)
    _write(escalation, event, moves.LINE, said)
    hints.announce(escalation)
    return escalation


# While somebody speaks with the customer nobody has to be told that they wait.
_ALERTING = frozenset(State.open()) - {State.SNOOZED, State.LIVE}


def _due(escalation: Escalation, now: datetime) -> tuple[Due, bool] | None:
    """The step that is due of a locked case, in which the next one stands already, and whether it
    says that the case is over time; None if none is."""
    at = escalation.alert_at
    if escalation.state not in _ALERTING or at is None or at > now:
        return None
    steps = ladder.of(versions.current().document, escalation.task_type, escalation.level)
    times = {"arrived_at": escalation.arrived_at, "respond_by": escalation.respond_by}
    due = ladder.pending(steps, escalation.alert_step, at, **times) if steps else None
    if steps is None or due is None:
        # The policy's steps changed since the time was written. Left as it is, every sweep to come
        # would find this case again.
        escalation.alert_at = None
        event = lines.line(escalation, "alerts_ended", actor=BATON, at=now, facts={})
        _write(escalation, event, ALERTED)
        return None
    following = ladder.following(steps, due.number, at, **times, now=now)
    escalation.alert_at = following.at if following else None
    escalation.alert_step = due.number
    # Told once in the life of a case; what comes later is one more alert.
    late = escalation.respond_by <= now and escalation.overdue_at is None
    if late:
        escalation.overdue_at = now
    return due, late


def _raised(
    escalation: Escalation, due: Due, said: Mapping[str, Any], now: datetime, *, late: bool
) -> None:
    facts = {"step": due.number, "alert": due.step.name, **said}
    facts["respond_by"] = lines.timestamp(escalation.respond_by)
    kind = "overdue" if late else "alerted"
    event = lines.line(escalation, kind, actor=BATON, at=now, facts=facts)
    _write(escalation, event, ALERTED)


def _write(escalation: Escalation, event: Event, columns: tuple[str, ...], *beside: Remark) -> None:
    """One line and these columns, at the version and the line that were read."""
    version, line = escalation.version, event.position - 1
    rows = [event, *beside]
    if not writes.update(escalation, rows, columns=columns, version=version, line=line):
        raise moves.busy()
