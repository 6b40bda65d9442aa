"""Whom and which skills a case asked for before somebody gave it up, as its lines say."""

from dataclasses import dataclass
from typing import Any

import orjson

from escalations import people_named
from escalations.models import Escalation, Event
from escalations.record import kinds

# In the line of an undo: the place of the line that is undone, of which what it directed counts no
# more.
TAKES_UP = "takes_up"


@dataclass(frozen=True, slots=True)
class _Line:
    position: int
    kind: str
    facts: dict[str, Any]

    @property
    def brings_a_package(self) -> bool:
        return "task_type" in self.facts and not kinds.of(self.kind).rejudges


def direct_back(escalation: Escalation, given_up: Event) -> None:
    """The columns that say where it goes are what they were; lines of earlier versions say too
    little for that, and then they stay."""
    events = escalation.events.filter(position__lt=given_up.position).order_by("-position")
    lines = [_line(event) for event in events]
    stood = next((line.facts["row"] for line in lines if "row" in line.facts), None)
    if stood is None:
        return
    escalation.requirement_id = stood["requirement_id"]
    escalation.wanted_by = stood.get("wanted_by", "")
    escalation.assignee = _assignee(escalation, lines)


def _line(event: Event) -> _Line:
    return _Line(event.position, event.kind, orjson.loads(bytes(event.body))["facts"])


def _assignee(escalation: Escalation, lines: list[_Line]) -> str:
    """A line of a package holds only a digest of whom the agent asked for; the package has it."""
    undone = {line.facts.get(TAKES_UP) for line in lines}
    for line in lines:
        if line.brings_a_package:
            break
        if "assignee" in line.facts and line.position not in undone:
            return str(line.facts["assignee"])
    package = escalation.packages.get(version=escalation.package_version)
    return people_named.assignee(package.document)
