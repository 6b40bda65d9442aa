"""Outcome and feedback over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from console import clock
from console.models import User
from escalations import lifecycle
from escalations.models import Escalation, Event, Feedback, Report
from escalations.record import audit, sentences_live
from routing.models import Notice
from tests.at_once import at_once
from tests.escalations.api.conftest import decide
from tests.factories import viewer

REJECT = {"command": "reject", "reason_code": "other"}


def test_outcome_is_kept(mira, decided):
    said = {
        "outcome": "failed",
        "detail": "The bank refused it.",
        "cost": {"value": "1.20", "currency": "EUR"},
    }

    response = mira.post(f"/escalations/{decided}/outcome", said)

    kept = Report.objects.get()
    assert response.status_code == 200
    assert response.json() == {
        "id": decided,
        "outcome": "failed",
        "reported_at": kept.reported_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "sequence": 1,
    }
    assert (kept.result, kept.detail, kept.cost) == ("failed", said["detail"], said["cost"])
    assert Event.objects.filter(kind="outcome_reported").count() == 1


def test_the_same_outcome_again_changes_nothing(mira, decided):
    first = mira.post(f"/escalations/{decided}/outcome", {"outcome": "executed"})
    again = mira.post(f"/escalations/{decided}/outcome", {"outcome": "executed"})

    assert again.json() == first.json()
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_outcome_at_once_is_one(mira, decided):
    path = f"/escalations/{decided}/outcome"
    answers = at_once(*[lambda: mira.post(path, {"outcome": "executed"})] * 4)
    # On a slow machine who waits too long for the lock is told to try again.
    assert {one.status_code for one in answers} <= {200, 503}
    assert len({one.json()["reported_at"] for one in answers if one.status_code == 200}) == 1
    assert Report.objects.count() == 1
    assert Event.objects.filter(kind="outcome_reported").count() == 1


def test_outcome_before_the_decision_is_in_effect_is_a_conflict(mira):
    created = mira.escalate()
    path = f"/escalations/{created['id']}/outcome"

    waiting = mira.post(path, {"outcome": "executed"})
    decide(created["id"])
    inside = mira.post(path, {"outcome": "executed"})

    assert (waiting.status_code, inside.status_code) == (409, 409)
    assert waiting.json()["type"] == "urn:baton:problem:not_decided"
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    ("said", "pointer", "detail"),
    [
        ({}, "/outcome", "is required"),
        (
            {"outcome": "done"},
            "/outcome",
            "must be one of executed, failed, refused, too_late",
        ),
        (
            {"outcome": "failed", "cost": {"value": 1, "currency": "EUR"}},
            "/cost/value",
            "must be a text",
        ),
        ({"outcome": "failed", "why": "x"}, "/why", "is not known here"),
    ],
)
def test_outcome_names_faults(mira, decided, said, pointer, detail):
    response = mira.post(f"/escalations/{decided}/outcome", said)

    assert response.status_code == 422
    assert response.json()["errors"] == [{"pointer": pointer, "detail": detail}]


def test_feedback_is_kept_and_replaced(mira, decided):
    path = f"/escalations/{decided}/feedback"
    first = mira.post(path, {"csat": 2, "effort": 7, "resolved": False, "had_to_repeat": True})
    second = mira.post(path, {"csat": 4, "comment": "Good in the end"})

    kept = Feedback.objects.get()
    assert (first.status_code, second.status_code) == (200, 200)
    assert (kept.csat, kept.effort, kept.resolved, kept.had_to_repeat, kept.comment) == (
        *(4, None, None, None, "Good in the end"),
    )
    assert kept.escalation == Escalation.objects.get(id=decided)


@pytest.mark.parametrize(
    ("said", "pointer", "detail"),
    [
        ({}, "", "must have at least one answer"),
        ({"csat": 0}, "/csat", "must be at least 1"),
        ({"csat": 6}, "/csat", "must be at most 5"),
        ({"effort": 8}, "/effort", "must be at most 7"),
        ({"resolved": "yes"}, "/resolved", "must be true or false"),
        ({"csat": 4.5}, "/csat", "must be a whole number"),
        ({"comment": None}, "/comment", "must be a text"),
    ],
)
def test_feedback_names_faults(mira, decided, said, pointer, detail):
    response = mira.post(f"/escalations/{decided}/feedback", said)

    assert response.status_code == 422
    assert response.json()["errors"] == [{"pointer": pointer, "detail": detail}]


@pytest.mark.parametrize(
    ("how", "is_against"),
    [("rejected", True), ("expired", True), ("approved", False), ("reversed", False)],
)
def test_what_was_done_although_it_was_told_not_to_is_said_truly(mira, client, how, is_against):
    """The report counts; whoever leads, and whoever opens the case, reads what it means."""
    lead = viewer("sam", "supervisor")
    ends = {"expires_at": "2099-01-01T00:00:00Z", "on_timeout": "reject"}
    at = datetime(2099, 1, 1, 1, tzinfo=UTC) if how == "expired" else clock.now()
    # So that the undo window is over by the clock of a database too.
    with time_machine.travel(at - timedelta(minutes=2)):
        id_ = mira.escalate(deadlines=ends)["id"]
        if how != "expired":
            decide(id_, **REJECT) if how == "rejected" else decide(id_)
    with time_machine.travel(at):
        if how == "expired":
            lifecycle.expire(Escalation.objects.get(), now=at)
        if how == "reversed":
            mira.get(f"/escalations/{id_}/decision")
            case = Escalation.objects.get()
            lifecycle.reverse(case, by=lead, version=case.version, why="Wrong", now=clock.now())
        answers = [
            mira.post(f"/escalations/{id_}/outcome", {"outcome": "executed"}).json()
            for _ in range(2)
        ]
        client.force_login(User.objects.get(pk=lead.user_id))
        pages = [
            client.get(reverse(f"escalations:{page}", args=[id_])).content.decode()
            for page in ("briefing", "timeline")
        ]
        refused = mira.post(f"/escalations/{id_}/outcome", {"outcome": "refused"}).json()
    assert [_is_warned(one) for one in answers] == [is_against] * 2
    assert not _is_warned(refused)
    assert [sentences_live.ALTHOUGH in page for page in pages] == [is_against] * 2
    told = Notice.objects.filter(person=lead.user_id, text__startswith=sentences_live.ALTHOUGH)
    assert told.count() == is_against
    assert audit.verify(id_).whole


def _is_warned(answer):
    return any(one["pointer"] == "/outcome" for one in answer.get("warnings", []))


@pytest.fixture
def taken_back(mira, decided):
    """An answer that its agent had, and which was reversed since."""
    mira.get(f"/escalations/{decided}/decision")
    case, lead = Escalation.objects.get(id=decided), viewer("sam", "supervisor")
    lifecycle.reverse(case, by=lead, version=case.version, why="Wrong", now=clock.now())
    return decided


# The reports in their order: what is said, and of which answer it is read to be.
LATE = {
    "late": [({"outcome": "executed"}, 1)],
    "late and again": [({"outcome": "executed"}, 1), ({"outcome": "executed"}, 1)],
    "late after a failure": [({"outcome": "failed"}, 1), ({"outcome": "executed"}, 1)],
    "named": [({"outcome": "executed", "sequence": 2}, 2)],
    "both named": [
        ({"outcome": "executed", "sequence": 1}, 1),
        ({"outcome": "executed", "sequence": 2}, 2),
    ],
    "late and named": [
        ({"outcome": "executed", "sequence": 2}, 2),
        ({"outcome": "executed", "sequence": 1}, 1),
    ],
    "in their order": [
        ({"outcome": "executed"}, 1),
        ({"outcome": "executed", "detail": "Charged again."}, 2),
    ],
}


@pytest.mark.parametrize("name", LATE)
def test_what_comes_late_of_a_reversed_answer_is_not_what_came_of_its_reversal(
    mira, client, taken_back, name
):
    about = []
    for said, sequence in LATE[name]:
        answer = mira.post(f"/escalations/{taken_back}/outcome", said).json()
        about.append(answer["sequence"])
        unnamed = [one["pointer"] for one in answer.get("warnings", [])]
        assert unnamed == ([] if "sequence" in said else ["/sequence"]), sequence
    assert about == [sequence for _, sequence in LATE[name]]
    client.force_login(User.objects.get(username="sam"))
    page = client.get(reverse("escalations:briefing", args=[taken_back])).content.decode()
    assert ("The agent has done it." in page) == (2 in about)
    assert audit.verify(taken_back).whole


def test_a_report_of_a_decision_that_is_not_there_is_refused(mira, decided):
    answer = mira.post(f"/escalations/{decided}/outcome", {"outcome": "executed", "sequence": 2})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/sequence"
    assert Report.objects.count() == 0


def test_another_answer_of_a_report_is_named(mira, taken_back):
    mira.post(f"/escalations/{taken_back}/outcome", {"outcome": "executed"})
    Report.objects.update(sequence=2)

    assert not audit.verify(taken_back).whole
