"""People are reminded of a case at the times that its package names, each once."""

import json
from datetime import timedelta

import orjson
import pytest

from escalations import intake, lifecycle
from escalations.models import Escalation, Event
from escalations.record import audit
from routing.alerts import reminders
from routing.models import Notice
from tests.at_once import at_once
from tests.factories import NOW, REFUND, after, escalation, key, viewer
from tests.routing.alerts.test_ladder_steps import there

pytestmark = pytest.mark.django_db

DAY = 86_400
FIRST, SECOND = 600, 20 * DAY
MONTH = 30 * DAY


def asked(*seconds, **keys):
    return escalation(deadlines={"remind_at": [after(one).isoformat() for one in seconds]}, **keys)


def told():
    return [(one.person.username, one.kind, one.text) for one in Notice.objects.order_by("pk")]


def lines():
    found = Event.objects.filter(kind="reminded").order_by("position")
    return [orjson.loads(bytes(one.body))["facts"] for one in found]


def test_its_holder_is_told_once_at_each_time_and_the_record_says_so():
    there("sam", "supervisor")
    case, dana = asked(SECOND, FIRST), viewer()
    lifecycle.claim(case, by=dana, now=after(1))
    assert reminders.sweep(after(FIRST - 0.06)) == 0
    assert [reminders.sweep(after(FIRST)), reminders.sweep(after(FIRST + 1))] == [1, 0]
    text = f"{case} is not answered yet: mira asked for a reminder."
    assert told() == [("dana", "warn", text)]
    (line,) = lines()
    assert (line["audience"], line["told"], line["due"]) == (
        "holder", 1, "2026-11-19T14:10:00.000000Z",
    )  # fmt: skip
    case.refresh_from_db()
    assert (case.remind_at, case.version) == (after(SECOND), 2)
    assert audit.verify().findings == []
    Escalation.objects.update(remind_at=None)
    assert audit.verify().findings != []


def test_what_is_put_off_for_a_month_is_not_forgotten():
    there("sam", "supervisor")
    case, dana = asked(FIRST, SECOND), viewer()
    lifecycle.snooze(case, by=dana, version=1, until=after(MONTH), now=after(0))
    assert [reminders.sweep(after(at)) for at in (FIRST, SECOND, MONTH)] == [1, 1, 0]
    assert told() == [
        ("sam", "warn", f"{case} is snoozed: mira asked for a reminder.")
    ] * 2  # fmt: skip
    case.refresh_from_db()
    assert (case.state, case.snoozed_until) == ("snoozed", after(MONTH))
    assert audit.verify().findings == []


def test_a_case_whose_agent_was_asked_waits_for_its_agent():
    there("sam", "supervisor")
    case, dana = asked(FIRST), viewer()
    lifecycle.claim(case, by=dana, now=after(0))
    lifecycle.ask(case, by=dana, version=2, wants="more", text="Which?", until=after(DAY), now=NOW)
    assert reminders.sweep(after(FIRST)) == 1
    text = f"{case} waits for its agent, which was asked: mira asked for a reminder."
    assert [said for _, _, said in told()] == [text]


def test_a_late_sweep_reminds_once():
    there("sam", "supervisor")
    asked(FIRST, FIRST + 60, SECOND)
    assert [reminders.sweep(after(DAY)), reminders.sweep(after(DAY))] == [1, 0]
    assert len(lines()) == 1


def test_nobody_is_reminded_of_what_is_answered_or_spoken_about():
    case, other, dana = asked(FIRST), asked(FIRST, summary="Another"), viewer()
    lifecycle.cancel(case, agent="mira", now=after(1))
    lifecycle.take_over(other, by=dana, version=1, now=after(1))
    assert reminders.sweep(after(DAY)) == 0


def test_a_revision_names_other_times():
    mira = key()
    case = asked(FIRST, by=mira)
    late = {"deadlines": {"remind_at": [after(SECOND).isoformat()]}}
    intake.revise(mira, case, json.dumps(REFUND | late).encode(), now=after(1))
    case.refresh_from_db()
    assert case.remind_at == after(SECOND)
    assert audit.verify().findings == []


def test_times_that_remind_nobody_are_named():
    mira = key()
    times = [after(-1).isoformat(), after(50).isoformat(), after(120).isoformat()]
    ends = {"expires_at": after(100).isoformat(), "on_timeout": "reject", "remind_at": times}
    body = json.dumps(REFUND | {"deadlines": ends}).encode()
    accepted = intake.accept(mira, body, now=after(0))
    warned = [one.pointer for one in accepted.warnings if "remind_at" in one.pointer]
    assert warned == ["/deadlines/remind_at/0", "/deadlines/remind_at/2"]
    assert accepted.escalation.remind_at == after(50)


@pytest.mark.django_db(transaction=True)
def test_any_number_of_sweepers_remind_once():
    there("sam", "supervisor")
    for turn in range(5):
        asked(FIRST, summary=f"Case {turn}")
    at_once(*[lambda: reminders.sweep(after(FIRST) + timedelta(seconds=1))] * 3)
    assert (len(lines()), Notice.objects.count()) == (5, 5)
    assert audit.verify().findings == []
