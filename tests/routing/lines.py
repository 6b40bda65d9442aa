"""What the record says of people, for tests."""

import json
from typing import Any

from escalations.models import Event
from routing.people import announcing

OF_ACCOUNTS = ("sheets", "lengths", "mark")


def told(event: Event) -> dict[str, Any]:
    """Its facts, without what every line says of accounts."""
    facts = json.loads(bytes(event.body))["facts"]
    return {name: value for name, value in facts.items() if name not in OF_ACCOUNTS}


def lines() -> list[tuple[str, dict[str, Any]]]:
    """Kind and facts of each line of the chain, in order."""
    events = Event.objects.filter(chain=announcing.CHAIN).order_by("position")
    return [(event.kind, told(event)) for event in events]
