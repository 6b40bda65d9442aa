"""The database that `bench history` fills is one that every page of Baton can show."""

import pytest
from django.conf import settings

from bench.history import PAGES, filling, looks
from escalations.models import Escalation, Event
from metrics import fold
from metrics.models import Fact

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_each_page_is_answered_over_copies_that_are_whole(monkeypatch):
    monkeypatch.setattr(settings, "ROOT_URLCONF", "console.urls")
    filling.fill(60)
    copies = Escalation.objects.filter(id__startswith="esc_copy")
    assert copies.count() == 60
    assert copies.filter(summary__contains=filling.RARE).count() == 3
    lines = Event.objects.filter(escalation__in=copies)
    assert lines.values("chain").distinct().count() == 60
    assert Fact.objects.filter(escalation__in=copies).count() == 60
    assert fold.catch_up()

    acts = looks.acts(looks.application())
    assert set(acts) == set(PAGES)
    for act in acts.values():
        act()
