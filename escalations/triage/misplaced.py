"""What was written where it is not read, and could have been a reason for a person: it was not
judged, so the machine does not go on by itself."""

from collections.abc import Iterator
from typing import Any

from escalations.package import shape
from escalations.schemas.package import SHAPE
from escalations.text import formatting

# The fields that triage judges by, each by its last word.
JUDGED = frozenset(
    {
        "summary", "original_intent", "context", "conversation", "messages", "text", "sentiment",
        "reasoning", "confidence", "customer", "tier", "environment", "errors", "proposed_actions",
        "draft_response", "kind", "args", "allowed_decisions", "depends_on", "expires_at",
        "response_schema", "flags", "code", "severity", "attempted", "result", "risk", "level",
        "amount", "value", "reversible", "trigger", "reason", "requested", "method", "skills",
        "assignee", "approvals_needed", "excluded_reviewers", "options", "callback_at", "deadlines",
        "on_timeout", "priority", "recommended_action", "hand_to_agent", "supersedes",
        "re_escalates",
    }
)  # fmt: skip
NOTHING: tuple[Any, ...] = (None, "", [], {}, False)
# Where a plain no says something.
SAYS_NO = frozenset({"reversible"})


def found(package: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each such key that says anything, and the field that was meant by it."""
    for path, meant in shape.unknown(package, SHAPE, alike=shape.SURELY):
        field, value = meant.rpartition(".")[2], _at(package, path)
        says = value not in NOTHING or (value is False and field in SAYS_NO)
        if field in JUDGED and says:
            yield formatting.cut(path[-1]), meant


def _at(package: Any, path: shape.Path) -> Any:
    for key in path:
        package = package[key]
    return package
