"""The next half hour, by hand: who is served when, and what goes over time."""

from hypothesis import given
from hypothesis import strategies as st

from routing.floor.forecast import Expected, Hand, Running, Waiting, forecast
from routing.matching import Terms

TERMS = Terms()
NOTHING = Expected(days=0)
REFUNDS = {"refunds": 3}


def waits(due, *, skills=REFUNDS, **more):
    return Waiting(skills, task_type="refund", due=due, **more)


def hand(free=1, *, ends=(), minutes=8.0, skills=None, **more):
    minutes = {"refund": minutes}
    return Hand(1, skills or {"refunds": 4}, free=free, ends=ends, minutes=minutes, **more)


def made(waiting=(), running=(), hands=(), expected=NOTHING):
    return forecast(list(waiting), list(running), list(hands), expected, TERMS)


def test_nothing_waits_and_nothing_goes_over():
    said = made(hands=[hand()])
    assert (said.breaches, said.coming, [slot.load for slot in said.slots]) == (0, 0, [0] * 6)


def test_a_queue_is_served_by_units_as_they_become_free():
    """Two at once until 8, the third until 16: due at 12, it is over."""
    said = made([waits(10), waits(11), waits(12)], hands=[hand(2)])
    assert said.breaches == 1
    assert [slot.breaches for slot in said.slots] == [0, 0, 1, 0, 0, 0]
    assert [slot.load for slot in said.slots][:2] == [100, 80]


def test_whoever_cannot_take_it_does_not_count():
    assert made([waits(12)], hands=[hand(5, skills={"refunds": 2})]).breaches == 1
    assert made([waits(12)], hands=[hand(5, until=0.0)]).breaches == 1
    assert made([waits(12)], hands=[hand(5)]).breaches == 0


def test_whoever_may_not_have_it_does_not_count_and_who_is_asked_for_does():
    lead, kofi = hand(role="supervisor"), hand(username="kofi", skills={"fraud": 1})
    assert made([waits(12, wanted_by="supervisor")], hands=[hand()]).breaches == 1
    assert made([waits(12, wanted_by="supervisor")], hands=[hand(), lead]).breaches == 0
    assert made([waits(12, excluded=["kofi"])], hands=[hand(username="kofi")]).breaches == 1
    assert made([waits(12, had_part={1})], hands=[hand()]).breaches == 1
    assert made([waits(12, assignee="kofi")], hands=[kofi]).breaches == 0
    assert made([waits(12, assignee="kofi", strict=True)], hands=[kofi]).breaches == 1


def test_units_in_use_are_free_when_their_cases_are_expected_to_end():
    assert made([waits(12)], hands=[hand(0, ends=(3.0,))]).breaches == 0
    assert made([waits(12)], hands=[hand(0, ends=(5.0,))]).breaches == 1


def test_two_units_wait_for_two_of_one_person():
    two = waits(12, units=2)
    assert made([two], hands=[hand(1, ends=(9.0,)), hand(1, ends=(9.0,))]).breaches == 1
    assert made([two], hands=[hand(2)]).breaches == 0


def test_what_is_over_already_is_not_expected_to_go_over():
    assert made([waits(-1)], [Running(-1, 20)]).breaches == 0


def test_a_case_at_work_goes_over_if_it_is_expected_to_end_too_late():
    said = made(running=[Running(4, 6), Running(8, 6), Running(40, 60)])
    assert said.breaches == 1


def test_arrivals_count_only_where_enough_days_were_seen():
    coming = [waits(20, arrives=10.0)]
    few, many = Expected(2, coming), Expected(7, coming)
    assert made(expected=few).coming == 0
    assert not made(expected=few).knows_arrivals
    assert (made(expected=many).coming, made(expected=many).arrivals) == (1, 1)
    assert made(hands=[hand()], expected=many).coming == 0


def test_it_says_how_much_of_it_rests_on_no_measurement():
    other = Waiting({}, task_type="invoice", due=20)
    assert made([other, waits(20)], hands=[hand()]).unmeasured == 1


CASES = st.builds(
    Waiting,
    st.dictionaries(st.sampled_from(["refunds", "fraud"]), st.integers(1, 5), max_size=2),
    task_type=st.just("refund"),
    due=st.floats(-10, 60),
    arrives=st.floats(0, 30),
    weight=st.floats(0.1, 10),
    units=st.integers(1, 3),
)
HANDS = st.builds(
    Hand,
    st.just(1),
    st.dictionaries(st.sampled_from(["refunds", "fraud"]), st.integers(0, 5)),
    free=st.integers(0, 3),
    ends=st.lists(st.floats(0, 40), max_size=3).map(tuple),
)


@given(st.lists(CASES, max_size=8), st.lists(HANDS, max_size=4), HANDS)
def test_the_figures_hold_together(cases, hands, one_more):
    said = made(cases, hands=hands)
    again = made(cases, hands=hands)
    assert said == again
    assert sum(slot.breaches for slot in said.slots) <= said.breaches + said.coming
    assert all(0 <= slot.load <= 100 for slot in said.slots)
    nobody = made(cases, hands=[])
    assert said.breaches <= nobody.breaches
    assert made(cases, hands=[*hands, one_more]).people == said.people + 1
