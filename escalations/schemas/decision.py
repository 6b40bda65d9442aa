"""The handoff decision, version 1: what comes back to the agent. It branches on `proceed` alone."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from escalations.schemas.fields import (
    ClosedPart,
    DateTime,
    Hash,
    Maybe,
    Name255,
    Object,
    Ordinal,
    Part,
    Upto64,
    Upto255,
    Upto500,
    Upto2000,
    Upto20000,
    Upto50000,
    Word,
)

Outcome = Literal[
    "approved",
    "edited",
    "rejected",
    "responded",
    "mixed",
    "taken_over",
    "returned",
    "reversed",
    "cancelled",
    "expired",
]
_NEEDS: list[Object] = [
    {
        "if": {"properties": {"type": {"enum": ["approve", "edit"]}}},
        "then": {"required": ["call"]},
    },
    {"if": {"properties": {"type": {"const": "edit"}}}, "then": {"required": ["edited"]}},
    {
        "if": {"properties": {"type": {"const": "respond"}}},
        "then": {"anyOf": [{"required": ["message"]}, {"required": ["value"]}]},
    },
]


class Call(Part):
    name: str
    args: Object


class EditedCall(ClosedPart):
    name: Word
    args: Object


class ActionDecision(Part, json_schema_extra={"allOf": _NEEDS}):
    action_id: Name255
    type: Literal["approve", "edit", "reject", "respond"]
    call: Maybe[Call] = Field(
        None,
        description="on approve and edit: the exact call that is cleared; an agent must run no "
        "other",
    )
    edited: Maybe[EditedCall] = None
    value: Any = Field(
        None, description="the answer to a question: matches its response_schema, else a text"
    )
    message: Maybe[Upto20000] = Field(None, description="the answer in words, for people")

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> Self:
        given = self.model_fields_set
        for kinds, needed in (
            (("approve", "edit"), ("call",)),
            (("edit",), ("edited",)),
            (("respond",), ("message", "value")),
        ):
            if self.type in kinds and not given.intersection(needed):
                raise PydanticCustomError(
                    "needed",
                    "must have {needed} to be of type {type}",
                    {"needed": " or ".join(needed), "type": self.type},
                )
        return self


class Response(Part):
    text: Upto50000
    edited: Maybe[bool] = None
    sent_by: Maybe[Literal["agent", "operator"]] = None


class TakeOver(Part):
    mode: Literal["full", "temporary"]
    by: Name255
    since: Maybe[DateTime] = Field(None, description="when the person took the conversation over")
    until: Maybe[DateTime] = None
    resume_at: Maybe[Upto500] = Field(None, description="the step at which the agent goes on")
    first_line: Maybe[Upto50000] = Field(
        None, description="what the agent says first, once it has the conversation again"
    )
    promises: Maybe[Annotated[list[Upto2000], Field(max_length=50)]] = Field(
        None, description="what the person has promised the customer"
    )
    transcript: Maybe[list[Object]] = Field(
        None, description="the last messages of the human stretch, as under `…/messages`"
    )


class CallMade(Part):
    outcome: Upto64 = Field(
        description="reached, no_answer, voicemail, engaged, wrong_number or refused"
    )
    at: DateTime
    by: Name255
    notes: Maybe[Upto20000] = None
    promises: Maybe[Annotated[list[Upto2000], Field(max_length=50)]] = Field(
        None, description="what the person has promised the customer"
    )
    next_at: Maybe[DateTime] = None


class Reviewer(Part):
    id: Name255
    name: Maybe[Upto255] = None
    role: Maybe[Upto64] = None


class Approval(Part):
    reviewer_id: Name255
    at: DateTime
    type: Literal["approve", "reject"]


class PolicyPart(Part):
    automatic: Maybe[bool] = None
    rule: Maybe[Upto255] = None


class Audit(Part):
    entry: Maybe[Name255] = None
    hash: Maybe[Hash] = None


class Decision(Part):
    """What comes back to the agent. Branch on `proceed` alone."""

    schema_: Literal["handoff.decision/1"] = Field(alias="schema")
    id: Name255
    escalation_id: Name255
    sequence: Ordinal = Field(
        description="1, 2, 3, … in the order in which the documents of a case were made: the "
        "highest counts; one that was undone in time keeps its number and is never sent"
    )
    final: bool = Field(
        description="false: another one follows and the agent must wait, as while a person has "
        "taken over"
    )
    proceed: bool = Field(
        description="the one thing an agent may branch on: true only if it may act now, on what "
        "`actions` and `response` say"
    )
    outcome: Outcome
    actions: Annotated[list[ActionDecision], Field(max_length=100)]
    option_id: str | None = None
    response: Response | None = None
    instructions: Maybe[Upto20000] = None
    handed_to: Maybe[Upto255] = Field(
        None,
        description="the agent that has the case from now on, where a person let you hand it over",
    )
    reason_code: Maybe[Upto64] = None
    take_over: TakeOver | None = None
    calls: Maybe[list[CallMade]] = Field(
        None, description="calls that people made to the customer, the oldest first"
    )
    resume_token: str | None = None
    reviewer: Maybe[Reviewer] = None
    approvals: Maybe[list[Approval]] = None
    decided_at: DateTime
    review_seconds: Maybe[Annotated[float, Field(ge=0)]] = None
    policy: Maybe[PolicyPart] = None
    audit: Maybe[Audit] = None
    reverses: str | None = Field(
        None,
        description="id of the decision that this one takes back; compensation then lists what to "
        "undo",
    )
    compensation: Maybe[list[Object]] = None
    effective_at: Maybe[DateTime] = Field(
        None, description="not visible to the agent before this moment (undo window)"
    )
    digest: Hash = Field(
        description="SHA-256 of the canonical JSON (RFC 8785) of the package version that was "
        "decided on"
    )
    package_version: Maybe[Ordinal] = None
    idempotency_key: str | None = Field(
        None, description="the key that the agent created the escalation with, echoed"
    )
