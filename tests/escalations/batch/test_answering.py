"""The same change in similar cases, by the page: each answered for itself, once, and undone."""

import orjson
import pytest
from django.utils import timezone

from escalations import lifecycle
from escalations.models import Decision, Escalation, Event
from tests.escalations.batch import test_similar as similar
from tests.escalations.views.test_batch import HIDDEN, UNDO, URL, states
from tests.factories import person, viewer_of
from tests.metrics.policies import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return person("dana")


@pytest.fixture
def desk(client, dana):
    client.force_login(dana)
    return client


def live(**keys):
    return similar.refund(now=timezone.now(), **keys)


def changed(dana, case):
    """Their edit of this case, made now; the id of its decision."""
    at = (timezone.now() - similar.NOW).total_seconds()
    return similar.edit(case, viewer_of(dana), at=at).id


def form_of(page):
    sent = {}
    for name, value in HIDDEN.findall(page):
        sent.setdefault(name, []).append(value)
    like = page.partition('name="like" value="')[2].partition('"')[0]
    return sent | ({"like": like} if like else {})


def table(desk, like, *cases):
    asked = {"like": like, "case": [one.id for one in cases]}
    return desk.get(URL, asked).content.decode()


def test_the_list_offers_it_and_the_table_shows_old_and_new_of_each(desk, dana):
    first, *others = [live(order=f"HP-{number}") for number in range(4)]
    like = changed(dana, first)
    offer = desk.get("/batch/families/").content.decode()
    assert "Apply the same change to 3 similar cases" in offer
    assert "amount 50.00 → 45.00" in offer
    assert form_of(offer)["like"] == like
    page = desk.get(URL, form_of(offer)).content.decode()
    assert "Before you make the same change in 3 cases" in page
    assert page.count("amount <del>50.00</del>") == 3
    assert page.count("Ready") == 3
    assert "Change and approve 3<kbd" in page
    # Without any named, as from the page of the case, it looks for them itself.
    assert form_of(table(desk, like))["case"] == [one.id for one in others]
    assert (
        "The same change in similar cases" in desk.get(f"/escalations/{first.id}/").content.decode()
    )


def test_each_is_changed_and_answered_for_itself_and_the_lot_undone(desk, dana):
    first, *others = [live(order=f"HP-{number}") for number in range(4)]
    page = table(desk, changed(dana, first), *others)
    for _ in range(2):
        answer = desk.post(URL, form_of(page)).content.decode()
        assert "3 of 3 changed and approved" in answer
    decisions = Decision.objects.exclude(escalation=first)
    assert {one.outcome for one in decisions} == {"edited"}
    calls = [one.document["actions"][0]["call"]["args"] for one in decisions]
    assert {one["amount"] for one in calls} == {"45.00"}
    assert {one["order_id"] for one in calls} == {"HP-1", "HP-2", "HP-3"}
    assert {"€45.00" in one.document["response"]["text"] for one in decisions} == {True}
    lines = Event.objects.filter(kind="decided").exclude(escalation=first)
    facts = [orjson.loads(bytes(one.body))["facts"] for one in lines]
    assert {(one["chosen_by"], one["like"]) for one in facts} == {("batch", first.case_number)}
    assert "Undo all 3" in answer
    assert "3 of 3 undone" in desk.post(UNDO, form_of(answer)).content.decode()
    assert states() == ["decided", "held", "held", "held"]


def test_what_changed_since_is_left_out_and_the_others_go(desk, dana):
    first, *others = [live() for _ in range(4)]
    page = table(desk, changed(dana, first), *others)
    lifecycle.add_context(
        others[0], {"messages": [{"role": "customer", "text": "Stop!"}]}, agent="mira"
    )
    lifecycle.claim(others[1], by=viewer_of(person("kofi")), now=others[1].arrived_at)
    answer = desk.post(URL, form_of(page)).content.decode()
    assert "1 of 3 changed and approved" in answer
    assert "Its agent has added something: open it." in answer
    assert "Kofi Whitlock has it." in answer
    assert states() == ["decided", "decided", "held", "waiting"]


@pytest.mark.parametrize("raised", [{"level": 3}, {"approvals": 2}, {"level": 4}])
def test_no_form_brings_in_what_is_never_in_a_batch(desk, dana, raised):
    first, other = live(), live()
    page = table(desk, changed(dana, first), other)
    Escalation.objects.filter(pk=other.pk).update(**raised)
    assert "never in a batch" in desk.post(URL, form_of(page)).content.decode()
    assert Decision.objects.count() == 1


def test_a_rule_published_after_the_table_holds_each_back(desk, dana):
    first, other = live(), live()
    page = table(desk, changed(dana, first), other)
    publish(refund={"amounts": {"EUR": {"approve_up_to": "40.00"}}})
    assert "0 of 1 changed" in desk.post(URL, form_of(page)).content.decode()
    assert Decision.objects.count() == 1


def test_what_does_not_fit_is_not_changed_by_naming_it(desk, dana):
    first, other, odd = live(), live(), live(amount="900.00")
    page = table(desk, changed(dana, first), other)
    sent = form_of(page)
    sent["case"].append(odd.id)
    sent[f"seen:{odd.id}"] = f"{odd.version} {odd.digest}"
    answer = desk.post(URL, sent).content.decode()
    assert "1 of 2 changed and approved" in answer
    assert "It does not say there what you changed: open it." in answer
    assert Decision.objects.count() == 2


def test_a_change_that_was_undone_or_is_not_theirs_sends_nothing(desk, dana, client):
    first, other = live(), live()
    sent = form_of(table(desk, changed(dana, first), other))
    client.force_login(person("kofi"))
    assert "does not stand any more" in client.post(URL, sent).content.decode()
    client.force_login(dana)
    first.refresh_from_db()
    lifecycle.undo(first, by=viewer_of(dana), version=first.version)
    for answer in (desk.post(URL, sent), desk.get(URL, sent)):
        assert "does not stand any more" in answer.content.decode()
    assert Decision.objects.filter(undone_at=None).count() == 0
    assert "Apply the same" not in desk.get("/batch/families/").content.decode()


def test_a_press_under_the_id_of_another_is_not_taken_for_it(desk, dana):
    """Of one table, with another change: what was answered by the first does not count as this."""
    first, second, other = live(), live(), live()
    sent = form_of(table(desk, changed(dana, first), other))
    assert "1 of 1 changed" in desk.post(URL, sent).content.decode()
    assert "1 of 1 changed" in desk.post(URL, sent).content.decode()
    page = desk.post(URL, sent | {"like": changed(dana, second)}).content.decode()
    assert "0 of 1 changed" in page
    assert "What was sent first counted" in page
    assert Decision.objects.count() == 3
