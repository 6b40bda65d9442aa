"""What the second person sees is what leaves: every kind of answer, by form and by socket."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from console import clock
from console.people.viewers import viewer_of
from escalations import commands
from escalations.commands import Command
from escalations.forms import commands as forms
from escalations.live import frames
from escalations.models import Decision, Escalation, State, Vote
from tests.factories import escalation, person

pytestmark = pytest.mark.django_db

PAY = {
    "id": "a1", "name": "pay", "switchable_to": ["wire_slowly"],
    "args": {"amount": "184.00", "currency": "EUR", "iban": "OLDIBAN"},
}  # fmt: skip
FEE = {"id": "a2", "name": "waive_fee", "args": {"fee": "OLDFEE"}}
ASK = {
    "id": "q1", "name": "ask_limit", "kind": "question",
    "response_schema": {"type": "string", "minLength": 1},
}  # fmt: skip
PACKAGE = {
    "task_type": "refund",
    "summary": "A payment is due",
    "trigger": {"type": "high_risk_action", "reason": "It is money."},
    "proposed_actions": [PAY, FEE],
    "draft_response": {"text": "OLDDRAFT is on its way."},
    "requested": {
        "approvals_needed": 2,
        "options": [
            {"id": "voucher", "label": "Give a NEWVOUCHER", "effect": "It is NEWEFFECT at once."}
        ],
    },
}
QUESTION = PACKAGE | {"proposed_actions": [ASK], "requested": {"approvals_needed": 2}}
VERDICTS = {"verdict:a1": "approve", "verdict:a2": "reject"}
# What is pressed with which fields, the tokens that leave, the words of the button, and what of the
# proposal does not leave.
KINDS = {
    "arguments": (
        "edit", {"edit:a1:/iban": "NEWIBAN"}, ["NEWIBAN", "OLDDRAFT"], ["NEWIBAN", "reply"],
        ["OLDIBAN"],
    ),
    "amount": (
        "edit", {"edit:a1:/amount": "600.00"}, ["600.00", "OLDIBAN"], ["€600.00"], ["184.00"],
    ),
    "tool": ("edit", {"tool:a1": "wire_slowly"}, ["wire_slowly"], ["wire slowly"], []),
    "reply": ("edit", {"reply": "NEWREPLY"}, ["NEWREPLY", "OLDIBAN"], ["reply"], ["OLDDRAFT"]),
    "cleared reply": ("edit", {"reply": ""}, ["OLDIBAN"], ["ay €184.00"], ["OLDDRAFT"]),
    "instructions": (
        "edit", {"instructions": "NEWWORDS"}, ["NEWWORDS", "OLDIBAN", "OLDDRAFT"],
        ["instruct the agent"], [],
    ),
    "one by one": (
        "approve", VERDICTS | {"reply": "NEWREPLY", "instructions": "NEWWORDS"},
        ["NEWREPLY", "NEWWORDS", "OLDIBAN", "Rejected"], ["reject waive fee", "reply"],
        ["OLDDRAFT"],
    ),
    "all": (
        "edit", {"edit:a2:/fee": "NEWFEE", "reply": "NEWREPLY", "instructions": "NEWWORDS"},
        ["NEWFEE", "NEWREPLY", "NEWWORDS"], ["NEWFEE", "reply"], ["OLDFEE", "OLDDRAFT"],
    ),
    "option": (
        "choose", {"option_id": "voucher"}, ["NEWVOUCHER", "It is NEWEFFECT at once."],
        ["NEWVOUCHER"], ["OLDDRAFT"],
    ),
    "respond": (
        "respond", {"message": "NEWMESSAGE", "reply": "NEWREPLY"}, ["NEWMESSAGE", "NEWREPLY"],
        ["NEWMESSAGE", "reply"], ["OLDDRAFT"],
    ),
    "value": (
        "respond", {"edit:q1:/value": "NEWVALUE"}, ["NEWVALUE"], ["NEWVALUE"], ["OLDDRAFT"],
    ),
}  # fmt: skip


class Somebody:
    """A person with a browser."""

    def __init__(self, name):
        user = person(name)
        self.viewer, self.client = viewer_of(user), Client()
        self.client.force_login(user)

    def press(self, door, case, name, fields):
        case.refresh_from_db()
        fields = {"version": str(case.version), "digest": case.digest, **fields}
        command_id = str(uuid.uuid4())
        if door == "form":
            address = reverse("escalations:command", args=[case.id, name])
            accept = {"Accept": "application/json"}
            return self.client.post(address, fields | {"id": command_id}, headers=accept).json()
        frame = {
            "type": "command", "command": name, "id": command_id, "escalation": case.id,
            "version": case.version, "digest": case.digest, "fields": fields,
        }  # fmt: skip
        sent = Command(
            name=name, id=command_id, escalation=case.id, version=case.version,
            arguments=forms.of_frame(self.viewer, frame), digest=case.digest,
            issued_at=frames.moment(clock.now().isoformat()),
        )  # fmt: skip
        return commands.perform(self.viewer, sent, now=clock.now())

    def page(self, case):
        answer = self.client.get(reverse("escalations:briefing", args=[case.id]))
        assert answer.status_code == 200
        return answer.content.decode()


def brief(page):
    return re.search(r'<section id="brief".*?</dl>\s*</section>', page, re.DOTALL)[0]


def label(page):
    return re.search(r'aria-label="Approve: ([^"]*)"', page)[1]


def without_marks(text):
    """Without what is struck out, and without calls that are not run."""
    text = re.sub(r"<del>.*?</del>", "", text, flags=re.DOTALL)
    calls = r'<details class="raw">.*?</details>'
    return re.sub(calls, lambda raw: "" if "not run" in raw[0] else raw[0], text, flags=re.DOTALL)


@pytest.mark.parametrize("door", ["form", "socket"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_second_person_sees_all_that_leaves_and_agrees_to_just_that(kind, door):
    name, fields, tokens, words, gone = KINDS[kind]
    dana, amara, sofia = Somebody("dana"), Somebody("amara"), Somebody("sofia")
    case = escalation(QUESTION if kind == "value" else PACKAGE, now=clock.now())
    assert dana.press(door, case, name, fields)["state"] == "second"
    stands = Vote.objects.get().answer

    page = amara.page(case)
    shown = without_marks(brief(page))
    assert [token for token in tokens if token not in shown] == []
    assert [token for token in gone if token in shown] == []
    assert [word for word in words if word not in label(page)] == []
    assert "Dana Whitlock changed this" in shown
    assert "<del>" in brief(page) or kind == "instructions"

    assert amara.press(door, case, "approve", {})["state"] == "second"
    assert without_marks(brief(sofia.page(case))) == re.sub(
        "2 more approve", "1 more approves", shown
    )
    assert sofia.press(door, case, "approve", {})["state"] == "decided"
    document = Decision.objects.get().document
    left = {key: document.get(key) for key in ("outcome", "actions", "response", "option_id")}
    assert left == {key: stands[key] for key in left}
    assert document.get("instructions") == stands["instructions"]
    assert [one["reviewer_id"] for one in document["approvals"]] == ["amara", "sofia"]


@pytest.mark.parametrize("door", ["form", "socket"])
def test_an_edit_starts_from_what_stands(door):
    dana, amara = Somebody("dana"), Somebody("amara")
    case = escalation(PACKAGE, now=clock.now())
    dana.press(door, case, "edit", {"edit:a1:/amount": "600.00", "instructions": "NEWWORDS"})
    page = amara.page(case)
    form = re.search(r'<form class="command" id="edit-form".*?</form>', page, re.DOTALL)[0]
    assert 'value="600.00"' in form
    assert "NEWWORDS</textarea>" in form
    assert "184.00" not in form
    # As a browser sends it: every field, one of them changed.
    sent = {
        "edit:a1:/amount": "600.00", "edit:a1:/currency": "EUR", "edit:a1:/iban": "OLDIBAN",
        "tool:a1": "pay", "edit:a2:/fee": "OLDFEE", "tool:a2": "waive_fee",
        "reply": "NEWREPLY", "instructions": "NEWWORDS",
    }  # fmt: skip
    amara.press(door, case, "edit", sent)
    stands = Vote.objects.get(person__username="amara").answer
    assert stands["actions"][0]["call"]["args"]["amount"] == "600.00"
    assert (stands["response"]["text"], stands["instructions"]) == ("NEWREPLY", "NEWWORDS")
    # Emptied, what stood there is taken back; said so, and not in silence.
    sofia = Somebody("sofia")
    sofia.press(door, case, "edit", sent | {"instructions": "", "reply": ""})
    stands = Vote.objects.get(person__username="sofia").answer
    assert (stands["response"], stands["instructions"]) == (None, None)


@pytest.mark.parametrize("door", ["form", "socket"])
def test_one_by_one_starts_from_what_stands(door):
    dana, amara, sofia = Somebody("dana"), Somebody("amara"), Somebody("sofia")
    case = escalation(PACKAGE, now=clock.now())
    dana.press(door, case, "edit", {"edit:a1:/amount": "600.00"})
    amara.press(door, case, "approve", VERDICTS | {"reply": "NEWREPLY", "instructions": ""})
    page = sofia.page(case)
    each = re.search(r'<section class="sec panelled" id="each".*?</section>', page, re.DOTALL)[0]
    ticked = re.findall(r'name="(verdict:\w+)" value="(\w+)" required\s+checked', each)
    assert dict(ticked) == VERDICTS
    assert "NEWREPLY</textarea>" in each
    assert "€600.00" in each
    # The same again is an approval of it.
    sofia.press(door, case, "approve", VERDICTS | {"reply": "NEWREPLY", "instructions": ""})
    assert Vote.objects.get(person__username="sofia").verdict == Vote.Verdict.APPROVE
    kofi = Somebody("kofi")
    kofi.press(door, case, "approve", VERDICTS | {"reply": "", "instructions": ""})
    stands = Vote.objects.get(person__username="kofi").answer
    assert (stands["actions"][0]["call"]["args"]["amount"], stands["response"]) == ("600.00", None)


def test_what_is_turned_down_can_be_approved_after_all():
    dana, amara = Somebody("dana"), Somebody("amara")
    one = PACKAGE | {"proposed_actions": [PAY]}
    case = escalation(one, now=clock.now())
    dana.press("form", case, "choose", {"option_id": "voucher"})
    assert 'id="each"' in amara.page(case)
    amara.press("form", case, "approve", {"verdict:a1": "approve"})
    stands = Vote.objects.get(person__username="amara").answer
    assert (stands["outcome"], stands["option_id"]) == ("approved", None)


def test_what_somebody_agreed_to_looks_as_it_was_proposed():
    dana, amara = Somebody("dana"), Somebody("amara")
    case = escalation(PACKAGE, now=clock.now())
    before = brief(amara.page(case))
    dana.press("form", case, "approve", {})
    case.refresh_from_db()
    assert case.state == State.SECOND
    assert brief(amara.page(case)) == before


def test_the_first_of_two_is_told_that_nothing_has_left():
    dana = Somebody("dana")
    case = escalation(PACKAGE, now=clock.now())
    assert "Yours is one of 2 approvals" in dana.page(case)
    address = reverse("escalations:command", args=[case.id, "approve"])
    sent = {"id": "one", "version": "1", "digest": case.digest}
    answer = dana.client.post(address, sent, follow=True, headers={"Accept": "text/html"})
    said = "Your part is noted. It waits for another person; nothing has left."
    assert said in answer.content.decode()
    assert Escalation.objects.get().state == State.SECOND


def test_a_question_starts_from_the_value_that_stands():
    dana, amara = Somebody("dana"), Somebody("amara")
    case = escalation(QUESTION, now=clock.now())
    dana.press("form", case, "respond", {"edit:q1:/value": "NEWVALUE"})
    fields = re.findall(r'name="edit:q1:/value"[^>]* value="(\w*)"', amara.page(case))
    assert set(fields) == {"NEWVALUE"}
    amara.press("form", case, "approve", {"verdict:q1": "respond", "edit:q1:/value": "NEWVALUE"})
    assert Vote.objects.get(person__username="amara").verdict == Vote.Verdict.APPROVE


MANY = {
    "id": "a1", "name": "pay",
    "args": {
        "amount": "184.00", "currency": "EUR", "iban": "OLDIBAN", "fee": "3.00", "memo": "OLDMEMO",
        "shelf": 1,
    },
}  # fmt: skip
CHANGED = {
    "amount": ({"amount": "600.00"}, "pay €600.00, €3.00 and reply"),
    "both amounts": ({"amount": "600.00", "fee": "9.00"}, "pay €600.00, €9.00 and reply"),
    "amount and another": (
        {"amount": "600.00", "iban": "NEWIBAN"},
        "pay €600.00, €3.00 with iban NEWIBAN and reply",
    ),
    "two": (
        {"iban": "NEWIBAN", "memo": "NEWMEMO"},
        "pay €184.00, €3.00 with iban NEWIBAN and memo NEWMEMO and reply",
    ),
    "a number that stands in an amount": (
        {"shelf": "4", "memo": "184"},
        "pay €184.00, €3.00 with memo 184 and shelf 4 and reply",
    ),
    "more than a button holds": (
        {"amount": "6.00", "iban": "N" * 22, "memo": "M" * 24, "shelf": "2"},
        "pay €6.00, €3.00 with 4 changes and reply",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", CHANGED)
def test_the_button_names_each_change_or_how_many(how):
    """Of whoever types, and of who is asked next."""
    changes, words = CHANGED[how]
    fields = {f"edit:a1:/{name}": value for name, value in changes.items()}
    dana, amara = Somebody("dana"), Somebody("amara")
    case = escalation(PACKAGE | {"proposed_actions": [MANY]}, now=clock.now())
    typed = {f"edit:a1:/{name}": str(value) for name, value in MANY["args"].items()} | fields
    sent = {"version": "1", "digest": case.digest, "reply": "OLDDRAFT is on its way.", **typed}
    address = reverse("escalations:preview", args=[case.id])
    page = dana.client.post(address, sent, headers={"HX-Request": "true"}).content.decode()
    assert set(re.findall(r'data-does="([^"]*)"', page)) == {words}
    dana.press("form", case, "edit", fields)
    assert label(amara.page(case)) == words


def test_the_button_counts_what_is_changed_in_more_calls_than_it_can_name():
    dana, amara = Somebody("dana"), Somebody("amara")
    calls = [MANY | {"id": f"a{n}"} for n in range(1, 5)]
    case = escalation(PACKAGE | {"proposed_actions": calls}, now=clock.now())
    fields = {"edit:a2:/memo": "NEW", "edit:a3:/memo": "NEW", "edit:a3:/shelf": "4"}
    dana.press("form", case, "edit", fields)
    assert label(amara.page(case)) == "do 4 actions with 3 changes and reply"
