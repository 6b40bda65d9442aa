"""The metrics page: the same numbers as the API and the reports, for whom they are meant."""

import html
import random
import re
from datetime import timedelta

import pytest

from console import clock
from escalations import lifecycle
from escalations.models import Escalation
from escalations.proposal.choices import Choice
from metrics import charts, fold, reports
from metrics.models import Fact
from tests.escalations.api.conftest import Caller
from tests.factories import PASSWORD, escalation, key, person, viewer
from tests.metrics.policies import publish

pytestmark = pytest.mark.django_db


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
    lifecycle.decide(case, Choice(command), by=by, version=1, reject_reasons=[], now=at)


def now_of(text, chart):
    """The number beside the title of a chart."""
    found = re.search(
        rf'id="{chart}-t">[^<]*</b>\s*<span class="now">(.*?)</span>\s*</fig', text, re.DOTALL
    )
    return " ".join(re.sub("<[^>]*>", " ", found[1]).split())


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
    decided(*["approve"] * 19, "reject", by=dana, ago=timedelta(days=40))
    decided(*["approve"] * 8, *["reject"] * 8, by=dana)
    person("priya", "supervisor")
    text = page(client, "priya")
    said = "People change more of what agents propose: 50 % (8 of 16; 28 % to 72 %), up from 5 % of 20."
    assert said in text


def test_of_few_cases_no_sentence_is_made(client):
    """ "People change more" stood over two decisions."""
    dana = viewer("dana")
    decided("approve", "approve", "approve", "reject", by=dana, ago=timedelta(days=40))
    decided("approve", "reject", by=dana)
    person("priya", "supervisor")
    text = page(client, "priya")
    assert "People change more" not in text
    assert "Too few cases to say how much people change of what agents propose: 1 of 2." in text


def test_today_is_marked_as_not_over_and_few_make_weeks(client):
    decided("approve", "reject", by=viewer("dana"))
    person("priya", "supervisor")
    text = page(client, "priya")
    assert text.count(", so far</text>") == 4
    assert '<th scope="col">Week</th>' in text
    assert '<th scope="col">Day</th>' in page(client, "priya", "?days=7")


def test_open_late_cases_stand_in_words_and_lead_to_them(client):
    """They are in no share, so that a queue left to itself looked well kept."""
    made = escalation(now=clock.now() - timedelta(days=1))
    Escalation.objects.filter(pk=made.pk).update(respond_by=clock.now() - timedelta(hours=1))
    person("priya", "supervisor")
    text = page(client, "priya")
    assert "1 open case is over time now." in text
    assert "figure=open_late" in text


def world(seed):
    """Cases of all kinds and days: decided, expired, cancelled, open; in time and late."""
    chance, dana, mira = random.Random(seed), viewer("dana"), key()
    for n in range(40):
        then = clock.now() - timedelta(days=chance.randint(0, 29), hours=2, seconds=n)
        kind = chance.choice(("refund", "exchange", "address_change"))
        case = escalation(by=mira, task_type=kind, now=then)
        late = then + timedelta(seconds=chance.choice((10, 50_000)))
        Escalation.objects.filter(pk=case.pk).update(respond_by=late)
        case.refresh_from_db()
        end = chance.choice(("approve", "approve", "reject", "cancel", "open"))
        if end == "cancel":
            lifecycle.cancel(case, agent="mira", now=then + timedelta(seconds=20))
        elif end != "open":
            _decide(case, dana, end, then + timedelta(seconds=chance.choice((5, 40))))
    fold.catch_up()
    for fact in Fact.objects.all():
        late = chance.random() < 0.3
        Fact.objects.filter(pk=fact.pk).update(
            raised_again=bool(fact.decided_by) and chance.random() < 0.2,
            in_time=None if fact.in_time is None else not late,
        )
    fold.rebuild_sums()


@pytest.mark.parametrize(("seed", "query"), [(1, ""), (2, "?days=7"), (3, "?task_type=refund")])
@pytest.mark.parametrize("who", ["priya", "dana"])
def test_every_figure_leads_to_exactly_its_cases(client, seed, query, who):
    world(seed)
    person("priya", "supervisor")
    text = page(client, who, query)
    links = set(
        re.findall(r'<a [^>]*href="(/metrics/cases/[^"]*)"[^>]*>\s*(?:See )?([\d,]+)', text)
    )
    assert len(links) > (20 if query == "" else 8)
    for href, number in links:
        listed = client.get(html.unescape(href)).content.decode()
        cases = re.search(r'id="count">(\d+) case', listed)[1]
        assert cases == number.replace(",", ""), href
        assert listed.count('data-l="Arrived"') == int(cases)


@pytest.mark.parametrize(
    "query", ["figure=nonsense&from=2026-11-01&to=2026-11-02",
              "figure=decided&from=2026-13-01&to=x"],
)  # fmt: skip
def test_a_list_of_no_figure_is_not_there(client, query):
    person("priya", "supervisor")
    client.login(username="priya", password=PASSWORD)
    assert client.get(f"/metrics/cases/?{query}").status_code == 404


def test_bars_say_on_how_many_they_stand_and_times_stand_by_task_type(client):
    decided("approve", "reject", by=viewer("dana"))
    person("priya", "supervisor")
    text = " ".join(page(client, "priya").split())
    assert "50 % of 2 </text>" in text
    assert "100 % of 2 ? </text>" in text
    assert "Time to decide by task type" in text
    assert "Time to accept by task type" in text
    assert "40 s of 2 </text>" in text


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
    with django_assert_num_queries(14):
        client.get("/metrics/")


def test_no_chart_holds_a_style_and_each_has_a_table(client):
    decided("approve", "reject", by=viewer("dana"))
    person("priya", "supervisor")
    text = page(client, "priya")
    main = text[text.index("<main") : text.index("</main>")]
    assert "style=" not in main
    assert main.count('<svg class="chart"') == main.count("Show as a table") == 11


def test_names_of_weeks_do_not_lie_over_each_other():
    weeks = ["24 Oct to 25 Oct", "2 Nov to 8 Nov", "9 Nov to 15 Nov", "16 Nov to 22 Nov, so far"]
    assert [mark.text for mark in charts.places(weeks)] == [weeks[0], weeks[-1]]
    days = ["16 Nov", "17 Nov", "18 Nov", "19 Nov, so far"]
    assert [mark.text for mark in charts.places(days)] == [days[0], days[1], days[3]]


def test_who_decided_stands_by_name_and_nothing_before_is_said(client):
    person("nadia", "admin")
    decided("approve", by=viewer("dana"))
    fold.catch_up()
    # Two hours ago may be yesterday.
    first, last = (f"{clock.now() - timedelta(hours=hours):%Y-%m-%d}" for hours in (3, 0))
    text = page(client, "nadia")
    assert "Nothing was decided in the 30 days before, so nothing is compared." in text
    assert ("What changed" in text, "What stands out" in text) == (False, True)
    listed = client.get(f"/metrics/cases/?figure=decided&from={first}&to={last}").content.decode()
    assert '<td data-l="By">Dana Whitlock</td>' in listed
