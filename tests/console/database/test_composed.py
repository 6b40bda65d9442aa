"""A query set composed once finds what each composed anew finds, of any list and at any moment."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F, Q, Value
from django.test.utils import CaptureQueriesContext

from console.database.composed import Composed
from escalations.models import Escalation
from tests.factories import NOW, after, escalation

pytestmark = pytest.mark.django_db
CASES = Escalation.objects


def by_number(now, numbers):
    return CASES.filter(number__among=numbers).order_by("number").values_list("number", "reasons")


def by_task_type(now, kinds):
    return CASES.filter(task_type__among=kinds).order_by("number").values_list("number", "id")


def lately(now, numbers):
    due = CASES.filter(number__among=numbers, respond_by__range=(now, now + timedelta(hours=1)))
    soon = due.filter(arrived_at__gt=now - timedelta(minutes=5))
    parts = [
        one.order_by().values_list("number", "respond_by", Value(word))
        for one, word in ((due, "due"), (soon, "new"))
    ]
    return parts[0].union(parts[1], all=True).order_by("number", "respond_by")


def either(now, numbers, levels):
    found = CASES.filter(Q(number__among=numbers) | Q(level__among=levels))
    return found.order_by("number").values_list("number", "respond_by", F("agent__name"))


@pytest.fixture
def cases():
    return [
        escalation(task_type=f"kind_{number % 3}", deadlines={"respond_by": f"2026-11-19T1{5 + number % 4}:00:00Z"})
        for number in range(6)
    ]  # fmt: skip


@pytest.mark.parametrize("build", [by_number, lately])
def test_it_finds_what_is_asked_at_every_moment(cases, build):
    composed, chance = Composed(build), random.Random(3)
    for _ in range(25):
        numbers = chance.sample([case.number for case in cases], chance.randint(1, 6))
        now = after(chance.choice([0, chance.random() * 9_000]))
        assert composed.rows(numbers, now=now) == list(build(now, numbers))


def test_texts_and_two_lists(cases):
    kinds, both = Composed(by_task_type), Composed(either, lists=2)
    assert kinds.rows(["kind_1", "none"]) == list(by_task_type(NOW, ["kind_1", "none"]))
    for numbers, levels in (([cases[0].number], [4]), ([], [2, 3]), ([cases[1].number], [])):
        found = both.rows(numbers, levels)
        assert found == list(either(NOW, numbers, levels))
    assert both.rows([], []) == []


def test_it_is_composed_once(cases, monkeypatch):
    built = []
    composed = Composed(lambda now, listed: built.append(now) or by_number(now, listed))
    for case in cases:
        with CaptureQueriesContext(connection) as asked:
            assert [number for number, _ in composed.rows([case.number])] == [case.number]
        assert len(asked) == 1
    assert len(built) == 2
