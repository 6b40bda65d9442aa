"""What one person may not say by themselves, whatever else asks for several people already."""

import pytest

from escalations import lifecycle
from escalations.lifecycle.conversing import sayable
from escalations.lifecycle.conversing.calling import SaidOnPhone
from escalations.models import Call, Decision, Escalation, State
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record.lines import Actor
from escalations.refusals import Conflict
from tests.escalations.lifecycle.conversing.talking import handed_back, live
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db

CALL = {"order_id": "HP-20931", "amount": "184.00", "currency": "EUR", "checked": True}
LIMITS = {"EUR": {"approve_up_to": "5000.00", "two_people_from": "400.00"}}
GUARANTEED = {
    "field": "draft_response.text", "operator": "mentions", "value": ["guarantee"],
    "level": 2, "approvals": 2, "reason": "Guarantees need two",
}  # fmt: skip
VIP = {
    "field": "customer.tier", "operator": "is", "value": "vip", "level": 3, "approvals": 2,
    "skills": {"fraud": 2}, "reason": "VIPs need two",
}  # fmt: skip
UNCHECKED = {
    "field": "proposed_actions.args.checked", "operator": "missing", "level": 3, "approvals": 2,
    "skills": {"fraud": 2}, "reason": "Unchecked needs two",
}  # fmt: skip
NAMED = {"value": "450.00", "currency": "EUR"}
# What asks for two people whatever is said: of the policy, and of the package.
ANYWAY = {
    "nothing": ({}, {}),
    "the kind of work": ({"approvals": 2}, {}),
    "more than the words": ({"approvals": 3}, {}),
    "a rule on the customer": (
        {"rules": [VIP, GUARANTEED]}, {"context": {"customer": {"tier": "vip"}}},
    ),
    "a rule on what is missing": ({"rules": [GUARANTEED, UNCHECKED]}, {}),
    "the agent": ({}, {"requested": {"approvals_needed": 2}}),
    "the amount": ({}, {"risk": {"amount": NAMED}}),
}  # fmt: skip
HELD = {
    "We guarantee it.": "guarantees need two",
    "You get €600.00.": "two people approve from €400.00",
    "You get €410.00.": "two people approve from €400.00",
}


def publish(**refund):
    kept = {"amounts": LIMITS, "rules": [GUARANTEED]}
    document = {"schema": "handoff.policy/1", "task_types": {"refund": {**kept, **refund}}}
    expected, by = versions.current().number, Actor("operator", "test")
    versions.publish(check.check(document), by=by, now=NOW, expected=expected)


def case_of(anyway):
    """The keys of a package for which only this asks for two people."""
    policy, package = ANYWAY[anyway]
    publish(**policy)
    return {"proposed_actions": [{"id": "a1", "name": "refund", "args": CALL}], **package}


def call(case, by, second=1, **said):
    said = SaidOnPhone("reached", **said)
    case = Escalation.objects.get(pk=case.pk)
    return lifecycle.call(case, said, by=by, version=case.version, now=after(second))


@pytest.mark.parametrize("anyway", ANYWAY)
def test_what_the_words_meet_is_held_whatever_asks_for_it_already(anyway):
    dana = viewer("dana", fraud=2)
    case = live(dana, **case_of(anyway))
    for said, told in HELD.items():
        sends = {
            "said": lambda said=said: lifecycle.say(case, said, by=dana, now=after(1)),
            "first line": lambda said=said: handed_back(case, dana, after(1), first_line=said),
            "promised": lambda said=said: handed_back(case, dana, after(1), promises=[said]),
            "on the phone": lambda said=said: call(case, dana, promises=[said]),
        }
        for send in sends.values():
            with pytest.raises(Conflict) as refused:
                send()
            assert (refused.value.code, told in refused.value.detail) == ("held_by_rule", True)
            assert refused.value.detail.endswith(sayable.INSTEAD)
    assert (case.chat_messages.count(), Decision.objects.count()) == (1, 1)
    for said in ("How can I help?", "You get your €184.00.", "€399.99 on top."):
        case = lifecycle.say(case, said, by=dana, now=after(2))
    assert handed_back(case, dana, after(3), promises=["A call."]).state == State.DECIDED


@pytest.mark.parametrize("anyway", ["nothing", "a rule on what is missing"])
def test_money_in_an_answer_is_held_by_its_own_rules_alone(anyway):
    """What is missing once the calls are left out asks for nothing, and hides nothing."""
    case = escalation(**case_of(anyway))
    assert (case.level, case.approvals) == (2, 1)
    requirement = case.requirement_id
    case = decide(case, viewer(), Choice("approve", instructions="€600.00 more."))
    assert (case.state, case.level, case.approvals) == (State.SECOND, 2, 2)
    with pytest.raises(Conflict) as refused:
        decide(case, viewer("amara"), Choice("approve", instructions="€6,000 more."), now=after(1))
    assert "a person takes over above €5,000.00" in refused.value.detail
    case = Escalation.objects.get()
    assert (case.level, case.approvals, case.requirement_id) == (3, 2, requirement)


def test_several_people_who_agree_may_write_what_asks_for_them():
    publish(approvals=2)
    case = decide(escalation(), viewer(), Choice("approve", reply="We guarantee €600.00."))
    assert (case.state, case.approvals) == (State.SECOND, 2)
    for second, name in enumerate(("amara", "tomasz"), 1):
        case = decide(case, viewer(name), now=after(second))
    assert case.state == State.DECIDED


CALLED = {
    "promises": lambda said: {"promises": [said]},
    "notes": lambda said: {"notes": said},
}


@pytest.mark.parametrize("way", CALLED)
@pytest.mark.parametrize("anyway", ANYWAY)
def test_what_was_said_on_the_phone_never_leaves_unjudged(anyway, way):
    """It would go to the agent with an answer; in words of that answer others agree to it."""
    dana = viewer("dana", fraud=2)
    package = case_of(anyway)
    package["requested"] = {**package.get("requested", {}), "method": "callback"}
    case = lifecycle.claim(escalation(**package), by=dana, now=NOW)
    # A guarantee that the customer asks for is none that is given.
    held = dict(HELD) if way == "promises" else {k: v for k, v in HELD.items() if "€" in k}
    for said, told in held.items():
        with pytest.raises(Conflict) as refused:
            call(case, dana, **CALLED[way](said))
        assert (refused.value.code, told in refused.value.detail) == ("held_by_rule", True)
        assert refused.value.detail.endswith(sayable.IN_THE_ANSWER)
    assert not Call.objects.exists()
    for second, said in enumerate(("You get your €184.00.", "€399.99 on top."), 2):
        case = call(case, dana, second, **CALLED[way](said))
    assert Call.objects.count() == 2
    case = decide(case, dana, Choice("approve", instructions="€600.00."), now=after(4))
    assert (case.state, case.approvals >= 2) == (State.SECOND, True)


def test_a_promise_above_the_level_of_a_case_is_kept_out_of_its_calls():
    publish(amounts={"EUR": {"approve_up_to": "400.00", "take_over_up_to": "5000.00"}})
    dana = viewer("dana")
    case = escalation(requested={"method": "callback"})
    assert case.level == 3
    case = lifecycle.claim(case, by=dana, now=NOW)
    with pytest.raises(Conflict) as refused:
        call(case, dana, promises=["€6,000.00 by Friday."])
    assert "people are alerted at once above €5,000.00" in refused.value.detail
    assert call(case, dana, 2, promises=["€600.00 by Friday."]).version == case.version + 1
