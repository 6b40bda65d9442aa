"""A command as it was sent, and its arguments as they were meant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from escalations.refusals import Invalid
from escalations.schemas import faults

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Command:
    """One act, as it was sent. `arguments` are those of the decision schema; `said` tells its words
    from others under the same id, as they were typed: what they mean hangs on how the case stands.
    """

    name: str
    id: str
    escalation: str
    version: int
    arguments: Mapping[str, Any] = field(default_factory=dict)
    issued_at: datetime | None = None
    digest: str | None = None
    said: str = ""


def read(arguments: Mapping[str, Any], model: type[Model]) -> Model:
    """The arguments in that shape. Raises Invalid with a pointer to every fault."""
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        raise Invalid("The command is not valid.", errors=faults.named(error)) from None
