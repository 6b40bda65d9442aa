"""Decisions for figures, through the life cycle."""

from escalations import lifecycle
from escalations.models import Escalation
from escalations.proposal.choices import Choice
from tests.factories import after


def decide(case, by, command, at=10, **choice):
    case = Escalation.objects.get(pk=case.pk)
    return lifecycle.decide(
        case,
        Choice(command, **choice),
        by=by,
        version=case.version,
        reject_reasons=["not_justified"],
        now=after(at),
    )


def approve(case, by, at=10):
    return decide(case, by, "approve", at=at)


def edit(case, by, at=10, **args):
    action = case.packages.get().document["proposed_actions"][0]
    edited = {"name": action["name"], "args": {**action["args"], **args}}
    actions = [{"action_id": action["id"], "type": "edit", "edited": edited}]
    return decide(case, by, "edit", at=at, actions=actions)
