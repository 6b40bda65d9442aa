"""The metrics page: the same numbers as the API and the reports, for whom they are meant."""

import re
from datetime import timedelta

import pytest

from console import clock
from metrics import reports
from tests.escalations.api.conftest import Caller
from tests.factories import PASSWORD, escalation, person, viewer
from tests.metrics.policies import publish

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def page(client, username, query=""):
    client.login(username=username, password=PASSWORD)
    response = client.get(f"/metrics/{query}")
    assert response.status_code == 200
    return response.content.decode()


def decided(*commands, by, task_type="refund", ago=timedelta(hours=2)):
    """Decisions some time ago, one for each command."""
    then = clock.now() - ago
    for command in commands:
        case = escalation(task_type=task_type, now=then)
        _decide(case, by, command, then + timedelta(seconds=40))


def _decide(case, by, command, at):
    from escalations import lifecycle
    from escalations.proposal.choices import Choice

    lifecycle.decide(case, Choice(command), by=by, version=1, reject_reasons=[], now=at)


def now_of(text, chart):
    """The number beside the title of a chart."""
    return re.search(rf'id="{chart}-t">[^<]*</b><span class="now">([^<]*)', text)[1]


def test_stranger_signs_in_first(client):
    response = client.get("/metrics/")
    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/metrics/"


@pytest.mark.parametrize("role", ["supervisor", "admin", "auditor"])
def test_every_other_role_sees_all(client, role):
    decided("approve", "approve", "reject", "approve", by=viewer("dana"))
    person("priya", role)
    text = page(client, "priya")
    assert now_of(text, "override") == "25 %, 1 of 4"
    assert 'id="handoff"' in text


def test_reviewer_sees_their_own(client):
    decided("approve", "reject", by=viewer("dana"))
    decided("approve", by=viewer("omar"), task_type="secret")
    text = page(client, "dana")
    assert now_of(text, "override") == "50 %, 1 of 2"
    assert 'id="handoff"' not in text
    assert "secret" not in text


def test_page_api_and_reports_agree_at_once(client):
    publish(refund={"level": 2, "title": "Refunds"})
    decided("approve", "reject", "approve", by=viewer("dana"))
    person("priya", "supervisor")
    text = page(client, "priya")
    api = Caller("watcher", scopes=("metrics",)).get("/metrics").json()["total"]
    total = reports.report(reports.last_days(clock.now()), now=clock.now()).total
    assert api["override_rate"]["numerator"] == total.overridden == 1
    assert api["override_rate"]["denominator"] == total.on_proposal == 3
    assert now_of(text, "override") == "33.3 %, 1 of 3"
    assert "Refunds" in text


def test_period_and_task_type_are_chosen(client):
    dana = viewer("dana")
    decided("reject", by=dana, ago=timedelta(days=10))
    decided("approve", by=dana)
    decided("reject", by=dana, task_type="exchange")
    person("priya", "supervisor")
    assert now_of(page(client, "priya"), "override") == "66.7 %, 2 of 3"
    assert now_of(page(client, "priya", "?days=7"), "override") == "50 %, 1 of 2"
    assert (
        now_of(page(client, "priya", "?days=7&task_type=exchange"), "override") == "100 %, 1 of 1"
    )
    assert (
        now_of(page(client, "priya", "?days=9999&task_type=none"), "override") == "66.7 %, 2 of 3"
    )


def test_what_changed_is_said_in_sentences(client):
    dana = viewer("dana")
    decided("approve", "approve", "approve", "reject", by=dana, ago=timedelta(days=40))
    decided("approve", "reject", by=dana)
    person("priya", "supervisor")
    text = page(client, "priya")
    assert "People change more of what agents propose: 50 %, up from 25 %." in text


def test_empty_page_says_what_is_so(client):
    person("priya", "supervisor")
    assert "People decided nothing in these 30 days" in page(client, "priya")
    person("dana")
    assert "You decided nothing in these 30 days" in page(client, "dana")


@pytest.mark.parametrize("cases", [1, 3])
def test_statements_are_constant(client, django_assert_num_queries, cases):
    dana = viewer("dana")
    for number in range(cases):
        decided("approve", by=dana, task_type=f"type{number}")
    person("priya", "supervisor")
    page(client, "priya")
    with django_assert_num_queries(13):
        client.get("/metrics/")


def test_no_chart_holds_a_style_and_each_has_a_table(client):
    decided("approve", "reject", by=viewer("dana"))
    person("priya", "supervisor")
    text = page(client, "priya")
    main = text[text.index("<main") : text.index("</main>")]
    assert "style=" not in main
    assert main.count('<svg class="chart"') == main.count("Show as a table") == 9
