"""What a policy asks for that nobody can do: a skill, several together, approvals."""

import pytest

from escalations.policy import check, staffing
from escalations.policy.staffing import StaffMember
from escalations.refusals import Invalid

STAFF = [StaffMember({"refunds": 3, "german": 5}), StaffMember({"refunds": 2}), StaffMember()]


def said(own, staff=STAFF):
    policy = check.check({"schema": "handoff.policy/1", "task_types": {"a/b": own}})
    return [(one.pointer, one.detail) for one in staffing.remarks(policy, staff)]


@pytest.mark.parametrize(
    ("own", "pointer", "detail"),
    [
        ({"skills": {"french": 1}}, "skills", "Nobody has the skill french."),
        (
            {"skills": {"refunds": 4}},
            "skills",
            "Nobody has refunds at 4 or more; the most that anybody has is 3.",
        ),
        (
            {"skills": {"refunds": 3}, "approvals": 2},
            "approvals",
            "2 people have to approve, and only 1 can: 1 more person with refunds 3 is missing.",
        ),
        (
            {"skills": {"refunds": 3}, "amounts": {"EUR": {"two_people_from": "10.00"}}},
            "amounts/EUR/two_people_from",
            "2 people have to approve, and only 1 can: 1 more person with refunds 3 is missing.",
        ),
        (
            {"approvals": 4},
            "approvals",
            "4 people have to approve, and only 3 can: 1 more person is missing.",
        ),
        (
            {"skills": {"refunds": 2}, "units": 9},
            "units",
            "It takes 9 units, and nobody who could hold it has more than 5.",
        ),
    ],
)
def test_what_nobody_can_do_is_named(own, pointer, detail):
    assert said(own) == [(f"/task_types/a~1b/{pointer}", detail)]


TEAMS = [StaffMember(team="A"), StaffMember(team="A", role="admin"), StaffMember(team="A")]


@pytest.mark.parametrize(
    ("own", "pointer", "detail"),
    [
        (
            {"approvals": 2, "approvals_from": "teams"},
            "approvals_from",
            "People of 2 teams have to approve, and only A can: 1 more team is missing.",
        ),
        (
            {"approvals": 3, "approvals_from": "roles"},
            "approvals_from",
            (
                "People of 3 roles have to approve, and only admin and reviewer can: 1 more role "
                "is missing."
            ),
        ),
        (
            {"approvals": 3, "disagreement": "third_decides"},
            "disagreement",
            "Where two disagree a third decides, and only 3 can: 1 more person is missing.",
        ),
    ],
)
def test_groups_and_a_third_person_that_nobody_is(own, pointer, detail):
    assert said(own, TEAMS) == [(f"/task_types/a~1b/{pointer}", detail)]


BOTH = [
    "Nobody has the skill french.",
    "2 people have to approve, and nobody can: 2 more people with french 1 are missing.",
]


def test_skills_and_approvals_are_both_said_where_both_are_short():
    """Only the skill was, and once somebody had it the approvals that nobody can give came up."""
    french = {"skills": {"french": 1}}
    assert [detail for _, detail in said({**french, "approvals": 2})] == BOTH
    by_rule = said({"rules": [rule(**french, approvals=2)]})
    assert by_rule == [
        ("/task_types/a~1b/rules/0/skills", f"VIP: {BOTH[0]}"),
        ("/task_types/a~1b/rules/0/approvals", f"VIP: {BOTH[1]}"),
    ]
    # The skill is said once; what a rule of its task type is short of beside it is said as well.
    beside = said({**french, "rules": [rule(approvals=2)]})
    assert [detail for _, detail in beside] == [BOTH[0], f"VIP: {BOTH[1]}"]
    together = [StaffMember({"refunds": 3}), StaffMember({"german": 5})]
    own = {"skills": {"refunds": 3, "german": 1}, "approvals": 2}
    assert [detail for _, detail in said(own, together)] == [
        "Nobody has refunds 3 and german 1 together.",
        (
            "2 people have to approve, and nobody can: 2 more people with refunds 3 and german 1 "
            "are missing."
        ),
    ]


def test_groups_that_are_there_are_not_said():
    assert said({"approvals": 2, "approvals_from": "roles"}, TEAMS) == []
    assert said({"approvals": 2, "disagreement": "third_decides"}, TEAMS) == []


def test_two_skills_that_nobody_has_together():
    staff = [StaffMember({"refunds": 3}), StaffMember({"german": 5})]
    own = {"skills": {"refunds": 3, "german": 1}}
    assert [detail for _, detail in said(own, staff)] == [
        "Nobody has refunds 3 and german 1 together."
    ]


@pytest.mark.parametrize("own", [{}, {"skills": {"refunds": 2}, "approvals": 2}, {"approvals": 3}])
def test_what_somebody_can_do_is_not_said(own):
    assert said(own) == []


def test_before_there_is_anybody_nothing_is_said():
    assert said({"skills": {"french": 1}}, []) == []


def rule(**effects):
    return {"field": "customer.tier", "operator": "is", "value": "vip", "reason": "VIP", **effects}


@pytest.mark.parametrize(
    ("effects", "pointer", "detail"),
    [
        ({"skills": {"french": 1}}, "rules/0/skills", "VIP: Nobody has the skill french."),
        (
            {"skills": {"refunds": 3}, "approvals": 2},
            "rules/0/approvals",
            "VIP: 2 people have to approve, and only 1 can: 1 more person with refunds 3 is missing.",
        ),
        ({"skills": {"german": 5, "refunds": 3}}, None, None),
        ({"approvals": 3}, None, None),
    ],
)
def test_what_a_rule_asks_for(effects, pointer, detail):
    expected = [(f"/task_types/a~1b/{pointer}", detail)] if pointer else []
    assert said({"rules": [rule(**effects)]}) == expected


def policy(defaults=None, **task_types):
    document = {"schema": "handoff.policy/1", "defaults": defaults or {}, "task_types": task_types}
    return check.check(document)


def test_what_all_inherit_is_said_once_where_it_stands():
    found = staffing.remarks(policy({"skills": {"french": 1}}, a={}, b={"level": 3}), STAFF)
    assert [one.pointer for one in found] == ["/defaults/skills"]


FRENCH, TWO = {"skills": {"french": 1}}, {"skills": {"refunds": 3}, "approvals": 2}


@pytest.mark.parametrize(
    ("before", "after", "pointers"),
    [
        ({"a": {}}, {"a": FRENCH}, ["/task_types/a/skills"]),
        ({}, {"a": FRENCH, "b": TWO}, ["/task_types/a/skills", "/task_types/b/approvals"]),
        # What is so already, however it goes on, is nobody's fault who changes something else.
        ({"a": FRENCH}, {"a": FRENCH, "b": {}}, []),
        ({"a": FRENCH}, {"a": {"skills": {"french": 3}, "title": "A"}}, []),
        ({"a": {"approvals": 5}}, {"a": {"approvals": 4}}, []),
        ({"a": FRENCH}, {"a": {"skills": {"french": 1, "dutch": 1}}}, ["/task_types/a/skills"]),
        (
            {"a": {"rules": [rule(level=3), rule(**FRENCH)]}},
            {"a": {"rules": [rule(**FRENCH)]}},
            [],
        ),
        ({"a": FRENCH}, {}, []),
    ],
)
def test_only_what_the_newer_policy_brings_is_refused(before, after, pointers):
    old, new = policy(**before), policy(**after)
    assert [one.pointer for one in staffing.introduced(old, new, STAFF)] == pointers
    if pointers:
        with pytest.raises(Invalid) as caught:
            staffing.require(old, new, STAFF)
        assert [one.pointer for one in caught.value.errors] == pointers
    else:
        staffing.require(old, new, STAFF)


def test_before_there_is_anybody_nothing_is_refused():
    staffing.require(policy(), policy(a=FRENCH), [])


class Counted(list):
    """People, and how often all of them were looked through."""

    looks = 0

    def __iter__(self):
        self.looks += 1
        return super().__iter__()


def test_task_types_that_ask_for_the_same_are_looked_at_once():
    few, many = (
        check.check(
            {
                "schema": "handoff.policy/1",
                "task_types": {
                    f"t{n}": {"skills": {"refunds": 1 + n % 3}, "approvals": 2}
                    for n in range(kinds)
                },
            }
        )
        for kinds in (3, 200)
    )
    looks = []
    for policy in (few, many):
        staff = Counted(STAFF)
        assert staffing.introduced(policy, policy, staff) == []
        staffing.remarks(policy, staff)
        looks.append(staff.looks)
    assert looks[0] == looks[1] > 0
