"""The queues of the floor: what each needs, how much waits, and who could and has room."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from escalations.text import formatting
from routing.floor.snapshot import PersonNow, Queue, Scene, Standing
from routing.floor.who_can import WhoCan


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue: `able` are signed in and could have some of its cases, `takers` can now."""

    name: str
    need: str
    queue: Queue
    able: int
    takers: Sequence[PersonNow]
    # Of its cases: which nobody with room can take, and of these which only who leads can.
    beyond: int = 0
    leads: int = 0

    @property
    def show(self) -> str:
        """Its name in the address of the board."""
        return f"queue-{self.queue.requirement}"

    @property
    def free(self) -> int:
        """How many can take some of its cases now."""
        return len(self.takers)

    @property
    def mood(self) -> str:
        """`danger` where nobody is free, `warn` where one is and more than one case waits."""
        if not self.free:
            return "danger"
        return "warn" if self.free == 1 and self.queue.waiting > 1 else ""


def lines(seen: Scene, who_can: WhoCan) -> list[QueueLine]:
    """Every queue, the longest first."""
    cases: dict[int, list[Standing]] = defaultdict(list)
    for case in seen.free:
        cases[case.requirement].append(case)
    found = sorted(filter(_waits, seen.queues), key=lambda queue: (-queue.waiting, queue.oldest_at))
    return [_line(queue, cases[queue.requirement], who_can) for queue in found]


def name_of(skills: Mapping[str, int]) -> str:
    """`Refunds and German`; what asks for no skill is anybody's."""
    names = [formatting.title(skill) for skill in sorted(skills)]
    return formatting.listed(names) or "Anybody's"


def _waits(queue: Queue) -> bool:
    return queue.waiting > 0


def need_of(skills: Mapping[str, int]) -> str:
    """`refunds 3 or more`."""
    need = [f"{skill} {wished} or more" for skill, wished in sorted(skills.items())]
    return formatting.listed(need) or "no skill needed"


def _line(queue: Queue, cases: Sequence[Standing], who_can: WhoCan) -> QueueLine:
    free = {one.id: one for case in cases for one in who_can.free(case)}
    able = {one.id for case in cases for one in who_can.here(case)}
    return QueueLine(
        name=name_of(queue.skills),
        need=need_of(queue.skills),
        queue=queue,
        able=len(able),
        takers=list(free.values()),
        beyond=sum(not who_can.free(case) for case in cases),
        leads=sum(not who_can.here(case) and bool(who_can.leads(case)) for case in cases),
    )
