"""What matching is told and what it answers: cases, people, terms, and the plan it makes.

All times are minutes on one clock, so that nothing here knows a time zone or reads a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from escalations import eligibility
from escalations.eligibility import Id, Taker
from escalations.policy.methods import ALERT as ALERT_LEVEL

ANYONE = None  # a ring that asks for no skill at all: whoever is present


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCase(eligibility.Case):
    """A case that waits. `weight` is what a minute late costs, `widened` how many rings are open
    to it before their time, `alerted` whether it raised an alert."""

    id: Id
    arrived_min: float
    due_min: float
    weight: float = 1.0
    expires_min: float = inf
    known_to: Id | None = None
    widened: int = 0
    alerted: bool = False

    @property
    def is_alert(self) -> bool:
        """Level 4, which comes before everything else."""
        return self.level == ALERT_LEVEL

    def presses(self, now: float) -> bool:
        """It cannot wait for whoever might come: an alert, or over its time."""
        return self.is_alert or self.due_min <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker(Taker):
    """Somebody who takes work. `minutes` is how long they usually take by task type, at their own
    level; `since_min`, since when nothing new came to them; `breath_min`, how long nothing is
    offered to them after an answer."""

    minutes: Mapping[str, float] = field(default_factory=dict)
    since_min: float = 0.0
    breath_min: float = 0.0

    @property
    def load(self) -> float:
        """The part of what they can hold that is in use."""
        return 1 - self.free / self.units if self.units else 1.0


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings of the rule. Two are for a supervisor: `worry_min` and `fit`.

    `rings` are (after so many minutes, the wished proficiency is lowered by so much), in order of
    time. A lowered wish never falls below 1; `ANYONE` asks for no skill.
    """

    worry_min: float = 20.0
    fit: float = 4.0
    keep_free_min: float = 15.0
    shorter_first: float = 0.5
    rings: tuple[tuple[float, int | None], ...] = ((90.0, 5),)
    late_costs_min: float = 10.0
    expired_costs_min: float = 60.0
    below_costs_min: float = 5.0
    below_slower: float = 1.4
    below_returns: float = 0.25
    known_faster: float = 0.8
    usual_min: float = 10.0


@dataclass(frozen=True, slots=True)
class Match:
    """One case for one person, with every number that the choice was made by.

    `place` of `of`: how many of those who could take it are quicker. `costlier`: how many that
    wait and that this person could take cost more. `missing`: the wishes this person is below.
    """

    case: Id
    person: Id
    value: float
    place: int
    of: int
    runner_up: Id | None
    runner_up_value: float | None
    ring: int
    minutes: float
    left_min: float
    waited_min: float
    costlier: int
    known: bool
    named: bool
    missing: tuple[tuple[str, int], ...]
    nobody_on_shift: bool
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What this person has free waits for a case that needs more and should fit at `until_min`."""

    person: Id
    case: Id
    until_min: float
    units: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is offered what now, best first, and who is kept free for what."""

    matches: tuple[Match, ...]
    kept: tuple[Kept, ...]
