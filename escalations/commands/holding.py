"""Claim, keep and release a case; take a decision back."""

from datetime import datetime

from escalations import lifecycle
from escalations.access import Viewer
from escalations.commands.command import Act, Command
from escalations.models import Escalation


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


ACTS: dict[str, Act] = {
    "claim": _claim,
    "release": _release,
    "heartbeat": _heartbeat,
    "undo": _undo,
}
