"""What supervisors propose: one admin takes it up, and the proposer hears what became of it."""

from datetime import timedelta
from functools import partial

import pytest

from escalations.policy import versions
from escalations.policy_screen import policy_draft, proposing
from escalations.refusals import Conflict
from routing.models import Notice
from tests.escalations.policy.test_versions import NOW, admin, refunds
from tests.factories import viewer

pytestmark = pytest.mark.django_db
CHANGE = "Refunds: level 2 → 1"


@pytest.fixture
def leo():
    versions.current()
    versions.publish(refunds(2, act_at=0.9), by=admin("zoe", "Zoe"), now=NOW, expected=1)
    made = viewer("leo", "supervisor")
    policy_draft.change(made, "refund", {"level": 1}, now=NOW)
    return made


def heard(by):
    told = Notice.objects.filter(person=by.user_id).order_by("pk")
    return [(one.kind, one.text, one.escalation) for one in told]


def taken_up(by, leo):
    proposing.adopt(by, "leo", now=NOW)
    said = f"{by.name} took up what you proposed for the policy, to change or publish it."
    assert heard(leo) == [("moved", said, None)]


def dropped(ruth):
    policy_draft.drop(ruth, now=NOW)
    return f"Ruth dropped what you proposed for the policy: {CHANGE}"


def published(ruth):
    policy_draft.publish(ruth, note="", expected=2, now=NOW)
    return f"Ruth published version 3 with what you proposed for the policy: {CHANGE}"


def changed_back(ruth):
    policy_draft.change(ruth, "refund", {"level": 2}, now=NOW)
    return f"Ruth changed back all that you proposed for the policy: {CHANGE}"


@pytest.mark.parametrize("end", [dropped, published, changed_back])
def test_the_proposer_hears_what_became_of_it(leo, end):
    ruth = admin("ruth", "Ruth")
    taken_up(ruth, leo)
    said = end(ruth)
    assert [text for _, text, _ in heard(leo)[1:]] == [said]
    assert policy_draft.of(ruth, versions.current()) is None


@pytest.mark.parametrize("end", [dropped, published, changed_back])
def test_nobody_hears_of_a_draft_of_ones_own(leo, end):
    ruth = admin("ruth", "Ruth")
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    end(ruth)
    assert Notice.objects.count() == 0


def test_whoever_is_second_is_told_who_was_first(leo):
    ruth, nadia = admin("ruth", "Ruth"), admin("nadia", "Nadia")
    taken_up(ruth, leo)
    with pytest.raises(Conflict, match="Ruth was first, and has taken up this proposal."):
        proposing.adopt(nadia, "leo", now=NOW)
    policy_draft.drop(ruth, now=NOW)
    with pytest.raises(Conflict, match="no longer there"):
        proposing.adopt(nadia, "leo", now=NOW)


def seen(ruth):
    return proposing.proposals(ruth, versions.current())[0].seen


def test_a_proposal_is_declined_and_its_proposer_told_why(leo):
    ruth, nadia = admin("ruth", "Ruth"), admin("nadia", "Nadia")
    looked_at = seen(ruth)
    proposing.decline(ruth, "leo", seen=looked_at, why=" Not before spring ", now=NOW)
    told = f"Ruth declined what you proposed for the policy (“Not before spring”): {CHANGE}"
    assert heard(leo) == [("moved", told, None)]
    assert policy_draft.of(leo, versions.current()) is None
    for act in (proposing.adopt, partial(proposing.decline, seen=looked_at, why="")):
        with pytest.raises(Conflict, match="no longer there"):
            act(nadia, "leo", now=NOW)


def test_what_was_changed_since_is_not_declined_unseen(leo):
    ruth = admin("ruth", "Ruth")
    looked_at = seen(ruth)
    policy_draft.change(leo, "refund", {"act_at": 0.95}, now=NOW + timedelta(seconds=1))
    with pytest.raises(Conflict, match="has changed this proposal since"):
        proposing.decline(ruth, "leo", seen=looked_at, why="", now=NOW)
    assert policy_draft.of(leo, versions.current()) is not None
    proposing.decline(ruth, "leo", seen=seen(ruth), why="", now=NOW)
    assert len(heard(leo)) == 1


def test_a_draft_of_an_admin_is_no_proposal(leo):
    ruth, nadia = admin("ruth", "Ruth"), admin("nadia", "Nadia")
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    for act in (proposing.adopt, partial(proposing.decline, seen=NOW.isoformat(), why="")):
        with pytest.raises(Conflict):
            act(nadia, "ruth", now=NOW)
    assert policy_draft.of(ruth, versions.current()) is not None
