"""What a policy asks for that nobody can do: a skill, several together, approvals."""

import pytest

from escalations.policy import check, staffing

STAFF = [{"refunds": 3, "german": 5}, {"refunds": 2}, {}]


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
            "2 people have to approve, and only 1 can.",
        ),
        (
            {"skills": {"refunds": 3}, "amounts": {"EUR": {"two_people_from": "10.00"}}},
            "approvals",
            "2 people have to approve, and only 1 can.",
        ),
        ({"approvals": 4}, "approvals", "4 people have to approve, and only 3 can."),
    ],
)
def test_what_nobody_can_do_is_named(own, pointer, detail):
    assert said(own) == [(f"/task_types/a~1b/{pointer}", detail)]


def test_two_skills_that_nobody_has_together():
    staff = [{"refunds": 3}, {"german": 5}]
    own = {"skills": {"refunds": 3, "german": 1}}
    assert [detail for _, detail in said(own, staff)] == [
        "Nobody has refunds 3 and german 1 together."
    ]


@pytest.mark.parametrize("own", [{}, {"skills": {"refunds": 2}, "approvals": 2}, {"approvals": 3}])
def test_what_somebody_can_do_is_not_said(own):
    assert said(own) == []


def test_before_there_is_anybody_nothing_is_said():
    assert said({"skills": {"french": 1}}, []) == []
