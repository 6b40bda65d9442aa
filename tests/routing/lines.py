"""What the record says of people, for tests."""

import json
from typing import Any

from escalations.models import Event
from routing.people import announcing


def lines() -> list[tuple[str, dict[str, Any]]]:
    """Kind and facts of each line of the chain, in order."""
    events = Event.objects.filter(chain=announcing.CHAIN).order_by("position")
    return [(event.kind, json.loads(bytes(event.body))["facts"]) for event in events]
