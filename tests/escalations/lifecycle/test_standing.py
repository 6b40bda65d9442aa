"""Votes are about one answer: what the second person agrees to is exactly what leaves."""

import json

import pytest

from escalations import lifecycle
from escalations.models import Decision, Escalation, State, Vote
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db

PAY = {"id": "a1", "name": "pay", "args": {"amount": "20.00", "iban": "NL91"}}
FEE = {"id": "a2", "name": "waive_fee", "args": {"fee": "5.00"}}
PACKAGE = {
    "task_type": "refund",
    "summary": "Pay and waive the fee",
    "trigger": {"type": "high_risk_action", "reason": "It is money."},
    "proposed_actions": [PAY, FEE],
    "draft_response": {"text": "We pay €20.00."},
    "requested": {
        "approvals_needed": 2,
        "options": [{"id": "voucher", "label": "Give a voucher"}],
    },
}


def edited(iban="DE89", **choice):
    call = {"name": "pay", "args": {**PAY["args"], "iban": iban}}
    return Choice("edit", [{"action_id": "a1", "type": "edit", "edited": call}], **choice)


def each(*given, **choice):
    items = [
        {"action_id": action, "type": verdict}
        for action, verdict in zip(("a1", "a2"), given, strict=True)
    ]
    return Choice("approve", items, **choice)


APPROVE = Choice("approve")
AS_PROPOSED = Choice("edit", reply="We pay €20.00.")
# The first person's answer, the second's, and whether that is the same content.
TABLE = [
    (APPROVE, APPROVE, True),
    (APPROVE, AS_PROPOSED, True),
    (APPROVE, edited("NL91"), True),
    (APPROVE, Choice("edit"), True),
    (APPROVE, each("approve", "approve"), True),
    (Choice("edit"), APPROVE, True),
    (APPROVE, edited(), False),
    (APPROVE, Choice("edit", reply=""), False),
    (APPROVE, Choice("edit", reply="We pay soon."), False),
    (APPROVE, Choice("approve", instructions="Only with a photo."), False),
    (APPROVE, each("approve", "reject"), False),
    (APPROVE, Choice("choose", option_id="voucher"), False),
    (APPROVE, Choice("respond", message="Ask for a photo."), False),
    (edited(), APPROVE, True),
    (edited(), edited(), True),
    (edited(reply="We pay\nsoon."), edited(reply="We pay\r\nsoon. "), True),
    (edited(), Choice("edit"), True),
    (edited(), each("approve", "approve"), True),
    (edited(), edited("NL91"), False),
    (edited(), edited("FR76"), False),
    (edited(reply="We pay soon."), Choice("edit", reply="We pay now."), False),
    (edited(reply="We pay soon."), Choice("edit", reply=""), False),
    (edited(), Choice("choose", option_id="voucher"), False),
    (Choice("edit", reply=""), APPROVE, True),
    (Choice("edit", reply=""), Choice("edit", reply=""), True),
    (Choice("edit", reply=""), AS_PROPOSED, False),
    (Choice("approve", instructions="Now."), APPROVE, True),
    (Choice("approve", instructions="Now."), Choice("approve", instructions="Now. "), True),
    (Choice("approve", instructions="Now."), Choice("approve", instructions="Later."), False),
    (Choice("approve", instructions="Now."), Choice("approve", instructions=""), False),
    (Choice("approve", instructions="Now."), edited(), False),
    (each("approve", "reject"), APPROVE, True),
    (each("approve", "reject"), each("approve", "reject"), True),
    (each("approve", "reject"), each("approve", "approve"), False),
    (each("approve", "reject", reply="In part."), APPROVE, True),
    (each("approve", "reject", reply="In part."), Choice("edit", reply="In part."), True),
    (each("approve", "reject", reply="In part."), Choice("edit", reply="No."), False),
    (each("reject", "reject", reply="No."), APPROVE, True),
    (Choice("choose", option_id="voucher"), APPROVE, True),
    (Choice("choose", option_id="voucher"), Choice("choose", option_id="voucher"), True),
    (Choice("choose", option_id="voucher"), each("approve", "approve"), False),
    (Choice("respond", message="A photo?"), APPROVE, True),
    (Choice("respond", message="A photo?"), Choice("respond", message="A photo?"), True),
    (Choice("respond", message="A photo?"), Choice("respond", message="A bill?"), False),
    (Choice("respond", message="A?", reply="Wait."), Choice("respond", message="A?"), False),
]


def facts(case, kind):
    line = case.events.filter(kind=kind).order_by("position").last()
    return json.loads(bytes(line.body))["facts"]


def content(case):
    """What of the document people decided."""
    document = Decision.objects.get(escalation=case, undone_at=None).document
    names = ("outcome", "proceed", "actions", "response", "option_id", "instructions")
    return {name: document.get(name) for name in names}


def standing(case):
    votes = Vote.objects.standing_on(case).order_by("voted_at")
    return [(vote.person.username, str(vote.verdict)) for vote in votes]


def is_authored(choice):
    """Told apart here by hand: all leaves as proposed, or something else does."""
    return choice not in (APPROVE, AS_PROPOSED, Choice("edit"), edited("NL91"))


@pytest.mark.parametrize(("first", "second", "is_same"), TABLE)
def test_who_changes_the_content_is_its_author_and_who_does_not_approves(first, second, is_same):
    dana, amara, sofia, kofi = (viewer(name) for name in ("dana", "amara", "sofia", "kofi"))
    case = decide(escalation(PACKAGE), dana, first)
    part = "author" if is_authored(first) else "approve"
    assert (case.state, standing(case)) == (State.SECOND, [("dana", part)])
    case = decide(case, amara, second, now=after(1))
    given = "approve" if is_same else "author"
    assert facts(case, "voted" if case.state == State.SECOND else "decided")["vote"]["verdict"] == (
        given
    )
    if is_same and part == "approve":
        assert [one["reviewer_id"] for one in approvals_of(case)] == ["dana", "amara"]
        return
    kept = [("dana", "author")] if part == "author" else []
    assert standing(case) == [*kept, ("amara", given)]
    case = decide(case, sofia, now=after(2))
    approved = ["amara", "sofia"]
    if not is_same:
        case, approved = decide(case, kofi, now=after(3)), ["sofia", "kofi"]
    assert [one["reviewer_id"] for one in approvals_of(case)] == approved
    assert audit.verify(case.id).whole
    # Alone, the author of what left would have sent just that.
    if is_same:
        alone = {**PACKAGE, "requested": {**PACKAGE["requested"], "approvals_needed": 1}}
        other = escalation(alone, by=case.agent.keys.get())
        assert content(case) == content(decide(other, dana, first, now=after(9)))


def approvals_of(case):
    return Decision.objects.get(escalation=case).document["approvals"]


@pytest.mark.parametrize(
    ("choice", "outcome", "change"),
    [
        (AS_PROPOSED, "edited", "none"),
        (edited("NL91"), "mixed", "none"),
        (Choice("edit", reply=""), "edited", "material"),
        (Choice("approve", reply=""), "edited", "material"),
        (Choice("edit", reply="WE PAY €20.00!"), "edited", "cosmetic"),
        (each("approve", "approve", reply="Soon."), "edited", "material"),
        (each("approve", "reject"), "mixed", "none"),
        (Choice("reject"), "rejected", "none"),
        (Choice("respond", message="A photo?"), "responded", "none"),
        (Choice("choose", option_id="voucher"), "responded", "none"),
    ],
)
def test_what_changes_something_is_an_edit_whatever_was_pressed(choice, outcome, change):
    case = escalation({**PACKAGE, "requested": {"options": PACKAGE["requested"]["options"]}})
    case = decide(case, viewer(), choice)
    assert (case.outcome, facts(case, "decided")["change"]) == (outcome, change)


def test_an_action_that_may_only_be_edited_leaves_as_an_edit():
    only = {**PAY, "allowed_decisions": ["edit", "reject"]}
    case = escalation(PACKAGE | {"proposed_actions": [only]})
    case = decide(case, viewer("dana"), Choice("edit"))
    assert standing(case) == [("dana", "approve")]
    case = decide(case, viewer("amara"), now=after(1))
    assert (case.outcome, content(case)["actions"][0]["type"]) == ("edited", "edit")


def test_a_part_that_is_changed_leaves_the_rest_as_it_stands():
    dana, amara = viewer("dana"), viewer("amara")
    case = decide(escalation(PACKAGE), dana, edited(reply="We pay soon.", instructions="Now."))
    case = decide(case, amara, Choice("edit", reply="We pay today."), now=after(1))
    for second, name in enumerate(("sofia", "kofi"), 2):
        case = decide(case, viewer(name), now=after(second))
    left = content(case)
    assert left["actions"][0]["call"]["args"]["iban"] == "DE89"
    assert (left["response"]["text"], left["instructions"]) == ("We pay today.", "Now.")


def test_what_has_expired_since_is_not_agreed_to():
    soon = {**PAY, "expires_at": after(30).isoformat()}
    case = escalation(PACKAGE | {"proposed_actions": [soon, FEE]})
    case = decide(case, viewer("dana"), edited())
    with pytest.raises(Invalid, match="expired"):
        decide(case, viewer("amara"), now=after(31))


def test_a_reply_with_a_rejection_is_not_sent_by_one_person():
    case = decide(escalation(PACKAGE), viewer("dana"), each("reject", "reject", reply="No."))
    assert (case.state, Decision.objects.count()) == (State.SECOND, 0)


@pytest.mark.parametrize("first", [APPROVE, edited()])
@pytest.mark.parametrize("held", [True, False])
def test_what_the_customer_adds_voids_every_part_before_it(first, held):
    dana, amara = viewer("dana"), viewer("amara")
    case = decide(escalation(PACKAGE), dana, first)
    if held:
        case = lifecycle.claim(case, by=amara, now=after(1))
    message = {"messages": [{"role": "customer", "text": "STOP, I was refunded."}]}
    case = lifecycle.add_context(case, message, agent="mira", now=after(2))
    assert (case.state, standing(case)) == (State.HELD if held else State.WAITING, [])
    assert facts(case, "context_added")["voided"] == 1
    case = decide(case, amara, now=after(3))
    assert (case.state, standing(case)) == (State.SECOND, [("amara", "approve")])
    case = decide(case, dana, now=after(4))
    assert content(case)["outcome"] == "approved"
    assert [one["reviewer_id"] for one in approvals_of(case)] == ["amara", "dana"]
    assert audit.verify(case.id).whole


def test_what_stands_is_judged_by_the_policy_in_force_at_every_vote():
    amara, sofia = viewer("amara"), viewer("sofia", fraud=5)
    case = decide(escalation(PACKAGE), viewer("dana"), edited())
    case = decide(case, amara, now=after(1))
    rule = {
        "field": "proposed_actions.args.iban", "operator": "is", "value": "DE89", "level": 4,
        "skills": {"fraud": 5}, "approvals": 3, "reason": "German accounts are checked",
    }  # fmt: skip
    document = {
        "schema": "handoff.policy/1",
        "task_types": {"refund": {"title": "Refunds", "rules": [rule]}},
    }
    expected = versions.current().number
    by = Actor("operator", "test")
    versions.publish(check.check(document), by=by, now=NOW, expected=expected)
    with pytest.raises(Conflict) as refused:
        decide(case, sofia, now=after(2))
    assert refused.value.code == "held_by_rule"
    assert refused.value.detail.startswith("Not sent: german accounts are checked")
    case = Escalation.objects.get()
    assert (case.level, case.approvals, case.state) == (4, 3, State.SECOND)
    # Who approved under the terms of before has no part under these.
    assert (standing(case), facts(case, "answer_held")["voided"]) == ([("dana", "author")], 1)
    for second, name in enumerate(("sofia", "tomasz", "kofi"), 3):
        person = sofia if name == "sofia" else viewer(name, fraud=5)
        assert case.state == State.SECOND
        case = decide(case, person, now=after(second))
    assert content(case)["actions"][0]["call"]["args"]["iban"] == "DE89"
    assert audit.verify(case.id).findings == []
