"""What an agent reports after a decision: what it did, and what the customer said."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from escalations.schemas.context import Money
from escalations.schemas.fields import ClosedPart, Maybe, Name64, Name255, StatedValue, Upto4000


class Outcome(ClosedPart):
    """What the agent did with the decision."""

    outcome: Literal["executed", "failed", "refused", "too_late"]
    detail: Maybe[Upto4000] = None
    cost: Maybe[Money] = Field(None, description="what it cost to carry the decision out")
    sequence: Maybe[Annotated[int, Field(ge=1, le=2**31 - 1)]] = Field(
        None,
        description="the `sequence` of the decision that it is about; without it, the first one "
        "of which you have not reported yet what came of it",
    )


class Feedback(ClosedPart, json_schema_extra={"minProperties": 1}):
    """A survey of the customer; at least one answer."""

    csat: Maybe[Annotated[int, Field(ge=1, le=5)]] = Field(None, description="satisfaction")
    effort: Maybe[Annotated[int, Field(ge=1, le=7)]] = Field(
        None, description="how hard it was to get this solved: 1 easy, 7 hard"
    )
    resolved: Maybe[bool] = None
    had_to_repeat: Maybe[bool] = Field(
        None, description="whether the customer had to say again what they had told the agent"
    )
    comment: Maybe[Upto4000] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("empty", "must have at least one answer")
        return self


class FactNow(ClosedPart):
    action_id: Name255
    label: Name255
    value: StatedValue

    @field_validator("value")
    @classmethod
    def _can_be_kept(cls, value: float | str | bool) -> float | str | bool:
        # A reply is read as JSON only, and PostgreSQL keeps no text with it.
        if isinstance(value, str) and "\x00" in value:
            raise PydanticCustomError("nul", "must not have the character NUL")
        return value


class FactsSaid(ClosedPart):
    """What the facts of a package are now; one that is left out is not known."""

    check: Name64 = Field(description="the `check` of the question")
    facts: Annotated[list[FactNow], Field(max_length=2_000)]
