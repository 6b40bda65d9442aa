"""What somebody is expected to need: what they have shown, as far as it can be relied on."""

import pytest

from routing.matching import paces
from routing.matching.paces import Handled

MANY = {"refund": Handled(10.0, 40)}
ASKS = {"refund": ("refunds",), "invoice": ("billing",)}


def expected(learnt, **skills):
    return paces.expected(learnt, skills, ASKS)


def kofi(minutes, cases):
    learnt = {"dana": MANY, "amara": MANY, "kofi": {"refund": Handled(minutes, cases)}}
    return expected(learnt).of("kofi", {})["refund"]


def test_nothing_is_expected_of_what_nobody_has_done():
    assert expected({}).of("kofi", {"refunds": 3}) == {}


def test_who_has_shown_nothing_is_expected_to_need_what_is_usual():
    assert expected({"dana": MANY}).of("kofi", {}) == {"refund": pytest.approx(10.0)}


@pytest.mark.parametrize("minutes", [1.0, 5.0, 20.0, 100.0])
def test_the_more_cases_the_more_they_count(minutes):
    found = [kofi(minutes, cases) for cases in (1, 5, 20, 50)]
    off = [abs(one - minutes) for one in found]
    assert off == sorted(off, reverse=True)
    assert all(min(minutes, 10) < one < max(minutes, 10) for one in found)


def test_one_case_says_little():
    assert 10 < kofi(80.0, 1) < 16
    assert 20 < kofi(40.0, paces.COUNTS_HALF) < 30


def test_who_is_slow_at_one_kind_of_work_is_likely_slow_at_another_but_less_so():
    both = {"refund": Handled(10.0, 40), "invoice": Handled(30.0, 40)}
    learnt = {"dana": both, "amara": both, "kofi": {"refund": Handled(20.0, 12)}}
    found = expected(learnt).of("kofi", {})
    assert 10 < found["refund"] < 20
    assert 30 < found["invoice"] < 60
    assert found["invoice"] / 30 < found["refund"] / 10


@pytest.mark.parametrize("of_experts", [5.0, 40.0])
def test_what_a_grade_has_shown_is_expected_of_its_newcomers(of_experts):
    """Quicker or slower: experts may be given the harder work."""
    learnt = {"dana": MANY, "amara": MANY, "expert": {"refund": Handled(of_experts, 40)}}
    found = expected(learnt, dana={"refunds": 2}, amara={"refunds": 2}, expert={"refunds": 5})
    known = found.of("newcomer", {"refunds": 2})["refund"]
    of_expert = found.of("newcomer", {"refunds": 5})["refund"]
    assert (of_expert < known) is (of_experts < 10)
    # A grade that nobody has shown anything of is like all.
    assert found.of("newcomer", {"refunds": 3}) == found.usual


def test_the_usual_is_that_of_all_cases_not_of_each_person():
    learnt = {"dana": MANY, "kofi": {"refund": Handled(60, 1)}, "lena": {"refund": Handled(50, 1)}}
    assert expected(learnt).usual == {"refund": pytest.approx(10.8, abs=0.1)}


def test_one_long_pause_moves_what_somebody_has_shown_no_more_than_a_slow_case():
    usual = [4.0, 5.0, 6.0, 5.0]
    assert paces.shown([*usual, 110.0]) == paces.shown([*usual, 7.0])


@pytest.mark.parametrize(
    ("since", "now", "end"),
    [(100, 100, 110), (100, 105, 110), (100, 110, 111), (100, 130, 150)],
    ids=["just begun", "half way", "due now", "as long again"],
)
def test_what_lasts_longer_than_usual_may_last_as_long_again(since, now, end):
    assert paces.ends(since, 10, now) == end


def test_only_the_last_fifty_show_anything_within_bounds():
    assert paces.shown([]) is None
    assert paces.shown([5.0] * 50 + [100.0] * 500) == (pytest.approx(5.0), 50)
    assert paces.shown([0.001]) == (pytest.approx(paces.LEAST_MIN), 1)
    assert paces.shown([5_000.0]) == (pytest.approx(paces.MOST_MIN), 1)
