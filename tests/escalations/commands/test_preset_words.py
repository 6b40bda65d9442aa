"""Words that the policy keeps for a reason to reject: told to the agent where nobody writes others."""

import uuid

import pytest

from console.models import User
from escalations import commands
from escalations.commands import Command
from escalations.models import Decision
from tests.escalations.api.conftest import publish
from tests.factories import escalation, viewer

pytestmark = pytest.mark.django_db
CUSTOMER = {"customer": {"name": "Inès Carvalho"}}
REASONS = [
    {"code": "photo", "label": "No photo", "text": "Ask {customer.name} for one; {person.name}"},
    {"code": "reference", "label": "No reference", "text": "Name {case.reference}."},
    "Not theirs",
]


@pytest.fixture(autouse=True)
def policy(db):
    publish(refund={"reject_reasons": REASONS})


def rejected(case, by, **said):
    made = Command("reject", str(uuid.uuid4()), case.id, case.version, said)
    commands.perform(by, made)
    return Decision.objects.get().document.get("instructions")


def test_one_key_tells_the_agent_what_the_policy_keeps():
    told = rejected(escalation(context=CUSTOMER), viewer("dana"), reason_code="photo")
    assert told == "Ask Inès Carvalho for one; Dana Whitlock"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"reason_code": "photo", "instructions": "Ask again."}, "Ask again."),
        (
            {"reason_code": "photo", "instructions": "  "},
            "Ask Inès Carvalho for one; Dana Whitlock",
        ),
        ({"reason_code": "not_theirs"}, None),
        ({"reason_code": "other"}, None),
        ({}, None),
        # The case has no reference: nobody is sent a hole.
        ({"reason_code": "reference"}, None),
    ],
)
def test_own_words_stand_in_their_place_and_no_hole_leaves(said, told):
    assert rejected(escalation(context=CUSTOMER), viewer("dana"), **said) == told


def test_what_is_masked_to_whoever_rejects_is_not_sent_in_their_words():
    case = escalation(context=CUSTOMER, redactions=["/context/customer/name"])
    assert rejected(case, viewer("dana"), reason_code="photo") is None


def test_the_dialog_shows_what_would_be_told_and_what_is_missing(client):
    case, dana = escalation(context=CUSTOMER), viewer("dana")
    client.force_login(User.objects.get(pk=dana.user_id))
    dialog = why_not(client, case)
    assert "with the words below it unless you write your own" in dialog
    assert "Ask Inès Carvalho for one; Dana Whitlock" in dialog
    assert (
        "Goes without its words: this case does not say the reference that the agent gave."
        in dialog
    )
    publish(refund={"reject_reasons": ["Not theirs"]})
    assert "The agent gets the reason." in why_not(client, case)


def why_not(client, case):
    page = client.get(f"/escalations/{case.id}/").content.decode()
    return " ".join(page.split('id="reject-dialog"')[1].split("</dialog>")[0].split())
