from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.policy import check, hours, ladder
from escalations.policy.document import PolicyDocument
from escalations.policy.ladder import Due, Ladder

ARRIVED = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
WEEK = {"mon": ["09:00-17:00"], "fri": ["09:00-17:00"]}
POLICY = check.check(
    {
        "schema": "handoff.policy/1",
        "hours": {"Service hours": {"time_zone": "UTC", "week": WEEK}},
        "task_types": {
            "refund": {},
            "claim": {"hours": "Service hours"},
            "quick": {
                "ladder": [
                    {"name": "half", "share": 0.5, "tell": "holder"},
                    {"name": "late", "after_min": 1, "repeat_min": 3},
                ],
                "alarm": [{"name": "alert", "after_min": 1}],
            },
            "silent": {"ladder": []},
        },
    }
)
DEFAULT = ladder.of(POLICY, "refund", 2)
ALARM = ladder.of(POLICY, "refund", 4)
BUSINESS = ladder.of(POLICY, "claim", 2)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def walk(
    steps: Ladder,
    respond_by: datetime,
    *,
    count: int = 8,
    arrived_at: datetime = ARRIVED,
    now: datetime | None = None,
) -> list[Due]:
    """The steps as they come, each raised at once, or all at `now` after a long sleep."""
    due = ladder.first(steps, arrived_at=arrived_at, respond_by=respond_by)
    found: list[Due] = []
    while due and len(found) < count:
        found.append(due)
        due = ladder.following(
            steps,
            due.number,
            due.at,
            arrived_at=arrived_at,
            respond_by=respond_by,
            now=now or due.at,
        )
    return found


def told(found: list[Due]) -> list[tuple[str, str, float]]:
    return [(due.step.name, due.step.audience, (due.at - ARRIVED) / minutes(1)) for due in found]


def test_default_ladder():
    assert told(walk(DEFAULT, ARRIVED + minutes(60), count=6)) == [
        ("warn", "holder", 48),
        ("breach", "supervisors_on_shift", 60),
        ("again", "supervisors_on_shift", 65),
        ("all", "supervisors", 70),
        ("all", "supervisors", 85),
        ("all", "supervisors", 100),
    ]


def test_breach_widens_and_nothing_else_does():
    found = walk(DEFAULT, ARRIVED + minutes(60), count=6)
    assert [due.step.name for due in found if due.step.widen] == ["breach"]
    assert [due.number for due in found] == [1, 2, 3, 4, 5, 6]


def test_alarm_goes_on_until_there_is_progress():
    assert told(walk(ALARM, ARRIVED + minutes(5), count=5)) == [
        ("alert", "eligible", 0),
        ("again", "eligible", 2),
        ("all", "supervisors", 4),
        ("all", "supervisors", 6),
        ("all", "supervisors", 8),
    ]


def test_no_ladder_at_level_1():
    assert ladder.of(POLICY, "refund", 1) is None


def test_warning_leaves_half_a_minute():
    assert told(walk(DEFAULT, ARRIVED + minutes(1), count=2))[0] == ("warn", "holder", 0.5)
    assert told(walk(DEFAULT, ARRIVED + minutes(0.5), count=1))[0][0] == "breach"


def test_a_deadline_before_arrival_is_late_at_once():
    found = walk(DEFAULT, ARRIVED - minutes(30), count=3)
    assert told(found) == [
        ("breach", "supervisors_on_shift", 0),
        ("again", "supervisors_on_shift", 5),
        ("all", "supervisors", 10),
    ]
    assert found[0].number == 2


def test_task_type_may_have_its_own_steps():
    quick = ladder.of(POLICY, "quick", 3)
    assert told(walk(quick, ARRIVED + minutes(10), count=4)) == [
        ("half", "holder", 5),
        ("late", "supervisors_on_shift", 11),
        ("late", "supervisors_on_shift", 14),
        ("late", "supervisors_on_shift", 17),
    ]
    once = ladder.of(POLICY, "quick", 4)
    assert told(walk(once, ARRIVED)) == [("alert", "supervisors_on_shift", 1)]
    silent = ladder.of(POLICY, "silent", 2)
    assert walk(silent, ARRIVED) == []


def test_a_task_type_the_policy_does_not_know_has_that_of_the_defaults():
    assert ladder.of(POLICY, "never/seen", 2) == DEFAULT
    assert ladder.of(PolicyDocument(), "never/seen", 4) == ALARM


def test_steps_count_in_opening_hours():
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    respond_by = hours.add(ARRIVED, 7_200, BUSINESS.hours)
    assert respond_by == monday + timedelta(hours=10)
    found = walk(BUSINESS, respond_by, count=5)
    assert [due.at - monday for due in found] == [
        timedelta(hours=9, minutes=36),
        timedelta(hours=10),
        timedelta(hours=10, minutes=5),
        timedelta(hours=10, minutes=10),
        timedelta(hours=10, minutes=25),
    ]


def test_nobody_is_told_again_while_closed():
    friday_evening = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    found = walk(BUSINESS, friday_evening, count=3)
    assert found[1].at == friday_evening
    assert found[2].at == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


def test_level_4_keeps_no_opening_hours():
    assert ladder.of(POLICY, "claim", 4) == ALARM


def test_after_a_long_sleep_each_step_comes_once_and_one_repeat():
    respond_by = ARRIVED + minutes(60)
    woken = respond_by + minutes(10 + 15 * 7 + 4)
    found = walk(DEFAULT, respond_by, count=6, now=woken)
    assert told(found)[:5] == [
        ("warn", "holder", 48),
        ("breach", "supervisors_on_shift", 60),
        ("again", "supervisors_on_shift", 65),
        ("all", "supervisors", 70),
        ("all", "supervisors", 70 + 15 * 7),
    ]
    assert found[5].at > woken


def test_a_deadline_that_moved_raises_no_step_again():
    breach = walk(DEFAULT, ARRIVED + minutes(60), count=2)[1]
    later = ladder.following(
        DEFAULT,
        breach.number,
        breach.at,
        arrived_at=ARRIVED,
        respond_by=ARRIVED + minutes(300),
        now=breach.at,
    )
    assert (later.step.name, later.at) == ("again", ARRIVED + minutes(305))


def test_pending_is_the_step_that_is_due_next():
    respond_by = ARRIVED + minutes(60)
    found = walk(DEFAULT, respond_by, count=7)
    raised = [0, *(due.number for due in found)]
    assert [
        ladder.pending(DEFAULT, number, due.at, arrived_at=ARRIVED, respond_by=respond_by)
        for number, due in zip(raised, found, strict=False)
    ] == found


def test_a_case_that_comes_to_level_4_later_is_alerted_at_once_and_in_steps():
    later = ARRIVED + minutes(50)
    due = ladder.resumed(ALARM, 1, arrived_at=ARRIVED, respond_by=ARRIVED + minutes(60), now=later)
    assert (due.at, due.number, due.step.name) == (later, 2, "again")
    found = ladder.following(
        ALARM, 2, later, arrived_at=ARRIVED, respond_by=ARRIVED + minutes(60), now=later
    )
    assert (found.at, found.step.name) == (later + minutes(2), "all")


@pytest.mark.parametrize(
    ("raised", "name", "after"), [(0, "warn", 48), (1, "breach", 60), (4, "all", 65)]
)
def test_a_case_that_comes_down_from_level_4_goes_on_where_it_stands(raised, name, after):
    due = ladder.resumed(
        DEFAULT,
        raised,
        arrived_at=ARRIVED,
        respond_by=ARRIVED + minutes(60),
        now=ARRIVED + minutes(50),
    )
    assert (due.step.name, due.at) == (name, ARRIVED + minutes(after))


def test_alerts_end_before_their_number_does():
    end = ladder.following(
        ALARM, ladder.ALERTS_MAX, ARRIVED, arrived_at=ARRIVED, respond_by=ARRIVED, now=ARRIVED
    )
    assert end is None


@given(
    arrived_at=st.timedeltas(timedelta(), timedelta(days=365)).map(ARRIVED.__add__),
    within=st.integers(-3_600, 2_000_000),
    late=st.lists(st.integers(0, 40_000), min_size=12, max_size=12),
    name=st.sampled_from(["refund", "claim", "quick", "silent", "unknown"]),
    level=st.sampled_from([2, 3, 4]),
)
def test_due_times_rise_from_arrival_on_and_no_number_comes_twice(
    arrived_at, within, late, name, level
):
    steps = ladder.of(POLICY, name, level)
    respond_by = arrived_at + timedelta(seconds=within)
    found = []
    due = ladder.first(steps, arrived_at=arrived_at, respond_by=respond_by)
    for seconds in late:
        if due is None:
            break
        found.append(due)
        due = ladder.following(
            steps,
            due.number,
            due.at,
            arrived_at=arrived_at,
            respond_by=respond_by,
            now=due.at + timedelta(seconds=seconds),
        )
    times, numbers = [one.at for one in found], [one.number for one in found]
    assert all(later > earlier for earlier, later in pairwise(times))
    assert all(at >= arrived_at for at in times)
    assert len(set(numbers)) == len(numbers)
    assert numbers == sorted(numbers)
    stated = [one.step.name for one in found[: len(steps.steps)]]
    assert len(set(stated)) == len(stated) or steps.steps[-1].name == stated[-1]
