"""What leaves is judged like what was asked: an edit that meets a rule is held for it."""

import json

import pytest

from escalations import commands
from escalations.lifecycle import rejudging
from escalations.models import Decision, Escalation, State, Vote, requirements
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record import audit, kinds
from escalations.record.lines import Actor
from escalations.record.sentences import Said
from escalations.refusals import Conflict, NotAllowed, NotFound
from tests.escalations.commands.test_commands import command
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, REFUND, after, escalation, viewer

pytestmark = pytest.mark.django_db

GIFT = {
    "field": "proposed_actions.args.kind",
    "operator": "is",
    "value": "gift",
    "reason": "Gifts are checked",
}
ACTION = {"id": "a1", "name": "refund", "args": {"order_id": "HP-1", "kind": "card"}}


def publish(*rules, **task_type):
    document = {
        "schema": "handoff.policy/1",
        "task_types": {"refund": {"title": "Refunds", "rules": list(rules), **task_type}},
    }
    expected = versions.current().number
    by = Actor("operator", "test")
    versions.publish(check.check(document), by=by, now=NOW, expected=expected)


def edited(kind="gift", name="refund", **choice):
    call = {"name": name, "args": {**ACTION["args"], "kind": kind}}
    item = {"action_id": "a1", "type": "edit", "edited": call}
    return Choice("edit", actions=[item], **choice)


def case_of(**package):
    return escalation(REFUND | {"proposed_actions": [ACTION]} | package)


def facts(case, kind):
    return json.loads(bytes(case.events.get(kind=kind).body))["facts"]


def test_more_approvals_make_the_edit_a_part_of_several():
    publish({**GIFT, "approvals": 2})
    case, dana = case_of(), viewer()
    case = decide(case, dana, edited())
    assert (case.state, case.approvals, Decision.objects.count()) == (State.SECOND, 2, 0)
    assert Vote.objects.get().verdict == Vote.Verdict.AUTHOR
    stored = Escalation.objects.get()
    assert stored.reasons[0]["sentence"] == (
        "Edited by a person: gifts are checked: the proposed actions args kind is “gift” "
        "(rule: gift)."
    )
    assert stored.approvals == 2
    said = {
        "approvals": 2, "command": "edit", "package_version": 1,
        "rules": ["rules/0", "approvals"], "state": "second", "version": 2,
    }  # fmt: skip
    assert said.items() <= facts(case, "voted").items()
    assert audit.verify(case.id).whole
    _, details = kinds.of("voted").sentence(Said(facts(case, "voted")))
    assert details == ["Rules: rule 1 of the task type, approvals", "Another person must agree"]
    with pytest.raises(NotAllowed):
        decide(case, dana, now=after(1))
    case = decide(case, viewer("amara"), now=after(2))
    case = decide(case, viewer("tomasz"), now=after(3))
    document = Decision.objects.get().document
    assert (document["outcome"], document["actions"][0]["call"]["args"]["kind"]) == (
        "edited", "gift",
    )  # fmt: skip
    assert audit.verify(case.id).whole


@pytest.mark.parametrize("held", [True, False])
def test_a_higher_level_holds_the_press_and_the_next_one_counts(held):
    publish({**GIFT, "level": 3, "priority": "high", "approvals": 2})
    case, dana = case_of(), viewer()
    if held:
        commands.perform(dana, command(case, "claim"), now=NOW)
        case.refresh_from_db()
    was = case.version
    with pytest.raises(Conflict) as refused:
        decide(case, dana, edited(), now=after(1))
    assert (refused.value.code, refused.value.detail) == (
        "held_by_rule",
        "Not sent: gifts are checked: the proposed actions args kind is “gift” (rule: gift).",
    )
    case = Escalation.objects.get()
    assert (case.state, case.level, case.disposition, case.priority, case.approvals) == (
        "held" if held else "waiting", 3, "take_over", "high", 2,
    )  # fmt: skip
    assert (case.version, Decision.objects.count(), Vote.objects.count()) == (was + 1, 0, 0)
    assert (case.accepted_at is None) == (not held)
    line = facts(case, "answer_held")
    assert (line["rules"], line["level"], line["approvals"]) == (["rules/0", "approvals"], 3, 2)
    case = decide(case, dana, edited(), now=after(2))
    assert case.state == State.SECOND
    assert audit.verify(case.id).whole


def test_a_skill_takes_the_case_from_who_lacks_it():
    publish({**GIFT, "skills": {"gifts": 2}})
    case, dana = case_of(), viewer()
    commands.perform(dana, command(case, "claim"), now=NOW)
    with pytest.raises(Conflict, match="Not sent"):
        decide(Escalation.objects.get(), dana, edited(), now=after(1))
    case = Escalation.objects.get()
    assert requirements.skills_of(case.requirement_id) == {"gifts": 2}
    assert (case.state, case.held_by) == (State.WAITING, None)
    with pytest.raises(NotFound):
        commands.perform(dana, command(case, version=case.version), now=after(2))
    amara = viewer("amara", gifts=2)
    assert decide(case, amara, edited(), now=after(3)).outcome == "edited"


@pytest.mark.parametrize(
    "choice",
    [
        Choice("approve"),
        Choice("reject"),
        Choice("edit", instructions="Go on."),
        edited("card"),
        Choice("edit", reply=REFUND["draft_response"]["text"]),
    ],
)
def test_what_leaves_as_it_was_proposed_is_not_judged_again(choice):
    case = case_of()
    # Whatever comes would be held now.
    publish(level=4, approvals=2)
    assert decide(case, viewer(), choice).state == State.DECIDED


def test_a_written_reply_is_judged_as_well():
    publish(
        {
            "field": "draft_response.text", "operator": "mentions", "value": ["voucher"],
            "level": 3, "reason": "Vouchers are for a lead",
        }
    )  # fmt: skip
    with pytest.raises(Conflict) as refused:
        decide(case_of(), viewer(), Choice("edit", reply="We send you a voucher."))
    assert refused.value.detail == (
        "Not sent: vouchers are for a lead: the draft response text mentions “voucher”."
    )


def test_the_policy_in_force_judges_what_is_sent():
    publish()
    case = case_of()
    publish({**GIFT, "level": 3})
    with pytest.raises(Conflict, match="gifts are checked"):
        decide(case, viewer(), edited())


def test_an_answer_that_is_held_is_refused_through_the_door_and_repeated_is_stale():
    publish({**GIFT, "level": 3})
    case, dana = case_of(), viewer()
    arguments = {"actions": [dict(item) for item in edited().actions]}
    sent = command(case, "edit", **arguments)
    with pytest.raises(Conflict) as refused:
        commands.perform(dana, sent, now=NOW)
    assert refused.value.code == "held_by_rule"
    with pytest.raises(Conflict) as refused:
        commands.perform(dana, sent, now=after(1))
    assert refused.value.code == "stale"
    again = command(case, "edit", version=2, **arguments)
    assert commands.perform(dana, again, now=after(2))["outcome"] == "edited"


def test_a_refund_is_not_edited_past_the_rule_of_two_people():
    """What was measured: 184 became 99,999 by one reviewer and left with `proceed`."""
    limits = {"EUR": {"approve_up_to": "1000.00", "two_people_from": "500.00"}}
    publish(amounts=limits, amount_from={"refund": {"amount": "/amount"}})
    case, dana = escalation(risk={"amount": {"value": "184.00", "currency": "EUR"}}), viewer()
    args = REFUND["proposed_actions"][0]["args"]

    def refund(amount):
        call = {"name": "refund", "args": args | {"amount": amount}}
        return Choice("edit", actions=[{"action_id": "a1", "type": "edit", "edited": call}])

    with pytest.raises(Conflict) as refused:
        decide(case, dana, refund("99999.00"), now=after(1))
    assert refused.value.detail == (
        "Not sent: the amount is €99,999.00; a person takes over above €1,000.00."
    )
    case.refresh_from_db()
    assert (case.level, case.approvals, Decision.objects.count()) == (3, 2, 0)
    assert decide(case, dana, refund("99999.00"), now=after(2)).state == State.SECOND

    other = escalation(by=case.agent.keys.get())
    assert decide(other, dana, refund("600.00"), now=after(3)).state == State.SECOND
    third = escalation(by=case.agent.keys.get())
    assert decide(third, dana, refund("499.00"), now=after(4)).state == State.DECIDED


AMOUNTS = {"EUR": {"approve_up_to": "1000.00", "two_people_from": "500.00"}}
PAID = {"id": "a1", "name": "refund", "args": {"amount": "184.00", "currency": "EUR"}}


def test_an_amount_that_cannot_be_read_is_held_and_told_while_it_is_typed():
    publish(amounts=AMOUNTS, amount_from={"refund": {"amount": "/amount"}})
    case, dana = escalation(REFUND | {"proposed_actions": [PAID]}), viewer()
    assert (case.level, case.approvals) == (2, 1)
    cannot = "“amount” is “99999 EUR sofort”, which cannot be read as an amount"
    for amount, said in (
        ("99999 EUR sofort", cannot),
        ("", "“amount” is empty, so its amount cannot be read"),
        ("1e6", "The amount is €1,000,000.00"),
        ("99999 eur", "The amount is €99,999.00"),
    ):
        call = {"name": "refund", "args": PAID["args"] | {"amount": amount}}
        item = {"action_id": "a1", "type": "edit", "edited": call}
        choice = Choice("edit", actions=[item])
        _, told = rejudging.foreseen(Escalation.objects.get(), choice, now=after(1))
        assert f"{said}; a person takes over above €1,000.00." in told
    with pytest.raises(Conflict, match="a person takes over above") as refused:
        decide(case, dana, choice)
    assert refused.value.code == "held_by_rule"
    case = Escalation.objects.get()
    assert (case.level, case.approvals, case.state) == (3, 2, State.WAITING)


def test_an_answer_that_is_money_is_held_like_an_edit():
    publish(amounts=AMOUNTS)
    schema = {"type": "object", "properties": {"amount": {"type": "number"}}}
    asked = {"id": "a1", "name": "ask", "kind": "question", "response_schema": schema}
    case, dana = escalation(REFUND | {"proposed_actions": [asked]}), viewer()
    item = {"action_id": "a1", "type": "respond", "value": {"amount": 99999, "currency": "EUR"}}
    choice = Choice("respond", actions=[item])
    with pytest.raises(Conflict, match="the amount is €99,999.00") as refused:
        decide(case, dana, choice)
    assert refused.value.code == "held_by_rule"
    small = [item | {"value": {"amount": 40, "currency": "EUR"}}]
    case = decide(Escalation.objects.get(), dana, Choice("respond", actions=small))
    assert case.state in {State.DECIDED, State.SECOND}


OFFERED = [
    {"id": "full", "label": "Refund €600.00 in full"},
    {"id": "part", "label": "A part", "effect": "€90 go back to the card"},
    {"id": "none", "label": "Nothing"},
]
ASKED = {"id": "q1", "kind": "question", "name": "which_refund"}


@pytest.mark.parametrize("actions", [[], [ASKED], [ASKED | {"allowed_decisions": ["respond"]}]])
def test_an_option_that_names_money_is_held_as_a_call_of_it_would_be(actions):
    publish(amounts={"EUR": {"two_people_from": "500", "take_over_up_to": "5000"}})
    offered = {"proposed_actions": actions, "requested": {"options": OFFERED}}
    dana = viewer("dana")
    for option in ("part", "none"):
        case = decide(case_of(**offered), dana, Choice("choose", option_id=option))
        assert case.state == State.DECIDED
    case = case_of(**offered)
    case = decide(case, dana, Choice("choose", option_id="full"))
    assert (case.state, case.approvals) == (State.SECOND, 2)
    assert case.reasons[0]["sentence"] == (
        "Chosen by a person: the amount is €600.00; two people approve from €500.00."
    )
    # Whoever chooses is an author, as whoever edits.
    for name in ("sam", "ana"):
        assert case.state == State.SECOND
        case = decide(case, viewer(name), Choice("choose", option_id="full"))
    assert case.state == State.DECIDED
    assert Decision.objects.get(escalation=case).document["option_id"] == "full"
