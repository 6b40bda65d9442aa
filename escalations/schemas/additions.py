"""What an agent may append to an open case: messages, logs and steps."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from escalations.asked import expected
from escalations.package import unheeded
from escalations.refusals import Fault
from escalations.schemas import shapes
from escalations.schemas.context import LogLine, Message, Step
from escalations.schemas.fields import ClosedPart, Maybe, Object


class Addition(ClosedPart, json_schema_extra={"minProperties": 1}):
    """At least one message, log line or step, each as in the package, or an answer."""

    messages: Maybe[Annotated[list[Message], Field(max_length=2000)]] = None
    logs: Maybe[Annotated[list[LogLine], Field(max_length=2000)]] = None
    steps: Maybe[Annotated[list[Step], Field(max_length=500)]] = Field(
        None, description="what the process has completed meanwhile"
    )

    answer: Any = Field(
        None, description="to the question of a person, of the kind that it `expects`"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        said = "answer" in self.model_fields_set
        if not (self.messages or self.logs or self.steps or said):
            text = "must have at least one message, log line or step, or an answer"
            raise PydanticCustomError("empty", text)
        return self


SHAPE = shapes.of(Addition)


def warnings(said: Object) -> list[Fault]:
    """What of an addition has no effect."""
    return unheeded.unknown_fields(said, SHAPE)


_PLACES = {
    "messages": ("conversation", "messages"),
    "logs": ("environment", "logs"),
    "steps": ("process", "completed"),
}


def merged(document: Object, contexts: list[Object]) -> Object:
    """The package with everything appended since, in order; the document itself is not changed."""
    context = dict(document.get("context") or {})
    for addition in contexts:
        for name, (dimension, key) in _PLACES.items():
            added: list[Any] = addition.get(name) or []
            if added:
                before = context.get(dimension) or {}
                context[dimension] = {**before, key: [*before.get(key, []), *added]}
        if "answer" in addition:
            # Read, and judged, like what else the agent says.
            before = context.get("conversation") or {}
            said = {"role": "agent", "text": expected.written(addition["answer"])}
            told = [*before.get("messages", []), said]
            context["conversation"] = {**before, "messages": told}
    return {**document, "context": context} if contexts else document
