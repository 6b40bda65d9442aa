"""What triage answers, and the notes it takes on the way there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from escalations.text import formatting

HARD = "hard/"  # Begins the names of hard rules among the reasons.
DISPOSITIONS = {2: "review", 3: "take_over", 4: "alert"}
PRIORITIES = ("low", "normal", "high", "urgent")
Plain = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the level is at least `level`: the rule, a sentence, what was seen and the limit.

    `approvals` and `skills` are what this rule asks for besides.
    """

    rule: str
    sentence: str
    observed: Plain = None
    threshold: Plain = None
    level: int = 1
    approvals: int = field(default=1, compare=False)
    skills: Mapping[str, int] = field(default_factory=dict, compare=False)

    def as_json(self) -> dict[str, Plain]:
        return {
            "rule": self.rule,
            "sentence": self.sentence,
            "observed": self.observed,
            "threshold": self.threshold,
            "level": self.level,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much human a package needs, and how. Strongest reason first."""

    task_type: str
    task_type_known: bool
    level: int
    disposition: str
    priority: str
    skills: dict[str, int]
    approvals: int
    blind: bool
    respond_by: datetime
    expires_at: datetime | None
    on_timeout: str
    undo_s: int
    method: str
    reasons: list[Reason]
    flagged: bool
    trigger: str
    trigger_stated: bool
    units: int
    strict: bool
    callback_at: datetime | None
    alert_at: datetime | None

    @property
    def automatic(self) -> bool:
        """Whether the policy clears the work without a person (level 1)."""
        return self.level == 1


@dataclass(slots=True)
class Notes:
    """What has been found so far. Nothing here ever goes down."""

    level: int
    approvals: int
    skills: dict[str, int]
    priority: int = 1
    reasons: list[Reason] = field(default_factory=list)

    def add(
        self,
        level: int,
        rule: str,
        sentence: str,
        observed: Any = None,
        threshold: Any = None,
        *,
        approvals: int | None = None,
        skills: Mapping[str, int] | None = None,
    ) -> None:
        """A reason for at least this level, so many people and these skills."""
        skills = skills or {}
        self.level = max(self.level, level)
        self.people(approvals)
        self.require(skills)
        seen, limit = _plain(observed), _plain(threshold)
        self.reasons.append(Reason(rule, sentence, seen, limit, level, approvals or 1, skills))

    def hasten(self, priority: str | None) -> None:
        if priority in PRIORITIES:
            self.priority = max(self.priority, PRIORITIES.index(priority))

    def require(self, skills: Mapping[str, int]) -> None:
        for skill, proficiency in skills.items():
            self.skills[skill] = max(proficiency, self.skills.get(skill, 0))

    def people(self, number: int | None) -> None:
        self.approvals = max(self.approvals, number or 1)


def _plain(value: Any) -> Plain:
    """A value that an event may hold: events have no fractions but decimal strings."""
    if value is None or isinstance(value, bool | int):
        return value
    elif isinstance(value, float | Decimal):
        return formatting.number(value)
    else:
        return formatting.cut(value)
