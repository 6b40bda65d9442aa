"""What was written under a key that no field has: it was not judged, so the machine does not go on
by itself where it may have been a reason for a person.

In a part that decides (`DECIDING`) that is every key which does more than tell which case it is. In
a part that describes, it is one that names a person or a danger, or is a field in the wrong place.
"""

from collections.abc import Iterator
from typing import Any

from escalations.package import shape, unknown_keys, wanted_people
from escalations.schemas.package import SHAPE
from escalations.text import formatting

# The fields that triage judges by, each by its last word.
JUDGED = frozenset(
    {
        "summary", "original_intent", "context", "conversation", "messages", "text", "sentiment",
        "reasoning", "confidence", "customer", "tier", "environment", "errors", "proposed_actions",
        "draft_response", "kind", "args", "allowed_decisions", "depends_on", "expires_at",
        "response_schema", "flags", "code", "severity", "attempted", "result", "risk", "level",
        "score", "amount", "value", "reversible", "trigger", "reason", "requested", "method",
        "skills", "assignee", "approvals_needed", "excluded_reviewers", "options", "callback_at",
        "deadlines", "on_timeout", "priority", "recommended_action", "hand_to_agent", "supersedes",
        "re_escalates", "process", "position", "pending",
    }
)  # fmt: skip
# Whoever writes into these parts says what is to happen with the case.
DECIDING = frozenset(
    {
        (), ("trigger",), ("requested",), ("requested", "options"), ("risk",), ("deadlines",),
        ("flags",), ("proposed_actions",), ("proposed_actions", "risk"), ("context", "reasoning"),
    }
)  # fmt: skip
# Of a whole package, as its `kind` or `type`. That it is an escalation says nothing new.
ASKING = (wanted_people.WHO | {"question"}) - {"escalation", "escalate", "handoff"}
# No field, but judged by its own sentence (`approvable`).
READ = frozenset({("requested", "team")})
# What machines write by the thousand.
LINES = frozenset({("context", "environment", "logs"), ("context", "environment", "errors")})


def found(package: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each such key, and the field that was meant by it, or ""."""
    for place, key, value, meant in _unknown(package):
        if not unknown_keys.says_something(key, value):
            continue
        elif meant.rpartition(".")[2] in JUDGED:
            yield formatting.cut(key), meant
        elif place == ("context",) and (above := _of_the_top(key)):
            yield formatting.cut(key), above
        # `channel` at the top is the field of that name elsewhere, and no reason to stop.
        elif meant == "task_type" and _asks(value):
            yield formatting.cut(key), "proposed_actions.kind"
        elif place in DECIDING and (place or not meant):
            if not unknown_keys.only_says_which(key, value):
                yield formatting.cut(key), ""
        elif unknown_keys.is_grave(key, value):
            yield formatting.cut(key), ""


def texts(package: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text under such a key, with the key."""
    for _, key, value, _ in _unknown(package):
        for text in unknown_keys.texts(value):
            yield formatting.cut(key), text


def _unknown(package: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str, Any, str]]:
    """Where it stands, the key, its value and the field that was meant."""
    for path, meant in shape.unknown(package, SHAPE, alike=shape.SURELY):
        key, value = str(path[-1]), _at(package, path)
        place = tuple(step for step in path[:-1] if isinstance(step, str))
        if place not in LINES and (*place, key) not in READ:
            yield place, key, value, meant


def _of_the_top(key: str) -> str:
    """The field of the whole package that was meant by a key of its context, if it is judged.
    What may be a summary describes as well as anything else there."""
    meant = key if key in SHAPE.keys else shape.meant(key, SHAPE, alike=shape.SURELY)
    return meant if meant.rpartition(".")[2] in JUDGED - {"summary", "context", ""} else ""


def _asks(kind: Any) -> bool:
    """Whether it is of a kind that asks people, whatever work it is."""
    return isinstance(kind, str) and not ASKING.isdisjoint(unknown_keys.words(kind))


def _at(package: Any, path: shape.Path) -> Any:
    for key in path:
        package = package[key]
    return package
