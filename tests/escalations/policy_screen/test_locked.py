"""Every condition of a hard rule, and all that it asks for, is read on the screen."""

import pytest

from escalations.policy import hard_rules
from escalations.policy.hard_rules import HardRule, HardRules, PersonRules
from escalations.policy_screen import locked
from tests.escalations.views.policies import browser

FULL = {
    "name": "all_of_it",
    "title": "All of it",
    "level": 3,
    "reason": "Because of this",
    "triggers": ["some_trigger"],
    "flags": ["some_flag"],
    "words": ["some words"],
    "topics": ["legal_threat"],
    "task_types": ["data_deletion"],
    "irreversible": True,
    "amount_above": {"EUR": "2500"},
    "priority": "urgent",
    "skills": {"law": 3},
    "approvals": 2,
}
PERSON = {
    "level": 4,
    "topics": ["person"],
    "ask": ["let me talk to"],
    "who": ["a human"],
    "phrases": ["real person please"],
    "flags": ["wants_person"],
}
SCHEMA = "handoff.hard_rules/1"


def test_each_field_of_a_rule_says_something_of_its_own():
    assert FULL.keys() == HardRule.model_fields.keys()
    assert PERSON.keys() == PersonRules.model_fields.keys()
    whole = shown(FULL, PERSON)
    needed = {"name", "title", "level", "reason"}
    for name in FULL.keys() - needed:
        without = {key: value for key, value in FULL.items() if key != name}
        assert shown(without, PERSON) != whole, name
    for name in PERSON.keys() - {"level"}:
        without = {key: value for key, value in PERSON.items() if key != name}
        assert shown(FULL, without) != whole, name


def shown(rule, person):
    return locked.rows(
        HardRules.model_validate({"schema": SCHEMA, "person": person, "rules": [rule]})
    )


def test_the_words_are_those_of_people():
    person, rule = shown(FULL, PERSON)
    assert dict(rule.facts) == {
        "Sentences about": "legal threat, in every language that is recognised",
        "Words": "some words",
        "Reasons given": "some trigger",
        "Flags": "some flag",
        "Task types": "Data deletion",
        "Risk": "the agent says it cannot be taken back",
        "Amounts above": "EUR 2500; any amount in another currency",
        "Asks for": "2 people, law from 3, urgent priority",
    }
    assert dict(person.facts)["Words together"] == "let me talk to, then a human"


@pytest.mark.django_db
def test_topics_of_the_rules_in_force_are_on_the_screen():
    page = browser("ada", "admin").get("/levels/").content.decode()
    for row in locked.rows(hard_rules.current().document):
        assert row.title in page
        for term, said in row.facts:
            assert (term in page, said in page) == (True, True)
