"""From when on a decision is the agent's: handed out or taken back, never both.

Whoever hands out one that could be taken back writes on its row when, once, before anything
leaves; whoever takes it back writes that instead. The row takes one of the two, so that neither a
late command nor a clock that is set back undoes what an agent has.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from console import clock
from escalations.models import Decision, Escalation, State


def in_effect(case: Escalation) -> Decision | None:
    """The newest decision that the agent may have; from here on nobody takes it back."""
    return in_effect_for([case]).get(case.number)


def in_effect_for(cases: Iterable[Escalation]) -> dict[int, Decision]:
    """The newest decision in effect of each, by number; asks only for those that may have one."""
    now = clock.now()
    due = {case.number: case for case in cases if _may_have_one(case, now)}
    standing = _standing(due.keys(), now) if due else {}
    first = [
        decision.pk
        for number, decision in standing.items()
        if decision.handed_out_at is None and _may_be_taken_back(due[number], decision)
    ]
    if not first:
        return standing
    given = {decision.escalation_id: decision for decision in _handed_out(first)}
    return {n: one for n, one in standing.items() if one.pk not in first} | given


def hand_out(decisions: QuerySet[Decision], *, now: datetime) -> None:
    """Note on these that they leave, where one could be taken back; in the transaction of whoever
    sends them."""
    loose = decisions.filter(undone_at=None, handed_out_at=None, decided_at__lt=F("effective_at"))
    _mark([decision.pk for decision in locked(loose)], now)


def locked(decisions: QuerySet[Decision]) -> list[Decision]:
    """These as they are now, until the transaction ends; neither handed out nor taken back by
    anybody else meanwhile."""
    # In one order, so that two that wait for several cannot wait for each other.
    return list(decisions.order_by("pk").select_for_update(no_key=True))


def is_final(decision: Decision) -> bool:
    """Whether nobody can take it back, whatever the clock says."""
    return decision.handed_out_at is not None or decision.decided_at >= decision.effective_at


def _may_have_one(case: Escalation, now: datetime) -> bool:
    """Of an open case only what says that a person took it over."""
    return case.taken_over_at is not None or bool(case.effective_at and case.effective_at <= now)


def _may_be_taken_back(case: Escalation, decision: Decision) -> bool:
    # An end has no undo window, and neither has what the policy decides.
    return case.state == State.DECIDED and not is_final(decision)


@transaction.atomic
def _handed_out(decisions: Collection[str]) -> list[Decision]:
    """Those that nobody took back first; they are marked. Waits for whoever is just doing so."""
    rows = locked(Decision.objects.filter(pk__in=decisions))
    # Not the time at which the agent asked: the row may have been waited for.
    now = clock.exact()
    given = [row for row in rows if row.undone_at is None and row.effective_at <= now]
    _mark([row.pk for row in given if row.handed_out_at is None], now)
    return given


def _mark(decisions: Collection[str], now: datetime) -> None:
    if decisions:
        Decision.objects.filter(pk__in=decisions).update(handed_out_at=now)


def _standing(cases: Collection[int], now: datetime) -> dict[int, Decision]:
    standing = Decision.objects.filter(escalation__in=cases, undone_at=None, effective_at__lte=now)
    # In their sequence, so that the last of each case is the one that stays.
    return {decision.escalation_id: decision for decision in standing.order_by("sequence")}
