"""The same change in similar cases: which fit, which stand out, and what each would then be."""

import copy

import pytest
from django.db import connection

from escalations import commands, lifecycle
from escalations.batch import similar
from escalations.commands import Command
from escalations.models import Decision, Escalation
from tests.escalations.batch.test_preflight import OVER
from tests.factories import NOW, REFUND, after, escalation, key, viewer
from tests.metrics.policies import publish

pytestmark = pytest.mark.django_db

DRAFT = "Dear Inès, we have refunded €50.00 to your card."
CHANGED = DRAFT.replace("50.00", "45.00")


def refund(amount="50.00", order="HP-20931", draft=DRAFT, **keys):
    action = copy.deepcopy(REFUND["proposed_actions"][0])
    action["args"] |= {"amount": amount, "order_id": order}
    own = {"proposed_actions": [action], "trigger": OVER, "draft_response": {"text": draft}}
    return escalation(**own | keys)


def edit(case, who, at=0, reply=CHANGED, **args):
    """This person's edit of a case; the amount is 45.00 where nothing else is said."""
    sent = {**case.packages.get().document["proposed_actions"][0]["args"]}
    sent |= args or {"amount": "45.00"}
    arguments = {
        "actions": [
            {"action_id": "a1", "type": "edit", "edited": {"name": "refund", "args": sent}}
        ],
        "response": {"text": reply},
    }
    command = Command("edit", f"edit-{case.number}", case.id, case.version, arguments)
    commands.perform(who, command, now=after(at))
    return Decision.objects.get(escalation=case, undone_at=None)


def made(who, decision):
    found = similar.made(who, decision.id, now=after(1))
    assert found is not None
    return found


def rows(who, decision, *cases):
    found = similar.table(who, made(who, decision), [case.id for case in cases], now=after(1))
    return {row.case.id: row for row in found}


def out(who, decision, *cases):
    return {name: " ".join(row.out) for name, row in rows(who, decision, *cases).items()}


@pytest.fixture
def dana():
    return viewer("dana")


def test_it_is_offered_for_those_with_the_same_value(dana):
    first, *others = [refund(order=f"HP-{number}") for number in range(4)]
    refund("51.00")
    escalation(task_type="goodwill", proposed_actions=REFUND["proposed_actions"])
    refund(by=key("atlas"))
    edit(first, dana)
    found = similar.offered(dana, now=after(1))
    assert found is not None
    assert found.name == "Apply the same change to 3 similar cases"
    assert found.made.told == "amount 50.00 → 45.00"
    assert set(found.cases) == {case.id for case in others}
    assert found.odd == ()


def test_what_stands_out_is_in_the_table_and_not_counted(dana):
    first, plain, upset = refund(), refund(), refund(
        context={"conversation": {"messages": [
            {"role": "customer", "text": "Hurry up.", "sentiment": {"score": -0.8}}
        ]}}
    )  # fmt: skip
    decision = edit(first, dana)
    found = similar.offered(dana, now=after(1))
    assert found.name == "Apply the same change to 1 similar case"
    assert found.chosen == (plain.id, upset.id)
    assert out(dana, decision, plain, upset)[upset.id].startswith("The customer is upset.")


def test_a_case_that_opens_while_they_are_counted_is_counted(dana):
    """After an answer the next case is taken up as the lists ask again."""
    first, second, *_ = [refund(order=f"HP-{number}") for number in range(4)]
    edit(first, dana)
    taken = []

    def takes_up(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if not taken and sql.startswith("SELECT") and '"approvals" =' in sql:
            taken.append(second)
            lifecycle.claim(second, by=dana, now=after(1))
        return found

    with connection.execute_wrapper(takes_up):
        found = similar.offered(dana, now=after(1))
    assert taken == [second]
    assert found.name == "Apply the same change to 3 similar cases"


def test_nothing_is_offered_after_a_while_to_others_or_once_it_is_undone(dana):
    first, _ = refund(), refund()
    assert similar.offered(dana, now=NOW) is None
    decision = edit(first, dana)
    assert similar.offered(dana, now=after(1)) is not None
    assert similar.offered(dana, now=after(16 * 60)) is None
    kofi = viewer("kofi")
    assert similar.offered(kofi, now=after(1)) is None
    assert similar.made(kofi, decision.id, now=after(1)) is None
    first.refresh_from_db()
    lifecycle.undo(first, by=dana, version=first.version, now=after(2))
    assert similar.offered(dana, now=after(3)) is None
    assert similar.made(dana, decision.id, now=after(3)) is None


def test_each_row_is_what_would_leave_with_old_and_new(dana):
    first, other = refund(), refund(order="HP-9", draft="Dear Amir, we have sent €50.00.")
    row = rows(dana, edit(first, dana), other)[other.id]
    assert row.out == ()
    assert [step.sentence for step in row.steps] == ["Refund €45.00: order HP-9"]
    assert [(one.label, one.was, one.now) for one in row.steps[0].changes] == [
        ("amount", "50.00", "45.00")
    ]
    assert row.edit["actions"][0]["edited"]["args"]["order_id"] == "HP-9"
    assert row.edit["response"] == {"text": "Dear Amir, we have sent €45.00."}


def test_a_reply_that_would_not_fit_is_pulled_out(dana):
    first, worded = refund(), refund(draft="Dear Amir, the sum is on its way.")
    assert out(dana, edit(first, dana), worded) == {
        worded.id: "Its reply is worded otherwise than the one you changed: open it."
    }


def test_a_reply_that_still_says_the_old_amount_is_pulled_out(dana):
    first, silent, says = refund(draft="All done."), refund(draft="All done."), refund()
    assert out(dana, edit(first, dana, reply="All done."), silent, says) == {
        silent.id: "",
        says.id: "The reply still says €50.00: open it.",
    }


LIMITS = {
    "level": ({"approve_up_to": "400.00"}, "Sent, it is held"),
    "people": ({"two_people_from": "400.00"}, "others have to approve it"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_what_would_leave_is_judged_and_what_meets_a_rule_is_pulled_out(dana, limit):
    first, other = refund(), refund()
    reply = DRAFT.replace("50.00", "450.00")
    decision = edit(first, dana, reply=reply, amount="450.00")
    assert out(dana, decision, other) == {other.id: ""}
    publish(refund={"amounts": {"EUR": LIMITS[limit][0]}})
    assert LIMITS[limit][1] in out(dana, decision, other)[other.id]


NEVER = {
    "level 3": ({"trigger": {"type": "customer_request", "reason": "Wants a person."}}, "Level 3"),
    "two people": ({"requested": {"approvals_needed": 2}}, "2 people have to approve it: never"),
    "high risk": ({"risk": {"level": "high"}}, "High risk: decided by itself, never"),
    "excluded": ({"requested": {"excluded_reviewers": ["dana"]}}, "asked that you do not decide"),
    "another value": ({"proposed_actions": [
        {"id": "a1", "name": "refund",
         "args": {"order_id": "HP-1", "amount": "48.00", "currency": "EUR"}}
    ]}, "It does not say there what you changed: open it."),
    "may not be edited": ({"proposed_actions": [
        {"id": "a1", "name": "refund", "allowed_decisions": ["approve", "reject"],
         "args": {"order_id": "HP-1", "amount": "50.00", "currency": "EUR"}}
    ]}, "open it."),
    "another reason": ({"trigger": {"type": "policy", "reason": "Another rule."}},
        "Stopped for another reason than the others."),
}  # fmt: skip


@pytest.mark.parametrize("keys", NEVER.values(), ids=NEVER)
def test_what_is_never_changed_together_stays_with_its_reason(dana, keys):
    first, plain, odd = refund(), refund(), refund(**keys[0])
    found = out(dana, edit(first, dana), plain, odd)
    assert keys[1] in found[odd.id]
    assert found[plain.id] == ""


def test_no_more_at_once_than_the_policy_says(dana):
    publish(refund={"batch_max": {"unstated": 2}})
    first, *others = [refund() for _ in range(4)]
    found = out(dana, edit(first, dana), *others)
    assert sorted(found.values())[:2] == ["", ""]
    assert sum("at most 2 at once" in one for one in found.values()) == 1


def test_what_is_masked_is_no_model_and_fits_nothing(dana):
    first = refund()
    hidden = refund(redactions=["/proposed_actions/0/args/amount"])
    decision = edit(first, dana)
    found = similar.offered(dana, now=after(1))
    assert found is None
    assert "open it" in out(dana, decision, hidden)[hidden.id]
    assert Escalation.objects.filter(state="waiting").count() == 1
