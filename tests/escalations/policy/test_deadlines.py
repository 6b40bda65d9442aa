"""Opening hours, ladders and routing in the policy document."""

import pytest

from escalations.policy import check
from escalations.policy.document import PolicyDocument
from escalations.refusals import Fault
from tests.escalations.policy.test_document import faults, policy


def test_time_and_routing_may_all_be_left_out():
    document = PolicyDocument()
    fallback = document.for_task_type("anything")
    assert (fallback.units, fallback.strict, fallback.hours) == (1, False, None)
    assert document.routing.model_dump(exclude_none=True) == {
        "offer_s": 30,
        "missed_offers_max": 3,
        "worry_min": 20,
        "fit": 4,
        "keep_free_min": 15,
        "shorter_first": True,
        "rings": [{"after_min": 90, "lower_by": 5, "anyone": False}],
        "weights": {"urgent": 10, "high": 4, "normal": 2, "low": 1},
        "spare_min": {"level_1": 10, "level_2": 10, "level_3": 5, "level_4": 1},
    }
    assert document.dump() == {"schema": "handoff.policy/1"}


SHOP = {
    "time_zone": "Europe/Paris",
    "week": {"mon": ["09:00-12:30", "13:30-17:00"], "sat": ["22:00-02:00"]},
    "holidays": ["2026-12-25"],
}


def test_hours_and_routing_come_back_as_stated():
    stated = policy(
        hours={"Shop": SHOP},
        routing={"rings": [{"after_min": 5, "anyone": True}], "weights": {"low": 0.5}},
        task_types={"refund": {"hours": "Shop", "units": 3, "strict": True, "alarm": []}},
    )
    assert check.check(stated).dump() == stated


def test_a_task_type_may_keep_other_hours_than_the_defaults_or_none():
    document = check.check(
        policy(
            hours={"Shop": SHOP, "Office": SHOP},
            defaults={"hours": "Shop"},
            task_types={"a": {}, "b": {"hours": "Office"}, "c": {"hours": None}},
        )
    )
    kept = {
        name: document.hours_of(document.for_task_type(name)) for name in ("a", "b", "c", "unknown")
    }
    assert {name: one and one.name for name, one in kept.items()} == {
        "a": "Shop",
        "b": "Office",
        "c": None,
        "unknown": "Shop",
    }
    assert document.keeping("Shop") == ["Everything else"]


@pytest.mark.parametrize(
    ("rest", "pointer", "detail"),
    [
        (
            {"task_types": {"a/b": {"hours": "Gone"}}},
            "/task_types/a~1b/hours",
            "There are no opening hours “Gone”.",
        ),
        ({"defaults": {"hours": "Gone"}}, "/defaults/hours", "There are no opening hours “Gone”."),
        (
            {"hours": {"Shop": SHOP | {"time_zone": "Mars/Olympus"}}},
            "/hours/Shop/time_zone",
            "This is not a time zone. Use a name such as Europe/Paris.",
        ),
        (
            {"hours": {"Shop": SHOP | {"week": {"mon": [], "tue": []}}}},
            "/hours/Shop/week",
            "State at least one time of the week.",
        ),
        (
            {"hours": {"Shop": SHOP | {"week": {"mon": ["09:00-12:00", "11:59-13:00"]}}}},
            "/hours/Shop/week",
            "Two times overlap on Monday.",
        ),
        (
            {"hours": {"Shop": SHOP | {"week": {"sun": ["22:00-02:00"], "mon": ["01:00-03:00"]}}}},
            "/hours/Shop/week",
            "Two times overlap on Monday.",
        ),
        (
            {"hours": {"Shop": SHOP | {"week": {"mon": ["09:00-09:00"]}}}},
            "/hours/Shop/week",
            "A time must not end when it begins.",
        ),
        (
            {"hours": {"Shop": SHOP | {"holidays": ["2026-02-30"]}}},
            "/hours/Shop/holidays",
            "“2026-02-30” is not a date. Write 2026-12-25.",
        ),
        (
            {
                "hours": {"Shop": SHOP | {"week": {"mon": ["09:00-09:30"]}}},
                "task_types": {"a": {"hours": "Shop", "respond_s": {"2": 100_000}}},
            },
            "/task_types/a/respond_s",
            "In these opening hours this takes over a year.",
        ),
        ({"routing": {"offer_s": 9}}, "/routing/offer_s", "Use at least 10."),
        ({"routing": {"weights": {"low": 0}}}, "/routing/weights/low", "Use more than 0."),
        (
            {"routing": {"offers": 9}},
            "/routing/offers",
            "No such key here. Did you mean offer_s?",
        ),
        (
            {"routing": {"rings": [{"after_min": 5}]}},
            "/routing/rings/0",
            "State either lower_by or anyone.",
        ),
        (
            {
                "routing": {
                    "rings": [
                        {"after_min": 5, "lower_by": 2},
                        {"after_min": 9, "lower_by": 1},
                    ]
                }
            },
            "/routing/rings",
            "Each ring must be wider than the one before.",
        ),
        (
            {
                "routing": {
                    "rings": [
                        {"after_min": 5, "lower_by": 1},
                        {"after_min": 5, "anyone": True},
                    ]
                }
            },
            "/routing/rings",
            "Each ring must come later than the one before.",
        ),
        (
            {"task_types": {"a": {"ladder": [{"name": "warn"}]}}},
            "/task_types/a/ladder/0",
            "State either share or after_min.",
        ),
        (
            {
                "task_types": {
                    "a": {
                        "ladder": [
                            {"name": "late", "after_min": 5},
                            {"name": "later", "after_min": 5},
                        ]
                    }
                }
            },
            "/task_types/a/ladder",
            "Each step must come later than the one before.",
        ),
        (
            {"task_types": {"a": {"alarm": [{"name": "warn", "share": 0.5}]}}},
            "/task_types/a/alarm",
            "Here minutes count from arrival: use after_min.",
        ),
        ({"task_types": {"a": {"units": 11}}}, "/task_types/a/units", "Use at most 10."),
    ],
)
def test_time_and_routing_that_cannot_be_are_refused(rest, pointer, detail):
    assert faults(policy(**rest)) == [Fault(pointer, detail)]


def test_a_span_that_is_no_span_is_refused():
    for span in ("9-17", "09:00–17:00", "09:00-25:00", "24:00-02:00", "09:00", ""):
        found = faults(policy(hours={"Shop": SHOP | {"week": {"mon": [span]}}}))
        assert [fault.pointer for fault in found] == ["/hours/Shop/week/mon/0"]
