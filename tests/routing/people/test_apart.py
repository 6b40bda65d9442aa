"""Approvals of different teams or roles, and a third person where two disagree."""

import json
import random

import pytest

from console.models import User
from escalations import access, intake, lifecycle
from escalations.commands import table
from escalations.lifecycle import approvals
from escalations.models import Decision, Escalation, State, Vote
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Conflict, NotAllowed, Refused
from routing.floor import snapshot
from routing.models import Duty, Team
from routing.offers import matching_input
from tests.escalations.lifecycle.test_approvals import edit
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, REFUND, after, escalation, key, viewer
from tests.metrics.policies import publish

pytestmark = pytest.mark.django_db
REJECT = Choice("reject", reason_code="not_justified")


def of_team(username, team, role="reviewer"):
    made = viewer(username, role)
    Duty.objects.update_or_create(
        person_id=made.id, defaults={"team": Team.objects.get_or_create(name=team)[0]}
    )
    return made


def case_of(**terms):
    publish(refund={"approvals": 2, **terms})
    return escalation()


def code(refused):
    return refused.value.code


@pytest.mark.parametrize(
    ("how", "first", "second", "allowed"),
    [
        ("teams", ("A", "reviewer"), ("A", "admin"), False),
        ("teams", ("A", "reviewer"), ("B", "reviewer"), True),
        ("roles", ("A", "reviewer"), ("B", "reviewer"), False),
        ("roles", ("A", "reviewer"), ("A", "supervisor"), True),
        ("people", ("A", "reviewer"), ("A", "reviewer"), True),
    ],
)
def test_who_may_approve_beside_whom(how, first, second, allowed):
    case = case_of(approvals_from=how)
    one, other = of_team("dana", *first), of_team("kofi", *second)
    case = decide(case, one)
    assert case.state == State.SECOND
    assert (approvals.who_may_decide(case, other.id) is not None) == allowed
    if allowed:
        assert decide(case, other, now=after(1)).state == State.DECIDED
        return
    with pytest.raises(NotAllowed) as refused:
        decide(case, other, now=after(1))
    assert code(refused) == "same_group"
    with pytest.raises(NotAllowed):
        decide(case, other, edit("100.00"), now=after(1))
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("how", ["teams", "roles"])
def test_who_may_not_approve_beside_whom_may_reject_ask_and_take_over(how):
    one, other = of_team("dana", "A"), of_team("kofi", "A")
    ended = decide(decide(case_of(approvals_from=how), one), other, REJECT, now=after(1))
    assert (ended.state, ended.outcome) == (State.DECIDED, "rejected")
    case = decide(escalation(), one)
    may = table.open_to(other, case)
    assert {"claim", "reject", "ask", "take_over", "pass_on", "snooze"} <= may
    assert not {"approve", "edit", "respond", "choose"} & may
    held = lifecycle.claim(case, by=other, now=after(1))
    assert table.open_to(other, held) >= {"reject", "release"}
    with pytest.raises(NotAllowed):
        decide(held, other, now=after(2))
    taken = lifecycle.take_over(held, by=other, version=held.version, now=after(2))
    assert taken.state == State.LIVE
    case = decide(escalation(), one)
    asked = lifecycle.ask(
        case, by=other, wants="answer", text="Which photo?", until=after(60),
        version=case.version, now=after(2),
    )  # fmt: skip
    assert asked.state == State.SNOOZED
    assert audit.verify(case.id).whole


def test_who_is_in_no_team_is_of_one_team_with_all_in_none():
    case = case_of(approvals_from="teams")
    one, other = viewer("dana"), viewer("kofi")
    Duty.objects.update(team=None)
    case = decide(case, one)
    with pytest.raises(NotAllowed):
        decide(case, other, now=after(1))


def test_who_came_into_the_team_of_another_since_counts_no_longer():
    publish(refund={"approvals": 3, "approvals_from": "teams"})
    case = escalation()
    one, two = of_team("dana", "A"), of_team("kofi", "B")
    third, fourth = of_team("lena", "C"), of_team("omar", "D")
    case = decide(decide(case, one), two, now=after(1))
    Duty.objects.filter(person_id=two.id).update(team=Team.objects.get(name="A"))
    with pytest.raises(Conflict):
        decide(case, third, now=after(2))
    case = decide(Escalation.objects.get(pk=case.pk), third, now=after(3))
    assert case.state == State.SECOND
    assert decide(case, fourth, now=after(4)).state == State.DECIDED
    assert audit.verify(case.id).whole


def test_one_rejection_ends_it_unless_the_policy_says_otherwise():
    case = decide(case_of(), viewer("dana"))
    case = decide(case, viewer("kofi"), REJECT, now=after(1))
    assert (case.state, case.outcome) == (State.DECIDED, "rejected")


@pytest.mark.parametrize(
    ("last", "outcome", "kinds"),
    [
        (Choice("approve"), "approved", ["approve", "reject", "approve"]),
        (REJECT, "rejected", ["approve", "reject", "reject"]),
    ],
)
def test_a_third_person_decides_where_two_disagree(last, outcome, kinds):
    case = decide(case_of(disagreement="third_decides"), viewer("dana"))
    kofi = viewer("kofi")
    case = decide(case, kofi, REJECT, now=after(1))
    assert (case.state, Decision.objects.count()) == (State.SECOND, 0)
    with pytest.raises(NotAllowed):
        decide(case, kofi, now=after(2))
    case = decide(case, viewer("lena"), last, now=after(3))
    assert (case.state, case.outcome) == (State.DECIDED, outcome)
    document = Decision.objects.get().document
    assert [one["type"] for one in document["approvals"]] == kinds


def test_before_anybody_agreed_a_rejection_ends_it():
    case = decide(case_of(disagreement="third_decides"), viewer("dana"), REJECT)
    assert case.outcome == "rejected"


def test_before_anybody_approved_it_a_rejection_of_anothers_edit_ends_it():
    case = decide(case_of(disagreement="third_decides"), viewer("dana"), edit("100.00"))
    assert case.state == State.SECOND
    case = decide(case, viewer("kofi"), REJECT, now=after(1))
    assert (case.state, case.outcome) == (State.DECIDED, "rejected")
    # Of three who must agree one has, to what stands: a third decides.
    publish(refund={"approvals": 3, "disagreement": "third_decides"})
    case = decide(escalation(), viewer("lena"), edit("100.00"))
    case = decide(decide(case, viewer("omar"), now=after(1)), viewer("ines"), REJECT, now=after(2))
    assert case.state == State.SECOND


def test_the_third_does_not_make_up_for_an_approval_that_is_missing():
    publish(refund={"approvals": 3, "disagreement": "third_decides"})
    case = decide(escalation(), viewer("dana"))
    case = decide(case, viewer("kofi"), REJECT, now=after(1))
    case = decide(case, viewer("lena"), now=after(2))
    assert case.state == State.SECOND
    assert decide(case, viewer("omar"), now=after(3)).outcome == "approved"


def test_another_answer_leaves_the_rejection_to_who_gave_it():
    case = decide(case_of(disagreement="third_decides"), viewer("dana"))
    kofi = viewer("kofi")
    case = decide(case, kofi, REJECT, now=after(1))
    case = decide(case, viewer("lena"), edit("100.00"), now=after(2))
    assert approvals.disputed(case)
    case = lifecycle.undo(case, by=kofi, version=case.version, now=after(3))
    case = decide(case, kofi, now=after(4))
    assert decide(case, viewer("omar"), now=after(5)).outcome == "edited"
    assert audit.verify(case.id).whole


@pytest.mark.parametrize(
    "how", ["taken back", "account closed", "press held by a rule", "the agent adds"]
)
def test_nobody_takes_back_the_rejection_of_another(how):
    """It stands on this version whatever becomes of the approvals, and the next one ends it."""
    dana = viewer("dana")
    case = decide(case_of(disagreement="third_decides", level=2), dana)
    case = decide(case, viewer("kofi"), REJECT, now=after(1))
    if how == "taken back":
        case = lifecycle.undo(case, by=dana, version=case.version, now=after(2))
    elif how == "account closed":
        User.objects.filter(pk=dana.user_id).update(is_active=False)
        case = Escalation.objects.get(pk=case.pk)
        approvals.lapse(case, now=after(2))
    elif how == "the agent adds":
        lifecycle.add_context(case, {"logs": [{"text": "x"}]}, agent="mira", now=after(2))
    else:
        rule = {
            "field": "proposed_actions.args.amount", "operator": "is", "value": "600.00",
            "level": 3, "reason": "Round amounts are checked",
        }  # fmt: skip
        publish(refund={"approvals": 2, "disagreement": "third_decides", "rules": [rule]})
        with pytest.raises(Conflict):
            decide(case, viewer("lena"), edit("600.00"), now=after(2))
    case = Escalation.objects.get(pk=case.pk)
    assert approvals.disputed(case)
    assert audit.verify(case.id).whole
    case = decide(case, viewer("nadia"), now=after(3))
    assert case.state == State.SECOND
    assert decide(case, viewer("omar"), REJECT, now=after(4)).outcome == "rejected"


def test_who_rejected_takes_that_back():
    case = decide(case_of(disagreement="third_decides"), viewer("dana"))
    kofi = viewer("kofi")
    case = decide(case, kofi, REJECT, now=after(1))
    case = lifecycle.undo(case, by=kofi, version=case.version, now=after(2))
    assert (case.state, approvals.disputed(case)) == (State.SECOND, False)


@pytest.mark.parametrize("seed", range(60))
def test_no_order_of_presses_lets_fewer_answer_than_the_policy_asks(seed):
    """Votes, edits, rejections, withdrawn parts and moved people in any order: what leaves as
    cleared was approved by so many different people, of different teams, none of them its author."""
    chance = random.Random(seed)
    wanted, how = chance.choice([2, 3]), chance.choice(["people", "teams", "roles"])
    publish(refund={
        "approvals": wanted, "approvals_from": how,
        "disagreement": chance.choice(["one_rejects", "third_decides"]),
    })  # fmt: skip
    roles = ("reviewer", "supervisor", "admin")
    people = [of_team(f"p{n}", "ABC"[n % 3], roles[n // 3]) for n in range(8)]
    case = escalation()
    for step in range(1, 26):
        case = Escalation.objects.get(pk=case.pk)
        if case.state == State.DECIDED:
            break
        by = chance.choice(people)
        try:
            if chance.random() < 0.15:
                lifecycle.undo(case, by=by, version=case.version, now=after(step))
            elif chance.random() < 0.1:
                Duty.objects.filter(person_id=by.id).update(
                    team=Team.objects.get(name=chance.choice("ABC"))
                )
            else:
                choices = [Choice("approve")] * 5 + [REJECT, edit(chance.choice(["1.00", "2.00"]))]
                decide(case, by, chance.choice(choices), now=after(step))
        except Refused:
            continue
    votes = list(Vote.objects.filter(void_at=None).select_related("person__duty__team"))
    assert len({vote.person_id for vote in votes}) == len(votes)
    case = Escalation.objects.get(pk=case.pk)
    if case.state == State.DECIDED and case.outcome != "rejected":
        agreed = [vote.person for vote in votes if vote.verdict == "approve"]
        authors = {vote.person_id for vote in votes if vote.verdict == "author"}
        assert len(agreed) >= wanted
        assert not authors & {person.pk for person in agreed}
        groups = {"people": lambda one: one.pk, "roles": lambda one: one.role,
                  "teams": lambda one: one.duty.team_id}  # fmt: skip
        assert len({groups[how](one) for one in agreed}) >= wanted
    assert audit.verify(case.id).whole


def test_matching_and_the_floor_keep_the_same_people_apart():
    case = case_of(approvals_from="teams")
    one, mate = of_team("dana", "A"), of_team("kofi", "A")
    of_team("lena", "B")
    decide(case, one)
    found = {
        "door": access.case_to_hold(Escalation.objects.get(pk=case.pk)),
        "floor": snapshot.standings([case.pk])[0],
        "matching": matching_input.only([case.pk], after(1)).cases[0],
    }
    for asked in found.values():
        assert {*asked.kept_apart, *asked.had_part} == {one.id, mate.id}
        assert set(asked.had_part) == {one.id}


def test_who_is_missing_is_said_at_once_to_the_agent_and_on_the_case(client):
    of_team("dana", "A")
    kofi = of_team("kofi", "A", "supervisor")
    publish(refund={"approvals": 2, "approvals_from": "teams"})
    body = json.dumps(REFUND).encode()
    accepted = intake.accept(key(), body, now=NOW)
    said = "People of 2 teams have to approve, and only A can: 1 more team is missing."
    assert [(one.pointer, one.detail) for one in accepted.warnings] == [("/task_type", said)]
    client.force_login(User.objects.get(pk=kofi.id))
    page = client.get(f"/escalations/{accepted.escalation.id}/").content.decode()
    assert said in page
    assert "of different teams" in page
    needed = json.dumps(REFUND | {"requested": {"approvals_needed": 3}}).encode()
    assert [
        (one.pointer, one.detail) for one in intake.accept(key(), needed, now=NOW).warnings
    ] == [
        (
            "/requested/approvals_needed",
            "3 people have to approve, and only 2 can: 1 more person is missing.",
        )
    ]
