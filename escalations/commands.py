"""What a person may command: one table for the socket and for plain forms over HTTP.

Each command has an id made where it was pressed. Its first answer is kept in the transaction of
the act, so that a double click, a repeated frame or a resent form changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from escalations import access, dockets, lifecycle, policy
from escalations.access import Viewer
from escalations.answers import Choice
from escalations.dockets import Docket
from escalations.models import CommandAnswer, Escalation
from escalations.refusals import Conflict, Invalid
from escalations.schemas import faults
from escalations.schemas.arguments import Arguments

JSON = dict[str, Any]
TOO_OLD = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Command:
    """One act, as it was sent. `arguments` are those of the decision schema."""

    name: str
    id: str
    escalation: str
    version: int
    arguments: Mapping[str, Any] = field(default_factory=dict)
    issued_at: datetime | None = None
    digest: str | None = None


def perform(viewer: Viewer, command: Command, *, now: datetime) -> JSON:
    """Do it once and answer `{escalation, version, state, …}`; a repetition gets the first answer.

    Raises Conflict for what came too late or was sent over 30 s ago, NotFound, NotAllowed, Invalid.
    """
    if command.name not in NAMES:
        raise Invalid(f"There is no command “{command.name}”.", code="unknown_command")
    if not command.id:
        raise Invalid("A command needs an id of its own.", code="malformed")
    if command.issued_at is not None and command.issued_at < now - TOO_OLD:
        raise Conflict("too_old", "This was sent too long ago; look at the case again.")
    docket = dockets.read(command.escalation, person=viewer.user_id, command=command.id)
    if docket is not None and docket.answer is not None:
        return docket.answer
    escalation = access.allowed(viewer, docket and docket.escalation, to=command.name)
    try:
        if docket is not None and command.name in DECISIONS:
            return _answer(_decide(docket, command, viewer, now))
        with transaction.atomic():
            escalation = _ACTS[command.name](escalation, command, viewer, now)
            if command.name != "heartbeat":
                _kept(escalation, command, viewer, now).save(force_insert=True)
            return _answer(escalation)
    except (IntegrityError, Conflict):  # The same command may have been faster than itself.
        earlier = _answered(viewer, command)
        if earlier is None:
            raise
        return earlier


def _claim(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    return lifecycle.claim(escalation, by=viewer, now=now)


def _release(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    return lifecycle.release(escalation, by=viewer, version=command.version, now=now)


def _heartbeat(
    escalation: Escalation, command: Command, viewer: Viewer, now: datetime
) -> Escalation:
    active = bool(command.arguments.get("active", True) or command.arguments.get("extend"))
    return lifecycle.beat(escalation, by=viewer, active=active, now=now)


def _undo(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    return lifecycle.undo(escalation, by=viewer, version=command.version, now=now)


def _reasons(escalation: Escalation) -> list[str]:
    task_type = policy.current().document.for_task_type(escalation.task_type)
    return [reason.code for reason in task_type.reasons_to_reject()]


_ACTS: dict[str, Callable[[Escalation, Command, Viewer, datetime], Escalation]] = {
    "claim": _claim,
    "release": _release,
    "heartbeat": _heartbeat,
    "undo": _undo,
}
DECISIONS = frozenset({"approve", "edit", "reject", "respond", "choose"})
NAMES = DECISIONS | _ACTS.keys()


def _decide(docket: Docket, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    """The kept answer goes into the statement of the decision."""
    return lifecycle.decide(
        docket.escalation,
        choice(command.name, command.arguments),
        by=viewer,
        version=command.version,
        reject_reasons=_reasons(docket.escalation) if command.name == "reject" else [],
        attention=_attention(command.arguments),
        digest=command.digest,
        now=now,
        docket=docket,
        beside=lambda decided: [_kept(decided, command, viewer, now)],
    )


def choice(name: str, arguments: Mapping[str, Any]) -> Choice:
    """The arguments of a deciding command. Raises Invalid with a pointer to every fault."""
    try:
        given = Arguments.model_validate(arguments)
    except ValidationError as error:
        raise Invalid("The command is not valid.", errors=faults.named(error)) from None
    return Choice(
        command=name,
        actions=given.actions,
        reply=given.response.text if given.response else None,
        option_id=given.option_id,
        reason_code=given.reason_code,
        instructions=given.instructions,
    )


def _attention(arguments: Mapping[str, Any]) -> JSON:
    """How the choice was made and how long it took: recorded, never used to rank people."""
    seen: JSON = {}
    if isinstance(active_s := arguments.get("active_s"), int | float) and 0 <= active_s < 10**6:
        seen["active_s"] = int(active_s)
    if arguments.get("how") in {"key", "click", "batch"}:
        seen["chosen_by"] = arguments["how"]
    if isinstance(opened := arguments.get("opened"), list):
        seen["opened"] = [str(part)[:40] for part in opened[:20]]
    return seen


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
