"""How many units a case takes when the agent makes it larger or smaller."""

import json

import pytest

from escalations import intake, lifecycle
from escalations.policy import check, versions
from escalations.record.lines import Actor
from routing.models import Unit
from routing.people import units
from tests.factories import NOW, REFUND, after, escalation, key, person, viewer_of

pytestmark = pytest.mark.django_db

SIZES = {"small": {"units": 1}, "double": {"units": 2}, "triple": {"units": 3}}


@pytest.fixture(autouse=True)
def _in_force(db):
    sized = check.check({"schema": "handoff.policy/1", "task_types": SIZES})
    now_in_force = versions.current().number
    versions.publish(sized, by=Actor("operator", "test"), now=NOW, expected=now_in_force)


@pytest.mark.parametrize(
    ("others", "given_back", "was", "becomes", "taken"),
    [
        (2, True, "small", "double", [1, 3]),
        (0, True, "double", "small", [1]),
        (1, False, "small", "triple", [2, 3]),
    ],
    ids=["larger", "smaller", "too_large"],
)
def test_a_revised_case_takes_what_it_needs_and_is_free(others, given_back, was, becomes, taken):
    """Dana has three units, of which other cases took the first."""
    user, mira = person("dana"), key()
    dana = viewer_of(user)
    units.resize(user, 3)
    first = [lifecycle.claim(_case(mira, "small"), by=dana, now=NOW) for _ in range(others)]
    case = lifecycle.claim(_case(mira, was), by=dana, now=NOW)
    for other in first if given_back else ():
        lifecycle.release(other, by=dana, version=other.version, now=NOW)
    intake.revise(mira, case, json.dumps(REFUND | {"task_type": becomes}).encode(), now=after(1))
    numbers = Unit.objects.filter(escalation=case).order_by("number")
    assert list(numbers.values_list("number", flat=True)) == taken


def _case(mira, size):
    return escalation(by=mira, task_type=size)
