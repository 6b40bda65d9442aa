import pytest

from escalations.models import PolicyDraft
from escalations.policy import versions
from escalations.policy_screen import policy_draft
from escalations.refusals import Conflict, Invalid, NotFound
from tests.escalations.policy.test_versions import NOW, admin, refunds


@pytest.fixture
def ruth(db):
    versions.current()
    viewer = admin("ruth", "Ruth")
    versions.publish(refunds(2, act_at=0.9), by=viewer, now=NOW, expected=1)
    return viewer


def draft(viewer):
    return policy_draft.of(viewer, versions.current())


def test_a_change_waits_in_the_draft(ruth):
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    kept = draft(ruth)
    assert (kept.based_on, kept.behind, kept.changed) == (2, False, {"refund"})
    assert kept.sentences == ["Refunds: level 2 → 1"]
    assert versions.current().document.for_task_type("refund").level == 2


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
    assert versions.current().document.for_task_type("refund").level == 1
    with pytest.raises(Conflict) as dropped:
        policy_draft.publish(ruth, note="", expected=3, now=NOW)
    assert dropped.value.detail == policy_draft.NO_DRAFT
    with pytest.raises(Conflict) as published:
        policy_draft.publish(ruth, note="", expected=2, now=NOW)
    assert published.value.by.id == "ruth"


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
    merged = versions.current().document.for_task_type("refund")
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
    policy_draft.drop(ruth, now=NOW)
    assert PolicyDraft.objects.count() == 0


SHOP = {"time_zone": "Europe/Paris", "week": {"mon": ["09:00-17:00"]}}


def test_opening_hours_are_set_renamed_and_removed(ruth):
    policy_draft.set_hours(ruth, "", "Shop", SHOP, now=NOW)
    policy_draft.change(ruth, "refund", {"hours": "Shop"}, now=NOW)
    policy_draft.set_hours(ruth, "Shop", "Store", SHOP, now=NOW)
    assert draft(ruth).sentences == [
        "Refunds: opening hours always → Store",
        "Opening hours Store: new, Mon 09:00–17:00 (Europe/Paris)",
    ]
    with pytest.raises(Invalid, match="“Store” is still kept by refunds"):
        policy_draft.remove_hours(ruth, "Store", now=NOW)
    policy_draft.change(ruth, "refund", {"hours": None}, now=NOW)
    policy_draft.remove_hours(ruth, "Store", now=NOW)
    assert draft(ruth) is None
    with pytest.raises(NotFound):
        policy_draft.remove_hours(ruth, "Store", now=NOW)


def test_two_opening_hours_have_two_names(ruth):
    policy_draft.set_hours(ruth, "", "Shop", SHOP, now=NOW)
    policy_draft.set_hours(ruth, "", "Store", SHOP, now=NOW)
    for was in ("", "Store"):
        with pytest.raises(Invalid) as refused:
            policy_draft.set_hours(ruth, was, "Shop", SHOP, now=NOW)
        assert [fault.pointer for fault in refused.value.errors] == ["/name"]
    with pytest.raises(NotFound):
        policy_draft.set_hours(ruth, "Gone", "Other", SHOP, now=NOW)
    assert set(draft(ruth).document.hours) == {"Shop", "Store"}


def test_hours_that_cannot_be_are_refused_and_the_draft_kept(ruth):
    policy_draft.set_hours(ruth, "", "Shop", SHOP, now=NOW)
    with pytest.raises(Invalid) as refused:
        policy_draft.set_hours(ruth, "Shop", "Shop", SHOP | {"time_zone": "Paris"}, now=NOW)
    assert [fault.pointer for fault in refused.value.errors] == ["/hours/Shop/time_zone"]
    assert draft(ruth).document.hours["Shop"].time_zone == "Europe/Paris"


def test_routing_is_changed_part_by_part(ruth):
    policy_draft.set_routing(ruth, {"offer_s": 45}, now=NOW)
    policy_draft.set_routing(ruth, {"fit": 3}, now=NOW)
    assert draft(ruth).sentences == [
        "Routing: an offer stands for 30 s → 45 s",
        "Routing: how picky about fit 4 → 3",
    ]
    policy_draft.set_routing(ruth, {"offer_s": 30, "fit": 4}, now=NOW)
    assert draft(ruth) is None


def test_hours_and_routing_of_two_admins_come_together(ruth):
    leo = admin("leo", "Leo")
    policy_draft.set_hours(leo, "", "Shop", SHOP, now=NOW)
    policy_draft.set_routing(leo, {"offer_s": 45, "fit": 3}, now=NOW)
    policy_draft.set_hours(ruth, "", "Office", SHOP, now=NOW)
    policy_draft.set_routing(ruth, {"offer_s": 60, "worry_min": 30}, now=NOW)
    policy_draft.publish(ruth, note="", expected=2, now=NOW)
    assert policy_draft.bring_forward(leo, now=NOW) == ["routing: offer_s"]
    merged = draft(leo).document
    assert set(merged.hours) == {"Office", "Shop"}
    routing = merged.routing
    assert (routing.offer_s, routing.fit, routing.worry_min) == (45, 3, 30)


def test_what_is_stated_to_be_nothing_stays_so_when_brought_forward(ruth):
    leo = admin("leo", "Leo")
    policy_draft.change(leo, "refund", {"turns_above": None, "undo_s": 30}, now=NOW)
    policy_draft.change(ruth, "refund", {"level": 1}, now=NOW)
    policy_draft.publish(ruth, note="", expected=2, now=NOW)
    assert policy_draft.bring_forward(leo, now=NOW) == []
    own = draft(leo).document.dump()["task_types"]["refund"]
    assert (own["turns_above"], own["undo_s"], own["level"]) == (None, 30, 1)
