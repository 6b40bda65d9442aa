"""What an agent passes on while people have the conversation."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from escalations.refusals import Fault
from escalations.schemas.fields import ClosedPart, DateTime, Maybe, Name255, Upto255

BY_ARRIVAL = "It is not kept: a message stands where it came, with the time at which it came."
NOT_FAILED = "Nobody reads it: only of a message that failed it is shown."
Fared = Literal["delivered", "read", "failed"]


class SentMessage(ClosedPart):
    """A message of the customer. With an `id` it is taken once, however often it is sent."""

    id: Maybe[Name255] = None
    role: Literal["customer", "agent"] = Field(
        "customer", description="what the agent itself would say is refused while a person speaks"
    )
    author: Maybe[Upto255] = Field(None, description="the customer's name, where it is known")
    text: Annotated[str, StringConstraints(min_length=1, max_length=50_000)]
    at: Maybe[DateTime] = Field(
        None, description="not read: a message has the time at which it came, and its place by it"
    )

    def without_effect(self) -> list[Fault]:
        """What of it counts for nothing."""
        return [Fault("/at", BY_ARRIVAL)] if self.at else []


class SentReceipt(ClosedPart):
    """What became of a message to the customer. `delivered` and `read` hold for those before it
    too."""

    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    state: Fared
    reason: Maybe[Upto255] = Field(None, description="why it failed; the person reads it")

    def without_effect(self) -> list[Fault]:
        """What of it counts for nothing."""
        is_read = self.state == "failed" or not self.reason
        return [] if is_read else [Fault("/reason", NOT_FAILED)]


class SentTyping(ClosedPart):
    """The customer types at this moment."""

    role: Literal["customer"] = "customer"
