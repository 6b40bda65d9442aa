"""When an answer is due, when somebody is first told, and what a case takes."""

from datetime import UTC, datetime, timedelta

import pytest

from escalations.policy import check
from escalations.policy.document import PolicyDocument
from escalations.triage import judging
from tests.escalations.triage.judging import NOW, judge, package, policy, sentences

SERVICE = {
    "time_zone": "Europe/Paris",
    "week": {day: ["09:00-12:30", "13:30-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": ["2026-11-23"],
}


def in_hours(**refund: object) -> PolicyDocument:
    return check.check(
        {
            "schema": "handoff.policy/1",
            "hours": {"Service hours": SERVICE},
            "task_types": {"refund": {"hours": "Service hours", "respond_s": 2_400, **refund}},
        }
    )


TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_an_answer_is_due_in_opening_hours_and_says_so():
    verdict = judge(package(sure=1), in_hours())
    assert verdict.respond_by == TUESDAY + timedelta(minutes=40)
    assert sentences(verdict)[-1] == (
        "Answers are due within 40 min of opening hours (Service hours, Europe/Paris)."
    )
    assert verdict.reasons[-1].as_json() == {
        "rule": "hours",
        "sentence": sentences(verdict)[-1],
        "observed": "Service hours",
        "threshold": 2_400,
        "level": 1,
    }


def test_a_deadline_that_the_hours_did_not_move_has_no_sentence():
    open_now = judging.judge(package(sure=1), in_hours(), now=TUESDAY)
    assert open_now.respond_by == TUESDAY + timedelta(minutes=40)
    assert [reason.rule for reason in open_now.reasons] == ["level"]


@pytest.mark.parametrize(
    ("stated", "respond_by"),
    [
        ("2026-11-21T12:00:00Z", datetime(2026, 11, 21, 12, 0, tzinfo=UTC)),
        ("2026-12-01T12:00:00Z", TUESDAY + timedelta(minutes=40)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 2, tzinfo=UTC)),
        ("0000-01-01T00:00:00Z", datetime(1, 1, 2, tzinfo=UTC)),
        ("2026-11-21t12:00:00z", datetime(2026, 11, 21, 12, 0, tzinfo=UTC)),
    ],
)
def test_a_deadline_of_the_package_only_shortens_the_hours(stated, respond_by):
    sent = package(sure=1, deadlines={"respond_by": stated})
    assert judge(sent, in_hours()).respond_by == respond_by


def test_level_4_waits_for_no_opening_hours():
    verdict = judge(package(sure=1), in_hours(level=4))
    assert verdict.respond_by == NOW + timedelta(minutes=40)
    assert verdict.alert_at == NOW


def test_the_first_alert_is_a_warning_in_opening_hours():
    assert judge(package(sure=1), in_hours()).alert_at == TUESDAY + timedelta(minutes=32)
    assert judge(package(sure=0.5)).alert_at == NOW + timedelta(minutes=48)
    assert judge(package(sure=1)).alert_at is None
    assert judge(package(sure=1), in_hours(ladder=[])).alert_at is None


def test_units_strictness_and_the_time_of_the_call():
    requested = {"callback_at": "2026-11-21T15:00:00+01:00"}
    document = policy(refund={"units": 2, "strict": True})
    verdict = judge(package(sure=1, requested=requested), document)
    assert (verdict.units, verdict.strict) == (2, True)
    assert verdict.callback_at == datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
    plain = judge(package(sure=1))
    assert (plain.units, plain.strict, plain.callback_at) == (1, False, None)


HOUR, LATER = (str((NOW + timedelta(hours=n)).isoformat()) for n in (1, 2))
ONE, TWO = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
NEVER = None


@pytest.mark.parametrize(
    ("stated", "terms", "end"),
    [
        ({}, {}, (NEVER, "escalate")),
        ({"escalate_at": HOUR}, {}, (ONE, "escalate")),
        ({"escalate_at": HOUR}, {"on_timeout": "reject"}, (ONE, "escalate")),
        ({"escalate_at": HOUR, "expires_at": LATER}, {}, (ONE, "escalate")),
        ({"escalate_at": LATER, "expires_at": HOUR}, {}, (ONE, "escalate")),
        # An end of its own holds; it does not go on after it.
        ({"escalate_at": HOUR, "expires_at": LATER, "on_timeout": "reject"}, {}, (TWO, "reject")),
        ({"escalate_at": HOUR, "expires_at": LATER}, {"on_timeout": "reject"}, (TWO, "reject")),
        ({"escalate_at": HOUR}, {"expires_s": 7_200, "on_timeout": "reject"}, (ONE, "escalate")),
        ({"escalate_at": LATER}, {"expires_s": 3_600, "on_timeout": "reject"}, (ONE, "reject")),
        ({"escalate_at": "soon", "expires_at": HOUR}, {}, (ONE, "escalate")),
    ],
)
def test_a_case_goes_a_level_up_at_the_time_that_the_package_names(stated, terms, end):
    verdict = judge(package(sure=1, deadlines=stated), policy(refund=terms))
    assert (verdict.expires_at, verdict.on_timeout) == end
