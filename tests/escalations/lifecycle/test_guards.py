"""Whoever came too late hears the name of the person who was faster, whatever that one did."""

import pytest

from escalations import lifecycle
from escalations.proposal.choices import Choice
from escalations.refusals import Conflict
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db


def approve(case, by, *, version=1, now=NOW):
    return lifecycle.decide(
        case, Choice("approve"), by=by, version=version, reject_reasons=[], now=now
    )


def test_the_agent_hears_who_had_decided():
    case, dana = escalation(), viewer("dana")
    approve(case, dana)
    with pytest.raises(Conflict) as refused:
        lifecycle.cancel(case, agent="mira", now=after(3_600))
    assert (refused.value.code, refused.value.by.id, refused.value.at) == ("closed", "dana", NOW)


def test_who_decides_what_was_just_snoozed_hears_by_whom():
    case, dana, ben = escalation(), viewer("dana"), viewer("ben")
    lifecycle.snooze(case, by=ben, version=1, until=after(600), now=NOW)
    with pytest.raises(Conflict) as refused:
        approve(case, dana)
    assert (refused.value.code, refused.value.by.id) == ("not_held", "ben")
    # Dana never had it: nothing is said of "any more".
    assert refused.value.detail == "You do not hold this case now; open it again."
    with pytest.raises(Conflict) as refused:
        lifecycle.accept(case, by=dana, now=NOW)
    assert (refused.value.code, refused.value.by.id) == ("offer_over", "ben")


@pytest.mark.parametrize(("to", "code"), [("amara", "not_held"), ("", "stale")])
def test_who_decides_what_was_just_reassigned_hears_by_whom(to, code):
    case, dana, ada = escalation(), viewer("dana"), viewer("ada", "supervisor")
    given_to = viewer("amara") if to else None
    held = lifecycle.claim(case, by=dana, now=NOW)
    lifecycle.reassign(
        held, by=ada, version=held.version, to=given_to, until=after(120), text="", now=after(1)
    )
    with pytest.raises(Conflict) as refused:
        approve(case, dana, version=held.version, now=after(2))
    assert (refused.value.code, refused.value.by.id) == (code, "ada")


def test_what_nobody_did_has_no_name():
    case, dana = escalation(), viewer("dana")
    held = lifecycle.claim(case, by=dana, now=NOW)
    lifecycle.lose_lease(case, now=after(61))
    with pytest.raises(Conflict) as refused:
        lifecycle.release(case, by=dana, version=held.version, now=after(62))
    assert (refused.value.code, refused.value.by) == ("not_held", None)
