"""What may be said of a share: only with enough cases, and only what its interval bears."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import claims
from metrics.claims import CASES_MIN, Certainty
from metrics.figures import Figures, Rate, Times
from metrics.reports import Days, PeriodReport
from metrics.sentences import GOAL_IN_TIME, sentences

DAY = date(2026, 11, 19)
NAMES = ("refund", "exchange", "privacy")
RATES = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilsons_interval_by_hand():
    low, high = Rate(8, 10).interval_95
    assert (round(low, 3), round(high, 3)) == (0.49, 0.943)
    assert Rate(0, 0).interval_95 == (0.0, 1.0)


def test_a_goal_is_surely_missed_only_outside_the_interval():
    assert claims.against(Rate(2, 3), 0.9) is Certainty.FEW
    assert claims.against(Rate(79, 100), 0.9) is Certainty.BELOW
    assert claims.against(Rate(18, 21), 0.9) is Certainty.UNCLEAR
    assert claims.against(Rate(100, 100), 0.9) is Certainty.ABOVE


def test_a_change_is_one_only_where_chance_does_not_explain_it():
    assert claims.change(Rate(10, 20), Rate(1, 20)) is Certainty.ABOVE
    assert claims.change(Rate(1, 20), Rate(10, 20)) is Certainty.BELOW
    assert claims.change(Rate(3, 20), Rate(2, 20)) is Certainty.UNCLEAR
    assert claims.change(Rate(2, 2), Rate(10, 20)) is Certainty.FEW


def figures(proposals, met, again):
    (overridden, on_proposal), (in_time, with_deadline), (came_back, decided) = (
        proposals,
        met,
        again,
    )
    return Figures(
        decided=decided, on_proposal=on_proposal, rejected=overridden,
        unchanged=on_proposal - overridden, raised_again=came_back, in_time=in_time,
        with_deadline=with_deadline, decide=Times(60, 90, 120), accept=Times(6, 9, 12),
    )  # fmt: skip


FIGURES = st.builds(figures, RATES, RATES, RATES)


def report(by_type):
    made = PeriodReport(Days(DAY, DAY), by_task_type=by_type)
    for one in by_type.values():
        made.total.add(one)
    return made


@given(
    st.dictionaries(st.sampled_from(NAMES), FIGURES, max_size=3),
    st.dictionaries(st.sampled_from(NAMES), FIGURES, max_size=3),
)
def test_no_sentence_says_more_than_its_cases_bear(now, before):
    titles = {name: name.title() for name in NAMES}
    for one in sentences(report(now), report(before), titles):
        said = f"{one.text} {one.detail}"
        # Every share stands with what it is made of and its interval.
        for share, of in re.findall(r"([\d.]+) % \(\d+ of ([\d,]+); [\d.]+ % to [\d.]+ %\)", said):
            assert int(of) >= CASES_MIN
            assert 0 <= float(share) <= 100
        if "No task type" in said:
            judged = [f.deadline_met for f in now.values() if f.with_deadline >= CASES_MIN]
            assert all(met.value >= GOAL_IN_TIME for met in judged)
            few = sum(0 < f.with_deadline < CASES_MIN for f in now.values())
            assert ("too few to say" in said) == bool(few)
        if one.mood == "danger" or "more of what" in said or "More cases" in said:
            assert "up from" in said
        if one.mood == "ok":
            assert "(" in said or "certainty" in said


def test_two_of_three_in_time_are_not_called_fine():
    """ "No task type is below 90 %" stood over 66.7 %."""
    now = {
        "refund": figures((0, 40), (40, 40), (0, 40)),
        "privacy": figures((0, 3), (2, 3), (0, 3)),
    }
    (said,) = [one for one in sentences(report(now), report({}), {n: n for n in NAMES})
               if one.chart == "in-time"]  # fmt: skip
    assert said.detail == (
        "No task type with at least 10 cases is below 90 %. "
        "1 task type has fewer than 10, too few to say."
    )


@pytest.mark.parametrize(
    ("again", "said"),
    [((2, 2), ""), ((5, 1), ""), ((6, 6), ""), ((9, 3), "Most in Refund: 9 of 12.")],
)
def test_most_is_said_of_enough_cases_and_of_one_task_type(again, said):
    """ "Most in Identity checks: 2 of 6" stood over a tie of two."""
    refund, privacy = again
    now = {
        "refund": figures((refund, 40), (40, 40), (0, 40)),
        "privacy": figures((privacy, 40), (40, 40), (0, 40)),
    }
    (one,) = [one for one in sentences(report(now), report({}), {n: n.title() for n in NAMES})
              if one.chart == "override"]  # fmt: skip
    assert one.detail == said


def test_of_one_task_type_alone_nothing_is_said_of_any():
    now = {"refund": figures((0, 40), (40, 40), (0, 40))}
    (said,) = [one for one in sentences(report(now), report({}), {n: n for n in NAMES})
               if one.chart == "in-time"]  # fmt: skip
    assert said.detail == ""
