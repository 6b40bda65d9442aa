"""What is asked at every arrival, poll and sweep goes through an index, on SQLite too, which takes
a partial one only for a statement that is written like its condition."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from escalations import lifecycle, sweeps
from escalations.models import Escalation
from routing import sweeps as routed
from routing.alerts import ladder_steps, reminders
from routing.offers import estimates, making
from tests import factories
from tests.escalations.api.conftest import Caller
from tests.factories import NOW, REFUND

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="Plans are told by SQLite's words."),
]
# From its beginning to its end, and not by an index that is as long as what is open.
WHOLE = re.compile(r"SCAN (escalations_escalation|metrics_fact|found|case|U\d+)$")


@contextmanager
def read_whole():
    """The statements inside that go through every case there ever was; all of them go in second."""
    whole, asked = [], []

    def explain(execute, sql, params, many, context):
        if re.search("escalations_escalation|metrics_fact", sql) and not sql.startswith(
            ("INSERT", "EXPLAIN")
        ):
            asked.append(sql)
            # As the driver is given it, placeholders and all.
            plan = execute(f"EXPLAIN QUERY PLAN {sql}", params, many, context).fetchall()
            whole.extend(sql for step in plan if WHOLE.match(step[3]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield whole, asked


def test_an_arrival_and_a_poll_read_no_case_but_by_an_index():
    mira = Caller()
    mira.post("/escalations", REFUND)
    estimates.forget()
    with read_whole() as (whole, asked):
        document = mira.post("/escalations", {**REFUND, "summary": "Another refund"}).json()
        estimates.forget()
        mira.get(f"/escalations/{document['id']}")
        mira.get(f"/escalations/{document['id']}/decision")
    assert asked
    assert whole == []


def test_a_sweep_reads_no_case_but_by_an_index(monkeypatch):
    monkeypatch.setattr(sweeps, "_watch", sweeps.Watch())
    monkeypatch.setattr(routed, "_watch", sweeps.Watch())
    with read_whole() as (whole, asked):
        sweeps.sweep(NOW)
        sweeps.tidy(NOW)
        routed.sweep(NOW)
        for one in (making, ladder_steps, reminders):
            one.sweep(NOW)
    # Each sweep asks in one statement what is due.
    assert len(asked) == 6
    assert whole == []


def test_what_is_late_is_found_among_what_is_open():
    case = factories.escalation()
    with read_whole() as (whole, asked):
        assert Escalation.objects.late(NOW + timedelta(days=9)) == [case.number]
    assert (len(asked), whole) == (1, [])


def test_what_is_due_is_found_by_the_index_of_its_time():
    found = Escalation.objects
    idle_since = NOW - lifecycle.IDLE_LIMIT
    assert plan(found.leases_over(NOW, idle_since).order_by("lease_until", "number")) == "leases"
    assert plan(found.waking(NOW).order_by("snoozed_until", "number")) == "snoozes_over"
    assert plan(found.expiring(NOW).order_by("expires_at", "number")) == "expiry"
    assert plan(found.alerting(NOW).order_by("alert_at", "number")) == "alerts"
    assert plan(found.reminding(NOW).order_by("remind_at", "number")) == "reminders"
    assert plan(found.waiting().order_by("rank", "number")) == "whole_queue"


def plan(found):
    """The index by which SQLite reads the first of them."""
    return re.search(r"INDEX (\w+)", found[:200].explain())[1]
