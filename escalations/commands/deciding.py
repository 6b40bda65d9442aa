"""The commands that answer the agent."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from escalations import lifecycle
from escalations.access import Viewer
from escalations.commands.command import Command, read
from escalations.lifecycle.answers import Choice
from escalations.lifecycle.dockets import Docket
from escalations.models import Escalation
from escalations.policy import versions
from escalations.schemas.arguments import Arguments

JSON = dict[str, Any]

NAMES = frozenset({"approve", "edit", "reject", "respond", "choose"})


def decide(
    docket: Docket,
    command: Command,
    viewer: Viewer,
    now: datetime,
    *,
    beside: Callable[[Escalation], Sequence[models.Model]],
) -> Escalation:
    """Answer the agent; the rows of `beside` go into the statement of the decision."""
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
        beside=beside,
    )


def choice(name: str, arguments: Mapping[str, Any]) -> Choice:
    """The arguments of a deciding command. Raises Invalid with a pointer to every fault."""
    given = read(arguments, Arguments)
    return Choice(
        command=name,
        actions=given.actions,
        reply=given.response.text if given.response else None,
        option_id=given.option_id,
        reason_code=given.reason_code,
        instructions=given.instructions,
    )


def _reasons(escalation: Escalation) -> list[str]:
    task_type = versions.current().document.for_task_type(escalation.task_type)
    return [reason.code for reason in task_type.reasons_to_reject()]


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
