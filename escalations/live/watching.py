"""Who looks at which case, on every process: hints, never stored."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from escalations.eligibility import Case

Message = dict[str, Any]
# Of several tabs of one person the liveliest counts.
LIVELY = ("away", "looking", "editing", "typing")


class SeenCase(Protocol):
    """What of a case says who may see it."""

    @property
    def id(self) -> str: ...
    @property
    def requirement(self) -> int: ...
    @property
    def case(self) -> Case: ...


class WatchedCase(NamedTuple):
    """A case that somebody looks at, as it was when they began or when it last changed."""

    id: str
    requirement: int
    case: Case


class Watched:
    """Each process says of a case who looks at it there; here it is put together."""

    def __init__(self) -> None:
        self._viewers: dict[str, dict[str, list[Message]]] = {}
        self._cases: dict[str, WatchedCase] = {}

    def know(self, seen: SeenCase, *, anew: bool = True) -> None:
        """What says who may see it; unless `anew`, of a case that is known alone."""
        if anew or seen.id in self._cases:
            self._cases[seen.id] = WatchedCase(seen.id, seen.requirement, seen.case)

    def message(self, escalation: str, process: str, viewers: list[Message]) -> Message:
        """What a process tells the others."""
        known = self._cases.get(escalation)
        case = known and {
            "requirement": known.requirement,
            "skills": dict(known.case.skills),
            "assignee": known.case.assignee,
            "whose": list(known.case.whose),
        }
        return {
            "type": "watched",
            "escalation": escalation,
            "process": process,
            "viewers": viewers,
            "case": case,
        }

    def note(self, message: Message) -> None:
        """Keep what a process told."""
        escalation = message["escalation"]
        here = self._viewers.setdefault(escalation, {})
        if message["viewers"]:
            here[message["process"]] = message["viewers"]
        else:
            here.pop(message["process"], None)
        said = message.get("case")
        if said and escalation not in self._cases:
            case = Case(said["skills"], assignee=said["assignee"], whose=tuple(said["whose"]))
            self._cases[escalation] = WatchedCase(escalation, said["requirement"], case)

    def drop_unseen(self, escalation: str) -> None:
        """Forget a case that nobody looks at any more."""
        if not self._viewers.get(escalation):
            self._viewers.pop(escalation, None)
            self._cases.pop(escalation, None)

    def viewers(self, escalation: str) -> list[Message]:
        """Everybody who looks at it, once each."""
        return _once(one for each in self._viewers.get(escalation, {}).values() for one in each)

    def case(self, escalation: str) -> WatchedCase | None:
        """What says who may see it, if anybody looks at it."""
        return self._cases.get(escalation)

    def cases(self) -> Mapping[str, WatchedCase]:
        """Every case that somebody looks at."""
        return self._cases


def _once(viewers: Iterable[Message]) -> list[Message]:
    found: dict[str, Message] = {}
    for one in viewers:
        known = found.get(one["id"])
        if known is None or LIVELY.index(one["state"]) > LIVELY.index(known["state"]):
            found[one["id"]] = one
    return list(found.values())
