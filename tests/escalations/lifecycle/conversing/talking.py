"""A conversation in the hands of a person, for tests of it."""

from escalations import lifecycle
from escalations.lifecycle.conversing.taking_over import HandBack
from escalations.models import Escalation
from tests.factories import NOW, escalation


def live(person, now=NOW, **package):
    """A case whose conversation this person has taken over."""
    case = escalation(**package)
    return lifecycle.take_over(case, by=person, version=1, now=now)


def heard(case, text="Hello?", now=NOW, their_id=""):
    return lifecycle.hear(case, text, their_id=their_id, author="Inès", agent="mira", now=now)


def handed_back(case, person, now=NOW, **said):
    case = Escalation.objects.get(pk=case.pk)
    return lifecycle.hand_back(case, HandBack(**said), by=person, version=case.version, now=now)


def kinds_of(case):
    return list(case.events.order_by("position").values_list("kind", flat=True))
