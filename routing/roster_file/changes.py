"""One thing that a roster file would change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from console.models import User
from escalations.record.lines import Actor

Act = Callable[[Actor, datetime], object]


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One thing that would be different for one person (None: for everybody), as a sentence."""

    person: User | None
    sentence: str
    line: int
    column: str
    # None where another change of the same person does it along, as all skills are one act.
    act: Act | None = field(compare=False)

    @property
    def whom(self) -> str:
        return self.person.username if self.person else ""

    @property
    def told(self) -> str:
        """By which it is the same change in another plan."""
        return f"{self.whom} {self.sentence}"
