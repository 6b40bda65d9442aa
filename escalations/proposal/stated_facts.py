"""What an action rests on, as its agent says it: facts that may have changed since. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from escalations.text import untrusted

JSON = Mapping[str, Any]
# By the id of the action and the label of the fact.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact: what it is called, what it was when the agent wrote it, where it was read."""

    label: str
    value: str | float | bool
    source: str = ""

    @property
    def told(self) -> str:
        """The value as text."""
        return told(self.value)


def of(action: JSON) -> tuple[Stated, ...]:
    """The facts of one action, in the agent's order."""
    return tuple(
        # A masked value that no text could stand for would have been left out.
        Stated(one["label"], one.get("value", ""), one.get("source") or "")
        for one in action.get("facts") or ()
    )


def every(package: JSON) -> dict[Place, Stated]:
    """The facts of all its actions."""
    return {
        (action["id"], fact.label): fact
        for action in package.get("proposed_actions") or ()
        for fact in of(action)
    }


def wanted(package: JSON) -> Sequence[JSON]:
    """What an agent is asked for: the labels of each action that has any."""
    return [
        {"action_id": action["id"], "labels": [fact.label for fact in of(action)]}
        for action in package.get("proposed_actions") or ()
        if action.get("facts")
    ]


def is_same(one: Any, other: Any) -> bool:
    """Whether both say the same; numbers by their value, as `184.00` is 184."""
    numbers = [_number(one), _number(other)]
    if None not in numbers:
        return numbers[0] == numbers[1]
    return type(one) is type(other) and _plain(one) == _plain(other)


def told(value: Any) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    elif isinstance(value, str):
        return untrusted.line(value, 300)
    else:
        return f"{Decimal(str(value)):f}"


def changed(package: JSON, now: Mapping[Place, Any]) -> Iterator[Place]:
    """The facts whose value is another one now."""
    for place, fact in every(package).items():
        if place in now and not is_same(fact.value, now[place]):
            yield place


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
