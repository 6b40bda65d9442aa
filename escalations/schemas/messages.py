"""What an agent passes on while people have the conversation."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from escalations.schemas.fields import ClosedPart, DateTime, Maybe, Name255, Upto255

Fared = Literal["delivered", "read", "failed"]


class SentMessage(ClosedPart):
    """A message of the customer. With an `id` it is taken once, however often it is sent."""

    id: Maybe[Name255] = None
    role: Literal["customer", "agent"] = Field(
        "customer", description="what the agent itself would say is refused while a person speaks"
    )
    author: Maybe[Upto255] = Field(None, description="the customer's name, where it is known")
    text: Annotated[str, StringConstraints(min_length=1, max_length=50_000)]
    at: Maybe[DateTime] = Field(None, description="when the customer wrote it")


class SentReceipt(ClosedPart):
    """What became of a message to the customer. `delivered` and `read` hold for those before it
    too."""

    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    state: Fared
    reason: Maybe[Upto255] = Field(None, description="why it failed; the person reads it")


class SentTyping(ClosedPart):
    """The customer types at this moment."""

    role: Literal["customer"] = "customer"
