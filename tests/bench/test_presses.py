"""The rules that `bench.presses` holds documents against: each is broken by something."""

import copy
import random

import pytest

from bench.presses import judging, packages, pressed

PACKAGE = {
    "proposed_actions": [
        {"id": "a1", "name": "refund", "args": {"amount": "10.00"}},
        {"id": "a2", "name": "close", "args": {}, "depends_on": ["a1"]},
        {"id": "a3", "name": "ask", "kind": "question"},
        {"id": "a4", "name": "mail", "allowed_decisions": ["reject"]},
        {"id": "a5", "name": "late", "args": {}, "expires_at": "2026-11-21T13:00:00Z"},
    ],
    "requested": {"approvals_needed": 2},
}
REFUND = {"name": "refund", "args": {"amount": "10.00"}}
DOCUMENT = {
    "schema": "handoff.decision/1",
    "id": "dec_1",
    "escalation_id": "esc_1",
    "sequence": 1,
    "final": True,
    "proceed": True,
    "outcome": "mixed",
    "actions": [
        {"action_id": "a1", "type": "approve", "call": REFUND},
        {"action_id": "a2", "type": "approve", "call": {"name": "close", "args": {}}},
        {"action_id": "a3", "type": "respond", "value": "The blue one"},
        {"action_id": "a4", "type": "reject"},
        {"action_id": "a5", "type": "reject"},
    ],
    "reviewer": {"id": "dana"},
    "approvals": [
        {"reviewer_id": name, "at": "2026-11-21T14:00:00Z", "type": "approve"}
        for name in ("dana", "ben")
    ],
    "decided_at": "2026-11-21T14:00:00Z",
    "digest": "0" * 64,
}


def broken(document, action=None, **changed):
    found = copy.deepcopy(document)
    (found if action is None else found["actions"][action]).update(changed)
    return list(judging.faults(found, PACKAGE))


def test_what_is_right_is_not_remarked():
    assert broken(DOCUMENT) == []


@pytest.mark.parametrize(
    ("action", "changed", "said"),
    [
        (None, {"schema": "x"}, "handoff.decision/1"),
        (None, {"actions": DOCUMENT["actions"][:4]}, "verdicts for"),
        (None, {"actions": [*DOCUMENT["actions"], DOCUMENT["actions"][0]]}, "verdicts for"),
        (None, {"proceed": False}, "proceed is false"),
        (None, {"outcome": "expired"}, "expired clears"),
        (None, {"approvals": DOCUMENT["approvals"][:1]}, "2 had to agree"),
        (None, {"approvals": DOCUMENT["approvals"][:1] * 2}, "agreed twice"),
        (0, {"type": "reject"}, "['a1'] of which it depends are not"),
        (0, {"call": {"name": "refund", "args": {"amount": "9.00"}}}, "meant was"),
        (2, {"type": "approve", "call": {"name": "ask", "args": {}}}, "a question and cleared"),
        (3, {"type": "approve", "call": {"name": "mail", "args": {}}}, "allowed are"),
        (3, {"call": {"name": "mail", "args": {}}}, "is reject with call"),
        (4, {"type": "approve", "call": {"name": "late", "args": {}}}, "had expired"),
    ],
)
def test_each_rule_is_broken_by_something(action, changed, said):
    assert said in " ".join(broken(DOCUMENT, action, **changed))


def test_packages_and_presses_are_the_same_for_the_same_seed():
    def story(seed):
        chance = random.Random(seed)
        package = packages.drawn(chance, "key")
        presses = pressed.Presses(chance)
        return [action["id"] for action in package["proposed_actions"]], [
            presses.drawn(package)[0] for _ in range(20)
        ]

    assert story(3) == story(3)
    assert story(3) != story(4)
