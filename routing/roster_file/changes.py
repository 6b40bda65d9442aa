"""One thing that a roster file would change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
    # None where another change of the same person does it along, as all skills are one.
    act: Act | None = field(compare=False, default=None)
    # Or what it shares with other people's changes, done for all of them by the same statements:
    # which kind it is, and what is wanted of this person.
    share: tuple[str, Any] | None = field(compare=False, default=None)

    @property
    def whom(self) -> str:
        return self.person.username if self.person else ""

    @property
    def told(self) -> str:
        """By which it is the same change in another plan."""
        return f"{self.whom} {self.sentence}"
