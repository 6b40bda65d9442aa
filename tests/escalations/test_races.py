"""Over any order of reading and pressing nobody counts twice, and never too few agree."""

import json
import os
import random
import sys
from collections import Counter

import pytest

from escalations import intake, lifecycle
from escalations.models import Decision, Escalation, State
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Refused
from tests.escalations.lifecycle.test_approvals import edit
from tests.factories import REFUND, after, escalation, key, viewer

pytestmark = pytest.mark.django_db(transaction=True)

# 10,000 at full size, as docs/performance.md tells it.
ROUNDS = int(os.environ.get("BATON_TEST_VOTES", "40"))
SAID_EACH = 500
STEPS = 14
PRESSED = (*["approve"] * 9, *["20.00", "60.00"] * 3, "undo", "undo", "reject")
AMOUNT = "184.00"


class Votes:
    """Who agrees to what, by what was accepted; written without a line of the product's."""

    def __init__(self):
        self.amount, self.author, self.agreed = AMOUNT, None, set()

    def proposed(self):
        self.__init__()

    def accepted(self, who, pressed):
        agrees = pressed in ("approve", self.amount) and who != self.author
        if agrees:
            assert who not in self.agreed, f"{who} agreed twice"
            self.agreed.add(who)
        elif pressed == "undo" and who == self.author:
            self.proposed()
        elif pressed == "undo":
            self.agreed.discard(who)
        elif pressed not in ("approve", "reject"):
            self.amount, self.author, self.agreed = pressed, who, set()
        else:
            assert pressed == "reject", f"{who} agreed to their own answer"


def test_in_any_order_never_one_person_twice_and_never_too_few():
    rng, mira = random.Random(20261123), key()
    people = {name: viewer(name) for name in ("dana", "amara", "tomasz", "kofi")}
    seen = Counter()
    for number in range(ROUNDS):
        needed = rng.choice((2, 2, 3))
        case = escalation(by=mira, requested={"approvals_needed": needed})
        votes = Votes()
        for second in _story(case, people, votes, mira, rng, seen):
            if Decision.objects.filter(escalation=case).exists():
                break
            assert len(votes.agreed) < needed, f"all agreed, and it did not leave: {second}"
        seen[_ended(case, votes, needed)] += 1
        if number % 10 == 0:
            assert audit.verify(case.id).findings == []
        if number % SAID_EACH == SAID_EACH - 1 or number == ROUNDS - 1:
            # Shown by -s: the counts that docs/performance.md tells.
            sys.stdout.write(f"{number + 1} cases: {sorted(seen.items())}\n")
            sys.stdout.flush()
    assert seen.keys() >= {"approved", "edited", "rejected", "accepted", "stale", "same_person"}


def _story(case, people, votes, mira, rng, seen):
    """One step each: somebody reads, presses by what they last read, or the agent revises."""
    read = dict.fromkeys(people, case.version)
    for second in range(1, STEPS + 1):
        who = rng.choice(list(people))
        step = rng.choices(("read", "press", "revise"), (4, 8, 0.4))[0]
        if step == "read":
            read[who] = Escalation.objects.get(pk=case.pk).version
            continue
        if rng.random() < 0.6:
            read[who] = Escalation.objects.get(pk=case.pk).version
        pressed = "revise" if step == "revise" else rng.choice(PRESSED)
        try:
            _press(case, pressed, people[who], read[who], mira, after(second))
        except Refused as refused:
            seen[refused.code] += 1
            continue
        seen["accepted"] += 1
        if pressed == "revise":
            votes.proposed()
        else:
            votes.accepted(who, pressed)
        yield second


def _press(case, pressed, by, version, mira, now):
    case = Escalation.objects.get(pk=case.pk)
    if pressed == "revise":
        asked = {"requested": {"approvals_needed": case.approvals}}
        body = json.dumps(REFUND | asked | {"summary": f"Version of {now}"}).encode()
        intake.revise(mira, case, body, now=now)
    elif pressed == "undo":
        lifecycle.undo(case, by=by, version=version, now=now)
    else:
        plain = pressed in ("approve", "reject")
        choice = Choice(pressed) if plain else edit(pressed)
        lifecycle.decide(case, choice, by=by, version=version, reject_reasons=[], now=now)


def _ended(case, votes, needed):
    decision = Decision.objects.filter(escalation=case).first()
    if decision is None:
        assert Escalation.objects.get(pk=case.pk).state != State.DECIDED
        return "open"
    document = decision.document
    if document["outcome"] == "rejected":
        return "rejected"
    names = [one["reviewer_id"] for one in document["approvals"]]
    assert len(names) == len(set(names)) >= needed
    assert set(names) == votes.agreed
    assert votes.author not in names
    assert document["actions"][0]["call"]["args"]["amount"] == votes.amount
    return document["outcome"]
