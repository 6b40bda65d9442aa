"""The page of notices, and the corner that asks for its first part."""

import pytest

from routing.alerts import notices
from routing.models import Notice
from tests.factories import NOW, PASSWORD, escalation, person
from tests.routing.alerts.test_notices import breach

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(client):
    user = person("dana")
    assert client.login(username="dana", password=PASSWORD)
    return user


def test_page_says_what_is_new_and_what_was(client, dana):
    case = escalation()
    breach(dana, case)
    notices.tell([dana.pk], "given", "Sam gave you a case.", now=NOW)
    notices.see(dana.pk, Notice.objects.get(kind="given").pk, now=NOW)
    page = client.get("/notices/").content.decode()
    new, earlier = page.split("seen in the last 30 days")
    assert f"{case} is late (1)." in new
    assert "Refund €184.00" in new
    assert "Sam gave you a case." in earlier


def test_nothing_new_is_said(client, dana):
    assert "Nothing new" in client.get("/notices/").content.decode()


def test_corner_gets_the_new_ones_alone(client, dana):
    breach(dana, escalation())
    part = client.get("/notices/", headers={"HX-Request": "true", "HX-Target": "notices"})
    text = part.content.decode()
    assert text.strip().startswith("<ol")
    assert text.count("data-notice=") == 1


def test_opening_sees_it_and_leads_to_the_case(client, dana):
    case = escalation()
    breach(dana, case, kind="alert")
    notice = Notice.objects.get()
    answer = client.post(f"/notices/{notice.pk}/", {"open": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/escalations/{case.id}/")
    notice.refresh_from_db()
    assert notice.seen_at is not None


def test_an_alert_of_level_4_is_not_dismissed(client, dana):
    breach(dana, escalation(), kind="alert")
    notice = Notice.objects.get()
    answer = client.post(f"/notices/{notice.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/notices/")
    notice.refresh_from_db()
    assert notice.seen_at is None


def test_another_is_dismissed_and_all_are_seen(client, dana):
    breach(dana, escalation())
    notices.tell([dana.pk], "given", "Sam gave you a case.", now=NOW)
    first = Notice.objects.get(kind="breach")
    answer = client.post(f"/notices/{first.pk}/", headers={"Accept": "application/json"})
    assert answer.json() == {"seen": True}
    assert Notice.objects.filter(seen_at=None).count() == 1
    client.post("/notices/seen/")
    assert Notice.objects.filter(seen_at=None).count() == 0


def test_a_line_of_somebody_else_is_not_there(client, dana):
    breach(person("lee"), escalation())
    assert client.post(f"/notices/{Notice.objects.get().pk}/").status_code == 404


def test_the_text_of_an_agent_is_no_markup(client, dana):
    breach(dana, escalation(summary="<b>Refund</b> at once"))
    assert "&lt;b&gt;Refund&lt;/b&gt;" in client.get("/notices/").content.decode()
