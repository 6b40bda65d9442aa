"""What of a case is compared with the others of its batch."""

import pytest

from escalations.batch import comparing
from escalations.policy.document import TaskType
from tests.factories import REFUND, escalation


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"amount": "40.00", "currency": "EUR"}, "€40.00"),
        ({"amount": "40.00", "installments": 90, "currency": "EUR"}, "up to €3,600.00"),
        ({"amount": "40.00", "installments": 90}, "up to 3,600.00"),
        ({"total": "40.00", "installments": 12, "currency": "EUR"}, "€40.00"),
    ],
)
def test_the_larger_of_two_readings_is_told_as_that(args, told):
    action = {"id": "a1", "name": "pay", "args": args}
    package = {**REFUND, "risk": {}, "proposed_actions": [action]}
    assert comparing.proposal(package, TaskType(), escalation()).told == told
