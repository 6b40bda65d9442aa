import pytest
from django.urls import reverse

from tests.escalations.views.policies import browser
from tests.factories import escalation

pytestmark = pytest.mark.django_db


def preview(case, **fields):
    address = reverse("escalations:preview", args=[case.id])
    return browser("dana", "reviewer").post(address, fields)


def test_an_edit_is_shown_with_its_changes_and_nothing_is_done():
    case = escalation()
    version = case.version
    answer = preview(
        case,
        **{"edit:a1:/amount": "68.00", "reply": "Dear Inès, we have refunded €68.00 to your card."},
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="edit" data-panel aria-label="Your edit">' in page
    assert 'value="68.00"' in page
    assert "<del>184.00</del><ins>68.00</ins>" in page
    case.refresh_from_db()
    assert (case.version, case.state) == (version, "waiting")


def test_faults_stand_beside_their_fields():
    schema = {"type": "object", "properties": {"amount": {"type": "string", "maxLength": 6}}}
    action = {"id": "a1", "name": "refund", "args": {"amount": "184.00"}, "args_schema": schema}
    page = preview(escalation(proposed_actions=[action]), **{"edit:a1:/amount": "1840000.00"})
    assert "At most 6 characters; this has 10." in page.content.decode()


def test_a_stranger_finds_nothing_and_a_get_is_refused():
    case = escalation()
    case.requirement.skills = {"payments": 3}
    case.requirement.save()
    assert preview(case).status_code == 404
    address = reverse("escalations:preview", args=[case.id])
    assert browser("dana", "reviewer").get(address).status_code == 405
