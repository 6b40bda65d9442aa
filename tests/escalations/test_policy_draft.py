import pytest

from escalations import policy, policy_draft
from escalations.models import PolicyDraft
from escalations.refusals import Conflict, Invalid, NotFound
from tests.escalations.test_policy import NOW, admin, refunds


@pytest.fixture
def ruth(db):
    policy.current()
    viewer = admin("ruth", "Ruth")
    policy.publish(refunds(2, act_at=0.9), by=viewer, now=NOW, expected=1)
    return viewer


def draft(viewer):
    return policy_draft.of(viewer, policy.current())


def test_a_change_waits_in_the_draft(ruth):
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    kept = draft(ruth)
    assert (kept.based_on, kept.behind, kept.changed) == (2, False, {"refund"})
    assert kept.sentences == ["Refunds: level 2 → 1"]
    assert policy.current().document.for_task_type("refund").level == 2


def test_a_draft_is_its_owners_only(ruth):
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    assert draft(admin("leo")) is None


def test_changing_back_ends_the_draft(ruth):
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    policy_draft.change(ruth, "refund", {"level": 2}, now=NOW)
    assert draft(ruth) is None


def test_a_wrong_change_is_refused_and_the_draft_kept(ruth):
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    with pytest.raises(Invalid) as refused:
        policy_draft.change(ruth, "refund", {"review_below": 0.95}, now=NOW)
    assert [fault.pointer for fault in refused.value.errors] == ["/task_types/refund/act_at"]
    assert draft(ruth).sentences == ["Refunds: level 2 → 1"]


def test_add_and_remove_a_task_type(ruth):
    policy_draft.change(ruth, "exchange", {"title": "Exchanges", "level": 3}, now=NOW)
    policy_draft.remove(ruth, "refund", now=NOW)
    assert draft(ruth).sentences == [
        "Refunds: task type removed",
        "Exchanges: new task type, level 3",
    ]
    with pytest.raises(NotFound):
        policy_draft.remove(ruth, "refund", now=NOW)


def test_publish_puts_the_draft_in_force_and_ends_it(ruth):
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    made = policy_draft.publish(ruth, note="Evidence", expected=2, now=NOW)
    assert (made.number, draft(ruth)) == (3, None)
    assert policy.current().document.for_task_type("refund").level == 1
    with pytest.raises(NotFound):
        policy_draft.publish(ruth, note="", expected=3, now=NOW)


def test_two_admins_the_second_loses_nothing(ruth):
    leo = admin("leo", "Leo")
    policy_draft.change(leo, "refund", {"undo_s": 30, "act_at": 0.95}, now=NOW)
    policy_draft.change(ruth, "refund", {"level": 1, "act_at": 0.8}, now=NOW)
    policy_draft.publish(ruth, note="", expected=2, now=NOW)
    with pytest.raises(Conflict, match="Ruth published version 3"):
        policy_draft.publish(leo, note="", expected=3, now=NOW)
    assert draft(leo).behind
    assert policy_draft.bring_forward(leo, now=NOW) == ["refund: act_at"]
    kept = draft(leo)
    assert (kept.based_on, kept.behind) == (3, False)
    assert kept.sentences == [
        "Refunds: acts alone when at least 80 % sure → 95 % sure",
        "Refunds: undo for 10 s → 30 s",
    ]
    policy_draft.publish(leo, note="", expected=3, now=NOW)
    merged = policy.current().document.for_task_type("refund")
    assert (merged.level, merged.act_at, merged.undo_s) == (1, 0.95, 30)


def test_bring_forward_keeps_what_was_added_and_removed(ruth):
    leo = admin("leo", "Leo")
    policy_draft.change(leo, "mine", {"level": 3}, now=NOW)
    policy_draft.remove(leo, "refund", now=NOW)
    policy_draft.change(ruth, "theirs", {"level": 4}, now=NOW)
    policy_draft.publish(ruth, note="", expected=2, now=NOW)
    assert policy_draft.bring_forward(leo, now=NOW) == []
    assert set(draft(leo).document.task_types) == {"mine", "theirs"}


def test_drop(ruth):
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    policy_draft.drop(ruth)
    assert PolicyDraft.objects.count() == 0
