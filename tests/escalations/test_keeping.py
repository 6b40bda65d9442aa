"""No later call of the agent lowers what a hard rule, the customer or a person has said."""

import json

import pytest

from escalations import intake, lifecycle
from escalations.lifecycle.conversing import taking_over
from escalations.models import Escalation, State, requirements
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, key, viewer

pytestmark = pytest.mark.django_db

CLEAR = {
    "task_type": "refund",
    "summary": "Refund for a lamp",
    "proposed_actions": [{"id": "a1", "name": "lamp.refund", "args": {"order_id": "HP-1"}}],
    "context": {"reasoning": {"confidence": 0.99}},
}


def said(text):
    messages = [{"role": "customer", "text": text}]
    return {"context": {"reasoning": {"confidence": 0.99}, "conversation": {"messages": messages}}}


# What a hard rule or the customer's wish finds in a package: the rule, and the level of it.
HARD = {
    "wish": (said("I want to speak to a human."), "person", 3),
    "wish, flagged": ({"flags": [{"code": "human_requested"}]}, "person", 3),
    "wish, as the reason": (
        {"trigger": {"type": "customer_request", "reason": "They asked."}},
        "person",
        3,
    ),
    "danger": (said("I am going to kill myself."), "hard/emergency", 4),
    "court": (said("My lawyer will sue you."), "hard/legal_threat", 3),
    "closure": (said("Please close my account."), "hard/account_closure", 3),
    "regulated": ({"flags": [{"code": "sanctions"}]}, "hard/regulated", 3),
    "compliance": ({"flags": [{"code": "compliance"}]}, "hard/compliance", 2),
    "for good": ({"risk": {"reversible": False}}, "hard/cannot_be_undone", 2),
    "amount": (
        {"risk": {"amount": {"value": "20000.00", "currency": "EUR"}}},
        "hard/legal_amount",
        2,
    ),
}


@pytest.fixture(autouse=True)
def _alone():
    publish()


def publish(**refund):
    document = {"schema": "handoff.policy/1", "task_types": {"refund": {"level": 1, **refund}}}
    expected = versions.current().number
    by = Actor("operator", "test")
    versions.publish(check.check(document), by=by, now=NOW, expected=expected)


def revise(case, seconds=1, **changes):
    body = json.dumps(CLEAR | changes).encode()
    intake.revise(case.agent.keys.get(), case, body, now=after(seconds))
    return stored(case)


def follow(case, seconds=1, **keys):
    return stored(escalation(CLEAR | keys, by=case.agent.keys.get(), now=after(seconds)))


def stored(case):
    return Escalation.objects.get(id=case.id)


def rules(case):
    return {one["rule"]: one["sentence"] for one in case.reasons}


def test_alone_it_would_be_cleared():
    assert escalation(CLEAR).outcome == "approved"


@pytest.mark.parametrize("name", HARD)
def test_a_revision_keeps_what_a_hard_rule_found(name):
    package, rule, level = HARD[name]
    case = escalation(CLEAR | package)
    first = rules(case)[rule]
    for seconds in (1, 2):
        case = revise(case, seconds)
        assert (case.state, case.level) == (State.WAITING, level)
        assert rules(case)[rule] == f"Found in an earlier version: {first[0].lower()}{first[1:]}"
    assert audit.verify(case.id).whole


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("way", ["supersedes", "re_escalates"])
def test_what_follows_a_case_takes_its_hard_reasons_over(name, way):
    package, rule, level = HARD[name]
    case = escalation(CLEAR | package)
    first = rules(case)[rule]
    if way == "re_escalates":
        case = decide(case, viewer(), now=after(1))
    after_it = follow(case, **{way: case.id})
    assert (after_it.state, after_it.level) == (State.WAITING, level)
    assert rules(after_it)[rule] == (f"From {case.case_number}: {first[0].lower()}{first[1:]}")
    # And so does a third, which names only the second.
    third = follow(after_it, 2, supersedes=after_it.id)
    assert (third.level, rules(third)[rule]) == (level, rules(after_it)[rule])
    assert audit.verify(third.id).whole


# Of what may be found, what the customer can write into a case that waits.
WRITTEN = {name: HARD[name] for name in ("wish", "danger", "court", "closure")}


def write(case, package, seconds=1):
    messages = package["context"]["conversation"]["messages"]
    return lifecycle.add_context(case, {"messages": messages}, agent="mira", now=after(seconds))


@pytest.mark.parametrize("name", WRITTEN)
def test_what_the_customer_writes_meanwhile_is_judged_and_stays(name):
    package, rule, level = WRITTEN[name]
    fresh = escalation(CLEAR | package, by=key("atlas"))
    first = rules(fresh)[rule]
    found = f"Added meanwhile: {first[0].lower()}{first[1:]}"
    case = escalation(CLEAR | {"context": {}})
    write(case, package)
    case = stored(case)
    assert (case.state, case.level, case.reasons[0]["sentence"]) == ("waiting", level, found)
    assert (case.why, case.method) == (found, fresh.method)
    kinds = list(case.events.order_by("position").values_list("kind", flat=True))
    assert kinds == ["received", "context_added", "context_judged"]
    assert case.respond_by <= after(3600)
    # Once more it is nothing new.
    write(case, package, 2)
    assert stored(case).reasons == case.reasons
    # A revision has it still, though its own package does not say so.
    case = revise(case, 3)
    assert (case.level, rule in rules(case)) == (level, True)
    assert audit.verify(case.id).whole


@pytest.mark.parametrize("name", WRITTEN)
def test_an_answer_is_judged_with_what_was_written(name):
    """It meets nothing that the case does not ask for already, and lowers nothing."""
    package, rule, level = WRITTEN[name]
    case = escalation(CLEAR | {"context": {}, "draft_response": {"text": "We refund it."}})
    write(case, package)
    case = decide(stored(case), viewer(), Choice("edit", reply="Sorry!"), now=after(2))
    assert (case.level, case.outcome, rule in rules(case)) == (level, "edited", True)
    assert audit.verify(case.id).whole


def test_an_edit_is_judged_by_a_rule_on_what_was_written():
    gift = {"field": "text", "operator": "mentions", "value": "gift", "level": 2, "approvals": 2}
    case = escalation(CLEAR | {"context": {}, "draft_response": {"text": "We refund it."}})
    write(case, said("It was a gift."))
    # The rule came later: what is sent meets it by what was added before.
    publish(rules=[{**gift, "reason": "Gifts"}])
    sent = decide(stored(case), viewer(), Choice("edit", reply="Sorry!"), now=after(2))
    assert (sent.state, sent.approvals) == (State.SECOND, 2)
    assert audit.verify(case.id).whole


@pytest.mark.parametrize("name", WRITTEN)
def test_a_decision_that_can_be_undone_is_taken_back_for_it(name):
    package, rule, level = WRITTEN[name]
    case = decide(escalation(CLEAR | {"context": {}}), viewer())
    assert case.state == State.DECIDED
    write(case, package)
    case = stored(case)
    assert (case.state, case.level, rule in rules(case), case.outcome) == (
        "waiting", level, True, "",
    )  # fmt: skip
    kinds = list(case.events.order_by("position").values_list("kind", flat=True))
    assert kinds == ["received", "decided", "recalled", "context_added", "context_judged"]
    assert audit.verify(case.id).whole
    case = decide(case, viewer("amara"), now=after(2))
    assert [one.sequence for one in case.decisions.order_by("pk")] == [1, 2]
    assert audit.verify(case.id).whole


def test_what_asks_for_nothing_leaves_a_decision_alone_and_so_does_what_comes_too_late():
    case = decide(escalation(CLEAR | {"context": {}}), viewer())
    for package, seconds in ((said("Thank you"), 1), (HARD["danger"][0], 10)):
        with pytest.raises(Conflict, match="already decided"):
            write(case, package, seconds)
    assert stored(case).state == State.DECIDED


def test_a_wish_wakes_what_was_put_off_and_an_open_hold_stays_with_who_may_have_it():
    dana = viewer()
    case = escalation(CLEAR | {"context": {}})
    case = lifecycle.snooze(case, by=dana, version=1, until=after(600), now=NOW)
    write(case, HARD["wish"][0])
    case = stored(case)
    assert (case.state, case.level, case.snoozed_until) == ("waiting", 3, None)
    case = lifecycle.claim(case, by=dana, now=after(2))
    write(case, HARD["danger"][0], 3)
    case = stored(case)
    assert (case.state, case.held_by_id, case.level) == ("held", dana.user_id, 4)
    assert (case.priority, case.disposition) == ("urgent", "alert")
    assert case.alert_at is not None
    assert audit.verify(case.id).whole


def test_a_policy_that_changed_meanwhile_breaks_no_record():
    case = escalation(CLEAR | {"context": {}})
    publish(undo_s=20)
    write(case, HARD["wish"][0])
    assert audit.verify(case.id).whole


def test_the_machine_does_not_answer_what_waits_for_a_person():
    case = revise(escalation(CLEAR | {"context": {}}))
    assert (case.state, case.level, case.disposition) == (State.WAITING, 2, "review")
    assert rules(case)["waits"] == "It waits for a person already, so a person decides it."
    replaced = follow(case, supersedes=case.id)
    assert (replaced.state, replaced.level, stored(case).state) == ("waiting", 2, "cancelled")
    assert rules(replaced)["before"] == (
        f"It takes the place of {case.case_number}, which waits for a person."
    )


@pytest.mark.parametrize(
    ("choice", "word"),
    [
        (Choice("reject"), "rejected"),
        (Choice("approve"), "approved"),
        (Choice("respond", message="Ask for a photo"), "answered"),
        (Choice("edit", reply="We look into it."), "edited"),
    ],
)
@pytest.mark.parametrize("way", ["supersedes", "re_escalates"])
def test_what_a_person_answered_is_raised_again_for_a_person(choice, word, way):
    asks = {"context": {}, "draft_response": {"text": "We refund it."}}
    case = decide(escalation(CLEAR | asks), viewer(), choice)
    # The answer can still be undone, so another case may take its place.
    again = follow(case, **{way: case.id})
    assert (again.state, again.level) == (State.WAITING, 2)
    assert rules(again)["before"] == f"A person {word} this before (case {case.case_number})."
    revised = revise(again, 2)
    assert rules(revised)["before"] == rules(again)["before"]


def test_what_the_machine_cleared_may_be_raised_again_without_a_person():
    case = escalation(CLEAR)
    assert follow(case, re_escalates=case.id).outcome == "approved"


def test_withdrawn_and_raised_again_is_for_a_person():
    case = escalation(CLEAR | {"context": {}})
    follow(case, supersedes=case.id, requested={"method": "approval"})
    again = follow(case, 2, re_escalates=case.id)
    assert rules(again)["before"] == (
        f"A person was to decide this before (case {case.case_number}, cancelled)."
    )


def test_the_skills_to_which_a_person_passed_it_on_stay():
    case = escalation(CLEAR | {"context": {}})
    viewer("amara", fraud=3)
    lifecycle.pass_on(case, by=viewer(), version=1, skills={"fraud": 3}, now=NOW)
    case = revise(case, requested={"skills": ["refunds"]})
    assert requirements.skills_of(case.requirement_id) == {"fraud": 3, "refunds": 1}
    case = revise(case, 2)
    assert requirements.skills_of(case.requirement_id) == {"fraud": 3}
    replaced = follow(case, 3, supersedes=case.id)
    assert requirements.skills_of(replaced.requirement_id) == {"fraud": 3}


def test_another_agent_is_told_nothing_of_it():
    case = escalation(CLEAR | HARD["danger"][0])
    other = key("atlas")
    with pytest.raises(Invalid, match="not valid"):
        escalation(CLEAR | {"re_escalates": case.id}, by=other)


def post(agent, **rest):
    context = {**CLEAR["context"], **rest.pop("context", {})}
    body = json.dumps({**CLEAR, **rest, "context": context}).encode()
    checked = intake.check(agent, body, now=NOW).verdict
    accepted = intake.accept(agent, body, now=NOW).escalation
    assert (checked.level, checked.disposition) == (accepted.level, accepted.disposition)
    return accepted


SAME_WORK = {
    "correlation": {"correlation_id": "order-7"},
    "customer": {"context": {"customer": {"id": "c1", "name": "Inès"}}},
    "reference": {"customer_ref": " c1 "},
}


@pytest.mark.parametrize("same", SAME_WORK)
def test_who_takes_a_case_back_does_not_clear_the_same_alone(same):
    mira, known = key(), SAME_WORK[same]
    first = post(mira, flags=[{"code": "human_requested"}], **known)
    assert first.level == 3
    lifecycle.cancel(first, agent="mira", now=NOW)
    again = post(mira, **known)
    assert (again.level, again.state) == (3, State.WAITING)
    before = f"A person was to decide this before (case {first.case_number}, cancelled)."
    assert before in [one["sentence"] for one in again.reasons]
    # Other work, another agent and what a policy cleared alone are no such case.
    assert post(mira).disposition == "proceed"
    assert post(key("atlas"), **known).disposition == "proceed"


def test_the_same_work_is_not_cleared_beside_a_case_that_waits():
    mira, known = key(), SAME_WORK["correlation"]
    post(mira, flags=[{"code": "compliance"}], **known)
    assert post(mira, **known).level == 2
    assert post(mira, correlation_id="order-8").disposition == "proceed"
    assert post(mira, correlation_id="order-8").disposition == "proceed"


@pytest.mark.parametrize("same", [*SAME_WORK, "named"])
def test_what_a_person_reversed_is_not_cleared_anew(same):
    mira, dana = key(), viewer("dana")
    known = SAME_WORK.get(same, {})
    first = post(mira, **known)
    assert first.disposition == "proceed"
    lifecycle.reverse(first, by=dana, version=first.version, why="It had arrived.", now=after(60))
    again = post(mira, **(known or {"re_escalates": first.id}))
    assert (again.level, again.state) == (2, State.WAITING)
    before = f"A person reversed what was answered to this before (case {first.case_number})."
    assert before in [one["sentence"] for one in again.reasons]
    assert post(mira).disposition == "proceed"
    assert post(key("atlas"), **known).disposition == "proceed"


LAMP = {"proposed_actions": [{"id": "a1", "name": "lamp.refund", "args": {"order_id": "HP-2"}}]}
OTHERWISE = {
    "rejected": Choice("reject", reason_code="not_justified"),
    "edited": Choice(
        "edit",
        actions=[
            {
                "action_id": "a1",
                "type": "edit",
                "edited": {"name": "lamp.refund", "args": {"order_id": "HP-9"}},
            },
        ],
    ),
}


@pytest.mark.parametrize("same", SAME_WORK)
@pytest.mark.parametrize("how", [*OTHERWISE, "taken over"])
def test_what_a_person_answered_otherwise_is_not_cleared_anew(how, same):
    mira, dana, known = key(), viewer("dana"), SAME_WORK[same]
    first = post(mira, flags=[{"code": "compliance"}], **known)
    if how == "taken over":
        first = taking_over.take_over(first, by=dana, version=first.version, now=NOW)
        told = taking_over.HandBack(instructions="No refund for this lamp.", read_to=1)
        taking_over.hand_back(first, told, by=dana, version=first.version, now=NOW)
    else:
        decide(first, dana, OTHERWISE[how])
    # After a rejection nothing of this work; else only what they answered.
    other = post(mira, **LAMP, **known)
    assert other.disposition == ("review" if how == "rejected" else "proceed")
    again = post(mira, **known)
    assert (again.level, again.state) == (2, State.WAITING)
    assert post(mira).disposition == "proceed"


def test_what_a_person_approved_is_cleared_alone_as_before():
    mira, known = key(), SAME_WORK["correlation"]
    decide(post(mira, flags=[{"code": "compliance"}], **known), viewer("dana"))
    assert post(mira, **known).disposition == "proceed"
