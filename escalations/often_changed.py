"""Which arguments of a call people keep changing, counted from what was decided of its kind."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.db.models import Case, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, NullIf

from escalations.models import Decision, Escalation, Package
from escalations.text import pointers

JSON = Mapping[str, Any]
# By tool and pointer: how often it was changed, and of how many calls.
Changes = Mapping[tuple[str, str], tuple[int, int]]
_LOOKED_AT = 200
_COUNTED = 10
_FEWEST = 5


def read(escalation: Escalation) -> Changes:
    """The arguments that were changed in at least half of the last calls of the same tool, task
    type and agent that people approved, where there are enough of them."""
    counted: Counter[str] = Counter()
    changed: Counter[tuple[str, str]] = Counter()
    for tool, places in _calls(escalation):
        if counted[tool] < _COUNTED:
            counted[tool] += 1
            changed.update((tool, place) for place in places)
    return {
        (tool, place): (times, counted[tool])
        for (tool, place), times in changed.items()
        if counted[tool] >= _FEWEST and 2 * times >= counted[tool]
    }


def _calls(escalation: Escalation) -> Iterator[tuple[str, set[str]]]:
    """The tool of each call that people approved, the newest first, and what they changed."""
    # Without a bound, a task type that is rare would be looked for in all that its agent sent.
    recent = Escalation.objects.filter(
        agent=escalation.agent_id, number__lt=escalation.number
    ).order_by("-number")
    proposed = Package.objects.filter(
        escalation=OuterRef("escalation"), version=OuterRef("package_version")
    ).values_list(Coalesce(NullIf("expanded", Value("", TextField())), "received"))
    newest = ("-escalation__number", "-sequence")
    # Picked first, as SQLite would read the package of every one that it sorts.
    counted = Decision.objects.filter(
        escalation__in=recent.values("pk")[:_LOOKED_AT],
        escalation__task_type=escalation.task_type,
        escalation__tenant=escalation.tenant,
        outcome__in=("approved", "edited", "mixed"),
        automatic=False,
        undone_at=None,
    ).order_by(*newest)[:_COUNTED]
    rows = (
        Decision.objects.filter(pk__in=counted.values("pk"))
        .annotate(
            package=Case(
                When(outcome="approved", then=Value("", TextField())),
                default=Subquery(proposed),
                output_field=TextField(),
            )
        )
        .order_by(*newest)
        .values_list("body", "package")
    )
    for body, package in rows:
        yield from _of_decision(orjson.loads(body), orjson.loads(package) if package else {})


def _of_decision(decision: JSON, package: JSON) -> Iterator[tuple[str, set[str]]]:
    before = {one["id"]: one for one in package.get("proposed_actions") or ()}
    for one in decision.get("actions") or ():
        if one["type"] == "approve":
            yield one["call"]["name"], set()
        elif one["type"] == "edit" and one["action_id"] in before:
            was = before[one["action_id"]]
            # With another tool, other arguments are no change of these.
            if was["name"] == one["edited"]["name"]:
                yield was["name"], set(_differing(was.get("args") or {}, one["edited"]["args"]))


def _differing(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Pointers to what differs; a list counts as one value, as its places move."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            inside = f"{place}/{pointers.escaped(key)}"
            yield from _differing(before.get(key), after.get(key), inside)
    elif before != after:
        yield place
