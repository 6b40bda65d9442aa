"""An identical call joins the one that waits; whatever differs does not."""

import copy
import json
from functools import partial

import pytest

from escalations import intake, lifecycle
from escalations.models import Escalation, JoinedCall
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Invalid
from tests import factories
from tests.at_once import at_once
from tests.escalations.api.conftest import Caller, publish
from tests.factories import REFUND, after, viewer

CALL = REFUND | {
    "correlation_id": "order-20931",
    "requested": {"options": [{"id": "wait", "label": "Wait"}], "join": True},
}


def accept(mira, package=CALL, *, key=None, at=60):
    return intake.accept(mira, json.dumps(package).encode(), idempotency_key=key, now=after(at))


def changed(pointer, value):
    package = copy.deepcopy(CALL)
    *way, last = pointer.split(".")
    place = package
    for name in way:
        place = place[int(name)] if isinstance(place, list) else place.setdefault(name, {})
    place[last] = value
    return package


@pytest.fixture
def mira(db):
    return factories.key()


def test_it_is_named_recorded_and_decided_once(mira):
    dana = viewer()
    first = accept(mira, at=0)
    second = accept(mira, key="another-run-1")
    assert (first.created, first.joined) == (True, False)
    assert (second.created, second.joined) == (False, True)
    assert second.escalation.id == first.escalation.id
    assert [line.kind for line in first.escalation.events.order_by("position")] == [
        "received", "joined",
    ]  # fmt: skip
    # What was read is what stands: an Approve on its way counts.
    decided = lifecycle.decide(
        Escalation.objects.get(),
        Choice("approve"),
        by=dana,
        version=1,
        reject_reasons=[],
        now=after(70),
    )
    assert decided.decisions.count() == 1
    assert audit.verify().findings == []


SAME = {
    "idempotency_key": "another-key-1",
    "metadata": {"attempt": 2},
    "created_at": "2026-11-19T13:59:58Z",
    "source.run": {"run_id": "r-2"},
    "context.reasoning": {"confidence": 0.7, "notes": "I looked twice."},
    "context.environment": {"logs": [{"text": "retry"}]},
    "trigger.reason": "Above the limit, again.",
}
OTHER = {
    "task_type": "exchange",
    "summary": "Money back for Inès?",
    "correlation_id": "order-7",
    "proposed_actions.0.args.amount": "184.01",
    "proposed_actions.0.args.currency": "USD",
    "proposed_actions.0.id": "a2",
    "proposed_actions.0.name": "refund_to_card",
    "proposed_actions.0.editable_args": ["/amount"],
    "draft_response": {"text": "Dear Inès, another draft."},
    "context.customer": {"name": "Amir"},
    "context.conversation": {"messages": [{"role": "customer", "text": "Any news?"}]},
    "requested.options": [{"id": "wait", "label": "Wait a week"}],
    "requested.excluded_reviewers": ["dana"],
    "requested.approvals_needed": 2,
    "requested.join": False,
    "deadlines": {"expires_at": "2026-11-20T14:00:00Z"},
    "risk": {"level": "low"},
    "redactions": ["/draft_response/text"],
    "trigger.type": "policy",
}  # fmt: skip


@pytest.mark.parametrize("pointer", SAME)
def test_other_words_are_the_same_call(pointer, mira):
    accept(mira, at=0)
    assert accept(mira, changed(pointer, SAME[pointer])).joined


@pytest.mark.parametrize("pointer", OTHER)
def test_whatever_else_differs_is_a_case_of_its_own(pointer, mira):
    accept(mira, at=0)
    other = accept(mira, changed(pointer, OTHER[pointer]))
    assert (other.created, other.joined) == (True, False)


def test_what_asks_for_more_people_by_now_is_a_case_of_its_own(mira):
    accept(mira, at=0)
    publish(refund={"level": 3})
    assert accept(mira).escalation.level == 3
    assert Escalation.objects.count() == 2


def test_never_across_agents_nor_without_a_word_whose_it_is(mira):
    accept(mira, at=0)
    assert accept(factories.key("atlas")).created
    nobody = {name: value for name, value in CALL.items() if name != "correlation_id"}
    assert accept(mira, nobody).created
    assert accept(mira, nobody).created
    by_id = changed("context.customer", {"id": "c-1"})
    del by_id["correlation_id"]
    assert accept(mira, by_id).created
    assert accept(mira, by_id).joined


def test_the_promise_of_an_idempotency_key_stays(mira):
    dana = viewer()
    first = accept(mira, key="the-first-key", at=0)
    joined = accept(mira, key="the-second-key")
    for key, was_joined in (("the-first-key", False), ("the-second-key", True)):
        again = accept(mira, key=key)
        assert (again.created, again.joined) == (False, was_joined)
        assert again.escalation.id == first.escalation.id == joined.escalation.id
        with pytest.raises(Invalid):
            accept(mira, changed("summary", "Something else"), key=key)
    assert JoinedCall.objects.count() == 1
    lifecycle.decide(
        Escalation.objects.get(),
        Choice("approve"),
        by=dana,
        version=1,
        reject_reasons=[],
        now=after(70),
    )
    # Once it is closed the key still names it, and a new key a new case.
    assert accept(mira, key="the-second-key", at=900).escalation.id == first.escalation.id
    assert accept(mira, key="the-third-key", at=900).created


def test_what_is_over_revised_or_reopened_is_joined_by_none(mira):
    dana = viewer()
    case = accept(
        mira,
        changed("deadlines", {"expires_at": after(30).isoformat(), "on_timeout": "reject"}),
        at=0,
    )
    ended = changed("deadlines", {"expires_at": after(30).isoformat(), "on_timeout": "reject"})
    assert accept(mira, ended, at=31).created
    case.escalation.refresh_from_db()
    assert case.escalation.state == "expired"
    case = accept(mira, at=40).escalation
    intake.revise(mira, case, json.dumps(changed("summary", "Anew")).encode(), now=after(50))
    other = accept(mira, at=60)
    assert other.created
    decided = lifecycle.decide(
        Escalation.objects.get(pk=other.escalation.pk), Choice("approve"), by=dana, version=1,
        reject_reasons=[], now=after(70),
    )  # fmt: skip
    third = accept(mira, at=71)
    assert third.created
    lifecycle.undo(decided, by=dana, version=decided.version, now=after(72))
    assert accept(mira, at=73).escalation.id == third.escalation.id
    assert audit.verify().findings == []


def test_what_waits_for_people_is_not_cleared_by_asking_again(mira):
    case = accept(mira, at=0).escalation
    publish(refund={"level": 1})
    sure = changed("context.reasoning", {"confidence": 0.99})
    assert accept(mira, sure).escalation.id == case.id


@pytest.mark.parametrize("column", ["digest", "idempotency_key", "joined_at"])
def test_a_changed_row_is_named(column, mira):
    accept(mira, at=0)
    accept(mira, key="another-run-1")
    JoinedCall.objects.update(**{column: after(5) if column == "joined_at" else "other"})
    assert audit.verify().findings != []


def test_a_case_that_was_changed_to_look_alike_is_not_joined(mira):
    accept(mira, at=0)
    other = accept(mira, changed("proposed_actions.0.args.amount", "9.00")).escalation
    call = Escalation.objects.get(pk=other.pk).pending_call
    Escalation.objects.filter(pk=other.pk).update(pending_call=None)
    Escalation.objects.exclude(pk=other.pk).update(pending_call=call)
    assert accept(mira, changed("proposed_actions.0.args.amount", "9.00")).created


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_makes_the_case_and_the_other_joins_it():
    mira = factories.key()
    for turn in range(20):
        package = changed("correlation_id", f"order-{turn}")
        keys = (f"first-run-{turn:03}", *[f"second-run-{turn:03}"] * 2)
        answers = at_once(*(partial(accept, mira, package, key=key) for key in keys))
        assert len({answer.escalation.id for answer in answers}) == 1, turn
        assert sum(answer.created for answer in answers) == 1
    assert Escalation.objects.count() == 20
    assert JoinedCall.objects.count() <= 20
    assert audit.verify().findings == []


@pytest.mark.parametrize(
    ("join", "keys", "is_joined"),
    [
        (None, (None, None), True),
        (None, ("the-first-key", "the-second-key"), False),
        (None, (None, "the-second-key"), False),
        (None, ("the-first-key", None), False),
        (True, ("the-first-key", "the-second-key"), True),
        (False, (None, None), False),
    ],
)
def test_a_key_of_its_own_is_a_call_of_its_own(join, keys, is_joined, mira):
    package = changed("requested.join", join)
    if join is None:
        del package["requested"]["join"]
    accept(mira, package, key=keys[0], at=0)
    assert accept(mira, package, key=keys[1]).joined is is_joined


def test_it_is_told_over_http(db):
    caller = Caller()
    first = caller.post("/escalations", CALL)
    second = caller.post("/escalations", CALL)
    assert (first.status_code, second.status_code) == (201, 200)
    assert "joined" not in first.json()
    assert (second.json()["joined"], second.json()["id"]) == (True, first.json()["id"])
    assert "Idempotency-Replayed" not in second.headers


def test_what_the_decision_repeats_of_the_first_call_alone_is_named(mira):
    """The second run gets neither its own key nor its own token back."""
    run = {"resume_token": "first", "trace_id": "t"}
    accept(mira, changed("source.run", run), at=0)
    again = changed("source.run", {**run, "resume_token": "second", "thread_id": "two"})
    for _ in range(2):
        joined = accept(mira, again, key="another-run-1")
        assert joined.joined
        assert [one.pointer for one in joined.warnings] == [
            "/idempotency_key", "/source/run/resume_token",
        ]  # fmt: skip
    assert accept(mira, changed("source.run", run)).warnings == []


@pytest.mark.parametrize("first", [None, {}, {"join": True}])
@pytest.mark.parametrize("key", [None, "another-run-1"])
def test_who_asks_to_join_joins_a_call_that_did_not_say_so(mira, first, key):
    package = REFUND | {"correlation_id": "order-20931"}
    waits = accept(mira, package if first is None else package | {"requested": first}, at=0)
    joined = accept(mira, package | {"requested": {"join": True}}, key=key)
    assert (joined.joined, joined.escalation.id) == (True, waits.escalation.id)
