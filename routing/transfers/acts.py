"""The commands that routing brings to the table of `escalations.commands`."""

from datetime import datetime

from escalations.access import Viewer
from escalations.commands import Command
from escalations.models import Escalation
from routing.transfers import handovers


def _ask(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    return handovers.ask(escalation, by=viewer, now=now)


def _keep(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    return handovers.keep(escalation, by=viewer, now=now)


def _give(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    return handovers.give(escalation, by=viewer, now=now)


ACTS = {"ask_handover": _ask, "keep_handover": _keep, "give_handover": _give}
