"""What an action rests on: how it is told, and when a value is another one."""

import json

import pytest

from escalations.proposal import calls, labels, stated_facts
from escalations.schemas import package as packages
from tests.escalations.schemas.test_package import faults

FACTS = [
    {"label": "Order total", "value": "184.00", "source": "orders"},
    {"label": "Stock", "value": 3},
    {"label": "Refunded before", "value": False},
]
PACKAGE = {
    "task_type": "refund",
    "summary": "Refund?",
    "proposed_actions": [
        {"id": "a1", "name": "refund", "facts": FACTS},
        {"id": "a2", "name": "close"},
    ],
}


def with_facts(*facts):
    return PACKAGE | {"proposed_actions": [{"id": "a1", "name": "refund", "facts": list(facts)}]}


def test_what_an_action_rests_on_is_told_with_it():
    first, second = calls.steps(PACKAGE, labels.Names())
    assert [(fact.label, fact.told, fact.source) for fact in first.facts] == [
        ("Order total", "184.00", "orders"),
        ("Stock", "3", ""),
        ("Refunded before", "no", ""),
    ]
    assert second.facts == ()


def test_an_agent_is_asked_by_action_and_label():
    assert stated_facts.wanted(PACKAGE) == [
        {"action_id": "a1", "labels": ["Order total", "Stock", "Refunded before"]}
    ]


@pytest.mark.parametrize(
    ("said", "now", "same"),
    [
        ("184.00", "184.00", True),
        ("184.00", 184, True),
        (184.0, "184", True),
        ("184.00", "92.00", False),
        ("€184.00", "184.00", False),
        ("paid", " paid ", True),
        ("paid", "Paid", False),
        (True, True, True),
        (True, 1, False),
        (True, "yes", False),
        ("NaN", "NaN", True),
        ("1e3", 1000, True),
    ],
)
def test_a_value_is_another_one_where_it_says_something_else(said, now, same):
    assert stated_facts.is_same(said, now) is same
    place = ("a1", "Order total")
    package = with_facts({"label": "Order total", "value": said})
    assert list(stated_facts.changed(package, {place: now})) == ([] if same else [place])


def test_what_is_not_known_now_has_not_changed():
    assert list(stated_facts.changed(PACKAGE, {})) == []


def test_each_fault_of_a_fact_is_named():
    where = "/proposed_actions/0/facts"
    assert faults(with_facts({"label": "", "value": None}, {"value": "x" * 2_001})) == [
        (f"{where}/0/label", "must have at least 1 character"),
        (f"{where}/0/value", "must be a number, true, false or a text of at most 2,000 characters"),
        (f"{where}/1/label", "is required"),
        (f"{where}/1/value", "must be a number, true, false or a text of at most 2,000 characters"),
    ]
    assert faults(with_facts(*FACTS, FACTS[0])) == [
        (f"{where}/3/label", f"is the label of {where}/0 as well; give each fact its own")
    ]
    many = [{"label": str(number), "value": number} for number in range(21)]
    assert [pointer for pointer, _ in faults(with_facts(*many))] == [where]


def test_as_many_as_there_may_be_are_taken():
    many = [{"label": str(number), "value": "x" * 2_000} for number in range(20)]
    assert len(packages.read(json.dumps(with_facts(*many)).encode()).document) > 1
