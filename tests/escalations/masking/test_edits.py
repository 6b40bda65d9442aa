"""Whoever was shown what is masked may write it, and an agent may report it: who reads that later and
may not see the value does not read it there either, whatever field it was typed into."""

import json
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client

from console import clock
from console.models import User
from console.people.viewers import viewer_of
from escalations import intake, lifecycle
from escalations.agents import reports
from escalations.briefing import reading
from escalations.commands import drawn
from escalations.forms import commands as forms
from escalations.inbox import rows
from escalations.models import Decision, Escalation
from escalations.schemas import reports as schemas
from routing.people import units
from routing.transfers import reassigning
from tests.escalations.masking.test_seen import addresses, people, press, shown  # noqa: F401
from tests.factories import REFUND, key, person
from tests.routing.presence import there

pytestmark = [pytest.mark.django_db, pytest.mark.once]

IBAN, NAME = "PT50000201231234567890154", "Zoraida Quill"
SAID = f"Pay {IBAN} of {NAME}."
POINTERS = ["/proposed_actions/0/args/iban", "/context/customer/name"]


@pytest.fixture
def seer(people):  # noqa: F811
    """A supervisor who reveals; the others have not seen anything."""
    user = person("seer", "supervisor")
    units.provide(user)
    client = Client(headers={"Accept": "text/html"})
    client.force_login(user)
    return viewer_of(user), client


def posted(**keys):
    action = {"id": "a1", "name": "refund", "args": {"amount": "9.00", "iban": IBAN, "note": "x"}}
    document = REFUND | {
        "summary": "Refund somebody €9.00", "proposed_actions": [action],
        "draft_response": {"text": "It is done."}, "context": {"customer": {"name": NAME}},
        "redactions": POINTERS,
    } | keys  # fmt: skip
    return intake.accept(key(), json.dumps(document).encode(), now=clock.now()).escalation


def revealed(case, viewer):
    press(viewer, case, "claim")
    press(viewer, case, "reveal")


def edit(**args):
    args = {"amount": "9.00", "iban": IBAN, "note": "x"} | args
    edited = {"name": "refund", "args": args}
    return [{"action_id": "a1", "type": "edit", "edited": edited}]


def leaks(people, case):  # noqa: F811
    """Where any of it stands, in any role that has not seen it."""
    rows.forget()
    case = Escalation.objects.get(pk=case.pk)
    more = [f"/escalations/{case.id}/said/", "/floor/", "/deliveries/", "/offers/"]
    return sorted(
        (role, address, word)
        for role, (_, client) in people.items()
        for address in [*addresses(case, lists=False), *more]
        for text in [shown(client, address)]
        for word in (IBAN, NAME)
        if word in text
    )


ANSWERS = {
    "approve": {"instructions": SAID},
    "edit": {"actions": edit(amount="8.00"), "instructions": SAID},
    "edit of another argument": {"actions": edit(note=SAID)},
    "edit of the reply": {"response": {"text": SAID}},
    "reject": {"reason_code": "other", "instructions": SAID},
    "respond": {"message": SAID},
}


@pytest.mark.parametrize("needed", [1, 2])
@pytest.mark.parametrize("name", ANSWERS)
def test_what_was_typed_into_an_answer(people, seer, name, needed):  # noqa: F811
    case = posted(requested={"approvals_needed": needed})
    revealed(case, seer[0])
    press(seer[0], case, name.split()[0], **ANSWERS[name])
    assert leaks(people, case) == []
    page = shown(seer[1], f"/escalations/{case.id}/")
    assert IBAN in page or needed == 1 or name == "reject"


def test_what_was_typed_into_a_reversal(people, seer):  # noqa: F811
    case = posted()
    revealed(case, seer[0])
    press(seer[0], case, "approve")
    Decision.objects.update(handed_out_at=clock.now())
    press(seer[0], case, "reverse", instructions=SAID)
    assert Escalation.objects.get(pk=case.pk).outcome == "reversed"
    assert leaks(people, case) == []


def test_what_was_said_in_a_conversation(people, seer):  # noqa: F811
    case = posted()
    revealed(case, seer[0])
    press(seer[0], case, "take_over")
    press(seer[0], case, "say", text=SAID)
    lifecycle.hear(
        Escalation.objects.get(pk=case.pk), SAID, their_id="m-1", author=NAME, agent="mira",
        now=clock.now(),
    )  # fmt: skip
    press(seer[0], case, "call", outcome="reached", notes=SAID, promises=[SAID])
    assert leaks(people, case) == []
    assert IBAN in shown(seer[1], f"/escalations/{case.id}/said/")
    told = {"resume_at": SAID, "first_line": SAID, "promises": [SAID], "instructions": SAID}
    press(seer[0], case, "hand_back", **told)
    assert leaks(people, case) == []


def test_what_handing_back_would_tell(people):  # noqa: F811
    case = posted()
    reviewer, client = people["reviewer"]
    press(reviewer, case, "claim")
    press(reviewer, case, "take_over")
    case.refresh_from_db()
    lifecycle.hear(case, SAID, their_id="m-1", author=NAME, agent="mira", now=clock.now())
    press(reviewer, case, "say", text="Hello")
    told = shown(client, f"/escalations/{case.id}/hand_back/preview/", first_line="Hi")
    assert "Hello" in told
    assert [word for word in (IBAN, NAME) if word in told] == []


def test_what_an_agent_reported(people):  # noqa: F811
    case = posted()
    reviewer = people["supervisor"][0]
    press(reviewer, case, "claim")
    press(reviewer, case, "approve")
    case.refresh_from_db()
    told = schemas.Outcome(outcome="executed", detail=SAID)
    reports.report(case, told, agent="mira", now=case.effective_at)
    reports.feedback(case, schemas.Feedback(comment=SAID), agent="mira", now=case.effective_at)
    assert leaks(people, case) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pass_on", {"to": "supervisor", "text": SAID}),
        ("snooze", {"minutes": 30, "text": SAID}),
        ("ask", {"text": SAID}),
        ("note", {"text": SAID}),
    ],
)
def test_what_was_said_on_the_way(people, seer, name, told):  # noqa: F811
    case = posted()
    revealed(case, seer[0])
    press(seer[0], case, name, **told)
    assert leaks(people, case) == []


def test_what_was_said_as_a_case_was_given(people, seer):  # noqa: F811
    case = posted()
    there(User.objects.get(username="reviewer"), at=clock.now())
    wish = reassigning.Wish(case.id, case.version)
    given = reassigning.reassign([wish], to="reviewer", reason=SAID, by=seer[0], now=clock.now())
    assert [one.refused for one in given] == [None]
    assert "Given to you by" in shown(people["reviewer"][1], "/offers/")
    assert leaks(people, case) == []


def test_the_second_keeps_what_the_first_wrote(people, seer):  # noqa: F811
    """A form that was drawn with the mask in it leaves what stands as it is stored."""
    case = posted(requested={"approvals_needed": 2})
    revealed(case, seer[0])
    press(
        seer[0], case, "edit",
        actions=edit(amount="8.00", note=SAID), response={"text": SAID}, instructions=SAID,
    )  # fmt: skip
    reviewer, _ = people["reviewer"]
    press(reviewer, case, "claim")
    case.refresh_from_db()
    seen = drawn.draw(reviewer, case, reading.package_of(case), now=clock.now())
    assert IBAN not in json.dumps([seen.answer, seen.shown])
    fields = {
        "id": "second-1", "version": str(case.version), "verdict:a1": "approve", "reply": seen.written,
        "instructions": seen.answer["instructions"],
    }  # fmt: skip
    posted_form = QueryDict(urlencode(fields))
    sent = forms.command("approve", case, posted_form, by=reviewer)
    press(reviewer, case, "approve", **sent.arguments)
    # They agreed to it and wrote no version of their own, so that one more is enough.
    third, _ = people["supervisor"]
    press(third, case, "claim")
    press(third, case, "approve")
    document = Decision.objects.get(escalation=case).document
    assert document["instructions"] == document["response"]["text"] == SAID
    assert (
        document["actions"][0]["call"]["args"]
        == edit(amount="8.00", note=SAID)[0]["edited"]["args"]
    )


@pytest.mark.parametrize(
    "context",
    [
        {"messages": [{"role": "customer", "author": NAME, "text": SAID}]},
        {"messages": [{"role": "tool", "text": "Found.", "tool_call": {"args": {"iban": IBAN}}}]},
        {"messages": [{"role": "tool", "text": "Found.", "tool_call": {"args": {"id": IBAN}}}]},
        {"logs": [{"level": "info", "text": SAID, "source": NAME}], "messages": None},
        {"steps": [{"label": SAID, "detail": {"account": [IBAN]}}]},
    ],
)
def test_what_was_added_since(people, seer, context):  # noqa: F811
    """The pointers of a package say nothing of what a customer or a tool writes after it."""
    case = posted()
    lifecycle.add_context(case, context, agent="mira", now=clock.now())
    assert leaks(people, case) == []
    revealed(case, seer[0])
    assert leaks(people, case) == []
    assert IBAN in shown(seer[1], f"/escalations/{case.id}/raw/")
