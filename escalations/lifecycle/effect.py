"""From when on a decision is the agent's: handed out or taken back, never both.

Both are settled under the lock of the escalation and on the database's clock. Whoever takes a
decision back asks for the time when they have the lock; whoever hands one out waits for the lock
of those that may just be taken back.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from console import clock
from escalations.models import Decision, Escalation, State

# Longer than any transaction that takes a decision back can last, by the database's time-outs.
SETTLED_AFTER = timedelta(minutes=2)


def in_effect(case: Escalation) -> Decision | None:
    """The newest decision that the agent may have; from here on nobody takes it back."""
    return in_effect_for([case]).get(case.number)


def in_effect_for(cases: Iterable[Escalation]) -> dict[int, Decision]:
    """The newest decision in effect of each, by number; asks only for those that may have one."""
    now = clock.now()
    due = [case for case in cases if case.effective_at and case.effective_at <= now]
    unsettled = [case.number for case in due if _may_be_taken_back(case, now)]
    if not unsettled:
        return _standing(due, now)
    with transaction.atomic():
        _wait_for(unsettled)
        return _standing(due, clock.exact())


def _may_be_taken_back(case: Escalation, now: datetime) -> bool:
    """Whether somebody may be taking its decision back at this moment."""
    if case.state != State.DECIDED or case.effective_at is None or case.decided_at is None:
        return False
    return case.decided_at < case.effective_at and case.effective_at > now - SETTLED_AFTER


def _wait_for(numbers: Collection[int]) -> None:
    """Until whoever has one of these cases locked is done; nobody locks them before we are.

    On SQLite the transaction itself waits for the one writer.
    """
    # In one order, so that two that wait for several cannot wait for each other.
    locked = Escalation.objects.filter(number__in=numbers).order_by("number")
    list(locked.select_for_update(no_key=True).values_list("number"))


def _standing(cases: Collection[Escalation], now: datetime) -> dict[int, Decision]:
    if not cases:
        return {}
    standing = Decision.objects.filter(
        escalation__in=[case.number for case in cases], undone_at=None, effective_at__lte=now
    )
    # In their sequence, so that the last of each case is the one that stays.
    return {decision.escalation_id: decision for decision in standing.order_by("sequence")}
