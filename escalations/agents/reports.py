"""What came of a decision: the agent's report and the customer's survey."""

from datetime import datetime

from django.db import transaction

from escalations import lifecycle, ports
from escalations.lifecycle import effect
from escalations.models import Escalation, Feedback, Report
from escalations.record import sentences_live, vouching
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Fault
from escalations.schemas import reports as schemas

AGAINST = (
    "The answer did not let the agent act (“{outcome}”). The report is kept; people read that the "
    "agent did it although it was told not to, and whoever leads is told."
)


@transaction.atomic
def report(escalation: Escalation, said: schemas.Outcome, *, agent: str, now: datetime) -> Report:
    """Note what the agent did with the decision; the same again changes nothing. Whoever leads is
    told where the agent did what it was told not to do.

    Raises Conflict while there is no decision in effect.
    """
    if escalation.effective_at is None or escalation.effective_at > now:
        raise Conflict("not_decided", "There is no decision yet that could have been carried out.")
    warned = against(escalation, said.outcome)
    cost = said.cost.model_dump() if said.cost else None
    stated = {"result": said.outcome, "detail": said.detail or "", "cost": cost}
    last = escalation.reports.order_by("-pk").first()
    if last and {name: getattr(last, name) for name in stated} == stated:
        return last
    lifecycle.note(
        escalation,
        "outcome_reported",
        actor=Actor("agent", agent),
        facts={
            "result": said.outcome,
            **({"told_not_to": True} if warned else {}),
            "report": vouching.hidden(list(stated.values()), vouching.salt_of(escalation)),
        },
        now=now,
    )
    if warned:
        ports.tell_leaders(
            escalation, f"{sentences_live.ALTHOUGH}: {escalation.case_number}.", now=now
        )
    return Report.objects.create(escalation=escalation, reported_at=now, **stated)


def against(escalation: Escalation, result: str) -> list[Fault]:
    """A warning where the agent did what the answer in effect told it not to do."""
    decided = effect.in_effect(escalation)
    if decided is None or not sentences_live.is_against(result, decided.document):
        return []
    return [Fault("/outcome", AGAINST.format(outcome=decided.outcome))]


@transaction.atomic
def feedback(
    escalation: Escalation, said: schemas.Feedback, *, agent: str, now: datetime
) -> Feedback:
    """Keep what the customer said; a later survey takes the place of an earlier one."""
    numbers = {"csat": said.csat, "effort": said.effort}
    answers = {"resolved": said.resolved, "had_to_repeat": said.had_to_repeat}
    # Before the row below: it takes the lock of the case, under which two surveys at once become
    # one.
    lifecycle.note(
        escalation,
        "feedback_reported",
        actor=Actor("agent", agent),
        facts={
            **numbers,
            **answers,
            "comment": vouching.hidden(said.comment or "", vouching.salt_of(escalation)),
        },
        now=now,
    )
    kept, _ = Feedback.objects.update_or_create(
        escalation=escalation,
        defaults={**numbers, **answers, "comment": said.comment or "", "reported_at": now},
    )
    return kept
