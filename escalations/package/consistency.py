"""What a package may not say, though each part of it is well formed: it could not be answered, or
would be answered otherwise than meant."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from escalations.proposal import options, verdicts
from escalations.refusals import Fault

CIRCLE_SHOWN = 6


def faults(package: Mapping[str, Any]) -> Iterator[Fault]:
    """Every such fault, by pointer and with its remedy. The package is in its full form."""
    actions = package.get("proposed_actions") or []
    yield from _ids(actions, "/proposed_actions", "action")
    yield from _ids(options.stated(package), "/requested/options", "option")
    for place, action in enumerate(actions):
        yield from _labels(place, action)
    yield from _circles(actions)
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


def _labels(place: int, action: Mapping[str, Any]) -> Iterator[Fault]:
    """A fact is asked for again by its label."""
    first: dict[str, int] = {}
    where = f"/proposed_actions/{place}/facts"
    for at, fact in enumerate(action.get("facts") or ()):
        earlier = first.setdefault(fact["label"], at)
        if earlier != at:
            yield Fault(
                f"{where}/{at}/label",
                f"is the label of {where}/{earlier} as well; give each fact its own",
            )


def _circles(actions: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Of actions that wait for each other none could ever be run."""
    waits_for = {one["id"]: [*(one.get("depends_on") or ())] for one in actions}
    # Whatever waits for nothing that is left can be run next; what then stays waits for ever.
    left = dict(waits_for)
    while free := [name for name, wanted in left.items() if not left.keys() & wanted]:
        for name in free:
            del left[name]
    for place, action in enumerate(actions):
        around = _around(action["id"], left) if action["id"] in left else []
        if around:
            said = " → ".join(f"“{name[:60]}”" for name in around[:CIRCLE_SHOWN])
            where = waits_for[action["id"]].index(around[1])
            yield Fault(
                f"/proposed_actions/{place}/depends_on/{where}",
                f"makes a circle ({said}), of which no action could ever be run; break it",
            )


def _around(start: str, waits_for: Mapping[str, Sequence[str]]) -> list[str]:
    """The shortest way from this action back to itself, both ends named; empty where none is."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for name in waits_for.get(way[-1], ()):
            if name == start:
                return [*way, name]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _turning_down(actions: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Whoever chooses an option turns the actions down."""
    for place, action in enumerate(actions):
        if not verdicts.can_be_turned_down(action):
            yield Fault(
                f"/proposed_actions/{place}/allowed_decisions",
                "must allow reject or respond, because an option may be chosen instead",
            )
