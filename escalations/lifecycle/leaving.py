"""What a decision sends to the agent, and what is dropped when it is taken back."""

from datetime import datetime

from django.db import models

from escalations.lifecycle import decisions, outgoing
from escalations.models import Decision, Escalation, Package
from escalations.refusals import Conflict


def rows(
    decision: Decision, escalation: Escalation, package: Package, *, listens: bool = True
) -> list[models.Model]:
    """The rows of a decision and of what it sends to the agent's addresses."""
    decision.escalation = escalation
    kind = decisions.announced_as(decision)
    planned = outgoing.planned(
        escalation, kind, decision=decision, package=package, listens=listens
    )
    return [decision, *planned]


def drop(escalation: Escalation, *, now: datetime) -> None:
    """Take the decision that is still inside its undo window back, with what would have left.

    Raises Conflict where some of it is on its way: a courier goes by a clock of its own.
    """
    standing = escalation.decisions.filter(undone_at__isnull=True).order_by("-sequence").first()
    if standing is not None:
        # Marked, never deleted: its line stays in the record, and who verifies looks for its row.
        Decision.objects.filter(pk=standing.pk).update(undone_at=now)
        if not outgoing.drop(standing):
            raise Conflict("too_late", "The agent already has this answer.")
    escalation.outcome, escalation.decided_by = "", None
    escalation.decided_at = escalation.effective_at = escalation.closed_at = None
