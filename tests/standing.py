"""A case in each of the states, for tests of every state with every act."""

from escalations import lifecycle
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.proposal.choices import Choice
from tests.factories import NOW, after, escalation

STATES = State.values
# What the agent asks for so that it may come there.
WISHES = {
    "second": {"requested": {"approvals_needed": 2}},
    "expired": {"deadlines": {"expires_at": after(1).isoformat(), "on_timeout": "reject"}},
}


def in_state(state: str, person: Viewer) -> Escalation:
    """A case there by this person's doing: held by, offered to, snoozed or decided by them."""
    case = escalation(**WISHES.get(state, {}))
    if state == "held":
        lifecycle.claim(case, by=person, now=NOW)
    elif state == "offered":
        lifecycle.offer(case, to=person, until=after(60), now=NOW)
    elif state == "live":
        lifecycle.take_over(case, by=person, version=1, now=NOW)
    elif state == "snoozed":
        lifecycle.snooze(case, by=person, version=1, until=after(7200), now=NOW)
    elif state == "second" or state == "decided":
        _approve(case, person)
    elif state == "cancelled":
        lifecycle.cancel(case, agent="mira", now=NOW)
    elif state == "expired":
        lifecycle.expire(case, now=after(1))
    case = Escalation.objects.get(pk=case.pk)
    assert case.state == state
    return case


def _approve(case: Escalation, person: Viewer) -> None:
    lifecycle.decide(case, Choice("approve"), by=person, version=1, reject_reasons=[], now=NOW)
