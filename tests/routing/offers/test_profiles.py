"""What is remembered of people is never older than the last line of their record."""

from datetime import timedelta

import pytest
from django.db import transaction

from console.models import User
from console.people import managing
from escalations.record.lines import Actor
from routing.attendance import weeks
from routing.models import Proficiency
from routing.offers import profiles
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
ADA = Actor("person", "ada")


@pytest.fixture
def dana():
    return factories.person("dana", skills={"refunds": 2})


def test_who_is_remembered_costs_one_statement(dana, django_assert_num_queries):
    profiles.of([dana.pk], NOW)
    with django_assert_num_queries(1):
        assert profiles.of([dana.pk], NOW)[dana.pk].skills == {"refunds": 2}


def test_somebody_new_is_read_beside_those_remembered(dana):
    profiles.of([dana.pk], NOW)
    kofi = factories.person("kofi", skills={"trade": 1})
    assert profiles.of([dana.pk, kofi.pk], NOW)[kofi.pk].skills == {"trade": 1}


def test_a_recorded_change_is_seen_at_once(dana):
    profiles.of([dana.pk], NOW)
    managing.grade(dana, {"refunds": 5}, by=ADA, now=NOW)
    assert profiles.of([dana.pk], NOW)[dana.pk].skills == {"refunds": 5}


def test_time_off_is_seen_at_once(dana):
    profiles.of([dana.pk], NOW)
    ends = NOW + timedelta(hours=1)
    weeks.add_time_off(dana, starts=NOW, ends=ends, reason="", by=ADA, now=NOW)
    assert len(profiles.of([dana.pk], NOW)[dana.pk].week.off) == 1


def test_who_may_no_longer_decide_is_left_out(dana):
    assert dana.pk in profiles.of([dana.pk], NOW)
    managing.deactivate(dana, by=ADA, now=NOW)
    assert profiles.of([dana.pk], NOW) == {}


def test_a_change_that_was_taken_back_is_not_remembered(dana):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        managing.grade(dana, {"refunds": 5}, by=ADA, now=NOW)
        assert profiles.of([dana.pk], NOW)[dana.pk].skills == {"refunds": 5}
        raise ZeroDivisionError
    assert profiles.of([dana.pk], NOW)[dana.pk].skills == {"refunds": 2}
    managing.grade(dana, {"trade": 1}, by=ADA, now=NOW)
    assert profiles.of([dana.pk], NOW)[dana.pk].skills == {"refunds": 2, "trade": 1}


def test_what_no_line_told_of_is_seen_after_a_while(dana, monkeypatch):
    profiles.of([dana.pk], NOW)
    Proficiency.objects.filter(person=dana).update(grade=4)
    User.objects.filter(pk=dana.pk).update(first_name="Dana Iris")
    monkeypatch.setattr(profiles, "FRESH_S", -1)
    seen = profiles.of([dana.pk], NOW)[dana.pk]
    assert (seen.skills, seen.name) == ({"refunds": 4}, "Dana Iris")
