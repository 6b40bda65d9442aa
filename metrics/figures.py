"""The numbers as values: rates with what they are made of, times as percentiles."""

from dataclasses import dataclass, field, fields
from math import sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that never forgets what it is a share of."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None where nothing was counted."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def lower_95(self) -> float | None:
        """The lower bound of Wilson's 95 % interval: the true share is hardly below."""
        return self.interval_95[0] if self.denominator else None

    @property
    def upper_95(self) -> float | None:
        """Its upper bound: the true share is hardly above."""
        return self.interval_95[1] if self.denominator else None

    @property
    def interval_95(self) -> tuple[float, float]:
        """Wilson's interval; everything where nothing was counted."""
        if not self.denominator:
            return 0.0, 1.0
        n, share = self.denominator, self.numerator / self.denominator
        centre = share + Z95**2 / (2 * n)
        margin = Z95 * sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
        whole = 1 + Z95**2 / n
        # What a float is wrong by must not make a share less than nothing or more than all.
        return max(0.0, (centre - margin) / whole), min(1.0, (centre + margin) / whole)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that half, nine in ten and 99 in 100 of the cases took at most."""

    p50: float | None = None
    p90: float | None = None
    p99: float | None = None


@dataclass(slots=True)
class Counts:
    """What is added up; each number counts escalations."""

    arrived: int = 0
    needed_person: int = 0
    decided: int = 0
    automatic: int = 0
    expired: int = 0
    cancelled: int = 0
    on_proposal: int = 0
    unchanged: int = 0
    cosmetic: int = 0
    material: int = 0
    rejected: int = 0
    responded: int = 0
    mixed: int = 0
    taken_over: int = 0
    raised_again: int = 0
    reversed: int = 0
    in_time: int = 0
    with_deadline: int = 0


KINDS = ("cosmetic", "material", "rejected", "responded", "mixed", "taken_over")


@dataclass(slots=True)
class Figures(Counts):
    """All numbers of one task type, one day or everything."""

    accept: Times = field(default_factory=Times)
    decide: Times = field(default_factory=Times)

    def add(self, other: Counts) -> None:
        """Counts are added; times cannot be."""
        for one in fields(Counts):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def overridden(self) -> int:
        """Decisions by people that were not the agent's proposal as it stood."""
        return sum(getattr(self, kind) for kind in KINDS)

    @property
    def override_rate(self) -> Rate:
        return Rate(self.overridden, self.on_proposal)

    @property
    def split(self) -> dict[str, int]:
        """The overrides by kind."""
        return {kind: getattr(self, kind) for kind in KINDS}

    @property
    def re_escalation_rate(self) -> Rate:
        return Rate(self.raised_again, self.decided)

    @property
    def handoff_rate(self) -> Rate:
        return Rate(self.needed_person, self.arrived)

    @property
    def deadline_met(self) -> Rate:
        return Rate(self.in_time, self.with_deadline)

    @property
    def approved_unchanged(self) -> Rate:
        return Rate(self.unchanged, self.on_proposal)
