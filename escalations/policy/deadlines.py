"""The part of the policy that says when: opening hours, and who is told as an answer is due."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from escalations.policy import hours
from escalations.policy.part import Minutes, Part

HOUR = r"([01]\d|2[0-3]):[0-5]\d"
HoursName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s\x00-\x1f/~][^\x00-\x1f/~]*$"),
]
Span = Annotated[str, StringConstraints(pattern=rf"^{HOUR}-({HOUR}|24:00)$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Audience = Literal["holder", "eligible", "supervisors_on_shift", "supervisors"]
StepName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,15}$")]


class OpeningHours(Part):
    """When a service is open. A span may cross midnight; a holiday is closed the whole day."""

    time_zone: str
    week: dict[Weekday, Annotated[list[Span], Field(max_length=12)]]
    holidays: Annotated[list[str], Field(max_length=1_000)] = Field(default_factory=list)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in hours.zones():
            raise PydanticCustomError(
                "time_zone", "This is not a time zone. Use a name such as Europe/Paris."
            )
        return name

    @field_validator("week")
    @classmethod
    def _open_and_once(cls, week: dict[Weekday, list[str]]) -> dict[Weekday, list[str]]:
        if not any(week.values()):
            raise PydanticCustomError("week", "State at least one time of the week.")
        if any(span[:5] == span[6:] for spans in week.values() for span in spans):
            raise PydanticCustomError("week", "A time must not end when it begins.")
        twice = hours.overlap(week)
        if twice:
            day = hours.NAMES[twice]
            raise PydanticCustomError("week", "Two times overlap on {day}.", {"day": day})
        return week

    @field_validator("holidays")
    @classmethod
    def _dates(cls, holidays: list[str]) -> list[str]:
        for day in holidays:
            if not _is_date(day):
                raise PydanticCustomError(
                    "date", "“{day}” is not a date. Write 2026-12-25.", {"day": day[:32]}
                )
        return holidays


class LadderStep(Part):
    """Who is told how many minutes after the answer was due; `share` is for before."""

    name: StepName
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    after_min: Minutes | None = None
    tell: Audience = "supervisors_on_shift"
    widen: bool = False
    repeat_min: Annotated[int, Field(ge=1, le=1_440)] | None = None

    @model_validator(mode="after")
    def _at_one_time(self) -> "LadderStep":
        if (self.share is None) == (self.after_min is None):
            raise PydanticCustomError("time", "State either share or after_min.")
        return self


def in_order(steps: list[LadderStep]) -> list[LadderStep]:
    """The same steps. Raises where they do not follow each other in time, or share a name."""
    if len({step.name for step in steps}) < len(steps):
        raise PydanticCustomError("twice", "Two steps have the same name.")
    if any(step.repeat_min for step in steps[:-1]):
        raise PydanticCustomError("repeat", "Only the last step may repeat.")
    times = [_place(step) for step in steps]
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise PydanticCustomError("order", "Each step must come later than the one before.")
    return steps


def without_share(steps: list[LadderStep]) -> list[LadderStep]:
    """The same steps. Raises where one is counted back from the answer-by time."""
    if any(step.share is not None for step in steps):
        raise PydanticCustomError("time", "Here minutes count from arrival: use after_min.")
    return steps


def steps(*given: dict[str, Any]) -> list[LadderStep]:
    """Steps as they stand here in code."""
    return [LadderStep.model_validate(one) for one in given]


# Before and after the answer is due at levels 2 and 3.
LADDER = steps(
    {"name": "warn", "share": 0.8, "tell": "holder"},
    {"name": "breach", "after_min": 0, "widen": True},
    {"name": "again", "after_min": 5},
    {"name": "all", "after_min": 10, "tell": "supervisors", "repeat_min": 15},
)
# From arrival on at level 4, until there is progress.
ALARM = steps(
    {"name": "alert", "after_min": 0, "tell": "eligible"},
    {"name": "again", "after_min": 2, "tell": "eligible"},
    {"name": "all", "after_min": 4, "tell": "supervisors", "widen": True, "repeat_min": 2},
)


def _place(step: LadderStep) -> tuple[int, float]:
    return (0, step.share) if step.share is not None else (1, float(step.after_min or 0))


def _is_date(text: str) -> bool:
    try:
        # Written back, because Python reads 20261225 and weeks as dates too.
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
