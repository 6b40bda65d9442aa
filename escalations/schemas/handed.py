"""What another agent gets of a case that a person let an agent hand to it."""

from typing import Any

from pydantic import Field

from escalations.schemas.answers import WARNINGS, Answer, Warned
from escalations.schemas.fields import DateTime, Maybe, Object


class HandedItem(Answer):
    """One case in short; the webhook `escalation.handed` says the same."""

    id: str = Field(description="of the decision by which you have it")
    escalation_id: str
    sequence: int
    from_agent: str
    to_agent: str
    withdrawn: bool = Field(description="true: the person took it back, so do not act on it")
    task_type: str
    summary: str
    reason: str | None = Field(description="why the other agent stopped")
    correlation_id: str | None
    instructions: str | None = Field(description="what the person wrote to both agents")
    decided_at: DateTime
    package_version: int
    digest: str


class Handed(Answer):
    """What you have not taken yet, the oldest first."""

    items: list[HandedItem]
    effective_at: DateTime | None = Field(
        None, description="without items: when the next one comes in effect"
    )


class HandedWhole(HandedItem):
    """The same with all that the other agent knew."""

    taken_at: DateTime | None
    package: Object | None = Field(None, description="as the other agent sent it, in full form")
    additions: list[Object] | None = Field(None, description="what it added later, oldest first")
    actions: list[Object] | None = Field(
        None, description="what the person answered to its actions; the other agent carries it out"
    )
    response: Any = Field(None, description="the reply to the customer that the other agent sends")


class Taken(Answer):
    """Since when you have it."""

    id: str
    taken_at: DateTime
    warnings: Maybe[list[Warned]] = Field(None, description=WARNINGS)
