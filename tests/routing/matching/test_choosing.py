"""What holds of every plan, whatever waits and whoever is there."""

from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from escalations import eligibility
from routing.matching import ANYONE, Terms, WaitingCase, Worker, eligible, match, why

NOW = 500.0
SKILLS = ("billing", "privacy")
TYPES = ("refund", "erasure")
PEOPLE = ("ama", "kofi", "yaw", "zoe")
TERMS = st.sampled_from(
    [Terms(), Terms(rings=((30.0, 1), (60.0, ANYONE))), Terms(rings=(), fit=0, shorter_first=0)]
)
times = st.integers(-200, 200).map(lambda minutes: NOW + minutes)
skills = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 3), max_size=2)
somebody = st.none() | st.sampled_from(PEOPLE)


@st.composite
def cases(draw):
    return [
        WaitingCase(
            id=number,
            task_type=draw(st.sampled_from(TYPES)),
            skills=draw(skills),
            arrived_min=NOW - draw(st.sampled_from([0, 5, 35, 70, 95])),
            due_min=draw(times),
            weight=draw(st.sampled_from([1.0, 2.0, 10.0])),
            strict=draw(st.booleans()),
            expires_min=draw(st.just(inf) | times),
            units=draw(st.sampled_from([1, 1, 2, 3])),
            known_to=draw(somebody),
            refused=draw(st.dictionaries(st.sampled_from(PEOPLE), times, max_size=3)),
            assignee=draw(somebody) or "",
            excluded=draw(st.lists(st.sampled_from(PEOPLE), max_size=1)),
            had_part=draw(st.lists(st.sampled_from(PEOPLE), max_size=1)),
            wanted_by=draw(st.sampled_from(["", "", "supervisor"])),
            alerted=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


@st.composite
def people(draw):
    found = []
    for name in draw(st.lists(st.sampled_from(PEOPLE), unique=True)):
        units = draw(st.integers(1, 4))
        running = draw(st.lists(times, max_size=units))
        found.append(
            Worker(
                id=name,
                skills=draw(skills),
                free=units - len(running),
                units=units,
                available=draw(st.sampled_from([True, True, True, False])),
                on_shift_until_min=NOW + draw(st.sampled_from([-1, 10, 300, 300])),
                minutes=dict(zip(TYPES, draw(st.tuples(*[st.floats(1, 90)] * 2)), strict=True)),
                running=tuple((1, end) for end in running),
                username=name,
                role=draw(st.sampled_from(["reviewer", "supervisor"])),
                limits=draw(st.dictionaries(st.sampled_from(TYPES), st.integers(0, 2), max_size=1)),
            )
        )
    return found


def has(person, case, lower_by):
    return all(
        person.skills.get(skill, 0) >= max(1, wished - lower_by)
        for skill, wished in case.skills.items()
    )


@settings(max_examples=80, deadline=None)
@given(cases(), people(), TERMS)
def test_nobody_is_given_what_they_may_not_take(waiting, staff, terms):
    by_id, by_name = {one.id: one for one in waiting}, {one.id: one for one in staff}
    plan = match(waiting, staff, NOW, terms)
    for one in plan.matches:
        case, person = by_id[one.case], by_name[one.person]
        assert person.available
        assert person.on_shift_until_min > NOW
        assert case.expires_min > NOW
        assert person.leads or not case.wanted_by
        assert person.id not in {*case.excluded, *case.had_part}
        if one.ring == 0:
            assert has(person, case, 0) or (one.named and not case.strict)
        else:
            assert not case.strict
            assert not has(person, case, 0)
            after, lower_by = terms.rings[one.ring - 1]
            if lower_by is ANYONE:
                assert NOW - case.arrived_min >= after or one.named
            else:
                assert has(person, case, lower_by)


@settings(max_examples=80, deadline=None)
@given(cases(), people(), TERMS)
def test_nobody_is_given_more_than_they_have_free(waiting, staff, terms):
    by_id = {one.id: one for one in waiting}
    plan = match(waiting, staff, NOW, terms)
    settled = [one.case for one in (*plan.matches, *plan.kept)]
    assert len(settled) == len(set(settled))
    for person in staff:
        mine = [by_id[one.case] for one in plan.matches if one.person == person.id]
        assert sum(case.units for case in mine) <= person.free
        for task_type, free in person.limits.items():
            assert sum(case.units for case in mine if case.task_type == task_type) <= free


@settings(max_examples=80, deadline=None)
@given(cases(), people(), TERMS, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(waiting, staff, terms, chance):
    plan = match(waiting, staff, NOW, terms)
    chance.shuffle(waiting)
    chance.shuffle(staff)
    assert match(waiting, staff, NOW, terms) == plan


def can_take_now(person, case):
    """What presses is left to nobody else: it comes back at once to who refused it."""
    room = eligibility.room(person, case.task_type)
    takes = eligibility.takes(person, NOW) and eligibility.interrupts(person, case)
    return takes and room >= case.units


@settings(max_examples=80, deadline=None)
@given(cases(), people(), TERMS)
def test_a_decliner_gets_it_only_when_their_time_is_over_and_all_others_refused(
    waiting, staff, terms
):
    by_id = {one.id: one for one in waiting}
    for one in match(waiting, staff, NOW, terms).matches:
        case = by_id[one.case]
        if one.person in case.refused:
            assert case.refused[one.person] <= NOW
            others = [
                person
                for person in staff
                if (person.available or person.running)
                and person.on_shift_until_min > NOW
                and has(person, case, 0)
                and case.units <= person.units
                and (person.leads or not case.wanted_by)
                and (can_take_now(person, case) or not case.presses(NOW))
            ]
            assert all(
                person.id in case.refused or eligibility.bar(person, case) for person in others
            )


@settings(max_examples=80, deadline=None)
@given(cases(), people(), TERMS)
def test_room_is_kept_only_for_what_needs_more_and_fits_soon(waiting, staff, terms):
    by_id, by_name = {one.id: one for one in waiting}, {one.id: one for one in staff}
    plan = match(waiting, staff, NOW, terms)
    for kept in plan.kept:
        case, person = by_id[kept.case], by_name[kept.person]
        given_before = sum(by_id[one.case].units for one in plan.matches if one.person == person.id)
        ends = [end for _, end in person.running if end <= kept.until_min]
        assert case.units == kept.units > person.free - given_before > 0
        assert person.free - given_before + len(ends) >= case.units
        assert NOW <= kept.until_min <= NOW + terms.keep_free_min
        assert kept.until_min <= case.expires_min


@settings(max_examples=80, deadline=None)
@given(cases(), people(), TERMS)
def test_nothing_waits_while_somebody_free_may_take_it(waiting, staff, terms):
    """Room left at the end is of no use to any case that is left."""
    plan = match(waiting, staff, NOW, terms)
    by_id = {one.id: one for one in waiting}
    gone = {one.case for one in (*plan.matches, *plan.kept)}
    kept = {one.person for one in plan.kept}
    for case in waiting:
        plain = case.id not in gone and not eligible.is_particular(case)
        for person in staff if plain and case.expires_min > NOW else ():
            mine = [by_id[one.case] for one in plan.matches if one.person == person.id]
            left = person.free - sum(one.units for one in mine)
            same = sum(one.units for one in mine if one.task_type == case.task_type)
            left = min(left, person.limits.get(case.task_type, 99) - same)
            there = person.available and person.on_shift_until_min > NOW
            may = has(person, case, 0) and (person.leads or not case.wanted_by)
            assert not (there and may and person.id not in kept and left >= case.units)


@settings(max_examples=80, deadline=None)
@given(cases(), people(), TERMS)
def test_every_sentence_says_the_numbers_of_its_match(waiting, staff, terms):
    by_id, by_name = {one.id: one for one in waiting}, {one.id: one for one in staff}
    for one in match(waiting, staff, NOW, terms).matches:
        case, person, said = by_id[one.case], by_name[one.person], why(one)
        assert 1 <= one.place <= one.of
        assert one.value > 0
        assert one.runner_up != one.person
        assert (one.runner_up is None) == (one.runner_up_value is None)
        assert ("past its deadline" in said) == (case.due_min < NOW)
        assert ("waiting costs most on this one" in said) == (one.costlier == 0)
        assert ("kept for you" in said) == (case.assignee == person.id)
        if "you know this customer" in said:
            assert case.known_to == person.id
        if "the only one who can be asked" in said:
            assert (one.of, one.runner_up) == (1, None)
        if "the quickest free match" in said:
            assert one.place == 1
        for skill, wished in one.missing:
            assert person.skills.get(skill, 0) < wished
            assert f"{skill} {wished}" in said
        assert bool(one.missing) == (one.ring > 0)
        assert ("nobody who takes offers now has it" in said) == (
            one.ring > 0 and one.nobody_on_shift
        )
