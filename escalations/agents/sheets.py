"""Each agent as the record seals it: its secret, its keys and its endpoints."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from escalations.models import Agent, ApiKey, Endpoint
from escalations.record import sheets
from escalations.record.sheets import SheetSource

JSON = dict[str, Any]
PREFIX = "agent/"
AGENTS, KEYS = "agents", "keys"
# When a key was last used is noted without a line.
OF_KEYS = ("secret_sha256", "scopes", "callback_hosts", "created_at", "expires_at", "revoked_at")
LIFETIME = "lifetime"
OF_ENDPOINTS = ("pk", "url", "events", "created_at", "secret", "disabled_at")
# What a line may change of something that is there already.
ENDS, SECRET, DISABLED, FACTS = "ends", "secret", "disabled_at", "facts address"
OF_FACTS = ("facts_url", "facts_token", "facts_fields")


def read(names: Collection[str] | None) -> dict[str, JSON]:
    """Agents by name, with all that lets them in and says where their answers go."""
    agents = Agent.objects.all()
    if names is not None:
        agents = agents.filter(name__in=[name.removeprefix(PREFIX) for name in names])
    found: dict[int, JSON] = {}
    named: dict[str, JSON] = {}
    own = ("pk", "name", "signing_secret", "created_at", "disabled_at")
    for row in agents.values(*own, *OF_FACTS):
        found[row["pk"]] = named[f"{PREFIX}{row['name']}"] = {
            "agent": [row["pk"], row["created_at"]],
            SECRET: row["signing_secret"],
            DISABLED: row["disabled_at"],
        }
        facts = [row[name] for name in OF_FACTS]
        # Not of an agent that has none: its sheet is then what it was before there were any.
        if any(facts):
            found[row["pk"]][FACTS] = facts
    for agent, parts in _keys(list(found)).items():
        found[agent] |= parts
    for agent, parts in _endpoints(list(found)).items():
        found[agent] |= parts
    return named


def about(kind: str, said: JSON) -> Mapping[str, Collection[str]]:
    """What a line about an agent, a key or an endpoint may change."""
    return {f"{PREFIX}{said['agent']}": _changes(kind, said)}


def lock(names: Collection[str]) -> None:
    """Its keys and endpoints have chains and rows of their own, so that its own row stands for it;
    `no_key`, as they refer to it."""
    theirs = Agent.objects.filter(name__in=[name.removeprefix(PREFIX) for name in names])
    list(theirs.select_for_update(no_key=True).order_by("pk"))


def _changes(kind: str, said: JSON) -> Collection[str]:
    endpoint, key = f"endpoint {said.get('endpoint')}", f"key {said.get('key')}"
    if "key" in said:
        return [key, f"{key} {ENDS}"] if kind == "created" else [f"{key} {ENDS}"]
    elif "endpoint" in said:
        of_endpoints = {
            "endpoint_added": ["", f" {SECRET}", f" {DISABLED}"],
            "endpoint_secret_renewed": [f" {SECRET}"],
            "endpoint_disabled": [f" {DISABLED}"],
            "endpoint_enabled": [f" {DISABLED}"],
        }
        return [f"{endpoint}{part}" for part in of_endpoints.get(kind, ())]
    else:
        of_agents = {
            "created": sheets.ALL,
            "secret_renewed": SECRET,
            "facts_address_set": FACTS,
            "facts_address_removed": FACTS,
        }
        return [of_agents.get(kind, DISABLED)]


def _keys(agents: Collection[int]) -> dict[int, JSON]:
    found: dict[int, JSON] = defaultdict(dict)
    keys = ApiKey.objects.filter(agent__among=agents)
    for row in keys.values("agent", "prefix", LIFETIME, *OF_KEYS):
        name, given = f"key {row['prefix']}", row.pop(LIFETIME)
        ends = [row.pop("expires_at"), row.pop("revoked_at")]
        # Said only where it does not follow from its end: then the sheets of keys that were there
        # before it was kept stay what they were.
        if given != (ends[0] and ends[0] - row["created_at"]):
            ends.append(str(given))
        found[row.pop("agent")] |= {name: row, f"{name} {ENDS}": ends}
    return found


def _endpoints(agents: Collection[int]) -> dict[int, JSON]:
    found: dict[int, JSON] = defaultdict(dict)
    rows = Endpoint.objects.filter(agent__among=agents)
    for row in rows.values("agent", "name", *OF_ENDPOINTS):
        name = f"endpoint {row['name']}"
        own = {f"{name} {part}": row.pop(part) for part in (SECRET, DISABLED)}
        found[row.pop("agent")] |= {name: row, **own}
    return found


SOURCE = SheetSource(PREFIX, (AGENTS, KEYS), read, about, lock)
