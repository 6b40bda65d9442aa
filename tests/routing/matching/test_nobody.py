"""Why nobody has a case yet is said of who would be asked, and of who could take it."""

import pytest

from routing.matching import ANYONE, Terms, match, why_nobody
from tests.routing.matching.test_matching import NOW, TERMS, case, person


@pytest.mark.parametrize(
    ("waiting", "people", "sentence"),
    [
        (case(), [], "Nobody who takes offers is on shift."),
        (
            case(level=3, strict=True),
            [person(level=2)],
            "Needs privacy 3; nobody who takes offers has it.",
        ),
        (
            case(),
            [person(str(n), free=0, running=((2, NOW + 6 + n),)) for n in range(4)],
            "4 who can take it are full; room is expected in about 6 min.",
        ),
        (
            case(refused={"kofi": NOW + 5}),
            [person(name="Kofi")],
            "Kofi had or declined it; nobody else who takes offers can take it; it is offered again in 5 min.",
        ),
        (
            case(refused={"kofi": NOW + 5}),
            [person(name="Kofi"), person("ama", name="Ama", free=0, running=((2, NOW),))],
            "Kofi had or declined it; Ama who can take it is full; room is expected any minute.",
        ),
        (
            case(excluded=["kofi"]),
            [person(name="Kofi")],
            "Kofi may not decide it; nobody else who takes offers can take it.",
        ),
        (
            case(),
            [person(free=0, is_asked=True, running=((1, NOW + 9),), name="Kofi")],
            "Kofi who can take it is asked for something else just now.",
        ),
        (
            case(),
            [person(free=0, is_asked=True), person("ama", free=0, running=((2, NOW + 9),))],
            (
                "2 who can take it are full, working or asked already; room is expected in "
                "about 9 min."
            ),
        ),
        (
            case(assignee="kofi"),
            [person(free=0, is_asked=True, running=((1, NOW + 9),), name="Kofi"), person("ama")],
            "Kept for Kofi; they are asked for something else just now.",
        ),
        (
            case(),
            [
                person(available=False, running=((1, NOW + 4),), instead="on a break"),
                person("ama", available=False, running=((1, NOW + 4),), instead="busy"),
            ],
            "2 could take it and are busy and on a break.",
        ),
        (
            case(wanted_by="supervisor"),
            [person()],
            "Only a supervisor may take it; none of those on shift takes offers.",
        ),
        (
            case(units=3),
            [person()],
            "It takes three units; nobody who takes offers and has privacy 2 can hold as many.",
        ),
        (
            case(),
            [person(free=0, units=0)],
            "It takes one unit; nobody who takes offers and has privacy 2 can hold as many.",
        ),
        (
            case(assignee="kofi"),
            [person(name="Kofi", free=0, running=((2, NOW + 4),)), person("ama")],
            "Kept for Kofi; room is expected in about 4 min.",
        ),
        (
            case(assignee="kofi", level=2),
            [
                person(name="Kofi", at_work=2, free=4),
                person("ama", free=0, running=((2, NOW + 4),)),
            ],
            "Kept for Kofi; they are working on another case just now.",
        ),
        (
            case(),
            [person(available=False, instead="busy", name="Kofi"), person("ama", skill="gas")],
            "Needs privacy 2; Kofi could take it and is busy.",
        ),
        (
            case(wanted_by="supervisor"),
            [person(available=False, instead="busy", name="Dana", role="supervisor"), person()],
            "Needs privacy 2; Dana could take it and is busy.",
        ),
        (
            case(refused={"kofi": NOW + 5}),
            [person(name="Kofi"), person("ama", name="Ama", available=False)],
            "Kofi had or declined it; Ama could take it and is away; it is offered again in 5 min.",
        ),
        (
            case(),
            [person(available=False, instead="busy", skill="gas")],
            "Needs privacy 2; nobody who takes offers has it.",
        ),
        (
            case(units=2),
            [person(units=1, free=1), person("ama", skill="gas")],
            "It takes two units; nobody who takes offers and has privacy 2 can hold as many.",
        ),
        (
            case(),
            [person(level=1, free=0, running=((2, NOW + 6),), name="Kofi")],
            "Kofi who may be asked for it is full; room is expected in about 6 min.",
        ),
        (
            case(),
            [person(available=False, running=((1, NOW + 4),), name="Kofi")],
            "Kofi could take it and is away.",
        ),
        (
            case(due_min=NOW + 90),
            [person(level=1)],
            "Needs privacy 2; it can still wait for somebody who has it.",
        ),
        (case(), [person()], "Somebody who can take it is free; it is about to be offered."),
    ],
)
def test_why_nobody(waiting, people, sentence):
    assert why_nobody(waiting, people, NOW, TERMS) == sentence


@pytest.mark.parametrize(
    ("people", "others", "sentence"),
    [
        ([], [person(name="Lee")], "Needs privacy 2; Lee can take it from the list."),
        ([], [person(name="Lee"), person("kim")], "Needs privacy 2; 2 can take it from the list."),
        (
            [person(free=0, running=((2, NOW + 6),), name="Kofi")],
            [person("lee", name="Lee")],
            (
                "Kofi who can take it is full; room is expected in about 6 min; "
                "Lee can take it from the list."
            ),
        ),
        (
            [],
            [person(free=1, limits={"erasure": 0}, name="Lee")],
            "Needs privacy 2; Lee could take it and has no room for it.",
        ),
        (
            [person(skill="gas")],
            [person("dana", role="supervisor", stands_by=True, name="Dana")],
            "Needs privacy 2; only who leads can take it: Dana.",
        ),
    ],
)
def test_why_nobody_tells_of_who_is_offered_nothing(people, others, sentence):
    assert why_nobody(case(), people, NOW, TERMS, others=others) == sentence


def test_why_nobody_names_who_is_kept_free():
    wide, half = case("wide", units=2), person(name="Kofi", running=((1, NOW + 6),))
    plan = match([wide], [half], NOW, TERMS)
    assert why_nobody(wide, [half], NOW, TERMS, plan) == (
        "Kofi is kept free for it; room is expected in about 6 min."
    )


def test_why_nobody_tells_when_anyone_is_asked():
    terms = Terms(rings=((90.0, 5), (120.0, ANYONE)))
    assert why_nobody(case(), [person(skill="billing")], NOW, terms) == (
        "Needs privacy 2; nobody who takes offers has it; anyone present is asked in 115 min."
    )
