"""Promise 5: the two-person rule is never met by one person."""

import pytest
from django.db import IntegrityError, transaction

from escalations import lifecycle
from escalations.commands import table
from escalations.models import Decision, State, Vote
from escalations.proposal.choices import Choice
from escalations.refusals import NotAllowed
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return escalation(requested={"approvals_needed": 2})


def edit(amount):
    edited = {"name": "refund", "args": {"order_id": "HP-20931", "amount": amount}}
    return Choice("edit", actions=[{"action_id": "a1", "type": "edit", "edited": edited}])


def test_one_approval_waits_for_another_person(case):
    assert case.approvals == 2
    case = decide(case, viewer("dana"))
    assert (case.state, Decision.objects.count()) == (State.SECOND, 0)


def test_second_person_completes_it(case):
    case = decide(case, viewer("dana"))
    case = decide(case, viewer("amara"), now=after(9))
    document = Decision.objects.get().document
    assert (case.state, document["outcome"]) == (State.DECIDED, "approved")
    assert [vote["reviewer_id"] for vote in document["approvals"]] == ["dana", "amara"]


def test_the_same_person_cannot_be_both(case):
    dana = viewer("dana")
    case = decide(case, dana)
    with pytest.raises(NotAllowed) as refused:
        decide(case, dana, now=after(1))
    assert refused.value.code == "same_person"
    with pytest.raises(NotAllowed):
        lifecycle.claim(case, by=dana, now=after(1))
    assert Decision.objects.count() == 0


def test_buttons_are_drawn_for_another_person_only(case):
    dana, amara = viewer("dana"), viewer("amara")
    case = decide(case, dana)
    assert table.open_to(dana, case) == set()
    assert {"claim", "approve"} <= table.open_to(amara, case)
    case = decide(case, amara, now=after(1))
    assert table.open_to(amara, case) == {"undo"}


def test_admin_cannot_be_both_either(case):
    lena = viewer("lena", "admin")
    case = decide(case, lena)
    with pytest.raises(NotAllowed):
        decide(case, lena, now=after(1))


def test_editor_is_an_author_and_voids_earlier_approvals(case):
    dana, amara = viewer("dana"), viewer("amara")
    case = decide(case, dana)
    case = decide(case, amara, edit("68.00"), now=after(1))
    assert case.state == State.SECOND
    with pytest.raises(NotAllowed):
        decide(case, amara, now=after(2))
    case = decide(case, dana, now=after(3))
    assert case.state == State.SECOND
    case = decide(case, viewer("tomasz"), now=after(4))
    document = Decision.objects.get().document
    assert (document["outcome"], document["actions"][0]["call"]["args"]["amount"]) == (
        "edited",
        "68.00",
    )
    assert [vote["reviewer_id"] for vote in document["approvals"]] == ["dana", "tomasz"]


def test_one_rejection_ends_it(case):
    case = decide(case, viewer("dana"))
    case = decide(case, viewer("amara"), Choice("reject"), now=after(1))
    assert (case.state, case.outcome) == (State.DECIDED, "rejected")
    verdicts = Decision.objects.get().document["approvals"]
    assert [(one["reviewer_id"], one["type"]) for one in verdicts] == [
        ("dana", "approve"), ("amara", "reject"),
    ]  # fmt: skip


def test_revision_voids_approvals(case):
    dana = viewer("dana")
    case = decide(case, dana)
    package = case.packages.get()
    package.pk = None
    case = lifecycle.revise(case, package, {}, agent="mira", now=after(1))
    assert (case.state, case.package_version) == (State.WAITING, 2)
    assert decide(case, dana, now=after(2)).state == State.SECOND


def test_excluded_reviewer_may_not_decide():
    case = escalation(requested={"excluded_reviewers": ["dana"]})
    with pytest.raises(NotAllowed) as refused:
        decide(case, viewer("dana"))
    assert refused.value.code == "excluded"


def test_constraint_refuses_a_second_part_even_if_code_is_wrong(case):
    dana = viewer("dana")
    case = decide(case, dana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(
            escalation=case,
            package_version=1,
            person_id=dana.user_id,
            verdict=Vote.Verdict.APPROVE,
            voted_at=NOW,
        )
