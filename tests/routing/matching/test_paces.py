"""What somebody is expected to need: what they have shown, as far as it can be relied on."""

import pytest

from routing.matching import paces
from routing.matching.paces import Handled

MANY = {"refund": Handled(10.0, 40)}


def kofi(minutes, cases):
    learnt = {"dana": MANY, "amara": MANY, "kofi": {"refund": Handled(minutes, cases)}}
    return paces.expected(learnt).of("kofi")["refund"]


def test_nothing_is_expected_of_what_nobody_has_done():
    assert paces.expected({}).of("kofi") == {}


def test_who_has_shown_nothing_is_expected_to_need_what_is_usual():
    assert paces.expected({"dana": MANY}).of("kofi") == {"refund": 10.0}


@pytest.mark.parametrize("minutes", [1.0, 5.0, 20.0, 100.0])
def test_the_more_cases_the_more_they_count(minutes):
    found = [kofi(minutes, cases) for cases in (1, 5, 20, 50)]
    off = [abs(one - minutes) for one in found]
    assert off == sorted(off, reverse=True)
    assert all(min(minutes, 10) < one < max(minutes, 10) for one in found)


def test_one_case_says_little_and_as_many_as_count_half_lie_in_between():
    assert 10 < kofi(80.0, 1) < 16
    assert kofi(40.0, paces.COUNTS_HALF) == pytest.approx(20.0)


def test_the_usual_is_that_of_all_cases_not_of_each_person():
    learnt = {"dana": MANY, "kofi": {"refund": Handled(60, 1)}, "lena": {"refund": Handled(50, 1)}}
    assert paces.expected(learnt).usual == {"refund": 10.0}


@pytest.mark.parametrize(
    ("since", "now", "end"),
    [(100, 100, 110), (100, 105, 110), (100, 110, 111), (100, 130, 150)],
    ids=["just begun", "half way", "due now", "as long again"],
)
def test_what_lasts_longer_than_usual_may_last_as_long_again(since, now, end):
    assert paces.ends(since, 10, now) == end


def test_only_the_last_fifty_show_anything_within_bounds():
    assert paces.shown([]) is None
    assert paces.shown([5.0] * 50 + [100.0] * 500) == (5.0, 50)
    assert paces.shown([0.001]) == (paces.LEAST_MIN, 1)
    assert paces.shown([5_000.0]) == (paces.MOST_MIN, 1)
