"""Whoever put a case off, or asked its agent, hears that it is back, where it is not offered to
them: a list tells nobody what has come into it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.database.gathering import Together
from console.models import User
from escalations.models import Escalation, State
from escalations.record import kinds
from escalations.record.kind import Whom
from routing.alerts import notices
from routing.alerts.notices import PlannedNotice
from routing.models import Duty, Notice
from routing.people import teams


@dataclass(frozen=True, slots=True)
class _CameBack:
    case: Escalation
    answered: bool


def follow(*, escalation: Escalation, before: str, kind: str, together: Together, **_: Any) -> None:
    """Tell them in the transaction of the move; for the signal `moved`."""
    is_back = before == State.SNOOZED != escalation.state
    if Whom.KEPT_FOR in kinds.of(kind).notified and is_back and escalation.assignee:
        together(_tell_all, _CameBack(escalation, kind != "woke"))


def _tell_all(back: list[_CameBack], now: datetime) -> None:
    names = {one.case.assignee for one in back}
    offered = Duty.objects.filter(teams.offering(), person__username__in=names)
    there = User.objects.filter(username__in=names, is_active=True)
    numbers = dict(there.exclude(pk__in=offered.values("person_id")).values_list("username", "pk"))
    told = [_line(one, numbers[one.case.assignee]) for one in back if one.case.assignee in numbers]
    notices.tell_all(told, now=now)


def _line(back: _CameBack, user_id: int) -> PlannedNotice:
    answered = f"{back.case.agent.name} has answered. " if back.answered else ""
    text = f"{answered}{back.case.case_number} is back, and kept for you."
    return PlannedNotice([user_id], Notice.Kind.MOVED, text, back.case)
