"""The commands that answer the agent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import models

from escalations import lifecycle
from escalations.access import Viewer
from escalations.commands.command import Command, read
from escalations.commands.verb import (
    ANSWERABLE,
    DECIDERS,
    After,
    Button,
    Content,
    Key,
    Place,
    Verb,
)
from escalations.lifecycle.answers import Choice
from escalations.lifecycle.dockets import Docket
from escalations.masking import edits, seen
from escalations.models import Escalation
from escalations.policy import versions
from escalations.schemas.arguments import Arguments

JSON = dict[str, Any]


def decide(
    docket: Docket,
    command: Command,
    viewer: Viewer,
    now: datetime,
    *,
    beside: Callable[[Escalation], Sequence[models.Model]],
) -> Escalation:
    """Answer the agent; the rows of `beside` go into the statement of the decision."""
    chosen = choice(command.name, command.arguments)
    return lifecycle.decide(
        docket.escalation,
        _unmasked(docket, chosen, viewer, now),
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
        message=given.message,
        option_id=given.option_id,
        reason_code=given.reason_code,
        instructions=given.instructions,
    )


def _unmasked(docket: Docket, chosen: Choice, viewer: Viewer, now: datetime) -> Choice:
    """The choice with what is masked to this person as it is stored. Raises Invalid for another
    value in its place."""
    shows = seen.version(viewer, docket.escalation, docket.package, now=now)
    if not shows.hides:
        return chosen
    package = docket.package.document
    draft = (package.get("draft_response") or {}).get("text") or ""
    edits.require_no_mask(chosen.reply, draft)
    return replace(chosen, actions=edits.unmasked(package, shows.package, chosen.actions))


def _reasons(escalation: Escalation) -> list[str]:
    task_type = versions.current().document.for_task_type(escalation.task_type)
    return [reason.code for reason in task_type.reasons_to_reject()]


def _attention(arguments: Mapping[str, Any]) -> JSON:
    """How the choice was made and how long it took: recorded, never used to rank people."""
    seen: JSON = {}
    # What cannot be is left out, not refused: a decision must not fail by what is noted beside it.
    if isinstance(active_s := arguments.get("active_s"), int | float) and 0 <= active_s < 10**6:
        seen["active_s"] = int(active_s)
    if (how := arguments.get("how")) in ("key", "click", "batch"):
        seen["chosen_by"] = how
    if isinstance(opened := arguments.get("opened"), list):
        seen["opened"] = [str(part)[:40] for part in opened[:20]]
    return seen


def _can_be_edited(content: Content) -> bool:
    return bool(content.edits or content.draft)


def _may_be_rejected(content: Content) -> bool:
    return all("reject" in step.allowed for step in content.steps)


def _may_be_answered(content: Content) -> bool:
    return all("respond" in step.allowed for step in content.steps)


def _is_only_answer(content: Content) -> bool:
    return not content.approve and not content.options


def _answer(
    name: str,
    told: str,
    example: JSON,
    *,
    button: Button,
    done: str,
    key: Key | None = None,
    dialog: str = "",
    panel: str = "",
) -> Verb[Arguments]:
    return Verb(
        name=name,
        told=told,
        arguments=Arguments,
        example=example,
        roles=DECIDERS,
        states=ANSWERABLE,
        button=button,
        key=key,
        dialog=dialog,
        panel=panel,
        done=done,
        after=After.NEXT,
    )


VERBS = (
    _answer(
        "approve",
        "`actions`: a verdict for each, if they are not all alike; `instructions` to the agent",
        {},
        button=Button(
            "Approve",
            Place.ANSWER,
            template="escalations/_approve.html",
            fits=lambda content: bool(content.approve),
        ),
        key=Key("a", does="approve", help="Approve"),
        done="Approved",
    ),
    _answer(
        "choose",
        "`option_id`; `instructions`",
        {"option_id": "send"},
        button=Button(
            "Choose",
            Place.ANSWER,
            template="escalations/_choose.html",
            fits=lambda content: bool(content.options),
        ),
        done="Chosen",
    ),
    _answer(
        "edit",
        "`actions`, each with `edited`, `{name, args}`; `response`, `{text}`, for the reply; "
        "`instructions`",
        {},
        button=Button("Edit", Place.ANSWER, icon="pen", fits=_can_be_edited),
        key=Key("e", does="edit", help="Edit"),
        panel="escalations/_edit.html",
        done="Sent with your edit",
    ),
    _answer(
        "reject",
        "`reason_code` of the task type, or `other`; `instructions`",
        {"reason_code": "other"},
        button=Button("Reject", Place.ANSWER, icon="x", fits=_may_be_rejected),
        key=Key("r", does="reject", help="Reject with a preset reason", numbers=("1", "9")),
        dialog="escalations/_reject.html",
        done="Rejected",
    ),
    _answer(
        "respond",
        "`message` to the agent, instead of its call; `actions`, each question with its `value`; "
        "`response`, `{text}`, for the customer",
        {"message": "Ask for a photo."},
        button=Button(
            "Respond",
            Place.ANSWER,
            icon="chat",
            fits=_may_be_answered,
            is_main=_is_only_answer,
        ),
        panel="escalations/_respond.html",
        done="Answered",
    ),
)
