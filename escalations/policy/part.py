"""What every part of the policy document is, and the plain values that stand in several."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LEVELS = (1, 2, 3, 4)

Text = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f]+$")]
Priority = Literal["low", "normal", "high", "urgent"]
Minutes = Annotated[int, Field(ge=0, le=10_080)]


class Part(BaseModel):
    """A part of the document: typed strictly, and without keys that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)
