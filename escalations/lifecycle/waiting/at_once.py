"""What time does to many cases, each as it would be done alone, in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, QuerySet

from escalations import dockets
from escalations.lifecycle import ending, guards, holding, moves, outgoing, pausing, raising
from escalations.lifecycle.moves import Change
from escalations.models import Escalation, Package


class SweptBatch(NamedTuple):
    """How many were found that nobody else just writes, of how many it is done, and which of them
    are to be done alone, because the end of their time comes first."""

    found: int
    done: int
    left: Sequence[Escalation]


@transaction.atomic
def expire(due: QuerySet[Escalation], *, now: datetime) -> SweptBatch:
    """`ending.expire` of these, all or none. What somebody else just writes is passed over."""
    cases = _locked(due)
    over = [case for case in cases if guards.is_over(case, now=now)]
    raised = [case for case in over if case.on_timeout == "escalate"]
    ended = [case for case in over if case.on_timeout != "escalate"]
    changes = {
        change.escalation.pk: change for change in (*_raised(raised, now), *_ended(ended, now))
    }
    # In the order in which they were due.
    moves.carry_out_all([changes[case.pk] for case in over], now=now)
    return SweptBatch(len(cases), len(changes), [])


@transaction.atomic
def lose_leases(due: QuerySet[Escalation], *, now: datetime) -> SweptBatch:
    """`holding.lose_lease` of these, as above."""
    return _each_in_time(due, holding.lost, now)


@transaction.atomic
def wake(due: QuerySet[Escalation], *, now: datetime) -> SweptBatch:
    """`pausing.wake` of these, as above."""
    return _each_in_time(due, pausing.woken, now)


def _each_in_time(
    due: QuerySet[Escalation], changed: Callable[..., Change | None], now: datetime
) -> SweptBatch:
    cases = _locked(due)
    in_time = [case for case in cases if not guards.is_over(case, now=now)]
    people = get_user_model().objects.in_bulk({case.held_by_id for case in in_time} - {None})
    changes = []
    for case in in_time:
        case.held_by = people.get(case.held_by_id)
        change = changed(case, now=now)
        if change is not None:
            changes.append(change)
    moves.carry_out_all(changes, now=now)
    over = [case for case in cases if guards.is_over(case, now=now)]
    return SweptBatch(len(cases), len(changes), over)


def _locked(due: QuerySet[Escalation]) -> list[Escalation]:
    """Without joins: PostgreSQL reads a row that changed meanwhile again, but not what is joined
    to it."""
    return list(due.select_for_update(skip_locked=True))


def _raised(cases: Sequence[Escalation], now: datetime) -> list[Change]:
    standing = Package.objects.filter(
        escalation__among=[case.pk for case in cases],
        version=F("escalation__package_version"),
    )
    salts = dict(standing.values_list("escalation", "salt")) if cases else {}
    return [raising.raised(case, salt=salts[case.pk], now=now) for case in cases]


def _ended(cases: Sequence[Escalation], now: datetime) -> list[Change]:
    found = dockets.read_all([case.pk for case in cases])
    on = outgoing.endpoints_of({case.agent_id for case in cases}) if cases else []
    return [
        ending.expired(
            case, found[case.pk], now=now, on=[one for one in on if one.agent_id == case.agent_id]
        )
        for case in cases
    ]
