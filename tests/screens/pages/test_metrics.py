"""Metrics in a browser: the range and the task type change the figures, each chart has its table."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from console import clock
from escalations import lifecycle
from escalations.proposal.choices import Choice
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya(server):
    dana = factories.viewer("dana")
    for number, (command, days, task_type) in enumerate(
        [("approve", 0, "refund"), ("reject", 0, "exchange"), ("approve", 3, "refund")] * 3
        + [("reject", 20, "refund")]
    ):
        then = clock.now() - timedelta(days=days, hours=1, seconds=number)
        case = factories.escalation(task_type=task_type, now=then)
        lifecycle.decide(
            case,
            Choice(command),
            by=dana,
            version=1,
            reject_reasons=[],
            now=then + timedelta(seconds=30),
        )
    return factories.person("priya", "supervisor")


def test_period_and_task_type_change_the_figures(desk, priya):
    page = desk(priya, "/metrics/")
    override = page.locator("#override")
    expect(override.locator(".now")).to_have_text("40 %, 4 of 10")
    page.get_by_role("link", name="7 days").click()
    expect(override.locator(".now")).to_have_text("33.3 %, 3 of 9")
    page.get_by_label("Task type", exact=True).select_option("exchange")
    page.get_by_role("button", name="Show").click()
    expect(override.locator(".now")).to_have_text("100 %, 3 of 3")
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")


def test_every_chart_is_named_and_has_its_table_one_click_away(desk, priya):
    page = desk(priya, "/metrics/")
    charts = page.get_by_role("figure")
    expect(charts).to_have_count(11)
    for figure in charts.all():
        assert figure.get_by_role("img").get_attribute("aria-label")
        figure.get_by_text("Show as a table").click()
        expect(figure.get_by_role("table")).to_be_visible()


def test_sentence_leads_to_its_chart(desk, priya):
    page = desk(priya, "/metrics/")
    expect(page.get_by_role("heading", name="What stands out")).to_be_visible()
    page.get_by_role(
        "link", name=re.compile("See the figures.*People changed what agents proposed")
    ).click()
    expect(page.locator("#override")).to_be_in_viewport()


def test_a_visit_finds_nothing(desk, priya, faults):
    page = desk(priya, "/metrics/")
    page.get_by_text("Show as a table").first.click()
    assert faults(page) == []
