"""One statement composed once answers like each query set composed anew, whatever moment it is."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from console.database.looks import Look
from escalations import lifecycle, sweeps
from escalations.models import Escalation
from routing import sweeps as routing_sweeps
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db


def around(now):
    cases = Escalation.objects
    return {
        "all": cases.all(),
        "due": cases.filter(respond_by__lte=now),
        "due soon": cases.filter(respond_by__lte=now + timedelta(minutes=5)),
        "old": cases.filter(Q(arrived_at__lt=now - timedelta(seconds=90)) | Q(level=4)),
        "refunds": cases.filter(task_type="refund", state__written=("waiting",)),
    }


def test_it_finds_what_each_of_them_finds_at_every_moment():
    look, chance = Look(around), random.Random(1)
    moments = [after(chance.choice([-1, 1]) * chance.random() * 9_000) for _ in range(30)]
    # Without a part of a second, times are written shorter.
    moments += [NOW, after(1), after(3600)]
    for _ in range(2):
        for moment in moments:
            found = {name for name, cases in around(moment).items() if cases.exists()}
            assert look.at(moment) == found
        escalation(deadlines={"respond_by": "2026-11-19T15:00:00Z"})


def test_it_is_one_statement():
    look = Look(around)
    look.at(NOW)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        look.at(after(7))
    assert len(asked) == 1


@pytest.mark.parametrize("module", [sweeps, routing_sweeps])
def test_where_nothing_is_due_a_sweep_asks_once(module, monkeypatch):
    monkeypatch.setattr(module, "_watch", sweeps.Watch())
    escalation()
    assert not any(module.sweep(after(1)).values())
    with CaptureQueriesContext(connection) as asked:
        counts = module.sweep(after(2))
    assert counts
    assert len(asked) == 1


def test_what_one_part_makes_due_for_another_is_done_in_the_same_sweep(monkeypatch):
    monkeypatch.setattr(sweeps, "_watch", sweeps.Watch())
    case = lifecycle.claim(escalation(), by=viewer(), now=NOW)
    done = []

    def lapse(now):
        done.append("first")
        Escalation.objects.filter(pk=case.pk).update(state="expired")
        return 1

    def follow(now):
        done.append("second")
        return 0

    both = sweeps.Sweep(
        {
            "follow": sweeps.SweepPart(
                lambda now: Escalation.objects.filter(state="expired"), follow
            ),
            "lapse": sweeps.SweepPart(lambda now: Escalation.objects.filter(state="held"), lapse),
        }
    )
    assert both.at(NOW) == {"follow": 0, "lapse": 1}
    assert done == ["first", "second"]
