"""The table of cases on the floor: what is late or close, all, one queue's, or what one person has.

One table with the same columns, keys and acts, whatever it was opened from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routing.floor import queue_lines, snapshot
from routing.floor.headlines import late_counts
from routing.floor.snapshot import PersonNow, Scene, Standing

FIRST, MOST = 50, 1_000
QUEUE, PERSON = "queue-", "person-"


@dataclass(frozen=True, slots=True)
class Late:
    """One case, whose it is, why it is stuck and who should have it."""

    case: Standing
    member: PersonNow | None
    why: str
    best: PersonNow | None


@dataclass(frozen=True, slots=True)
class Table:
    """Which cases stand in it: `show` as the address says it, `many` in all."""

    show: str
    title: str
    note: str
    many: int
    cases: Sequence[Standing]

    @property
    def is_late(self) -> bool:
        """Whether it is what is over time or close."""
        return not self.show

    @property
    def more(self) -> int:
        """How many to show next, 0 where all are shown."""
        left = self.many - len(self.cases)
        return min(MOST, len(self.cases) + FIRST) if left and len(self.cases) < MOST else 0

    @property
    def free_ids(self) -> list[str]:
        """What of it is nobody's: what can be spread."""
        return [case.id for case in self.cases if case.person is None][:FIRST]


def table(seen: Scene, show: str = "", first: int = FIRST) -> Table:
    """The cases that were asked for, the most pressing first; the late ones where that is no name
    of anything."""
    everything = [*seen.free, *seen.held]
    if show == "all":
        further = sum(queue.waiting for queue in seen.queues) - len(seen.free)
        found = _sorted(everything)
        return _made(
            show,
            "All cases",
            "waiting, offered or held",
            found,
            first=first,
            further=max(0, further),
        )
    elif show.startswith(QUEUE):
        return _of_queue(seen, show, everything, first) or table(seen, "", first)
    elif show.startswith(PERSON):
        return _of_person(seen, show, first) or table(seen, "", first)
    close = seen.at + snapshot.CLOSE
    late = _picked(everything, lambda case: case.respond_by < close)
    # Of what is free so many were read only; what all of them are is counted.
    further = sum(late_counts(seen)) - len(late)
    return _made("", "Over time or close", "", late, first=first, further=max(0, further))


def _of_queue(seen: Scene, show: str, everything: Sequence[Standing], first: int) -> Table | None:
    queue = next((one for one in seen.queues if f"{QUEUE}{one.requirement}" == show), None)
    found = _picked(everything, lambda case: f"{QUEUE}{case.requirement}" == show)
    skills = queue.skills if queue else found[0].skills if found else None
    if skills is None:
        return None
    free = sum(case.person is None for case in found)
    further = max(0, queue.waiting - free) if queue else 0
    name, need = queue_lines.name_of(skills), queue_lines.need_of(skills)
    return _made(show, name, need, found, first=first, further=further)


def _of_person(seen: Scene, show: str, first: int) -> Table | None:
    who = next((one for one in seen.members if f"{PERSON}{one.username}" == show), None)
    if who is None:
        return None
    found = _picked(seen.held, lambda case: case.person == who.id)
    return _made(show, who.name, "what they hold or are offered", found, first=first)


def _picked(cases: Sequence[Standing], of: Callable[[Standing], bool]) -> list[Standing]:
    return _sorted([case for case in cases if of(case)])


def _sorted(cases: Sequence[Standing]) -> list[Standing]:
    return sorted(cases, key=lambda case: case.urgency)


def _made(
    show: str, title: str, note: str, found: Sequence[Standing], *, first: int, further: int = 0
) -> Table:
    return Table(show, title, note, len(found) + further, found[:first])
