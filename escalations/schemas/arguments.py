"""The arguments of the commands, as a frame or a form brings them."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

Code = Annotated[str, Field(max_length=255)]
Note = Annotated[str, Field(max_length=2_000)]


class Closed(BaseModel):
    """Takes what it names and refuses the rest, so that nothing is left out in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Reply(Closed):
    """`response` of a command: the reply to the customer, instead of the draft."""

    text: Annotated[str, Field(max_length=50_000)]


class Edited(Closed):
    """The call that an edit sends; without a `name` it is the tool that was proposed."""

    name: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    args: dict[str, Any] | None = None


class ActionVerdict(Closed):
    """What happens to one action, as in the decision schema, without `call`, which the server fills
    in. `lifecycle.answers` says which of these each verdict reads."""

    action_id: Annotated[str, Field(max_length=255)]
    type: Literal["approve", "edit", "reject", "respond"] | None = None
    edited: Edited | None = None
    value: Any = None
    message: Annotated[str, Field(max_length=20_000)] | None = None


Verdicts = Annotated[list[ActionVerdict], Field(max_length=100)]
Instructions = Annotated[str, Field(max_length=20_000)]


class Approve(Closed):
    """All as it was proposed, or a verdict for each action; a reply instead of the draft."""

    actions: Verdicts | None = None
    response: Reply | None = None
    instructions: Instructions | None = None


class Reverse(BaseModel):
    """Why it is reversed and what the agent should do, word for word."""

    model_config = ConfigDict(extra="ignore")

    instructions: Annotated[
        str, Field(max_length=20_000), StringConstraints(strip_whitespace=True, min_length=1)
    ]


class Choose(Closed):
    """One of the options, and nothing of the actions: all of them are turned down."""

    option_id: Code | None = None
    instructions: Instructions | None = None


class Edit(Closed):
    """Other calls than were proposed, or another reply."""

    actions: Verdicts | None = None
    response: Reply | None = None
    instructions: Instructions | None = None


class Redirect(Closed):
    """Which agent gets the case, instead of the one that was named; its own: it keeps the case."""

    hand_to: Annotated[str, Field(min_length=1, max_length=255)]
    instructions: Instructions | None = None


class Reject(Closed):
    """All of it is turned down, for one reason."""

    reason_code: Annotated[str, Field(max_length=64)] | None = None
    instructions: Instructions | None = None


class Respond(Closed):
    """Words for the agent, values for its questions, a reply for the customer."""

    actions: Verdicts | None = None
    response: Reply | None = None
    message: Annotated[str, Field(max_length=20_000)] | None = None
    instructions: Instructions | None = None


class Target(BaseModel):
    """`to` of `pass_on`: a skill at a least proficiency, a person by username, or `supervisor`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    skill: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    proficiency: Annotated[int, Field(ge=1, le=5)] = 1
    person: Annotated[str, Field(min_length=1, max_length=150)] | None = None
    role: Literal["supervisor"] | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(one is not None for one in (self.skill, self.person, self.role)) != 1:
            raise PydanticCustomError("target", "must name a skill, a person or the supervisor")
        return self


def _as_role(given: Any) -> Any:
    return {"role": given} if isinstance(given, str) else given


class PassOn(BaseModel):
    """To whom the case goes, and a word for whoever has it next."""

    model_config = ConfigDict(extra="ignore", strict=True)

    to: Annotated[Target, BeforeValidator(_as_role)]
    text: Note = ""


class Snooze(BaseModel):
    """Until when: a time, with a zone of its own or in `zone`, or minutes from now."""

    model_config = ConfigDict(extra="ignore", strict=True)

    until: Annotated[str, Field(max_length=40)] | None = None
    zone: Annotated[str, Field(max_length=64)] = "UTC"
    minutes: Annotated[int, Field(ge=1, le=43_200)] | None = None
    text: Note = ""
    comes_back: bool = True
