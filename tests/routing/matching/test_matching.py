"""Matching is pure: these tests make the cases and people, and hold the plan to what it promises."""

from math import inf

import pytest

from routing.matching import (
    ANYONE,
    Kept,
    Picture,
    Terms,
    WaitingCase,
    Worker,
    hand_out,
    match,
    why,
    why_nobody,
    why_nothing,
)

NOW = 1_000.0
TERMS = Terms()


def case(key="c", *, skill="privacy", level=2, **others):
    facts = {"task_type": "erasure", "arrived_min": NOW - 5, "due_min": NOW + 40}
    return WaitingCase(id=key, skills={skill: level} if level else {}, **{**facts, **others})


def person(key="kofi", *, level=3, skill="privacy", **others):
    facts = {
        "free": 1,
        "units": 2,
        "available": True,
        "on_shift_until_min": NOW + 200,
        "minutes": {"erasure": 8.0},
        "username": key,
    }
    return Worker(id=key, skills={skill: level}, **{**facts, **others})


def pairs(cases, people, terms=TERMS):
    return [(one.case, one.person) for one in match(cases, people, NOW, terms).matches]


def test_what_would_be_somebodys_second_goes_to_the_next_best_before_lesser_cases_do():
    """Each is asked for one thing at a time: the second was left for later, and those who could
    have taken it were asked for the least urgent."""
    cases = [
        case("worst", due_min=NOW - 30, weight=4), case("bad", due_min=NOW - 20, weight=2),
        case("mild", due_min=NOW + 150),
    ]  # fmt: skip
    people = [person("dana", free=3, level=5, minutes={"erasure": 4.0}), person("jonas", free=3)]
    asked = []
    seen = Picture(cases, people, TERMS, offer_s=30, now=NOW)

    def offer(one, _):
        asked.append((one.case, one.person))
        return False

    hand_out(lambda *_: seen, offer)
    assert asked == [("worst", "dana"), ("bad", "jonas")]
    assert pairs(cases, people)[:2] == [("worst", "dana"), ("bad", "dana")]


def only(cases, people, terms=TERMS):
    (one,) = match(cases, people, NOW, terms).matches
    return one


# --- the order


def test_the_case_whose_waiting_costs_most_goes_first():
    relaxed, urgent = case("relaxed", due_min=NOW + 90), case("urgent", due_min=NOW + 15)
    late, heavy = case("late", due_min=NOW - 5), case("heavy", due_min=NOW + 15, weight=4)
    people = [person(free=3, units=3)]
    assert pairs([relaxed, late, urgent, heavy], people) == [
        ("heavy", "kofi"),
        ("urgent", "kofi"),
        ("late", "kofi"),
    ]


def test_an_expiry_makes_a_case_dearer_and_its_end_takes_it_out():
    plain, expiring = case("plain"), case("x-expiring", expires_min=NOW + 45)
    assert only([plain, expiring], [person()]).case == "x-expiring"
    assert pairs([case(expires_min=NOW)], [person()]) == []


def test_equals_go_by_arrival_then_id():
    first = case("z", arrived_min=NOW - 6)
    assert only([case("b"), case("a")], [person()]).case == "a"
    assert only([case("b"), first, case("a")], [person()]).case == "z"


# --- the person


def test_the_quickest_gets_it_and_the_next_is_the_runner_up():
    people = [person("ama", minutes={"erasure": 6.0}), person("kofi"), person("zoe", free=0)]
    one = only([case()], people)
    assert (one.person, one.place, one.of, one.minutes) == ("ama", 1, 2, 6.0)
    assert one.runner_up == "kofi"
    assert 0 < one.runner_up_value < one.value


def test_who_knows_the_customer_is_quicker():
    people = [person("ama", minutes={"erasure": 7.0}), person("kofi")]
    assert only([case()], people).person == "ama"
    one = only([case(known_to="kofi")], people)
    assert (one.person, one.known, one.minutes) == ("kofi", True, pytest.approx(6.4))


@pytest.mark.parametrize(
    "unable",
    [
        person(available=False),
        person(free=0),
        person(level=1),
        person(skill="billing"),
        person(on_shift_until_min=NOW),
        person(limits={"erasure": 0}),
    ],
    ids=["away", "full", "below", "another skill", "off shift", "limit"],
)
def test_nobody_is_given_what_they_may_not_take(unable):
    able = person("zoe", minutes={"erasure": 30.0})
    assert pairs([case()], [unable, able]) == [("c", "zoe")]


def test_only_a_lead_takes_what_is_for_leads():
    one = case(wanted_by="supervisor")
    assert pairs([one], [person()]) == []
    assert pairs([one], [person(), person("dana", role="supervisor")]) == [("c", "dana")]


def test_a_limit_counts_what_is_given_in_the_same_plan():
    people = [person(free=3, units=3, limits={"erasure": 1})]
    assert pairs([case("a"), case("b")], people) == [("a", "kofi")]


def test_who_was_asked_for_by_name_gets_it_and_is_waited_for():
    one = case(assignee="kofi")
    quick = person("ama", minutes={"erasure": 3.0})
    assert pairs([one], [quick, person()]) == [("c", "kofi")]
    soon = person(free=0, running=((2, NOW + 10),))
    assert pairs([one], [quick, soon]) == []
    late = person(free=0, running=((2, NOW + 40),))
    assert pairs([one], [quick, late]) == [("c", "ama")]
    assert pairs([one], [quick, person(available=False)]) == [("c", "ama")]


@pytest.mark.parametrize("presses", [{"widened": 1}, {"alerted": True}, {"due_min": NOW}])
def test_what_presses_is_not_kept_for_who_has_no_room(presses):
    one = case(assignee="kofi", **presses)
    quick = person("ama", minutes={"erasure": 3.0})
    soon = person(free=0, running=((2, NOW + 1),))
    assert pairs([one], [quick, soon]) == [("c", "ama")]
    assert pairs([one], [quick, person(limits={"erasure": 0})]) == [("c", "ama")]
    assert pairs([one], [quick, person()]) == [("c", "kofi")]
    assert why_nobody(one, [soon], NOW, TERMS).startswith("Kofi who can take it is full")


# --- refusals


def test_a_decliner_is_asked_again_only_after_all_others():
    others = person("ama", minutes={"erasure": 60.0}, free=0)
    over, running = {"kofi": NOW - 1}, {"kofi": NOW + 5}
    assert pairs([case(refused=over)], [person(), others]) == []
    assert pairs([case(refused=over)], [person()]) == [("c", "kofi")]
    assert pairs([case(refused=running)], [person()]) == []
    both = {"kofi": NOW - 1, "ama": NOW + 5}
    assert pairs([case(refused=both)], [person(), others]) == [("c", "kofi")]


# --- rings


def test_after_its_time_a_ring_asks_people_below_the_wish():
    able_but_full = person("ama", free=0)
    below = person(level=1)
    assert pairs([case()], [able_but_full, below]) == []
    waited = case(arrived_min=NOW - 91, due_min=NOW - 1)
    one = only([waited], [able_but_full, below])
    assert (one.ring, one.missing, one.nobody_on_shift) == (1, (("privacy", 2),), False)
    assert one.minutes == pytest.approx(8 * TERMS.below_slower)


def test_nobody_of_the_level_on_duty_relaxes_at_once_but_never_a_strict_case():
    below, late = person(level=1), {"due_min": NOW + 10}
    one = only([case(**late)], [person("ama", available=False), below])
    assert (one.person, one.ring, one.nobody_on_shift) == ("kofi", 1, True)
    waited = case(strict=True, arrived_min=NOW - 500, due_min=NOW - 400)
    assert pairs([waited], [below]) == []


def test_only_time_opens_the_ring_of_anyone_present():
    terms = Terms(rings=((30.0, 1), (60.0, ANYONE)))
    stranger = person(skill="billing")
    assert pairs([case(arrived_min=NOW - 59, due_min=NOW)], [stranger], terms) == []
    assert pairs([case(arrived_min=NOW - 60, due_min=NOW)], [stranger], terms) == [("c", "kofi")]


# --- keeping free


def test_a_unit_is_kept_free_for_a_dearer_case_that_needs_two():
    wide, narrow = case("wide", units=2, due_min=NOW + 5), case("narrow")
    half = person(free=1, running=((1, NOW + 6),))
    plan = match([wide, narrow], [half], NOW, TERMS)
    assert plan.matches == ()
    assert plan.kept == (Kept("kofi", "wide", NOW + 6, 2),)
    later = person(free=1, running=((1, NOW + 16),))
    assert pairs([wide, narrow], [later]) == [("narrow", "kofi")]
    assert pairs([wide, narrow], [half, person("zoe", free=2)]) == [
        ("wide", "zoe"),
        ("narrow", "kofi"),
    ]


def test_units_are_kept_for_a_case_that_needs_three():
    wide = case("wide", units=3, due_min=NOW + 5)
    two_end = person(free=1, units=3, running=((1, NOW + 9), (1, NOW + 4)))
    assert match([wide, case()], [two_end], NOW, TERMS).kept == (Kept("kofi", "wide", NOW + 9, 3),)


# --- sentences


def test_why_me():
    quick = person("ama", minutes={"erasure": 4.0})
    assert why(only([case(due_min=NOW + 65)], [quick, person()])) == (
        "65 min to its deadline: waiting costs most on this one, "
        "and you fit best of all who can be asked just now (about 4 min of work)."
    )
    assert why(only([case(due_min=NOW - 3, known_to="kofi")], [person()])) == (
        "3 min past its deadline: waiting costs most on this one, "
        "and you know this customer (about 6 min of work)."
    )
    assert why(only([case(assignee="kofi")], [quick, person()])) == (
        "40 min to its deadline: waiting costs most on this one, "
        "and it is kept for you (about 8 min of work)."
    )


def test_a_case_without_deadline_goes_last_and_says_so():
    one = case("a", due_min=inf)
    assert why(only([one], [person()])).startswith("No deadline: waiting costs most on this one")
    assert only([one, case("b")], [person()]).case == "b"
    assert pairs([one], [person(level=1)]) == [("a", "kofi")]


def test_why_me_names_a_relaxed_wish():
    below = person(level=1)
    assert why(only([case(due_min=NOW + 10)], [below])) == (
        "10 min to its deadline: waiting costs most on this one, and you are the only one who "
        "can be asked for it just now (about 11 min of work). It needs privacy 2; nobody who takes offers now has it, so the "
        "nearest are asked."
    )
    waited = case(arrived_min=NOW - 95, due_min=NOW - 1)
    assert why(only([waited], [below, person("ama", free=0)])).endswith(
        "It needs privacy 2; after 95 min of waiting others are asked (ring 1)."
    )


@pytest.mark.parametrize(
    ("me", "cases", "sentence"),
    [
        (person(available=False), [case()], "You are away."),
        (person(available=False, instead="busy"), [case()], "You are busy."),
        (
            person(free=0, is_asked=True),
            [case()],
            "Something is offered to you; nothing else comes before you answer.",
        ),
        (person(on_shift_until_min=NOW), [case()], "You are not on shift."),
        (person(free=0), [case()], "Everything you can hold at once is in use."),
        (person(), [], "Nothing waits."),
        (person(), [case(skill="billing")], "Nothing waits that needs your skills."),
        (
            person(),
            [case(excluded=["kofi"])],
            "You had or declined what waits for your skills, or may not decide it.",
        ),
        (
            person(running=((1, NOW + 6),)),
            [case(units=2)],
            "Kept free for a two-unit case, expected in 6 min.",
        ),
        (
            person(running=((1, NOW + 60),)),
            [case(units=2)],
            "What waits for your skills takes more than you have free.",
        ),
        (
            person(limits={"erasure": 0}),
            [case()],
            "You hold as much of the waiting kind of work as your limit allows.",
        ),
        (person(), [case()], "Something is being offered to you now."),
    ],
)
def test_why_nothing(me, cases, sentence):
    assert why_nothing(me, cases, [me], NOW, TERMS) == sentence
