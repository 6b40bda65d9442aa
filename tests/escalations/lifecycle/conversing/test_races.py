"""Over any interleaving of people, an agent and its customer one side alone speaks."""

import random
from datetime import timedelta

import orjson
import pytest

from console import clock
from escalations import intake, lifecycle
from escalations.lifecycle.conversing.taking_over import HandBack
from escalations.models import Escalation
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Refused
from tests.at_once import at_once
from tests.factories import escalation, key, viewer

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 25
# The agent would say or do something by these.
OF_THE_AGENT = {"revised", "context_added", "cancelled", "decided"}


def now():
    return clock.now()


def fresh(case):
    return Escalation.objects.get(pk=case.pk)


def acts_of(case, people, mira, rng):
    """Everything that anybody may try with this case, in no order."""
    one = rng.choice(people)
    other = people[1 - people.index(one)]
    package = b'{"task_type": "refund", "summary": "Another"}'
    said = {"messages": [{"role": "agent", "text": "Hello"}]}
    tried = (
        lambda: lifecycle.take_over(case, by=one, version=fresh(case).version, now=now()),
        lambda: lifecycle.claim(case, by=other, now=now()),
        lambda: lifecycle.say(case, "From a person.", by=one, now=now()),
        lambda: lifecycle.say(case, "From another.", by=other, now=now()),
        lambda: lifecycle.hear(case, "Hi", their_id="m", author="", agent="mira", now=now()),
        lambda: lifecycle.hear(case, "Hi?", their_id="", author="", agent="mira", now=now()),
        lambda: lifecycle.hand_back(
            case, HandBack(), by=one, version=fresh(case).version, now=now()
        ),
        lambda: lifecycle.pass_on(case, by=one, version=fresh(case).version, now=now()),
        lambda: lifecycle.lose_lease(case, now=now() + timedelta(seconds=61)),
        lambda: intake.revise(mira, case, package, now=now()),
        lambda: lifecycle.add_context(case, said, agent="mira"),
        lambda: lifecycle.cancel(case, agent="mira"),
        lambda: lifecycle.decide(
            case, Choice("approve"), by=other, version=fresh(case).version, reject_reasons=[]
        ),
    )
    return rng.sample(tried, 4)


def test_at_any_line_of_the_record_one_side_speaks():
    rng = random.Random(20261122)
    people, mira = [viewer("dana"), viewer("kofi", "supervisor")], key()
    seen = set()
    for _ in range(ROUNDS):
        case = escalation(by=mira, now=now())
        if rng.random() < 0.7:
            lifecycle.take_over(case, by=rng.choice(people), version=1, now=now())
        for _ in range(3):
            for answer in at_once(*acts_of(case, people, mira, rng)):
                assert answer is not None
                seen.add(answer.code if isinstance(answer, Refused) else "done")
        _end(case, people)
        seen |= _spoken_of(case)
        assert audit.verify(case.id).findings == []
    # The story is one in which everything happened.
    assert seen >= {"done", "taken_over", "said", "heard", "returned"}


def _end(case, people):
    """Whoever has its conversation now hands it back."""
    last = fresh(case)
    holder = next((one for one in people if one.user_id == last.held_by_id), None)
    if last.state == "live" and holder is not None:
        lifecycle.hand_back(case, HandBack(), by=holder, version=last.version, now=now())


def _spoken_of(case):
    """The kinds of its lines, after looking who spoke at each."""
    has_it, whose, kinds, numbers = False, None, set(), []
    for event in case.events.order_by("position"):
        document = orjson.loads(bytes(event.body))
        kind, facts = document["kind"], document["facts"]
        kinds.add(kind)
        if kind == "taken_over":
            has_it = True
        elif kind in {"returned", "resolved"}:
            has_it = False
        if "turn" in facts:
            assert has_it, "somebody spoke for people while the agent had it"
            numbers.append(facts["turn"])
        if kind == "said":
            assert facts["row"]["held_by_id"] == whose, "who spoke did not hold it"
        if has_it:
            assert kind not in OF_THE_AGENT, "the agent acted while people had it"
        whose = facts["row"].get("held_by_id")
    assert numbers == list(range(1, len(numbers) + 1))
    return kinds
