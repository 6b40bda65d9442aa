"""A socket cut for twenty seconds while fifty things change: afterwards the page is as new."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Escalation
from tests import factories
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.screens.test_connection import Line

pytestmark = pytest.mark.django_db

CUT_MS = 20_000


def change_fifty_things(cases, amara, mira):
    """Ten of each: decided, claimed or overdue, cancelled, given more context, new."""
    now = timezone.now()
    for number in range(10):
        four = (Escalation.objects.get(pk=case.pk) for case in cases[number::10])
        decided, claimed, cancelled, longer = four
        decide(decided, amara, now=now)
        if number < 5:
            lifecycle.claim(claimed, by=amara, now=now)
        else:
            lifecycle.raise_alert(claimed, now=claimed.respond_by)
        lifecycle.cancel(cancelled, agent="mira", now=now)
        lifecycle.add_context(longer, {"environment": {"logs": ["again"]}}, agent="mira", now=now)
        factories.escalation(by=mira, now=now, summary=f"New {number}")


def shown(page):
    """What stands on the list: cases, versions, order and counts."""
    rows = page.locator(".q-row").evaluate_all(
        "rows => rows.map(row => ['escalation', 'version', 'state', 'holder', 'rank']"
        ".map(name => row.dataset[name]).concat(row.querySelector('.ttl').innerText))"
    )
    return rows, page.locator("[data-count]").all_inner_texts()


@pytest.mark.long
def test_page_equals_a_fresh_load_after_a_long_cut(desk):
    amara, mira = factories.viewer("amara"), factories.key()
    cases = [factories.escalation(by=mira, now=timezone.now()) for _ in range(40)]
    page = desk(factories.person("dana"), "/profile/")
    line = Line(page)
    page.goto("/inbox/")
    live = page.locator("baton-live")
    expect(live).to_have_attribute("data-state", "live")
    line.cut()
    expect(live).to_have_attribute("data-state", "reconnecting")
    change_fifty_things(cases, amara, mira)
    page.wait_for_timeout(CUT_MS)
    line.is_cut = False
    expect(live).to_have_attribute("data-state", "live")
    expect(page.locator(".q-row")).to_have_count(25)
    caught_up = shown(page)
    page.reload()
    expect(live).to_have_attribute("data-state", "live")
    assert shown(page) == caught_up
