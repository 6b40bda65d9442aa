"""Whoever finishes what they hold, and when they work again."""

import pytest

from console.people.viewers import viewer_of
from escalations import lifecycle
from routing.attendance import presence
from tests.factories import NOW, after, person
from tests.routing.presence import AWAY, BUSY, PRESENT, accepted, now_of, there, works

pytestmark = pytest.mark.django_db


def test_who_finishes_is_away_when_the_last_unit_is_free():
    dana = there(person("dana"))
    case = accepted(dana)
    presence.set_state(dana, BUSY, by=viewer_of(dana), draining=True, now=NOW)
    assert presence.sweep(after(1)) == 0
    lifecycle.release(case, by=viewer_of(dana), version=case.version, now=after(2))
    assert presence.sweep(after(3)) == 1
    assert now_of(dana) == (AWAY, "drained", "Finished", False)


def test_ending_the_shift_finishes_first():
    dana = there(person("dana"))
    case = accepted(dana)
    presence.end_shift(dana, by=viewer_of(dana), now=NOW)
    assert now_of(dana) == (BUSY, "self", "Shift over", True)
    lifecycle.release(case, by=viewer_of(dana), version=case.version, now=after(2))
    presence.sweep(after(3))
    assert now_of(dana) == (AWAY, "drained", "Shift over", False)


@pytest.mark.parametrize("reason", ["end", "finish"])
@pytest.mark.parametrize("closed_at", [5, 1795, 80_000, 86_390])
def test_who_finished_yesterday_works_again_today(reason, closed_at):
    """Their screen beats until so many seconds later; their shift ends at 14:30."""
    dana = person("dana")
    for weekday in (3, 4):
        works(dana, "14:00-14:30", weekday=weekday)
    there(dana)
    case = accepted(dana)
    if reason == "end":
        presence.end_shift(dana, by=viewer_of(dana), now=NOW)
    else:
        presence.set_state(dana, BUSY, by=viewer_of(dana), draining=True, now=NOW)
    lifecycle.release(case, by=viewer_of(dana), version=case.version, now=after(2))
    presence.sweep(after(3))
    assert now_of(dana)[:2] == (AWAY, "drained")
    there(dana, after(closed_at))
    if closed_at < 86_000:
        presence.sweep(after(closed_at + 100))
    there(dana, after(86_420))
    presence.sweep(after(86_420))
    assert now_of(dana) == (PRESENT, "shift", "", False)


def test_who_finished_before_a_break_stays_away_after_it():
    dana = person("dana")
    works(dana)
    works(dana, "14:20-14:40", "break")
    there(dana)
    presence.set_state(dana, BUSY, by=viewer_of(dana), draining=True, now=NOW)
    presence.sweep(after(3))
    presence.sweep(after(100))
    there(dana, after(2700))
    presence.sweep(after(2700))
    assert now_of(dana) == (AWAY, "drained", "Finished", False)


def test_whoever_has_no_shifts_and_ended_their_day_works_again_after_a_while():
    dana = there(person("dana"))
    case = accepted(dana)
    presence.end_shift(dana, by=viewer_of(dana), now=NOW)
    presence.sweep(after(100))
    there(dana, after(600))
    assert now_of(dana) == (BUSY, "self", "Shift over", True)
    lifecycle.lose_lease(case, now=after(600))
    presence.sweep(after(601))
    presence.sweep(after(700))
    there(dana, after(8 * 3600))
    assert now_of(dana) == (PRESENT, "shift", "", False)


def test_only_busy_drains():
    dana = there(person("dana"))
    presence.set_state(dana, PRESENT, by=viewer_of(dana), draining=True, now=NOW)
    assert now_of(dana) == (PRESENT, "self", "", False)
