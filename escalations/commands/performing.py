"""Performing a command once, whichever way it came."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from console import clock
from escalations import access, dockets, lifecycle
from escalations.access import Viewer
from escalations.commands import deciding, holding_back, table
from escalations.commands.command import Command, read
from escalations.commands.verb import Verb
from escalations.dockets import Docket
from escalations.facts import late
from escalations.models import CommandAnswer, Escalation
from escalations.refusals import Conflict, Invalid, NotAllowed, Refused
from escalations.text import canonical
from escalations.text.blanks import is_blank

JSON = dict[str, Any]
ID_MAX = 64
TOO_OLD = timedelta(seconds=30)
# Screens go by the clock of the server, which they hear when they connect, give or take the way.
AHEAD_MAX = timedelta(seconds=10)


def perform(viewer: Viewer, command: Command, *, now: datetime | None = None) -> JSON:
    """Do it once and answer `{escalation, version, state, …}`; a repetition gets the first answer.

    Raises Conflict for what came too late, was sent over 30 s ago or later than now, or has the id
    of something else; NotFound, NotAllowed, Invalid. `now` as for `lifecycle.undo`.

    Rights are those of the moment at which it counts, behind the lock of the case.
    """
    return access.as_they_may(viewer, lambda viewer: _performed(viewer, command, now))


def undo_all(
    viewer: Viewer, lot: Mapping[str, Command], cases: Sequence[Escalation]
) -> dict[str, JSON | Refused]:
    """`perform` of the undo of each of these cases by one press, all judged at one moment: the
    answer, or why it was refused."""
    return access.as_they_may(viewer, lambda viewer: _undone_all(viewer, lot, cases))


def _performed(viewer: Viewer, command: Command, now: datetime | None) -> JSON:
    at = now or clock.now()
    verb = _usable(command, at)
    docket = dockets.read(command.escalation, person=viewer.user_id, command=command.id)
    # Before any right is asked for: after the act the case may be out of their sight, and a
    # repetition must hear the same.
    if docket is not None and docket.answer is not None:
        return _repeated(command, docket.answer)
    escalation = access.allowed(viewer, docket and docket.escalation, to=command.name)
    if viewer.role not in verb.roles:
        raise NotAllowed("not_allowed", "Your role may not do that.")
    try:
        if docket is not None and verb.act is None:
            return _decided(docket, command, viewer, now, at)
        with transaction.atomic():
            escalation = _done(verb, escalation, command, viewer, at)
            if verb.is_kept:
                # An INSERT, so that the unique key refuses the second of two equal commands.
                _kept(escalation, command, viewer, at).save(force_insert=True)
            # Last, behind the lock of the case: by now nothing else is waited for.
            access.require_rights(viewer)
            return _answer(escalation)
    except (IntegrityError, Conflict):  # The same command may have been faster than itself.
        # Read outside the transaction that was refused, where the answer of the other can be seen.
        earlier = answered(viewer, command)
        if earlier is None:
            raise
        return earlier


def _undone_all(
    viewer: Viewer, lot: Mapping[str, Command], cases: Sequence[Escalation]
) -> dict[str, JSON | Refused]:
    at = clock.now()
    found: dict[str, JSON | Refused] = {}
    asked: dict[int, int] = {}
    first = _answered_all(viewer, lot)
    for case in cases:
        command = lot[case.id]
        try:
            _usable(command, at)
            access.allowed(viewer, case, to=command.name)
            if case.id not in first:
                asked[case.number] = command.version
        except Refused as refused:
            found[case.id] = refused
    with transaction.atomic():
        undone = lifecycle.undo_all(asked, by=viewer)
        done = [one for one in undone.values() if isinstance(one, Escalation)]
        CommandAnswer.objects.bulk_create(_kept(one, lot[one.id], viewer, at) for one in done)
        access.require_rights(viewer)
    names = {case.number: case.id for case in cases}
    for number, one in undone.items():
        found[names[number]] = _answer(one) if isinstance(one, Escalation) else one
    # Last, as the same press may have been faster than itself.
    return found | _answered_all(viewer, lot)


def _answered_all(viewer: Viewer, lot: Mapping[str, Command]) -> dict[str, JSON | Refused]:
    """`answered` of each, for those that were."""
    by_id = {command.id: command for command in lot.values()}
    found: dict[str, JSON | Refused] = {}
    for kept in CommandAnswer.objects.filter(command_id__in=by_id):
        command = by_id[kept.command_id]
        try:
            found[command.escalation] = _first(viewer, command, kept)
        except Refused as refused:
            found[command.escalation] = refused
    return found


def answered(viewer: Viewer, command: Command) -> JSON | None:
    """The first answer to this very command; None before it was performed. Raises Conflict where
    its id belongs to something else."""
    kept = CommandAnswer.objects.filter(command_id=command.id).first()
    return _first(viewer, command, kept) if kept else None


def _first(viewer: Viewer, command: Command, kept: CommandAnswer) -> JSON:
    if kept.person_id != viewer.user_id:
        raise _used()
    return _repeated(command, kept.answer)


def _decided(
    docket: Docket, command: Command, viewer: Viewer, now: datetime | None, at: datetime
) -> JSON:
    held = holding_back.require(docket, command, viewer, now=at)
    decided = deciding.decide(
        docket, command, viewer, now, held=held,
        beside=lambda decided: [_kept(decided, command, viewer, at)],
    )  # fmt: skip
    said = holding_back.said(held)
    if said:
        late.decided(held["fact_check"], now=at)
    return _answer(decided) | ({"warning": said} if said else {})


def _usable(command: Command, now: datetime) -> Verb[Any]:
    verb = table.find(command.name)
    if verb is None:
        raise Invalid(f"There is no command “{command.name}”.", code="unknown_command")
    if is_blank(command.id):
        raise Invalid("A command needs an id of its own.", code="malformed")
    # As long as its column; cut, two that begin alike would be one.
    if len(command.id) > ID_MAX:
        raise Invalid(f"The id of a command has at most {ID_MAX} characters.", code="malformed")
    if command.issued_at is not None and command.issued_at < now - TOO_OLD:
        raise Conflict("too_old", "This was sent too long ago; look at the case again.")
    if command.issued_at is not None and command.issued_at > now + AHEAD_MAX:
        raise Conflict("not_yet", "This says it was sent later than now; set the clock right.")
    return verb


def _done(
    verb: Verb[Any], escalation: Escalation, command: Command, viewer: Viewer, now: datetime
) -> Escalation:
    assert verb.act is not None, "What answers the agent is decided in one statement."
    said = read(command.arguments, verb.arguments)
    return verb.act(escalation, said, by=viewer, version=command.version, now=now)


def _repeated(command: Command, kept: JSON) -> JSON:
    """The first answer once more. An id belongs to one command of one person on one case: any other
    use of it is refused, where an acknowledgement would be of something else."""
    # What was kept by an earlier version does not say which command it answers,
    first = (kept.pop("command", command.name), kept["escalation"])
    if first != (command.name, command.escalation):
        raise _used()
    # nor of what, but only by which words.
    said, content = kept.pop("said", command.said), kept.pop("content", None)
    if (said != command.said) if content is None else (content != _content(command)):
        raise Conflict(
            "id_used",
            "What was sent first counted as it stood then; what was changed since did not.",
        )
    return kept


def _content(command: Command) -> str:
    """What tells it from another under the same id: the version and digest that were seen, and what
    was said. Not when and how it was pressed, which is another each time that a hand presses."""
    arguments = command.arguments.items()
    said = command.said or {key: one for key, one in arguments if key not in deciding.ENVELOPE}
    seen = {"version": command.version, "digest": command.digest or "", "said": said}
    return canonical.sha256(json.dumps(seen, sort_keys=True, default=str).encode())


def _used() -> Conflict:
    return Conflict("id_used", "This command id was used before, for something else.")


def _kept(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> CommandAnswer:
    return CommandAnswer(
        person_id=viewer.user_id,
        command_id=command.id,
        answer={"command": command.name, "content": _content(command), **_answer(escalation)},
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
