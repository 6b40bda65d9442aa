"""What becomes of the open cases, by hand: who is served when, and what goes over time."""

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from routing.floor.forecast import Expected, Hand, Running, Waiting, forecast
from routing.matching import Terms

TERMS = Terms()
NOTHING = Expected(days=0)
NUMBERS = count(1)


def waits(due, **more):
    return Waiting(task_type="refund", due=due, **more)


def hand(free=1, *, ends=(), minutes=8.0, **more):
    return Hand(id=next(NUMBERS), free=free, ends=ends, minutes={"refund": minutes}, **more)


def made(waiting=(), running=(), hands=(), expected=NOTHING, able=None):
    """Everybody can have everything, unless it says otherwise."""
    everybody = [one.id for one in hands]
    return forecast(
        list(waiting),
        list(running),
        list(hands),
        expected,
        terms=TERMS,
        able=able or (lambda case: everybody),
    )


def fate(*given, **more):
    total = made(*given, **more).total
    return total.in_time, total.late, total.nobody


def test_nothing_waits_and_nothing_goes_over():
    said = made(hands=[hand()])
    assert (said.total.whole, said.coming, [slot.load for slot in said.slots]) == (0, 0, [0] * 6)


def test_a_queue_is_served_by_units_as_they_become_free():
    """Two at once until 8, the third until 16: due at 12, it is over."""
    said = made([waits(10), waits(11), waits(12)], hands=[hand(2)])
    assert (said.total.in_time, said.total.late) == (2, 1)
    assert [slot.breaches for slot in said.slots] == [0, 0, 1, 0, 0, 0]
    assert [slot.load for slot in said.slots][:2] == [100, 80]


def test_what_nobody_at_work_can_have_is_told_apart_from_what_is_late():
    assert fate([waits(12)], hands=[hand(5)], able=lambda case: []) == (0, 0, 1)
    assert fate([waits(12)], hands=[hand(5, until=0.0)]) == (0, 0, 1)
    assert fate([waits(4)], hands=[hand(5)]) == (0, 1, 0)
    assert fate([waits(12)], hands=[hand(5)]) == (1, 0, 0)
    assert fate([waits(12)]) == (0, 0, 1)


def test_units_in_use_are_free_when_their_cases_are_expected_to_end():
    assert fate([waits(12)], hands=[hand(0, ends=(3.0,))]) == (1, 0, 0)
    assert fate([waits(12)], hands=[hand(0, ends=(5.0,))]) == (0, 1, 0)


def test_who_helps_themselves_takes_one_after_another_each_after_a_pause():
    """Answered after 2 + 8 minutes and again after 2 + 8, however many units are free."""
    alone = [hand(5, pause=2.0)]
    assert fate([waits(10), waits(20), waits(29)], hands=alone) == (2, 1, 0)
    assert fate([waits(10), waits(20)], hands=[hand(5, pause=3.0)]) == (0, 2, 0)
    assert fate([waits(13), waits(13)], hands=[hand(2, ends=(1.0, 3.0), pause=2.0)]) == (1, 1, 0)
    assert [slot.load for slot in made([waits(10)], hands=alone).slots] == [60, 100, 0, 0, 0, 0]
    large = waits(10, units=3)
    assert (
        fate([large], hands=[hand(3, pause=0.0)]),
        fate([large], hands=[hand(2, pause=0.0)]),
    ) == (
        (1, 0, 0),
        (0, 0, 1),
    )


def test_two_units_wait_for_two_of_one_person():
    two = waits(12, units=2)
    assert fate([two], hands=[hand(1, ends=(9.0,)), hand(1, ends=(9.0,))]) == (0, 1, 0)
    assert fate([two], hands=[hand(2)]) == (1, 0, 0)


def test_what_is_over_already_is_counted():
    """It said that nothing was expected to go over time, with 17 over."""
    assert fate([waits(-1)] * 17, [Running(-1, 20)], hands=[hand(5)]) == (0, 18, 0)


def test_a_case_at_work_goes_over_if_it_is_expected_to_end_too_late():
    assert fate(running=[Running(4, 6), Running(8, 6), Running(40, 60)]) == (1, 2, 0)


def test_each_queue_has_its_own():
    cases = [waits(12, queue=1), waits(1, queue=1), waits(12, queue=2)]
    found = made(cases, [Running(5, 1, 2)], [hand(9)], able=lambda case: []).fates
    assert {queue: (one.in_time, one.nobody) for queue, one in found.items()} == {
        1: (0, 2),
        2: (1, 1),
    }


def test_arrivals_count_only_where_enough_days_were_seen():
    coming = [waits(20, arrives=10.0)]
    few, many = Expected(2, coming, seen=10), Expected(7, coming, seen=10)
    assert made(expected=few).coming == 0
    assert not made(expected=few).knows_arrivals
    assert (made(expected=many).coming, made(expected=many).arrivals) == (1, 1)
    assert made(hands=[hand()], expected=many).coming == 0
    assert made(hands=[hand()], expected=many).total.whole == 0


def test_it_says_how_much_of_it_rests_on_no_measurement():
    other = Waiting({}, task_type="invoice", due=20)
    assert made([other, waits(20)], hands=[hand()]).unmeasured == 1


CASES = st.builds(
    Waiting,
    task_type=st.just("refund"),
    due=st.floats(-60, 60),
    weight=st.floats(0.1, 10),
    units=st.integers(1, 3),
    queue=st.integers(1, 3),
)
COMING = CASES.flatmap(
    lambda case: st.floats(0.1, 30).map(lambda arrives: replace(case, arrives=arrives))
)
RUNNING = st.builds(Running, st.floats(-60, 60), st.floats(0, 60), st.integers(1, 3))
HANDS = st.builds(
    lambda free, ends, pause: hand(free, ends=tuple(ends), pause=pause),
    st.integers(0, 3),
    st.lists(st.floats(0, 40), max_size=3),
    st.none() | st.floats(0, 20),
)


@given(
    st.lists(CASES, max_size=8),
    st.lists(RUNNING, max_size=4),
    st.lists(COMING, max_size=4),
    st.lists(HANDS, max_size=4),
    st.integers(1, 4),
)
def test_every_open_case_counts_once_and_what_is_over_is_never_in_time(
    cases, running, coming, hands, share
):
    able = {queue: [one.id for one in hands[::share][:queue]] for queue in (1, 2, 3)}
    said = made(
        cases, running, hands, Expected(7, coming, seen=10), able=lambda case: able[case.queue]
    )
    assert said.total.whole == len(cases) + len(running)
    for queue, one in said.fates.items():
        of_queue = [case for case in (*cases, *running) if case.queue == queue]
        assert one.whole == len(of_queue)
        assert one.in_time <= sum(case.due >= 0 for case in of_queue)
        stranded = sum(case.queue == queue for case in cases) * (not able[queue])
        assert one.nobody >= stranded
    assert all(0 <= slot.load <= 100 for slot in said.slots)
