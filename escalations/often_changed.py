"""Which arguments of a call people keep changing, counted from what was decided of its kind."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from console.database import statements
from escalations.models import Escalation
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
    asked = [escalation.agent_id, escalation.number, escalation.task_type, escalation.tenant]
    for body, package in statements.rows(_APPROVED, asked):
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
                yield was["name"], set(differing(was.get("args") or {}, one["edited"]["args"]))


def differing(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Pointers to what differs; a list counts as one value, as its places move."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            inside = f"{place}/{pointers.escaped(key)}"
            yield from differing(before.get(key), after.get(key), inside)
    elif before != after:
        yield place


# Without the bound on the cases, a task type that is rare would be looked for in all that its agent
# sent. Decisions are picked first, as SQLite would read the package of every one that it sorts.
_APPROVED = f"""
    SELECT picked.body, CASE WHEN picked.outcome = 'approved' THEN '' ELSE
             (SELECT COALESCE(NULLIF(package.expanded, ''), package.received)
                FROM escalations_package AS package
               WHERE package.escalation_id = picked.escalation_id
                 AND package.version = picked.package_version) END
      FROM (SELECT decision.* FROM escalations_decision AS decision
              JOIN escalations_escalation AS decided ON decided.number = decision.escalation_id
             WHERE decision.escalation_id IN
                     (SELECT number FROM escalations_escalation AS recent
                       WHERE recent.agent_id = %s AND recent.number < %s
                       ORDER BY number DESC LIMIT {_LOOKED_AT})
               AND decided.task_type = %s AND decided.tenant = %s
               AND decision.outcome IN ('approved', 'edited', 'mixed')
               AND NOT decision.automatic AND decision.undone_at IS NULL
             ORDER BY decision.escalation_id DESC, decision.sequence DESC
             LIMIT {_COUNTED}) AS picked
     ORDER BY picked.escalation_id DESC, picked.sequence DESC
"""  # noqa: S608 - numbers of our own
