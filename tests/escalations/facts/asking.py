"""Cases that rest on facts, and what their agent says when it is asked again."""

import uuid

from escalations import commands
from escalations.commands import Command
from escalations.facts import answering
from escalations.models import FactCheck
from tests.factories import REFUND, escalation
from tests.running.listening import endpoint

FACTS = [
    {"label": "Order total", "value": "184.00", "source": "orders"},
    {"label": "Refunded before", "value": False},
]
ACTION = REFUND["proposed_actions"][0] | {"facts": FACTS}
SAME = {"Order total": "184.00", "Refunded before": False}
OTHER = {"Order total": "92.00", "Refunded before": False}


def case_of(key, *, now, listens=True, **keys):
    """A case of this agent, which is asked at an endpoint that no test calls."""
    if listens and not key.agent.endpoints.exists():
        endpoint(key, "https://hooks.example/facts")
    return escalation(by=key, now=now, **{"proposed_actions": [ACTION]} | keys)


def says(check, said, *, now, agent="mira"):
    told = [{"action_id": "a1", "label": label, "value": value} for label, value in said.items()]
    return answering.answer(check.escalation, check.id, told, agent=agent, now=now)


def press(by, case, *, now, name="approve", id="", **arguments):  # noqa: A002
    named = id or str(uuid.uuid4())
    return commands.perform(by, Command(name, named, case.id, case.version, arguments), now=now)


def last():
    return FactCheck.objects.order_by("-asked_at").first()
