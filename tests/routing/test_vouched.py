"""The offers of a case against its lines, where the clock tells two of them not apart."""

import pytest
from django.db import connection

from escalations import lifecycle
from escalations.record import audit
from routing.models import Offer
from tests.factories import NOW, after, escalation
from tests.routing.floor.given import on_duty
from tests.running.kept import lifted

pytestmark = pytest.mark.django_db


def test_offers_of_one_moment_are_told_apart_however_the_database_keeps_them():
    case, priya = escalation(), on_duty("priya", role="supervisor", team=None)
    for name in ("kofi", "amara", "tomasz"):
        case.refresh_from_db()
        lifecycle.reassign(
            case, by=priya, version=case.version, to=on_duty(name), until=after(120), now=NOW
        )
    # PostgreSQL gives a row back behind the others once a column of an index changed.
    first = Offer.objects.order_by("pk").first()
    with lifted(connection):
        for outcome in ("declined", first.outcome):
            Offer.objects.filter(pk=first.pk).update(outcome=outcome)
    assert audit.verify().findings == []
