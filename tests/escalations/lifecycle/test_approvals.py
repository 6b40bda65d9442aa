"""Promise 5: the two-person rule is never met by one person."""

import orjson
import pytest
from django.db import IntegrityError, transaction

from console.models import User
from console.people import managing
from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.commands import table
from escalations.lifecycle import approvals, moves
from escalations.models import Decision, Escalation, State, Vote, requirements
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.record.lines import Actor
from escalations.refusals import Conflict, NotAllowed
from routing.attendance import presence
from routing.people import skills
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, person, viewer

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
    assert table.open_to(dana, case) == {"undo", "note"}
    assert "undo" not in table.open_to(amara, case)
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


ADMIN = Actor("person", "rhea")


def close(user):
    managing.deactivate(user, by=ADMIN, now=after(5))


def demote(user):
    managing.change(user, first_name="Dana", last_name="W", role="auditor", by=ADMIN, now=after(5))


LOST = {
    "account closed": close,
    "role lost": demote,
    # Written by something else than Baton, or before the part was looked at.
    "account closed behind it": lambda user: User.objects.filter(pk=user.pk).update(
        is_active=False
    ),
    "role lost behind it": lambda user: User.objects.filter(pk=user.pk).update(role="auditor"),
    "below strict skill": lambda user: managing.grade(user, {"refunds": 1}, by=ADMIN, now=after(5)),
    "excluded": lambda _: Escalation.objects.update(excluded=["Dana"]),
}
AWAY = {
    "signed out": lambda user: managing.end_sessions(user, by=ADMIN, now=after(5)),
    "off shift": lambda user: presence.set_state(user, "away", by=viewer_of(user), now=after(5)),
    "another password": lambda user: user.set_password("x") or user.save(),
    "graded lower": lambda user: managing.grade(user, {"refunds": 1}, by=ADMIN, now=after(5)),
    "passed on to a supervisor": lambda _: Escalation.objects.update(wanted_by="supervisor"),
}


def waits_for_more(user, choice, *, strict=False):
    """A case of two that this person has had their part in."""
    case = escalation(requested={"approvals_needed": 2})
    if strict:
        skills = requirements.id_for({"refunds": 2})
        Escalation.objects.update(strict=True, requirement=skills)
    return decide(Escalation.objects.get(pk=case.pk), viewer_of(user), choice)


def pressed(case, by, at=9):
    case = Escalation.objects.get(pk=case.pk)
    return decide(case, by, now=after(at))


def counts():
    return sorted(Vote.objects.filter(void_at=None).values_list("person__username", "verdict"))


@pytest.mark.parametrize("choice", [Choice("approve"), edit("68.00")], ids=["approval", "edit"])
@pytest.mark.parametrize("how", [*LOST])
def test_who_has_lost_the_right_has_no_part_any_more(how, choice):
    skills.add("refunds", "trade", by=ADMIN, now=NOW)
    dana = person("dana", skills={"refunds": 4})
    case = waits_for_more(dana, choice, strict="strict" in how)
    LOST[how](dana)
    amara, tomasz = (viewer(name, role="supervisor", refunds=4) for name in ("amara", "tomasz"))
    at_once = how in {"account closed", "role lost"}
    assert (counts() == []) is at_once
    if not at_once:
        with pytest.raises(Conflict, match="Dana W.* may not decide this case any more") as refused:
            pressed(case, amara)
        assert refused.value.code == "stale"
    assert Decision.objects.count() == 0
    assert counts() == []
    assert pressed(case, amara, 10).state == State.SECOND
    assert pressed(case, tomasz, 11).state == State.DECIDED
    document = Decision.objects.get().document
    assert [vote["reviewer_id"] for vote in document["approvals"]] == ["amara", "tomasz"]
    assert document["actions"][0]["call"]["args"]["amount"] == "184.00"
    named = [finding.sentence for finding in audit.verify(case.id).findings]
    assert [one for one in named if "excluded" not in one and "skills" not in one] == (
        [] if "strict" not in how else ["Its row was changed: strict is not what the record says."]
    )


@pytest.mark.parametrize("how", [*AWAY])
def test_who_is_only_away_keeps_their_part(how):
    skills.add("refunds", "trade", by=ADMIN, now=NOW)
    dana = person("dana", skills={"refunds": 4})
    case = waits_for_more(dana, Choice("approve"))
    AWAY[how](dana)
    assert pressed(case, viewer("amara", role="supervisor")).state == State.DECIDED


def test_with_its_author_an_edit_falls_and_every_approval_of_it():
    dana = person("dana")
    case = escalation(requested={"approvals_needed": 3})
    case = decide(case, viewer_of(dana), edit("68.00"))
    case = decide(case, viewer("amara"), now=after(2))
    assert counts() == [("amara", "approve"), ("dana", "author")]
    close(dana)
    case = Escalation.objects.get(pk=case.pk)
    assert (counts(), case.state) == ([], State.WAITING)
    assert approvals.stands(case) is None
    assert audit.verify(case.id).whole
    (line,) = case.events.filter(kind="part_lapsed")
    assert orjson.loads(bytes(line.body))["facts"]["lapsed"] == ["dana", "amara"]


def undo(case, by, now):
    return lifecycle.undo(case, by=by, version=case.version, now=now)


def test_a_first_approval_can_be_taken_back_until_the_others_agree(case):
    dana, amara = viewer("dana"), viewer("amara")
    case = decide(case, dana)
    with pytest.raises(Conflict):
        undo(case, amara, after(1))
    case = undo(case, dana, after(2))
    assert (case.state, counts(), table.open_to(dana, case) >= {"approve"}) == (
        State.WAITING, [], True,
    )  # fmt: skip
    case = decide(case, amara, now=after(3))
    assert (case.state, Decision.objects.count()) == (State.SECOND, 0)
    case = decide(case, dana, now=after(4))
    assert [one["reviewer_id"] for one in Decision.objects.get().document["approvals"]] == [
        "amara", "dana",
    ]  # fmt: skip
    assert audit.verify(case.id).whole


def test_an_author_takes_the_edit_back_and_its_approvals_fall():
    dana, amara = viewer("dana"), viewer("amara")
    case = escalation(requested={"approvals_needed": 3})
    case = decide(case, dana, edit("68.00"))
    case = decide(case, amara, now=after(2))
    case = undo(case, amara, after(3))
    assert (case.state, counts()) == (State.SECOND, [("dana", "author")])
    case = decide(case, amara, now=after(4))
    case = undo(case, dana, after(5))
    assert (case.state, counts(), approvals.stands(case)) == (State.WAITING, [], None)
    assert audit.verify(case.id).whole


def test_the_others_keep_theirs_and_whoever_holds_the_case_keeps_it():
    dana, kofi = person("dana"), viewer("kofi")
    case = escalation(requested={"approvals_needed": 3})
    case = decide(case, viewer_of(dana))
    case = decide(case, viewer("amara"), now=after(2))
    case = lifecycle.claim(case, by=kofi, now=after(3))
    close(dana)
    case = Escalation.objects.get(pk=case.pk)
    assert (counts(), case.state) == ([("amara", "approve")], State.HELD)
    with pytest.raises(Conflict):
        decide(case, kofi, now=after(6), version=case.version - 1)
    assert decide(case, kofi, now=after(6)).state == State.SECOND
    assert audit.verify(case.id).whole


def test_a_case_that_asks_for_more_meanwhile_is_weighed_under_the_lock():
    """Between reading and writing it was raised from one person to two."""
    case = escalation()
    docket = moves.read(case)
    lifecycle.note(case, "read", actor=ADMIN, facts={"package_version": 1}, now=NOW)
    Escalation.objects.update(approvals=2)
    case = lifecycle.decide(
        case, Choice("approve"), by=viewer(), version=1, reject_reasons=[], now=NOW, docket=docket
    )
    assert (case.state, counts()) == (State.SECOND, [("dana", "approve")])
