"""Each agent as the record seals it: its secret, its keys and its endpoints."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from escalations.agents import keys, registry
from escalations.models import Agent, ApiKey, Endpoint
from escalations.record.sheets import SheetSource

JSON = dict[str, Any]
PREFIX = "agent/"
# When a key was last used is noted without a line.
OF_AGENTS = ("pk", "signing_secret", "created_at", "disabled_at")
OF_KEYS = (
    *("prefix", "secret_sha256", "scopes", "callback_hosts"),
    *("created_at", "expires_at", "revoked_at"),
)
OF_ENDPOINTS = ("name", "url", "secret", "events", "created_at", "disabled_at")


def read() -> dict[str, JSON]:
    """Every agent by name, with all that lets it in and says where its answers go."""
    keys_of: dict[int, list[JSON]] = defaultdict(list)
    for row in ApiKey.objects.order_by("prefix").values("agent", *OF_KEYS):
        keys_of[row.pop("agent")].append(row)
    endpoints_of: dict[int, list[JSON]] = defaultdict(list)
    for row in Endpoint.objects.order_by("name").values("agent", *OF_ENDPOINTS):
        endpoints_of[row.pop("agent")].append(row)
    return {
        f"{PREFIX}{row.pop('name')}": {
            **row, "keys": keys_of[row["pk"]], "endpoints": endpoints_of[row["pk"]],
        }
        for row in Agent.objects.values("name", *OF_AGENTS)
    }  # fmt: skip


def about(said: JSON) -> Collection[str]:
    return [f"{PREFIX}{said['agent']}"]


SOURCE = SheetSource(PREFIX, (registry.CHAIN, keys.CHAIN), read, about)
