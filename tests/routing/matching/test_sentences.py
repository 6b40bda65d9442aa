"""Each claim of a sentence holds for the numbers beside it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from escalations import eligibility
from routing.matching import Terms, WaitingCase, Worker, match, why, why_nobody, why_nothing
from routing.matching.choosing import cost_of_waiting

NOW, TERMS = 1_000.0, Terms(rings=())
KINDS = ("refund", "erasure")
SKILLS = ({}, {"privacy": 2}, {"gas": 1})

cases = st.lists(
    st.builds(
        lambda number, kind, skills, due, weight, level, units: WaitingCase(
            id=number, task_type=KINDS[kind], skills=skills, arrived_min=NOW - 5, due_min=NOW + due,
            weight=weight, level=level, units=units,
        ),
        number=st.integers(1, 10_000),
        kind=st.integers(0, 1),
        skills=st.sampled_from(SKILLS),
        due=st.integers(-60, 240),
        weight=st.sampled_from([1, 2, 4, 10]),
        level=st.sampled_from([1, 2, 3, 4]),
        units=st.sampled_from([1, 1, 2]),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)  # fmt: skip
people = st.lists(
    st.builds(
        lambda number, skills, free, pace: Worker(
            id=number, skills=skills, free=free, units=3, available=True,
            on_shift_until_min=NOW + 500, minutes={"refund": pace, "erasure": 10.0},
        ),
        number=st.integers(1, 1_000),
        skills=st.sampled_from([{}, {"privacy": 3}, {"privacy": 2, "gas": 2}]),
        free=st.integers(0, 3),
        pace=st.sampled_from([0.1, 0.6, 4.0, 8.0, 20.0]),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)  # fmt: skip


def quickest(case, workers):
    return min(one.minutes[case.task_type] for one in workers if eligibility.may_take(one, case))


@given(cases, people)
def test_why_me_is_true(waiting, workers):
    plan = match(waiting, workers, NOW, TERMS)
    at = {one.id: one for one in waiting}
    whose = {one.id: one for one in workers}
    gone, room = set(), {one.id: one.free for one in workers}
    for made in plan.matches:
        said, case, person = why(made), at[made.case], whose[made.person]
        cost = cost_of_waiting(case, quickest(case, workers), NOW, TERMS)
        dearer = [
            one
            for one in waiting
            if one.id not in gone
            and one.units <= room[person.id]
            and eligibility.may_take(person, one)
            and cost_of_waiting(one, quickest(one, workers), NOW, TERMS) > cost + 1e-9
        ]
        assert not re.search(r"(?<!\d)0 min", said)
        assert ("(less than a minute of work)" in said) == (made.minutes < 1)
        if "level 4 comes before" in said:
            assert case.level == 4
        else:
            # What is kept for a larger case is looked at no more.
            still = [one for one in dearer if one.id not in {kept.case for kept in plan.kept}]
            assert not [one for one in still if one.level == 4]
            if "waiting costs most on this one" in said:
                assert not still
            else:
                count = 1 if said.partition(": ")[2].startswith("one that") else 0
                found = re.search(r": (\d+) that wait cost more", said)
                claimed = int(found.group(1)) if found else count
                assert len(still) <= claimed <= len(dearer)
        able = [one for one in workers if eligibility.may_take(one, case) and one.free]
        fits = [one for one in able if one.free >= case.units]
        pace = person.minutes[case.task_type]
        if "you are the only one who can be asked" in said:
            assert fits == [person]
        elif "you fit best of all" in said:
            assert pace == min(one.minutes[case.task_type] for one in fits)
        else:
            better = [one for one in fits if one.minutes[case.task_type] < pace]
            assert all(room[one.id] < case.units for one in better)
            assert better
        gone.add(case.id)
        room[person.id] -= case.units


@given(cases, people)
def test_why_nobody_is_true(waiting, workers):
    plan = match(waiting, workers, NOW, TERMS)
    asked = {}
    for made in plan.matches:
        asked.setdefault(made.person, made.case)
    for case in waiting:
        said = why_nobody(case, workers, NOW, TERMS, plan)
        assert not re.search(r"(?<!\d)0 min", said)
        alone = match([case], workers, NOW, TERMS).matches
        kept = [one for one in plan.kept if one.case == case.id]
        duty = [one for one in workers if eligibility.is_on_duty(one, NOW)]
        able = [one for one in duty if eligibility.may_take(one, case)]
        if "is kept free for it" in said:
            assert kept
        elif "it is about to be offered" in said:
            assert case.id in asked.values()
        elif "more pressing work first" in said:
            assert alone
            assert case.id not in asked.values()
        else:
            assert not alone
            assert ("Nobody who takes offers is on shift" in said) == (not duty)
            if "nobody who takes offers has it" in said:
                assert not able
            if "full" in said:
                assert [one for one in able if one.free < case.units]
        assert len(said) < 160


@given(cases, people, st.data())
def test_why_nothing_is_true(waiting, workers, data):
    if not workers:
        return
    me = data.draw(st.sampled_from(workers))
    said = why_nothing(me, waiting, workers, NOW, TERMS)
    mine = [one for one in match(waiting, workers, NOW, TERMS).matches if one.person == me.id]
    fits = [one for one in waiting if eligibility.may_take(me, one)]
    assert ("is being offered to you" in said) == (eligibility.takes(me, NOW) and bool(mine))
    if said == "Nothing waits.":
        assert not waiting
    elif said == "Nothing waits that needs your skills.":
        assert not fits
    elif "takes more than you have free" in said:
        assert all(one.units > me.free for one in fits)
    elif said == "Everything you can hold at once is in use.":
        assert not me.free
    assert re.search(r"\b[Yy]ou\b|\b[Yy]our\b|Nothing waits|Kept free", said)
