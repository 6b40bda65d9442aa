"""Who hears instead of whom reads why, and it is true of whoever reads it."""

import pytest

from console.models import User
from routing.alerts import ladder_steps
from routing.models import Notice
from tests.factories import after, escalation, person
from tests.routing.alerts.test_ladder_steps import AGAIN, BREACH, DUE, WARN, there

pytestmark = pytest.mark.django_db


def test_what_each_reads_of_why_they_hear_it_is_true_of_themselves():
    escalation(**DUE)
    there("dana")
    person("sam", "supervisor")
    ladder_steps.sweep(after(WARN))
    ladder_steps.sweep(after(BREACH))
    found = Notice.objects.order_by("pk").values_list("person__username", "text")
    said = [(name, text.split(". ", 1)[1]) for name, text in found]
    assert said == [("dana", "Nobody had it."), ("sam", "No supervisor was there.")]
    User.objects.filter(username="sam").update(is_active=False)
    person("ada", "admin")
    ladder_steps.sweep(after(AGAIN))
    assert Notice.objects.latest("pk").text.endswith(". No supervisor was there.")
