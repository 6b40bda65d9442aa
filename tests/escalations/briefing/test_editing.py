"""Edit stands only where it can be sent, and with all that it needs to be sent."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations import commands
from escalations.briefing.editing import Editing
from escalations.proposal import calls
from escalations.proposal.labels import Names
from tests.escalations.lifecycle.test_answers import (
    CLEARING,
    NUMBERS,
    OPTIONS,
    action,
    answered,
    package,
    packages,
    question,
)
from tests.factories import NOW

DRAFT = {"draft_response": {"text": "Dear Inès, done."}}
PAST = "2026-11-18T00:00:00Z"


def shown(document):
    """What the page of this case has to edit, and whether it offers it."""
    editing = Editing.read(document, now=NOW)
    steps = calls.steps(document, Names(), now=NOW)
    content = SimpleNamespace(steps=steps, edits=editing.forms, draft=editing.draft)
    return editing, steps, commands.find("edit").button.fits(content)


def changed(name):
    return {"action_id": name, "type": "edit", "edited": {"args": {"amount": "9.00"}}}


def picked(step, asked, verdict):
    """What is sent of one action that an edit leaves open."""
    if verdict == "edit":
        return changed(step.action_id)
    value = {"n": 1} if asked.get("response_schema") == NUMBERS else "red"
    return {"action_id": step.action_id, "type": verdict} | (
        {"value": value} if verdict == "respond" else {}
    )


@given(packages(), st.data())
def test_whatever_edit_is_offered_can_be_sent(document, data):
    editing, steps, offered = shown(document)
    if not offered:
        return
    asked = {one["id"]: one for one in document["proposed_actions"]}
    left = [step for step in steps if step.is_left_by_an_edit]
    given = {
        step.action_id: picked(
            step, asked[step.action_id], data.draw(st.sampled_from(step.by_itself))
        )
        for step in left
    }
    turned_down = {name for name, one in given.items() if one["type"] not in CLEARING}
    # What was turned down takes with it what depends on it, as the page says.
    while more := {
        name for name, one in asked.items()
        if name not in turned_down and turned_down & {*one.get("depends_on", ())}
    }:  # fmt: skip
        if not all("reject" in one.by_itself for one in steps if one.action_id in more):
            return
        given |= {name: {"action_id": name, "type": "reject"} for name in more}
        turned_down |= more
    for form in editing.forms:
        if form.action_id not in given:
            given[form.action_id] = changed(form.action_id)
    made = answered(document, "edit", actions=list(given.values()), reply="Otherwise.")
    types = {one["action_id"]: one["type"] for one in made.actions}
    assert all(types[name] == one["type"] for name, one in given.items())


@pytest.mark.parametrize(
    ("actions", "offered"),
    [
        ([question()], False),
        ([action(), question(2)], True),
        ([action(allowed_decisions=["reject", "respond"])], False),
        ([action(), action(2, allowed_decisions=["respond"])], False),
        ([action(), action(2, allowed_decisions=["reject", "respond"])], True),
        ([action(depends_on=["a2"]), question(2)], False),
        ([action(expires_at=PAST)], False),
        ([action(allowed_decisions=["edit", "reject"])], True),
        ([], True),
    ],
)
def test_a_reply_alone_is_edited_only_with_a_yes_to_all(actions, offered):
    assert shown(package(*actions, **DRAFT))[2] is offered


def test_what_only_an_edit_can_clear_is_not_sent_as_it_stands():
    document = package(action(allowed_decisions=["edit", "reject"]), requested=OPTIONS)
    (step,) = calls.steps(document, Names(), now=NOW)
    assert step.by_itself == ("edit", "reject")
    assert step.is_left_by_an_edit
