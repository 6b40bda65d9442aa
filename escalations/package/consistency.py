"""What a package may not say, though each part of it is well formed: it could not be answered, or
would be answered otherwise than meant."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from escalations.proposal import options, verdicts
from escalations.refusals import Fault

# What other frameworks call the arguments of a call.
OTHER_NAMES_OF_ARGS = (
    *("arguments", "parameters", "params", "kwargs", "input", "inputs", "tool_input", "tool_args"),
    *("action_input", "payload"),
)


def faults(package: Mapping[str, Any]) -> Iterator[Fault]:
    """Every such fault, by pointer and with its remedy. The package is in its full form."""
    actions = package.get("proposed_actions") or []
    yield from _ids(actions, "/proposed_actions", "action")
    yield from _ids(options.stated(package), "/requested/options", "option")
    for place, action in enumerate(actions):
        yield from _args(place, action)
    if options.of_their_own(package):
        yield from _turning_down(actions)


def _ids(items: Sequence[Mapping[str, Any]], where: str, called: str) -> Iterator[Fault]:
    """An answer names what it answers by its id."""
    first: dict[str, int] = {}
    for place, item in enumerate(items):
        earlier = first.setdefault(item["id"], place)
        if earlier != place:
            yield Fault(
                f"{where}/{place}/id",
                f"is the id of {where}/{earlier} as well; give each {called} its own",
            )


def _args(place: int, action: Mapping[str, Any]) -> Iterator[Fault]:
    """A call must not be cleared without the arguments that it names otherwise."""
    if action.get("args"):
        return
    for name in OTHER_NAMES_OF_ARGS:
        if action.get(name):
            yield Fault(
                f"/proposed_actions/{place}/{name}",
                "is not read: the arguments of a call are its `args`; rename it",
            )


def _turning_down(actions: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Whoever chooses an option turns the actions down."""
    for place, action in enumerate(actions):
        if not verdicts.can_be_turned_down(action):
            yield Fault(
                f"/proposed_actions/{place}/allowed_decisions",
                "must allow reject or respond, because an option may be chosen instead",
            )
