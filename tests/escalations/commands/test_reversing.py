"""Whom the button of a reversal stands open to."""

import pytest

from escalations import commands, lifecycle
from escalations.commands import Command
from escalations.models import Escalation
from escalations.refusals import Invalid
from routing.models import Notice
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import escalation, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return viewer("dana")


@pytest.fixture
def case(dana):
    made = escalation()
    decide(made, dana)
    return Escalation.objects.get(pk=made.pk)


def opened(who, case):
    return "reverse" in commands.open_to(who, Escalation.objects.get(pk=case.pk))


def test_it_stands_open_to_the_decider_and_who_leads(case, dana):
    assert opened(dana, case)
    assert opened(viewer("priya", "supervisor"), case)
    assert not opened(viewer("kofi"), case)
    assert not opened(viewer("oliver", "auditor"), case)


def test_once_reversed_it_stands_open_to_nobody(case, dana):
    lifecycle.reverse(case, by=dana, version=case.version, why="It had arrived.")
    assert not opened(dana, case)


def test_the_decider_hears_who_reversed_it(case, dana):
    sent = Command("reverse", "c-1", case.id, case.version, {"instructions": "It had arrived."})
    commands.perform(viewer("priya", "supervisor"), sent)
    told = Notice.objects.get()
    assert told.person_id == dana.user_id
    assert told.text == f"Priya Whitlock reversed your decision on {case.case_number}."


def test_it_says_why(case, dana):
    with pytest.raises(Invalid):
        commands.perform(dana, Command("reverse", "c-1", case.id, case.version, {}))
