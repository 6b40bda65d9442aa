"""How each proposed action may be answered: by its kind, its time, and what it depends on.

Only approve and edit clear a call. `choose` and `respond` clear nothing, and what depends on an
action that is not cleared is not cleared either.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from escalations.text import moments

Action = Mapping[str, Any]

VERDICTS = ("approve", "edit", "reject", "respond")
CLEARING = frozenset({"approve", "edit"})
TURNING_DOWN = ("respond", "reject")


def allowed(action: Action, *, now: datetime | None = None) -> tuple[str, ...]:
    """The verdicts that this action can get, in their order.

    A question is answered, not approved; what has expired by `now` can only be turned down. Where
    the agent allows none of these it is told the plainest one all the same.
    """
    stated = tuple(action.get("allowed_decisions") or VERDICTS)
    if is_question(action):
        return _those(stated) or ("respond",)
    elif is_over(action, now):
        return _those(stated) or ("reject",)
    else:
        return stated


def turned_down(action: Action) -> str:
    """The verdict of an action where an option is chosen instead of it."""
    return next((verdict for verdict in TURNING_DOWN if verdict in allowed(action)), "reject")


def can_be_turned_down(action: Action) -> bool:
    """Whether an option can be chosen instead of it."""
    return not CLEARING.issuperset(allowed(action))


def is_question(action: Action) -> bool:
    """Whether it asks people something instead of asking for a call."""
    return action.get("kind") == "question"


def is_over(action: Action, now: datetime | None) -> bool:
    """Whether its own `expires_at` has passed."""
    ends = ends_at(action)
    return ends is not None and now is not None and ends <= now


def ends_at(action: Action) -> datetime | None:
    """When it expires by itself."""
    return moments.found(action.get("expires_at"))


def first_end(actions: Iterable[Action]) -> datetime | None:
    """When the first of these expires."""
    return min((ends for action in actions if (ends := ends_at(action)) is not None), default=None)


def held_back(
    actions: Sequence[Action], cleared: Container[str]
) -> Iterator[tuple[Action, Action]]:
    """Each action that would be cleared, with the one that it depends on and that would not be."""
    by_id = {action["id"]: action for action in actions}
    for action in actions:
        for name in action.get("depends_on") or ():
            needed = by_id.get(name)
            if needed is not None and action["id"] in cleared and name not in cleared:
                yield action, needed


def clearable(actions: Sequence[Action], *, now: datetime | None = None) -> frozenset[str]:
    """The ids of those that an answer can clear: it may be approved or edited, and so may all that
    it depends on."""
    found = {one["id"] for one in actions if not CLEARING.isdisjoint(allowed(one, now=now))}
    while stuck := {action["id"] for action, _ in held_back(actions, found)}:
        found -= stuck
    return frozenset(found)


def _those(stated: Sequence[str]) -> tuple[str, ...]:
    return tuple(verdict for verdict in stated if verdict not in CLEARING)
