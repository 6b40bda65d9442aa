"""Who sees what is masked: whom the policy names, once the record says so, and not for long."""

import json
import uuid
from datetime import timedelta

import orjson
import pytest
from django.db import connection
from django.test import Client

from escalations import commands
from escalations.briefing import masked_values, working_draft
from escalations.commands import Command
from escalations.masking import reveals, seen
from escalations.models import Decision, Escalation, Event
from escalations.policy import check, versions
from escalations.record import audit, readings
from escalations.refusals import Conflict, Invalid, NotAllowed
from tests.escalations.policy.test_versions import admin
from tests.factories import NOW, after, escalation, person, viewer, viewer_of
from tests.running.kept import lifted

pytestmark = pytest.mark.django_db

AMOUNT = "/proposed_actions/0/args/amount"


@pytest.fixture
def case():
    return escalation(redactions=[AMOUNT, "/draft_response/text", "/nowhere"])


def press(person, case, name="reveal", at=1, **arguments):
    case.refresh_from_db()
    sent = Command(name, str(uuid.uuid4()), case.id, case.version, arguments)
    return commands.perform(person, sent, now=after(at))


def hidden(person, case, at=2):
    case = Escalation.objects.get(pk=case.pk)
    return seen.package(person, case, now=after(at)).hides != ()


def named_by_the_policy(**task_type):
    document = check.check({"schema": "handoff.policy/1", "task_types": {"refund": task_type}})
    expected = versions.current().number
    versions.publish(document, by=admin("ines", "Ines"), now=NOW, expected=expected)


def revealed():
    found = []
    for event in Event.objects.filter(kind="revealed").order_by("id"):
        document = orjson.loads(bytes(event.body))
        found.append((event.chain, document["actor"], document["facts"]["count"]))
    return found


def test_a_reveal_is_recorded_and_shown_to_that_person_alone(case):
    ruth, other = viewer("ruth", "supervisor"), viewer("sam", "supervisor")
    assert hidden(ruth, case)
    answer = press(ruth, case)
    assert (answer["state"], answer["version"]) == ("waiting", 1)
    assert (hidden(ruth, case), hidden(other, case)) == (False, True)
    assert revealed() == [(f"case/{case.id}/reads", "person:ruth", 3)]
    line = readings.lines_of(case)[0].document
    assert AMOUNT not in json.dumps(line)
    assert audit.verify().findings == []
    # Each press is a line.
    press(ruth, case, at=3)
    assert len(revealed()) == 2


def test_it_stands_for_ten_minutes_or_while_they_hold_the_case(case):
    ruth = viewer("ruth", "supervisor")
    press(ruth, case, at=0)
    assert not hidden(ruth, case, at=599)
    assert hidden(ruth, case, at=601)
    press(ruth, case, "claim", at=700)
    assert hidden(ruth, case, at=701)
    press(ruth, case, at=702)
    assert not hidden(ruth, case, at=5_000)
    press(ruth, case, "release", at=703)
    assert hidden(ruth, case, at=5_000)


def test_another_version_of_the_package_is_masked_anew(case):
    ruth = viewer("ruth", "supervisor")
    press(ruth, case)
    Escalation.objects.filter(pk=case.pk).update(package_version=2)
    package = case.packages.get()
    package.pk, package.version = None, 2
    package.save(force_insert=True)
    assert hidden(ruth, case)


def test_who_lost_the_role_sees_the_mask_again(case):
    user = person("ruth", "supervisor")
    press(viewer_of(user), case)
    user.role = "reviewer"
    user.save()
    assert hidden(viewer_of(user), case)


def test_who_may_not_is_told_who_can(case):
    for name, role in (("dana", "reviewer"), ("vera", "auditor")):
        with pytest.raises(NotAllowed) as refused:
            press(viewer(name, role), case)
        assert refused.value.detail == (
            "Your role may not see this. A supervisor or an admin can reveal it."
        )
    assert revealed() == []


def test_the_policy_names_the_roles_of_a_kind_of_work(case):
    named_by_the_policy(reveal_to=["reviewer", "auditor"])
    for name, role in (("dana", "reviewer"), ("vera", "auditor")):
        one = viewer(name, role)
        press(one, case)
        assert not hidden(one, case)
    ruth = viewer("ruth", "supervisor")
    assert reveals.who_may(case) == "A reviewer or an auditor can reveal it."
    with pytest.raises(NotAllowed):
        press(ruth, case)


def test_a_case_that_masks_nothing_has_nothing_to_reveal():
    case, ruth = escalation(), viewer("ruth", "supervisor")
    with pytest.raises(Conflict) as refused:
        press(ruth, case)
    assert refused.value.code == "nothing_masked"
    assert "reveal" not in commands.open_to(ruth, case)


def test_a_get_reveals_nothing_and_the_form_does(case):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(person("ruth", "supervisor"))
    address = f"/escalations/{case.id}/"
    assert client.get(f"{address}reveal/").status_code in {404, 405}
    assert "184.00" not in _proposal(client.get(address))
    sent = {"version": "1", "id": str(uuid.uuid4()), "digest": case.digest}
    answer = client.post(f"{address}reveal/", sent, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "184.00" in _proposal(answer)
    assert "Shown to you alone" in answer.content.decode()
    timeline = client.get(f"/audit/{case.id}/").content.decode()
    assert "Saw 3 values that the agent had asked to mask" in timeline
    assert masked_values.named([AMOUNT]) in timeline


def _proposal(answer):
    text = answer.content.decode()
    return text[text.index('id="proposal"') : text.index('id="if-wrong"')]


def test_what_was_revealed_is_what_the_package_masks(case):
    press(viewer("ruth", "supervisor"), case)
    event = Event.objects.get(kind="revealed")
    package = case.packages.get()
    with lifted(connection):
        changed = json.loads(package.received) | {"redactions": [AMOUNT]}
        package.received = json.dumps(changed)
        package.save()
    said = [one.sentence for one in audit.verify().findings]
    assert "Reading 1 reveals other values than its package masks." in said
    assert event.position == 1


def test_what_is_masked_leaves_as_it_is_stored(case):
    dana = viewer("dana")
    edited = {
        "name": "refund",
        "args": {"order_id": "HP-1", "amount": "‹masked›", "currency": "EUR"},
    }
    press(dana, case, "edit", actions=[{"action_id": "a1", "type": "edit", "edited": edited}])
    document = Decision.objects.get().document
    assert document["actions"][0]["call"]["args"] == {
        "order_id": "HP-1", "amount": "184.00", "currency": "EUR",
    }  # fmt: skip
    assert document["response"]["text"] == "Dear Inès, we have refunded €184.00 to your card."


@pytest.mark.parametrize(
    ("args", "detail"),
    [
        ({"order_id": "HP-1", "amount": "1.00", "currency": "EUR"}, "reveal it before"),
        ({"order_id": "HP-1", "currency": "EUR"}, "reveal it before"),
        # What is stored is refused like any other value, so that nobody guesses it here.
        ({"order_id": "HP-1", "amount": "184.00", "currency": "EUR"}, "reveal it before"),
        ({"order_id": "‹masked›", "amount": "‹masked›", "currency": "EUR"}, "The mask is no value"),
        ({"order_id": "HP-1", "amount": "‹masked›0", "currency": "EUR"}, "reveal it before"),
    ],
)
def test_nothing_else_is_put_in_its_place(case, args, detail):
    action = {"action_id": "a1", "type": "edit", "edited": {"name": "refund", "args": args}}
    with pytest.raises(Invalid) as refused:
        press(viewer("dana"), case, "edit", actions=[action])
    assert detail in refused.value.detail
    assert Decision.objects.count() == 0


def test_the_mask_is_no_reply(case):
    with pytest.raises(Invalid) as refused:
        press(viewer("dana"), case, "edit", response={"text": "Dear ‹masked›"})
    assert [one.pointer for one in refused.value.errors] == ["/response/text"]


def test_a_masked_argument_is_fixed_in_the_form_until_it_is_revealed(case):
    user = person("ruth", "supervisor")
    client = Client(headers={"Accept": "text/html"})
    client.force_login(user)
    address = f"/escalations/{case.id}/"
    page = client.get(f"{address}?open=edit").content.decode()
    assert 'name="edit:a1:/order_id"' in page
    assert 'name="edit:a1:/amount"' not in page
    assert 'name="reply" rows="7"' not in page
    fields = {"version": "1", "id": str(uuid.uuid4()), "edit:a1:/order_id": "HP-1"}
    refused = client.post(f"{address}edit/", fields | {"edit:a1:/amount": "73.19"})
    assert (refused.status_code, Decision.objects.count()) == (422, 0)
    client.post(f"{address}reveal/", {"version": "1", "id": str(uuid.uuid4())})
    page = client.get(f"{address}?open=edit").content.decode()
    assert 'name="edit:a1:/amount"' in page
    answer = client.post(
        f"{address}edit/",
        fields | {"edit:a1:/amount": "73.19", "id": str(uuid.uuid4()), "reply": "Dear Inès"},
    )
    assert answer.status_code == 302
    document = Decision.objects.get().document
    args = document["actions"][0]["call"]["args"]
    assert (args["amount"], args["order_id"]) == ("73.19", "HP-1")
    # Nobody else sees what was put in its place either.
    other = Client(headers={"Accept": "text/html"})
    other.force_login(person("dana"))
    for page in (address, f"/audit/{case.id}/"):
        text = other.get(page).content.decode()
        assert "73.19" not in text
        assert "Dear Inès" not in text


def test_an_edit_by_form_leaves_the_masked_value_alone(case):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(person("dana"))
    fields = {"version": "1", "id": str(uuid.uuid4()), "edit:a1:/order_id": "HP-1"}
    client.post(f"/escalations/{case.id}/edit/", fields)
    document = Decision.objects.get().document
    assert document["actions"][0]["call"]["args"] == {
        "order_id": "HP-1", "amount": "184.00", "currency": "EUR",
    }  # fmt: skip
    assert document["response"]["edited"] is False


def test_what_the_next_holder_finds_leaves_out_what_is_masked_to_them(case):
    ruth, dana = viewer("ruth", "supervisor"), viewer("dana")
    press(ruth, case, "claim", at=1)
    typed = [["edit:a1:/amount", "1.00", None], ["edit:a1:/order_id", "HP-1", None]]
    working_draft.keep(
        Escalation.objects.get(), "edit", json.dumps([*typed, ["reply", "Dear", None]]),
        by=ruth, now=after(2),
    )  # fmt: skip
    press(ruth, case, "release", at=3)
    press(dana, case, "claim", at=4)
    held = Escalation.objects.get()
    shows = seen.package(dana, held, now=after(5))
    assert working_draft.left_for(held, dana, shows).fields == {"edit": [typed[1]]}
    assert timedelta(minutes=10) == reveals.STANDS_FOR


def test_an_edit_that_meets_a_rule_tells_nothing_of_what_is_masked(case):
    named_by_the_policy(amounts={"EUR": {"approve_up_to": "500"}})
    ruth = viewer("ruth", "supervisor")
    press(ruth, case)
    args = {"order_id": "HP-1", "amount": "9876.50", "currency": "EUR"}
    action = {"action_id": "a1", "type": "edit", "edited": {"name": "refund", "args": args}}
    with pytest.raises(Conflict) as refused:
        press(ruth, case, "edit", actions=[action])
    case.refresh_from_db()
    said = [reason["sentence"] for reason in case.reasons]
    assert (refused.value.code, case.level) == ("held_by_rule", 3)
    assert "9,876.50" not in f"{refused.value.detail} {said}"
    assert "omething that the agent asked to mask meets the rule “amount”" in said[0]
