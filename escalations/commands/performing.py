"""Performing a command once, whichever way it came."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from escalations import access
from escalations.access import Viewer
from escalations.commands import deciding, handing, holding, offering
from escalations.commands.command import Act, Command
from escalations.lifecycle import dockets
from escalations.models import CommandAnswer, Escalation
from escalations.refusals import Conflict, Invalid

JSON = dict[str, Any]
TOO_OLD = timedelta(seconds=30)

ACTS: dict[str, Act] = {**holding.ACTS, **offering.ACTS, **handing.ACTS}
UNKEPT = frozenset({"heartbeat"})
DECISIONS = deciding.NAMES
NAMES: set[str] = {*DECISIONS, *ACTS}


def add(acts: Mapping[str, Act]) -> None:
    """Take in the acts of an app that follows escalations, when it is ready."""
    ACTS.update(acts)
    NAMES.update(acts)


def perform(viewer: Viewer, command: Command, *, now: datetime) -> JSON:
    """Do it once and answer `{escalation, version, state, …}`; a repetition gets the first answer.

    Raises Conflict for what came too late or was sent over 30 s ago, NotFound, NotAllowed, Invalid.
    """
    _require_usable(command, now)
    docket = dockets.read(command.escalation, person=viewer.user_id, command=command.id)
    if docket is not None and docket.answer is not None:
        return docket.answer
    escalation = access.allowed(viewer, docket and docket.escalation, to=command.name)
    try:
        if docket is not None and command.name in DECISIONS:
            return _answer(
                deciding.decide(
                    docket, command, viewer, now,
                    beside=lambda decided: [_kept(decided, command, viewer, now)],
                )
            )  # fmt: skip
        with transaction.atomic():
            escalation = ACTS[command.name](escalation, command, viewer, now)
            if command.name not in UNKEPT:
                _kept(escalation, command, viewer, now).save(force_insert=True)
            return _answer(escalation)
    except (IntegrityError, Conflict):  # The same command may have been faster than itself.
        earlier = _answered(viewer, command)
        if earlier is None:
            raise
        return earlier


def _require_usable(command: Command, now: datetime) -> None:
    if command.name not in NAMES:
        raise Invalid(f"There is no command “{command.name}”.", code="unknown_command")
    if not command.id:
        raise Invalid("A command needs an id of its own.", code="malformed")
    if command.issued_at is not None and command.issued_at < now - TOO_OLD:
        raise Conflict("too_old", "This was sent too long ago; look at the case again.")


def _answered(viewer: Viewer, command: Command) -> JSON | None:
    kept = CommandAnswer.objects.filter(person=viewer.user_id, command_id=command.id).first()
    return None if kept is None else kept.answer


def _kept(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> CommandAnswer:
    return CommandAnswer(
        person_id=viewer.user_id,
        command_id=command.id,
        answer=_answer(escalation),
        answered_at=now,
    )


def _answer(escalation: Escalation) -> JSON:
    answer: JSON = {
        "escalation": escalation.id,
        "version": escalation.version,
        "state": str(escalation.state),
    }
    if escalation.effective_at is not None:
        answer["effective_at"] = escalation.effective_at.isoformat()
        answer["outcome"] = escalation.outcome
    if escalation.lease_until is not None:
        answer["lease_until"] = escalation.lease_until.isoformat()
    return answer
