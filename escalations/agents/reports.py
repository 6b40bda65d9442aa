"""What came of a decision: the agent's report and the customer's survey."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from escalations import lifecycle, ports
from escalations.lifecycle import effect
from escalations.models import Decision, Escalation, Feedback, Report
from escalations.record import sentences_live, vouching
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Fault, Invalid
from escalations.schemas import reports as schemas

AGAINST = (
    "The answer did not let the agent act (“{outcome}”). The report is kept; people read that the "
    "agent did it although it was told not to, and whoever leads is told."
)

UNNAMED = (
    "This case has {count} decisions; this was read as what came of decision {about}. Say which "
    "with its `sequence`."
)


@transaction.atomic
def report(escalation: Escalation, said: schemas.Outcome, *, agent: str, now: datetime) -> Report:
    """Note what the agent did with the decision; the same again changes nothing. Whoever leads is
    told where the agent did what it was told not to do.

    Raises Conflict while there is no decision in effect, Invalid where it names none of the case.
    """
    # Of several at once the later ones see the first.
    escalation = Escalation.objects.select_for_update(no_key=True).get(pk=escalation.pk)
    given = _given(escalation, now)
    if not given:
        raise Conflict("not_decided", "There is no decision yet that could have been carried out.")
    cost = said.cost.model_dump() if said.cost else None
    stated: dict[str, Any] = {"result": said.outcome, "detail": said.detail or "", "cost": cost}
    if said.sequence is not None:
        stated["sequence"] = said.sequence
    last = escalation.reports.order_by("-pk").first()
    if last and {name: getattr(last, name) for name in stated} == stated:
        return last
    about = _named(given, said.sequence) if said.sequence else _next(escalation, given)
    warned = sentences_live.is_against(said.outcome, about.document)
    lifecycle.note(
        escalation,
        "outcome_reported",
        actor=Actor("agent", agent),
        facts={
            "result": said.outcome,
            "sequence": about.sequence,
            **({"told_not_to": True} if warned else {}),
            **({"overtaken": True} if about != given[-1] else {}),
            "report": vouching.hidden(
                [said.outcome, stated["detail"], cost], vouching.salt_of(escalation)
            ),
        },
        now=now,
    )
    if warned:
        ports.tell_leaders(
            escalation, f"{sentences_live.ALTHOUGH}: {escalation.case_number}.", now=now
        )
    stated["sequence"] = about.sequence
    return Report.objects.create(escalation=escalation, reported_at=now, **stated)


def warnings(kept: Report, *, is_named: bool, now: datetime) -> list[Fault]:
    """That the agent did what it was told not to do, and that its report could be about another
    answer than it is read as."""
    given = _given(kept.escalation, now)
    about = next((one for one in given if one.sequence == kept.sequence), given[-1])
    found = []
    if sentences_live.is_against(kept.result, about.document):
        found.append(Fault("/outcome", AGAINST.format(outcome=about.outcome)))
    if len(given) > 1 and not is_named:
        found.append(Fault("/sequence", UNNAMED.format(count=len(given), about=about.sequence)))
    return found


def _given(escalation: Escalation, now: datetime) -> list[Decision]:
    """The answers that the agent may have, in the order in which it got them; from here on nobody
    takes them back."""
    effect.in_effect(escalation)
    given = escalation.decisions.filter(undone_at=None, final=True, effective_at__lte=now)
    return list(given.order_by("sequence"))


def _named(given: Sequence[Decision], sequence: int) -> Decision:
    for one in given:
        if one.sequence == sequence:
            return one
    said = f"This case has no decision {sequence} in effect."
    raise Invalid.of("/sequence", said)


def _next(escalation: Escalation, given: Sequence[Decision]) -> Decision:
    """The first answer that was not done with yet: what comes late of one that was reversed since
    is not what came of the reversal. What failed may be tried again."""
    done = escalation.reports.exclude(result=Report.Result.FAILED)
    # Reports of before they named an answer were of the first.
    known = {number or given[0].sequence for number in done.values_list("sequence", flat=True)}
    return next((one for one in given if one.sequence not in known), given[-1])


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
