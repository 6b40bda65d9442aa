"""Many cases at once, by the page: each answered for itself, once, and the lot taken back."""

import re
import threading

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from escalations import lifecycle
from escalations.batch import answering
from escalations.models import CommandAnswer, Decision, Escalation, Event
from tests.escalations.batch.test_preflight import refund
from tests.factories import person, viewer_of
from tests.metrics.policies import publish

pytestmark = pytest.mark.django_db
URL, UNDO = "/batch/", "/batch/undo/"
HIDDEN = re.compile(r'name="(case|seen:[^"]+|form_id)"\s+value="([^"]*)"')


@pytest.fixture
def dana():
    return person("dana")


@pytest.fixture
def desk(client, dana):
    client.force_login(dana)
    return client


def live(**keys):
    """A case of now, as its page counts time by the clock."""
    return refund(now=timezone.now(), **keys)


def form_of(page):
    """What the form of the table would send."""
    sent = {}
    for name, value in HIDDEN.findall(page):
        sent.setdefault(name, []).append(value)
    return sent


def table(desk, cases):
    return desk.get(URL, {"case": [one.id for one in cases]}).content.decode()


def states():
    return sorted(Escalation.objects.values_list("state", flat=True))


def test_the_table_shows_what_would_leave_of_each(desk):
    cases = [live() for _ in range(3)]
    page = table(desk, cases)
    assert "Before you approve 3 cases" in page
    assert page.count("Inès Carvalho") >= 3
    assert page.count("€12.00") >= 3
    assert page.count("Dear Inès, we have refunded") == 3
    assert page.count("Ready") == 3
    assert "Approve 3<kbd" in page
    assert Event.objects.filter(kind="read").count() == 3


def test_each_is_approved_for_itself_and_says_so(desk):
    cases = [live() for _ in range(20)]
    answer = desk.post(URL, form_of(table(desk, cases))).content.decode()
    assert "20 of 20 approved" in answer
    assert "Undo all 20" in answer
    decisions = list(Decision.objects.all())
    assert len(decisions) == 20
    lines = Event.objects.filter(kind="decided")
    assert {orjson.loads(bytes(one.body))["facts"]["chosen_by"] for one in lines} == {"batch"}
    assert {one.document["outcome"] for one in decisions} == {"approved"}


def test_what_changed_since_is_left_out_and_the_others_go(desk):
    cases = [live() for _ in range(4)]
    sent = form_of(table(desk, cases))
    lifecycle.add_context(
        cases[0], {"messages": [{"role": "customer", "text": "Stop!"}]}, agent="mira"
    )
    kofi = viewer_of(person("kofi"))
    lifecycle.claim(cases[1], by=kofi, now=cases[1].arrived_at)
    answer = desk.post(URL, sent).content.decode()
    assert "2 of 4 approved" in answer
    assert "Its agent has added something: open it." in answer
    assert "Kofi Whitlock has it." in answer
    assert states() == ["decided", "decided", "held", "waiting"]


@pytest.mark.parametrize("raised", [{"level": 3}, {"approvals": 2}, {"level": 4}])
def test_no_form_brings_in_what_is_never_in_a_batch(desk, raised):
    case = live()
    sent = form_of(table(desk, [case]))
    # Behind the back of the life cycle, so that even the version is the one that was seen.
    Escalation.objects.filter(pk=case.pk).update(**raised)
    assert "never in a batch" in desk.post(URL, sent).content.decode()
    assert Decision.objects.count() == 0


def test_what_stood_out_is_not_approved_by_naming_it(desk):
    cases = [live() for _ in range(3)]
    large = live(amount="900.00")
    sent = form_of(table(desk, [*cases, large]))
    large.refresh_from_db()
    sent[f"seen:{large.id}"] = f"{large.version} {large.digest}"
    answer = desk.post(URL, sent).content.decode()
    assert "3 of 4 approved" in answer
    assert "the middle of these" in answer


def test_pressed_twice_it_counts_once(desk):
    sent = form_of(table(desk, [live() for _ in range(3)]))
    for _ in range(2):
        assert "3 of 3 approved" in desk.post(URL, sent).content.decode()
    assert Decision.objects.count() == 3
    assert CommandAnswer.objects.count() == 3


@pytest.mark.parametrize(("undo_s", "since"), [(10, ""), (0, "Reversed.")])
def test_pressed_again_it_says_what_was_undone_or_reversed_since(desk, dana, undo_s, since):
    publish(refund={"undo_s": undo_s})
    cases = [live() for _ in range(3)]
    sent = form_of(table(desk, cases))
    desk.post(URL, sent)
    case, by = Escalation.objects.get(pk=cases[0].pk), viewer_of(dana)
    if undo_s:
        lifecycle.undo(case, by=by, version=case.version)
    else:
        lifecycle.reverse(case, by=by, version=case.version, why="Wrong")
    page = " ".join(desk.post(URL, sent).content.decode().split())
    said = f"<b>{case.case_number}</b> The first press answered it. Since then: {since}"
    assert said in page
    assert page.count("Approved: ") == 2


def test_what_a_killed_worker_left_goes_on_with_the_same_press(desk, monkeypatch):
    sent = form_of(table(desk, [live() for _ in range(4)]))
    perform, done = answering.commands.perform, []

    def dies(viewer, command):
        if len(done) == 2:
            raise SystemExit
        done.append(perform(viewer, command))
        return done[-1]

    monkeypatch.setattr(answering.commands, "perform", dies)
    with pytest.raises(SystemExit):
        desk.post(URL, sent)
    monkeypatch.setattr(answering.commands, "perform", perform)
    assert Decision.objects.count() == 2
    assert "4 of 4 approved" in desk.post(URL, sent).content.decode()
    assert Decision.objects.count() == 4


def test_another_cannot_use_the_same_ids(desk, client):
    cases = [live() for _ in range(2)]
    sent = form_of(table(desk, cases))
    desk.post(URL, sent)
    client.force_login(person("kofi"))
    answer = client.post(URL, sent).content.decode()
    assert "0 of 2 approved" in answer or "not yours to see" in answer
    assert Decision.objects.count() == 2


def test_the_lot_is_undone_each_for_itself(desk, dana):
    cases = [live() for _ in range(3)]
    results = desk.post(URL, form_of(table(desk, cases))).content.decode()
    sent = form_of(results)
    Decision.objects.filter(escalation=cases[0]).update(handed_out_at=timezone.now())
    for _ in range(2):
        answer = desk.post(UNDO, sent).content.decode()
        assert "2 of 3 undone" in answer
    assert Decision.objects.filter(undone_at=None).count() == 1


def test_one_that_was_undone_in_another_tab_is_said_to_be_open_again(desk, dana):
    cases = [live() for _ in range(3)]
    results = desk.post(URL, form_of(table(desk, cases))).content.decode()
    first = Escalation.objects.get(pk=cases[0].pk)
    lifecycle.undo(first, by=viewer_of(dana), version=first.version)
    for _ in range(2):
        answer = desk.post(UNDO, form_of(results)).content.decode()
        assert "2 of 3 undone" in answer
        assert "It is open again already" in answer
        assert "What you wrote is kept" not in answer
    assert not Decision.objects.filter(undone_at=None).exists()


def test_who_only_reads_has_no_batch(client):
    client.force_login(person("ada", "auditor"))
    assert client.get(URL).status_code == 403
    assert 'class="q-many"' not in client.get("/inbox/").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", [0, 3, 6])
def test_two_people_with_overlapping_choices_never_answer_twice(shared):
    cases = [live() for _ in range(6)]
    ours = [cases[:3] + cases[3 : 3 + shared], cases[3 - min(shared, 3) :]]
    desks = []
    for name in ("dana", "kofi"):
        client = Client()
        client.force_login(person(name))
        desks.append(client)
    forms = [form_of(table(client, chosen)) for client, chosen in zip(desks, ours, strict=True)]
    start = threading.Barrier(4)
    pages = []

    def press(client, form):
        try:
            start.wait()
            pages.append(client.post(URL, form).content.decode())
        finally:
            connection.close()

    # Each of them presses twice at once.
    threads = [
        threading.Thread(target=press, args=(client, form))
        for client, form in zip(desks, forms, strict=True) for _ in range(2)
    ]  # fmt: skip
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(pages) == 4
    assert Decision.objects.count() == 6
    assert {one.state for one in Escalation.objects.all()} == {"decided"}
    assert CommandAnswer.objects.count() == 6
