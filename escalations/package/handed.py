"""What the other agent is told of a case that is handed to it. Pure."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

JSON = Mapping[str, Any]
HANDED = "escalation.handed"
# Of the first agent alone: where it wants its answer, and how it goes on itself.
OWN = ("callback", "idempotency_key", "supersedes", "re_escalates", "hand_to_agent")


def document(decision: JSON, package: JSON, *, from_agent: str, to_agent: str) -> dict[str, Any]:
    """In short, as it stands in the list and in the webhook."""
    return {
        "id": decision["id"],
        "escalation_id": decision["escalation_id"],
        "sequence": decision["sequence"],
        "from_agent": from_agent,
        "to_agent": to_agent,
        "withdrawn": decision["outcome"] == "reversed",
        "task_type": package["task_type"],
        "summary": package["summary"],
        "reason": (package.get("trigger") or {}).get("reason"),
        "correlation_id": package.get("correlation_id"),
        "instructions": decision.get("instructions"),
        "decided_at": decision["decided_at"],
        "package_version": decision["package_version"],
        "digest": decision["digest"],
    }


def envelope(told: JSON) -> dict[str, Any]:
    """The CloudEvents envelope of it."""
    return {
        "specversion": "1.0",
        "id": f"{told['id']}/handed",
        "source": settings.BATON_URL,
        "type": HANDED,
        "subject": told["escalation_id"],
        "time": told["decided_at"],
        "datacontenttype": "application/json",
        "sequence": str(told["sequence"]),
        "data": dict(told),
    }


def package_of(package: JSON) -> dict[str, Any]:
    """The package without what is the first agent's own."""
    source = {key: value for key, value in (package.get("source") or {}).items() if key != "run"}
    kept = {key: value for key, value in package.items() if key not in OWN}
    return kept | ({"source": source} if source else {})
