"""The policy as a document, `handoff.policy/1`: what may stand in it, and what it means.

Nothing here touches the database; `versions.py` keeps the versions.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from escalations.package import observations
from escalations.policy import deadlines, hours, operators
from escalations.policy.amount_source import AmountSource
from escalations.policy.assignment import Routing
from escalations.policy.deadlines import HoursName, LadderStep, OpeningHours
from escalations.policy.hours import Hours
from escalations.policy.methods import CustomerWait
from escalations.policy.part import LEVELS, Part, Priority, Text
from escalations.policy.replies import CannedReply, Words
from escalations.text import formatting

SCHEMA = "handoff.policy/1"
OTHER = "other"
TASK_TYPE = r"^[a-z0-9][a-z0-9_./-]{0,63}$"

Made = TypeVar("Made")
Digit = Literal["1", "2", "3", "4"]
RESPOND_S: dict[Digit, int] = {"1": 86_400, "2": 3_600, "3": 900, "4": 300}
Level = Annotated[int, Field(ge=1, le=4)]
Raised = Annotated[int, Field(ge=2, le=4)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Name = Annotated[str, StringConstraints(pattern=TASK_TYPE)]
Skill = Annotated[str, StringConstraints(pattern=r"^[^\s,:+][^\x00-\x1f,:+]{0,63}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Money = Annotated[str, StringConstraints(pattern=r"^\d{1,18}(\.\d{1,6})?$")]
# What an agent may give as its reason to stop; after the last it stops for nothing.
Trigger = Literal[
    "low_confidence", "high_risk_action", "policy", "compliance", "regulatory", "emergency",
    "customer_request", "sentiment", "repeated_failure", "timeout", "tool_error",
    "missing_information", "out_of_scope", "agent_handoff", "verification", "exception",
    "predicted", "other",
]  # fmt: skip
DESPITE_NOTHING = "scheduled"
# The roles that may be shown what an agent asked to mask.
Revealer = Literal["reviewer", "supervisor", "admin", "auditor"]
REVEAL_TO: tuple[Revealer, ...] = ("supervisor", "admin")
OnTimeout = Literal["reject", "escalate", "return_to_agent", "keep_waiting"]
Seconds = Annotated[int, Field(ge=1, le=31_536_000)]
Approvals = Annotated[int, Field(ge=1, le=10)]
# By the risk that the agent states: how many cases one press may answer.
BatchRisk = Literal["low", "medium", "high", "critical", "unstated"]
BATCH_MAX: dict[BatchRisk, int] = {
    "low": 50, "medium": 20, "high": 0, "critical": 0, "unstated": 20,
}  # fmt: skip
Together = Annotated[int, Field(ge=0, le=50)]


def _skills(value: Any) -> Any:
    """A plain list of skills asks for each at proficiency 1."""
    if not isinstance(value, list):
        return value
    if not all(isinstance(skill, str) for skill in value) or len(set(value)) < len(value):
        raise PydanticCustomError("skills", "Use different names of skills.")
    return dict.fromkeys(value, 1)


def _code_and_label(value: Any) -> Any:
    """A plain string is a label, and its code is made of it."""
    if isinstance(value, str):
        code = re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")[:64]
        return {"code": code or OTHER, "label": value}
    else:
        return value


def _per_level(value: Any) -> Any:
    """One number of seconds stands for every level."""
    if isinstance(value, int) and not isinstance(value, bool):
        return dict.fromkeys(map(str, LEVELS), value)
    else:
        return value


Skills = Annotated[
    dict[Skill, Annotated[int, Field(ge=1, le=5)]], BeforeValidator(_skills), Field(max_length=32)
]
PerLevel = Annotated[dict[Digit, Seconds], BeforeValidator(_per_level)]
Ladder = Annotated[list[LadderStep], Field(max_length=20), AfterValidator(deadlines.in_order)]
Alarm = Annotated[Ladder, AfterValidator(deadlines.without_share)]


class RejectReason(Part):
    """One reason that a reviewer may give for a rejection by one key; `text` is what the agent is
    told with it, where the reviewer writes nothing of their own."""

    code: Code
    label: Text
    text: Words | None = None


class Limit(Part):
    """A number that must not be passed, and the level of a case that passes it."""

    value: Annotated[float, Field(allow_inf_nan=False, ge=-1_000_000, le=1_000_000)]
    level: Raised = 3


class AmountLimits(Part):
    """What money in one currency may move at which level."""

    alone_up_to: Money | None = None
    approve_up_to: Money | None = None
    take_over_up_to: Money | None = None
    two_people_from: Money | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "AmountLimits":
        stated = [self.alone_up_to, self.approve_up_to, self.take_over_up_to]
        amounts = [Decimal(amount) for amount in stated if amount is not None]
        if amounts != sorted(amounts):
            raise PydanticCustomError(
                "order", "alone_up_to, approve_up_to and take_over_up_to must not fall."
            )
        return self


class Rule(Part):
    """When a field of the package meets a test, the case needs more human. Never less."""

    field: Text
    operator: str
    value: Any = None
    level: Raised | None = None
    reason: Text
    priority: Priority | None = None
    skills: Skills = Field(default_factory=dict)
    approvals: Approvals | None = None

    @field_validator("field")
    @classmethod
    def _known_field(cls, field: str) -> str:
        fault = observations.fault(field)
        if fault:
            raise PydanticCustomError("field", "{fault}", {"fault": fault})
        return field

    @field_validator("operator")
    @classmethod
    def _known_operator(cls, operator: str) -> str:
        if operator not in operators.PHRASES:
            known = ", ".join(operators.PHRASES)
            raise PydanticCustomError("operator", "Not an operator. Use one of {k}.", {"k": known})
        return operator

    @field_validator("value")
    @classmethod
    def _plain_value(cls, value: Any) -> Any:
        values = value if isinstance(value, list) else [value]
        plain = all(one is None or isinstance(one, str | bool | int | float) for one in values)
        if not plain or len(values) > 200 or any(len(str(one)) > 255 for one in values):
            raise PydanticCustomError(
                "value", "Use a text of at most 255 characters, a number, true, false, or a list."
            )
        return value

    @model_validator(mode="after")
    def _works(self) -> "Rule":
        fault = operators.fault(self.operator, self.value)
        if fault:
            raise PydanticCustomError("value", "{fault}", {"fault": fault})
        if self.field == "text" and self.operator != "mentions":
            raise PydanticCustomError("value", "“text” goes with the operator “mentions” only.")
        if not (self.level or self.priority or self.skills or self.approvals):
            raise PydanticCustomError(
                "effect", "A rule must change something: level, priority, skills or approvals."
            )
        return self


class TaskType(Part):
    """What the policy says of one kind of work; what is left out comes from `defaults`."""

    title: Text | None = None
    level: Level = 2
    act_at: Share = 0.85
    review_below: Share = 0.7
    flag_share: Share = 1.0
    act_despite: Annotated[list[Trigger], Field(max_length=30)] = Field(default_factory=list)
    undo_s: Annotated[int, Field(ge=0, le=86_400)] = 10
    respond_s: PerLevel = Field(default_factory=lambda: dict(RESPOND_S))
    expires_s: Seconds | None = None
    extend_s: Annotated[int, Field(ge=0, le=2_592_000)] | None = None
    on_timeout: OnTimeout = "escalate"
    approvals: Approvals = 1
    blind: bool = False
    approvals_from: Literal["people", "teams", "roles"] = "people"
    disagreement: Literal["one_rejects", "third_decides"] = "one_rejects"
    batch_max: dict[BatchRisk, Together] = Field(default_factory=lambda: dict(BATCH_MAX))
    skills: Skills = Field(default_factory=dict)
    strict: bool = False
    reveal_to: Annotated[list[Revealer], Field(max_length=4)] = Field(
        default_factory=lambda: list(REVEAL_TO)
    )
    units: Annotated[int, Field(ge=1, le=10)] = 1
    hours: HoursName | None = None
    ladder: Ladder = Field(default_factory=lambda: list(deadlines.LADDER))
    alarm: Alarm = Field(default_factory=lambda: list(deadlines.ALARM))
    customer_wait: CustomerWait = Field(default_factory=CustomerWait)
    reject_reasons: Annotated[
        list[Annotated[RejectReason, BeforeValidator(_code_and_label)]], Field(max_length=20)
    ] = Field(
        default_factory=lambda: [
            RejectReason(code="not_justified", label="The request is not justified"),
            RejectReason(code="wrong_details", label="A detail is wrong"),
            RejectReason(code="missing_information", label="Something is missing"),
        ]
    )
    replies: Annotated[list[CannedReply], Field(max_length=20)] = Field(default_factory=list)
    amounts: dict[Currency, AmountLimits] = Field(default_factory=dict)
    amount_from: Annotated[dict[Text, AmountSource], Field(max_length=200)] = Field(
        default_factory=dict
    )
    sentiment_below: Limit | None = None
    failures_at_least: Limit | None = None
    turns_above: Limit | None = None
    minutes_above: Limit | None = None
    tiers: dict[Text, Raised] = Field(default_factory=dict)
    rules: Annotated[list[Rule], Field(max_length=100)] = Field(default_factory=list)

    @field_validator("reject_reasons")
    @classmethod
    def _codes_once(cls, reasons: list[RejectReason]) -> list[RejectReason]:
        if len({reason.code for reason in reasons}) < len(reasons):
            raise PydanticCustomError("twice", "Two reasons have the same code.")
        return reasons

    @field_validator("replies")
    @classmethod
    def _titles_once(cls, kept: list[CannedReply]) -> list[CannedReply]:
        if len({one.title for one in kept}) < len(kept):
            raise PydanticCustomError("twice", "Two replies have the same title.")
        return kept

    def reasons_to_reject(self) -> list[RejectReason]:
        """The preset reasons; `other` is always among them."""
        if any(reason.code == OTHER for reason in self.reject_reasons):
            return list(self.reject_reasons)
        else:
            return [*self.reject_reasons, RejectReason(code=OTHER, label="Another reason")]

    def respond_within(self, level: int) -> int:
        """Seconds within which a case of this level wants its answer."""
        return self.respond_s.get(_digit(level), 3_600)

    def together_up_to(self, risk: str) -> int:
        """How many cases of this risk are answered by one press at most."""
        known: BatchRisk = next((one for one in BATCH_MAX if one == risk), "unstated")
        return self.batch_max.get(known, BATCH_MAX[known])

    def over(self, fallback: "TaskType") -> "TaskType":
        """This task type with everything it leaves open taken from the fallback, rules added."""
        own = {name: getattr(self, name) for name in self.model_fields_set}
        own["rules"] = [*fallback.rules, *self.rules]
        own["respond_s"] = fallback.respond_s | (own.get("respond_s") or {})
        own["batch_max"] = fallback.batch_max | (own.get("batch_max") or {})
        return fallback.model_copy(update=own)


class PolicyDocument(Part):
    """The whole policy. `defaults` is also the task type of work the policy does not know."""

    schema_: Literal["handoff.policy/1"] = Field(default="handoff.policy/1", alias="schema")
    defaults: TaskType = Field(default_factory=TaskType)
    task_types: Annotated[dict[Name, TaskType], Field(max_length=1_000)] = Field(
        default_factory=dict
    )
    hours: Annotated[dict[HoursName, OpeningHours], Field(max_length=100)] = Field(
        default_factory=dict
    )
    routing: Routing = Field(default_factory=Routing)

    _made: dict[str, Any] = PrivateAttr(default_factory=dict)

    def for_task_type(self, name: str) -> TaskType:
        """What holds for this kind of work: its own words over the defaults, with a title."""
        own = self.task_types.get(name)
        every_level = TaskType().respond_s | self.defaults.respond_s
        fallback = self.defaults.model_copy(update={"title": None, "respond_s": every_level})
        merged = fallback if own is None else own.over(fallback)
        return merged.model_copy(update={"title": merged.title or formatting.title(name)})

    def hours_of(self, task_type: TaskType) -> Hours | None:
        """The opening hours that a task type keeps; None where it is always open."""
        stated = self.hours.get(task_type.hours) if task_type.hours else None
        if stated is None or task_type.hours is None:
            return None
        name, one = task_type.hours, stated
        return self.once(
            f"hours {name}", lambda: hours.of(name, one.time_zone, one.week, one.holidays)
        )

    def keeping(self, hours_name: str) -> list[str]:
        """The titles of the task types that name these opening hours themselves."""
        fallback = ["Everything else"] if self.defaults.hours == hours_name else []
        return fallback + [
            self.for_task_type(name).title or name
            for name, own in self.task_types.items()
            if own.hours == hours_name
        ]

    def knows(self, name: str) -> bool:
        """Whether the policy names this task type; the fallback stands for all others."""
        return name in self.task_types

    def once(self, key: str, make: Callable[[], Made]) -> Made:
        """What `make` gives, made only once for this document: it never changes."""
        # Without a lock: threads that come together make the same, and either will do.
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    def dump(self) -> dict[str, Any]:
        """The document as JSON, with what was stated and nothing filled in."""
        stated = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return {"schema": SCHEMA, **stated}


def _digit(level: int) -> Digit:
    digits: tuple[Digit, ...] = ("1", "2", "3", "4")
    return digits[level - 1]
