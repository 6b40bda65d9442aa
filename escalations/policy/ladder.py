"""Who is told next about a case that waits, and when: pure arithmetic over the policy's steps.

At levels 2 and 3 the steps count from the time the answer is due, in opening hours where the task
type keeps some. At level 4 they count from arrival, at any hour, and go on until there is progress.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalations.policy import hours
from escalations.policy.deadlines import LadderStep
from escalations.policy.document import PolicyDocument
from escalations.policy.hours import Hours

ALERT_LEVEL = 4
# Not sooner before the answer is due than a person can still answer.
WARN_AHEAD = timedelta(seconds=30)
LEAST = timedelta(seconds=1)
# A case nobody ever answers: the column that counts ends at 32,767.
ALERTS_MAX = 30_000


@dataclass(frozen=True, slots=True)
class Step:
    """Who is told, and whether the case is offered to a wider ring from then on.

    `after` counts from the answer-by time (from arrival at level 4); a `share` is that part of the
    time from arrival to it.
    """

    name: str
    audience: str
    after: timedelta | None
    share: float | None
    widen: bool
    repeat: timedelta | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of one kind of work at one level, in order."""

    steps: tuple[Step, ...]
    from_arrival: bool
    hours: Hours | None


@dataclass(frozen=True, slots=True)
class Due:
    """A step, when it is due, and its number: 1 for the first, repeats count on."""

    at: datetime
    number: int
    step: Step


def of(policy: PolicyDocument, task_type: str, level: int) -> Ladder | None:
    """The ladder of a case; None at level 1, where nobody waits for a person."""
    # Names come from outside: to keep one ladder for each that is unknown would never end.
    key = task_type if policy.knows(task_type) else ""
    return policy.once(f"ladder {level} {key}", lambda: _of(policy, key, level))


def first(ladder: Ladder, *, arrived_at: datetime, respond_by: datetime) -> Due | None:
    """The first step of a case that has just arrived, never due before it arrived."""
    # Just before it arrived, or a step that is due at that very moment would be passed over.
    return _from(ladder, 0, arrived_at - LEAST, arrived_at=arrived_at, respond_by=respond_by)


def following(
    ladder: Ladder,
    raised: int,
    due_at: datetime,
    *,
    arrived_at: datetime,
    respond_by: datetime,
    now: datetime,
) -> Due | None:
    """The step after number `raised`, which was due at `due_at`; None after the last.

    Always later than that. Steps that nobody raised in time come one after the other; repeats
    are not made up for: only the latest that is due by `now` comes.
    """
    if raised >= ALERTS_MAX:
        return None
    elif raised < len(ladder.steps):
        return _from(ladder, raised, due_at, arrived_at=arrived_at, respond_by=respond_by)
    else:
        return _repeated(ladder, raised, due_at, now)


def pending(
    ladder: Ladder, raised: int, due_at: datetime, *, arrived_at: datetime, respond_by: datetime
) -> Due | None:
    """The step that a case is due to raise at `due_at` after number `raised`; 0 is before all."""
    if raised < len(ladder.steps):
        due = _from(
            ladder, raised, arrived_at - LEAST, arrived_at=arrived_at, respond_by=respond_by
        )
    else:
        due = _repeated(ladder, raised, due_at, due_at)
    # The row says when; what the steps are by now only says which of them it is.
    return replace(due, at=due_at) if due else None


def resumed(
    ladder: Ladder, raised: int, *, arrived_at: datetime, respond_by: datetime, now: datetime
) -> Due | None:
    """The next step of a case that comes under this ladder only now, after number `raised`."""
    if ladder.from_arrival:
        return pending(ladder, raised, now, arrived_at=now, respond_by=respond_by)
    elif raised:
        return following(ladder, raised, now, arrived_at=arrived_at, respond_by=respond_by, now=now)
    else:
        return first(ladder, arrived_at=arrived_at, respond_by=respond_by)


def _of(policy: PolicyDocument, key: str, level: int) -> Ladder | None:
    task_type = policy.for_task_type(key)
    if level < 2:
        return None
    elif level == ALERT_LEVEL:
        return Ladder(_compiled(task_type.alarm), from_arrival=True, hours=None)
    else:
        kept = policy.hours_of(task_type)
        return Ladder(_compiled(task_type.ladder), from_arrival=False, hours=kept)


def _compiled(steps: list[LadderStep]) -> tuple[Step, ...]:
    return tuple(
        Step(
            name=step.name,
            audience=step.tell,
            after=_minutes(step.after_min),
            share=step.share,
            widen=step.widen,
            repeat=_minutes(step.repeat_min),
        )
        for step in steps
    )


def _minutes(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(minutes=count)


def _from(
    ladder: Ladder, index: int, after: datetime, *, arrived_at: datetime, respond_by: datetime
) -> Due | None:
    """The first step from this one on that can still be due later than `after`."""
    for number, step in enumerate(ladder.steps[index:], index + 1):
        if step.share is not None:
            at = _part_of_the_way(ladder, step.share, arrived_at, respond_by)
            possible = at > max(after, arrived_at)
        else:
            base = arrived_at if ladder.from_arrival else max(arrived_at, respond_by)
            at = _later(ladder, base, step.after or timedelta())
            at = at if at > after else after + _gap(ladder, number)
            possible = True
        if possible:
            return Due(at, number, step)
    return None


def _gap(ladder: Ladder, number: int) -> timedelta:
    """How long after the step before it this one comes, for a case that is past both times."""
    before = ladder.steps[number - 2].after if number > 1 else None
    return max((ladder.steps[number - 1].after or LEAST) - (before or timedelta()), LEAST)


def _part_of_the_way(
    ladder: Ladder, share: float, arrived_at: datetime, respond_by: datetime
) -> datetime:
    if respond_by - arrived_at <= WARN_AHEAD:
        return arrived_at
    open_s = hours.open_between(arrived_at, respond_by, ladder.hours) if ladder.hours else 0
    if ladder.hours and open_s:
        at = hours.add(arrived_at, share * open_s, ladder.hours)
    else:
        at = arrived_at + share * (respond_by - arrived_at)
    return min(at, respond_by - WARN_AHEAD)


def _later(ladder: Ladder, base: datetime, wait: timedelta) -> datetime:
    if ladder.hours and wait:
        return hours.add(base, wait.total_seconds(), ladder.hours)
    else:
        return base + wait


def _repeated(ladder: Ladder, raised: int, due_at: datetime, now: datetime) -> Due | None:
    step = ladder.steps[-1] if ladder.steps else None
    if step is None or step.repeat is None:
        return None
    if ladder.hours:
        passed = timedelta(seconds=hours.open_between(due_at, now, ladder.hours))
    else:
        passed = now - due_at
    times = max(1, passed // step.repeat)
    return Due(_later(ladder, due_at, times * step.repeat), raised + 1, step)
