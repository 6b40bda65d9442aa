"""No name that only a program uses stands where a person reads: work is called by its title."""

import re

import pytest

from console import clock
from escalations import lifecycle
from escalations.inbox import rows
from routing.alerts import paging
from routing.models import Alert
from tests import factories
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import viewer
from tests.metrics.policies import publish

pytestmark = pytest.mark.django_db
NAMES = ("parcel_rerouting", "goodwill_x", "web_chat")
PAGES = (
    "/inbox/?tab=mine", "/inbox/?tab=team", "/inbox/?tab=done", "/inbox/?search=parcel",
    "/escalations/{}/", "/audit/{}/", "/floor/", "/metrics/", "/metrics/cases/?figure=decided",
    "/notices/", "/audit/?tab=cases", "/skills/", "/deliveries/", "/levels/",
    "/levels/?edit=parcel_rerouting", "/levels/?edit=parcel_rerouting|2", "/levels/?new",
    "/levels/?routing", "/levels/?hours=", "/levels/versions/", "/levels/versions/2/",
)  # fmt: skip


def words(answer):
    # What is kept folded as it is stored, byte by byte, and what is shown to be typed by a program
    # are no sentences.
    aside = r"<(script|style|svg|template|pre|code).*?</\1>"
    html = re.sub(aside, " ", answer.content.decode(), flags=re.DOTALL)
    # What is only read aloud or shown on a pause of the pointer is read too.
    read = re.findall(r'(?:title|aria-label|placeholder)="([^"]*)"', html)
    return " ".join([*read, re.sub(r"<[^>]+>", " ", html)])


@pytest.fixture
def cases():
    publish(
        parcel_rerouting={"title": "Parcels sent elsewhere", "level": 2}, goodwill_x={"level": 2}
    )
    now = clock.now()
    talk = {"channel": "web_chat", "language": "en", "messages": []}
    made = [
        factories.escalation(
            now=now,
            task_type=name,
            context={"conversation": talk},
            deadlines={"respond_in": "PT9M"},
        )
        for name in ("parcel_rerouting", "goodwill_x", "parcel_rerouting")
    ]
    dana = viewer()
    decide(lifecycle.claim(made[2], by=dana, now=now), dana, now=now)
    return made


@pytest.mark.parametrize("page", PAGES)
def test_page_calls_work_by_its_title(client, cases, page):
    client.force_login(factories.person("ada", "admin"))
    for case in cases:
        answer = client.get(page.format(case.id))
        assert answer.status_code == 200, page
        assert not [name for name in NAMES if name in words(answer)], page
        if "{" not in page:
            break


def test_row_follows_the_title_of_the_policy_in_force(cases):
    assert ">Parcels sent elsewhere</span>" in rows.html(cases[0])
    assert ">Goodwill x</span>" in rows.html(cases[1])
    publish(parcel_rerouting={"title": "Parcels under way", "level": 2})
    assert ">Parcels under way</span>" in rows.html(cases[0])


def test_mail_of_an_alert_names_the_work_by_its_title(cases):
    _, text = paging.letter(Alert(escalation=cases[0], step=1))
    assert "Parcels sent elsewhere" in text
