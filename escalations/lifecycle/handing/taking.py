"""What was handed to an agent, as that agent fetches it, and its word that it has it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from escalations.lifecycle import effect, noting
from escalations.models import Agent, Decision, HandedCase
from escalations.package import handed as told
from escalations.record import readings
from escalations.record.lines import Actor
from escalations.refusals import NotFound

JSON = dict[str, Any]
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class HandedNow:
    """What it can have now, the oldest first; `next_at` is when the next may come in effect."""

    items: list[JSON]
    next_at: datetime | None


def waiting(agent: Agent, *, now: datetime) -> HandedNow:
    """What this agent has not taken yet; from here on nobody undoes what it is shown."""
    rows = HandedCase.objects.filter(agent=agent, taken_at=None, decision__undone_at=None)
    rows = rows.select_related("decision", "escalation__agent").order_by("effective_at", "pk")
    due = list(rows.filter(effective_at__lte=now)[:AT_ONCE])
    stands = effect.in_effect_for([row.escalation for row in due])
    # What a later decision took back is told by that one.
    items = [_document(row) for row in due if _stands(row, stands)]
    ahead = rows.filter(effective_at__gt=now).values_list("effective_at", flat=True)
    return HandedNow(items, ahead.first())


def whole(agent: Agent, decision: str, *, now: datetime) -> JSON:
    """One of them with the package and the decision. Raises NotFound."""
    row = _row(agent, decision, now=now)
    case = row.escalation
    document = _document(row) | {"taken_at": row.taken_at}
    if document["withdrawn"]:
        return document
    package = case.packages.get(version=row.decision.package_version)
    # The same again writes nothing.
    readings.note(case, "handed", by=Actor("agent", agent.name), now=now)
    answer = row.decision.document
    return document | {
        "package": told.package_of(package.document),
        "additions": [one.context for one in case.additions.order_by("pk")],
        "actions": answer.get("actions") or [],
        "response": answer.get("response"),
    }


def take(agent: Agent, decision: str, *, now: datetime) -> HandedCase:
    """Note that the agent has it. Once more changes nothing. Raises NotFound."""
    row = _row(agent, decision, now=now)
    with transaction.atomic():
        # The condition makes it once: of two at the same moment one writes the line.
        if HandedCase.objects.filter(pk=row.pk, taken_at=None).update(taken_at=now):
            facts = {"decision": decision, "handed_to": agent.name}
            actor = Actor("agent", agent.name)
            noting.note(row.escalation, "handed_taken", actor=actor, facts=facts, now=now)
    row.refresh_from_db()
    return row


def _row(agent: Agent, decision: str, *, now: datetime) -> HandedCase:
    rows = HandedCase.objects.select_related("decision", "escalation__agent")
    row = rows.filter(agent=agent, decision=decision, effective_at__lte=now).first()
    # Asked of the row of the decision, under its lock where it could still be undone.
    if row is None or not effect.in_effect_for([row.escalation]):
        raise NotFound("not_found", f"Nothing was handed to you as {decision[:64]}.")
    row.decision.refresh_from_db()
    if row.decision.undone_at is not None:
        raise NotFound("not_found", f"Nothing was handed to you as {decision[:64]}.")
    return row


def _stands(row: HandedCase, stands: dict[int, Decision]) -> bool:
    standing = stands.get(row.escalation_id)
    return standing is not None and standing.pk == row.decision_id


def _document(row: HandedCase) -> JSON:
    case = row.escalation
    package = case.packages.get(version=row.decision.package_version)
    return told.document(
        row.decision.document, package.document, from_agent=case.agent.name,
        to_agent=row.agent.name,
    )  # fmt: skip
