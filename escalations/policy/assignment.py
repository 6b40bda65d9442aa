"""The part of the policy that says how work is handed out: what a minute of waiting weighs, how
long an offer stands, and who may take a case that nobody fits.
"""

from itertools import pairwise
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from escalations.policy.part import Minutes, Part

Weight = Annotated[float, Field(gt=0, le=1_000, allow_inf_nan=False)]


class Ring(Part):
    """After so many minutes the wished proficiency is lower, or anyone present may take it."""

    after_min: Minutes
    lower_by: Annotated[int, Field(ge=1, le=5)] | None = None
    anyone: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "Ring":
        if self.anyone == (self.lower_by is not None):
            raise PydanticCustomError("ring", "State either lower_by or anyone.")
        return self

    @property
    def width(self) -> int:
        """How much wider than the exact skill; 6 for anyone."""
        return 6 if self.anyone else self.lower_by or 0


class Weights(Part):
    """What a minute of waiting weighs by priority."""

    urgent: Weight = 10
    high: Weight = 4
    normal: Weight = 2
    low: Weight = 1


class Spared(Part):
    """For how many minutes whoever declined or missed a case of this level is not asked again, if
    nobody else can take it. What is over time is spared for as little as level 4."""

    level_1: Minutes = 10
    level_2: Minutes = 10
    level_3: Minutes = 5
    level_4: Minutes = 1


class Routing(Part):
    """How work is handed out. Each key may be left out; see docs/policy.md for what it does."""

    offer_s: Annotated[int, Field(ge=10, le=600)] = 30
    missed_offers_max: Annotated[int, Field(ge=1, le=10)] = 3
    worry_min: Annotated[int, Field(ge=1, le=240)] = 20
    fit: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = 4
    keep_free_min: Annotated[int, Field(ge=0, le=240)] = 15
    shorter_first: bool = True
    rings: Annotated[list[Ring], Field(max_length=10)] = Field(
        default_factory=lambda: [Ring(after_min=90, lower_by=5)]
    )
    weights: Weights = Field(default_factory=Weights)
    spare_min: Spared = Field(default_factory=Spared)

    @field_validator("rings")
    @classmethod
    def _wider_and_later(cls, rings: list[Ring]) -> list[Ring]:
        for before, after in pairwise(rings):
            if after.after_min <= before.after_min:
                raise PydanticCustomError("order", "Each ring must come later than the one before.")
            if after.width <= before.width:
                raise PydanticCustomError("order", "Each ring must be wider than the one before.")
        return rings
