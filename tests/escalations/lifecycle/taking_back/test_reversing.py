"""A decision that the agent has is taken back by a further document, once, by whoever may."""

import pytest

from escalations import lifecycle
from escalations.briefing import taken_back
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.lifecycle import effect
from escalations.models import Decision, Delivery, Endpoint, Escalation, State
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Conflict, NotAllowed
from escalations.schemas.decision import Decision as Document
from metrics import fold
from tests.escalations.lifecycle.test_lifecycle import decide, kinds
from tests.factories import REFUND, after, escalation, key, viewer
from tests.metrics.policies import publish

pytestmark = pytest.mark.django_db

VOUCHER = {
    "id": "a2",
    "name": "issue_voucher",
    "args": {"value": 5},
    "compensation": {"name": "void_voucher", "args": {"value": 5}, "note": "Within 30 days."},
}
LATER = after(60)


def reverse(case, by, *, now=LATER, version=None):
    case.refresh_from_db()
    asked = case.version if version is None else version
    return lifecycle.reverse(case, by=by, version=asked, why="It had arrived.", now=now)


@pytest.fixture
def dana(db):
    return viewer("dana")


@pytest.fixture
def priya(db):
    return viewer("priya", "supervisor")


@pytest.fixture
def case(dana):
    made = escalation(proposed_actions=[*REFUND["proposed_actions"], VOUCHER])
    decide(made, dana)
    return made


def test_the_next_document_names_the_decision_and_what_to_take_back(case, dana):
    first = Decision.objects.get()
    reverse(case, dana)
    case.refresh_from_db()
    told = effect.in_effect(case).document
    Document.model_validate(told)
    assert (told["outcome"], told["proceed"], told["sequence"]) == ("reversed", False, 2)
    assert (told["reverses"], told["final"], told["actions"]) == (first.id, True, [])
    assert told["instructions"] == "It had arrived."
    assert [one["action_id"] for one in told["compensation"]] == ["a2", "a1"]
    assert [one["compensation"] for one in told["compensation"]] == [VOUCHER["compensation"], None]
    assert told["compensation"][1]["call"] == first.document["actions"][0]["call"]
    assert (case.state, case.outcome, case.decided_by_id) == (
        State.DECIDED, "reversed", dana.user_id,
    )  # fmt: skip
    # What is acknowledged is the newest document's.
    newest = Decision.objects.get(sequence=2)
    assert case.effective_at == newest.effective_at > first.effective_at
    assert kinds(case) == ["received", "decided", "reversed"]
    assert audit.verify().findings == []


def test_nobody_reverses_what_has_not_left(case, dana):
    with pytest.raises(Conflict, match="not left yet"):
        reverse(case, dana, now=after(3))


def test_the_second_is_told_who_was_first(case, dana, priya):
    version = Escalation.objects.get().version
    reverse(case, priya)
    with pytest.raises(Conflict, match="Priya Whitlock has reversed it already") as refused:
        reverse(case, dana, version=version)
    assert refused.value.code == "reversed"
    assert Decision.objects.count() == 2


def test_nothing_is_undone_once_it_was_reversed(case, dana):
    reverse(case, dana)
    case.refresh_from_db()
    with pytest.raises(Conflict):
        lifecycle.undo(case, by=dana, version=case.version, now=after(61))


def test_where_the_agent_was_not_to_act_there_is_nothing_to_reverse(dana):
    made = escalation()
    decide(made, dana, Choice("reject", reason_code="other"))
    with pytest.raises(Conflict, match="nothing to reverse"):
        reverse(made, dana)


def test_another_reviewer_does_not_reverse_it(case):
    with pytest.raises(NotAllowed, match="or a supervisor"):
        reverse(case, viewer("kofi"))


def test_an_auditor_reverses_nothing(case):
    with pytest.raises(NotAllowed):
        reverse(case, viewer("oliver", "auditor"))


def test_what_several_decided_is_reversed_by_somebody_who_had_no_part(dana, priya):
    made = escalation(requested={"approvals_needed": 2})
    decide(made, dana)
    made.refresh_from_db()
    decide(made, priya, now=after(1))
    for one in (dana, priya):
        with pytest.raises(NotAllowed, match="no part in it"):
            reverse(made, one)
    reverse(made, viewer("kofi"))
    made.refresh_from_db()
    assert made.outcome == "reversed"
    assert audit.verify().findings == []


def test_what_the_policy_let_pass_is_reversed_by_any_reviewer(dana):
    publish(hint={"level": 1})
    hint = VOUCHER | {"args": {"text": "Try it off and on."}}
    sure = {"context": {"reasoning": {"confidence": 0.99}}, "proposed_actions": [hint]}
    made = escalation({"task_type": "hint", "summary": "Send a hint", **sure})
    assert made.state == State.DECIDED
    reverse(made, dana)
    made.refresh_from_db()
    assert (made.outcome, made.decided_by_id) == ("reversed", None)
    assert effect.in_effect(made).decided_by_id == dana.user_id
    assert audit.verify().findings == []


def test_a_message_that_has_not_left_says_no_more_what_no_longer_stands(dana):
    mira = key()
    Endpoint.objects.create(
        agent=mira.agent, name="main", url="https://agent.example/hooks", created_at=after(0)
    )
    made = escalation(by=mira)
    decide(made, dana)
    reverse(made, dana)
    first, second = Delivery.objects.order_by("created_at")
    assert (second.kind, second.next_at) == ("escalation.reversed", LATER)
    leased = WEBHOOKS.lease_due(1, now=LATER)
    assert leased == [first]
    outcome = WEBHOOKS.send(leased[0], now=LATER)
    assert outcome.moot
    WEBHOOKS.settle(leased[0], outcome, now=LATER)
    first.refresh_from_db()
    assert first.state == Delivery.State.DROPPED
    assert audit.verify().findings == []


def test_a_reversal_is_a_number_of_its_own(case, dana):
    fold.write([case.pk])
    before = fold.folded([case.pk])[0]
    reverse(case, dana)
    fact = fold.folded([case.pk])[0]
    assert (before.reversed, fact.reversed) == (False, True)
    for name in ("outcome", "decided_by", "decided_at", "override", "decide_ms"):
        assert getattr(fact, name) == getattr(before, name), name


CHARGED = {
    **REFUND["proposed_actions"][0],
    "compensation": {"name": "charge_again", "args": {"order_id": "HP-20931", "sum": "184.00"}},
}


@pytest.mark.parametrize(
    ("edits", "named"),
    [
        ({"amount": "20.00"}, False),
        ({"order_id": "HP-1"}, False),
        ({"note": "By card."}, True),
        ({}, True),
    ],
)
def test_what_an_edit_changed_is_not_taken_back_as_it_was_proposed(dana, edits, named):
    case = escalation(proposed_actions=[CHARGED])
    args = {**CHARGED["args"], **edits}
    edited = {"action_id": "a1", "type": "edit", "edited": {"name": CHARGED["name"], "args": args}}
    decide(case, dana, Choice("edit", actions=[edited]) if edits else Choice("approve"))
    reverse(case, dana)
    told = effect.in_effect(Escalation.objects.get()).document["compensation"][0]
    assert told["call"]["args"] == args
    assert told["compensation"] == (CHARGED["compensation"] if named else None)
    assert told.get("withheld") == (None if named else "edited")
    words = taken_back.read([told])[0].how
    assert ("€184.00" in words or "184.00" in words) is named
    assert ("for what it proposed, not for what was sent" in words) is not named
    assert audit.verify(case.id).whole


def test_taking_back_is_judged_like_the_call(dana):
    """What one person may not send, nobody sends by reversing it."""
    publish(refund={"amounts": {"EUR": {"two_people_from": "500.00"}}})
    args = {"order_id": "HP-20931", "amount": "99999.00", "currency": "EUR"}
    action = {**CHARGED, "compensation": {"name": "refund", "args": args}}
    assert escalation(proposed_actions=[CHARGED]).approvals == 1
    assert escalation(proposed_actions=[action]).approvals == 2
