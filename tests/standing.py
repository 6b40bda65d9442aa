"""A case in each of the states, for tests of every state with every act."""

from escalations import lifecycle
from escalations.access import Viewer
from escalations.lifecycle.answers import Choice
from escalations.models import Escalation, State
from tests.factories import NOW, after, escalation

STATES = State.values


def in_state(state: str, person: Viewer) -> Escalation:
    """A case there by this person's doing: held by, offered to, snoozed or decided by them."""
    case = escalation()
    if state == "held":
        lifecycle.claim(case, by=person, now=NOW)
    elif state == "offered":
        lifecycle.offer(case, to=person, until=after(60), now=NOW)
    elif state == "snoozed":
        lifecycle.snooze(case, by=person, version=1, until=after(7200), now=NOW)
    elif state == "second":
        Escalation.objects.filter(pk=case.pk).update(approvals=2)
        case.refresh_from_db()
        _approve(case, person)
    elif state == "decided":
        _approve(case, person)
    elif state == "cancelled":
        lifecycle.cancel(case, agent="mira", now=NOW)
    elif state == "expired":
        Escalation.objects.filter(pk=case.pk).update(expires_at=NOW, on_timeout="reject")
        lifecycle.expire(case, now=NOW)
    case = Escalation.objects.get(pk=case.pk)
    assert case.state == state
    return case


def _approve(case: Escalation, person: Viewer) -> None:
    lifecycle.decide(case, Choice("approve"), by=person, version=1, reject_reasons=[], now=NOW)
