"""The commands that answer the agent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import models
from pydantic import BaseModel

from console import clock
from escalations import lifecycle
from escalations.access import Viewer
from escalations.commands import drawn, preset_words
from escalations.commands.command import Command, read
from escalations.commands.drawn import DrawnForms
from escalations.commands.verb import (
    ANSWERABLE,
    After,
    Button,
    Content,
    Key,
    Place,
    Verb,
)
from escalations.dockets import Docket
from escalations.lifecycle import guards
from escalations.masking import edits
from escalations.models import Agent, Escalation
from escalations.policy import versions
from escalations.proposal.choices import Choice
from escalations.refusals import Fault, Invalid
from escalations.schemas.arguments import Approve, Choose, Edit, Redirect, Reject, Respond

JSON = dict[str, Any]
# What comes with every command and is no argument of it; `how` it was pressed, how long it was
# looked at and what was `opened` are noted beside the decision.
ENVELOPE = frozenset(
    {"type", "command", "id", "escalation", "version", "digest", "issued_at", "fields"}
    | {"how", "like", "active_s", "opened", "facts_seen"}
)


def decide(
    docket: Docket,
    command: Command,
    viewer: Viewer,
    now: datetime | None,
    *,
    beside: Callable[[Escalation], Sequence[models.Model]],
    held: Mapping[str, Any],
) -> Escalation:
    """Answer the agent; the rows of `beside` go into the statement of the decision, and `held`,
    what was seen of its facts, into its line."""
    chosen = choice(command.name, command.arguments)
    if chosen.hand_to is not None:
        to = Agent.objects.called(chosen.hand_to)
        keeps = to is not None and to.pk == docket.escalation.agent_id
        chosen = replace(chosen, hand_to="" if keeps else to.name if to else chosen.hand_to)
    forms = drawn.draw(viewer, docket.escalation, docket.package, now=now or clock.now())
    return lifecycle.decide(
        docket.escalation,
        _worded(unmasked(forms, chosen), docket.escalation, viewer, forms.proposed.package),
        by=viewer,
        version=command.version,
        reject_reasons=_reasons(docket.escalation) if command.name == "reject" else [],
        attention=_attention(command.arguments),
        facts=held,
        digest=command.digest,
        now=now,
        docket=docket,
        beside=beside,
    )


def choice(name: str, arguments: Mapping[str, Any]) -> Choice:
    """The arguments of a deciding command. Raises Invalid with a pointer to every fault, and to
    every argument that this command does not read."""
    said = {
        key: value for key, value in arguments.items() if key not in ENVELOPE and value is not None
    }
    unread = said.keys() - _ARGUMENTS[name].model_fields.keys()
    if unread:
        faults = [Fault(f"/{key}", f"To {name} has no “{key}”.") for key in sorted(unread)]
        raise Invalid(f"{faults[0].detail} Nothing was sent.", errors=faults)
    given = read(said, _ARGUMENTS[name]).model_dump(exclude_unset=True)
    return Choice(
        # What goes to another agent is approved all the same.
        command="approve" if name == "redirect" else name,
        hand_to=given.get("hand_to"),
        actions=given.get("actions"),
        reply=(given.get("response") or {}).get("text"),
        message=given.get("message"),
        option_id=given.get("option_id"),
        reason_code=given.get("reason_code"),
        instructions=given.get("instructions"),
    )


def unmasked(forms: DrawnForms, chosen: Choice) -> Choice:
    """The choice with what is masked in the forms as it is stored. Raises Invalid for another value
    in its place."""
    if not forms.proposed.hides:
        return chosen
    draft = (forms.actual.get("draft_response") or {}).get("text") or ""
    edits.require_no_mask(chosen.reply, draft)
    edits.require_no_mask(chosen.instructions, "", at="/instructions")
    edits.require_no_mask(chosen.message, "", at="/message")
    return replace(chosen, actions=edits.unmasked(forms.actual, forms.shown, chosen.actions))


def _worded(chosen: Choice, escalation: Escalation, viewer: Viewer, shown: JSON) -> Choice:
    """A rejection without words of one's own says what the policy keeps for its reason."""
    if chosen.command != "reject" or (chosen.instructions or "").strip():
        return chosen
    kept = preset_words.reasons(viewer, escalation, shown)
    told = next((one.text for one in kept if one.code == chosen.reason_code), "")
    return replace(chosen, instructions=told) if told else chosen


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
    # Of which case the change was made anew in this one.
    if isinstance(like := arguments.get("like"), str):
        seen["like"] = like[:40]
    if isinstance(opened := arguments.get("opened"), list):
        seen["opened"] = [str(part)[:40] for part in opened[:20]]
    return seen


def _can_be_edited(content: Content) -> bool:
    left = [step for step in content.steps if step.is_left_by_an_edit]
    # A reply alone is edited with a yes to all that it may speak of.
    return bool(content.edits or (content.draft and not left)) and all(s.by_itself for s in left)


def _may_be_redirected(content: Content) -> bool:
    return content.may_be_handed and all("approve" in step.allowed for step in content.steps)


def _may_be_rejected(content: Content) -> bool:
    return all("reject" in step.allowed for step in content.steps)


def _may_be_answered(content: Content) -> bool:
    return all("respond" in step.allowed for step in content.steps)


def _is_only_answer(content: Content) -> bool:
    return not content.approve and not content.options and not content.hands_to


def _answer(
    name: str,
    told: str,
    example: JSON,
    *,
    arguments: type[BaseModel],
    button: Button,
    done: str,
    key: Key | None = None,
    dialog: str = "",
    panel: str = "",
) -> Verb[Any]:
    return Verb(
        name=name,
        told=told,
        arguments=arguments,
        example=example,
        states=ANSWERABLE,
        # Then people speak with the customer, and the agent gets what they say at the end of it.
        unless=guards.is_with_people,
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
        "`actions`: a verdict for each, if they are not all alike; `response`, `{text}`, for the "
        "reply; `instructions` to the agent",
        {},
        arguments=Approve,
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
        arguments=Choose,
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
        arguments=Edit,
        button=Button("Edit", Place.ANSWER, icon="pen", fits=_can_be_edited),
        key=Key("e", does="edit", help="Edit"),
        panel="escalations/_edit.html",
        done="Sent with your edit",
    ),
    _answer(
        "redirect",
        "`hand_to`, the agent that gets the case instead of the one it was to be handed to, or its "
        "own: it keeps the case; all else is approved; `instructions`",
        {"hand_to": "atlas"},
        arguments=Redirect,
        button=Button(
            "Redirect",
            Place.ANSWER,
            icon="send",
            fits=_may_be_redirected,
            is_main=lambda content: not content.approve,
        ),
        dialog="escalations/_redirect.html",
        done="Handed to another agent",
    ),
    _answer(
        "reject",
        "`reason_code` of the task type, or `other`; `instructions`",
        {"reason_code": "other"},
        arguments=Reject,
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
        arguments=Respond,
        button=Button(
            "Respond",
            Place.ANSWER,
            icon="chat",
            fits=_may_be_answered,
            is_main=_is_only_answer,
        ),
        key=Key("m", does="respond", help="Respond"),
        panel="escalations/_respond.html",
        done="Answered",
    ),
)
_ARGUMENTS = {verb.name: verb.arguments for verb in VERBS}
