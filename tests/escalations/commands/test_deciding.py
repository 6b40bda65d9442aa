"""Every answer × every field that any answer has, by socket and by form: it is read, or refused."""

import pytest
from django.http import QueryDict

from console.models import User
from escalations import access, commands
from escalations.commands import deciding
from escalations.forms import commands as forms
from escalations.lifecycle import answers
from escalations.proposal.choices import Choice
from escalations.refusals import Invalid
from tests.factories import NOW, escalation, viewer

pytestmark = pytest.mark.django_db
DRAFT = "Dear Inès, done."
REFUND = {"id": "a1", "name": "refund", "args": {"amount": "20.00", "order": "7"}}
ASKED = {"id": "q1", "kind": "question", "name": "ask"}
WIRE = {"name": "wire", "args": {"amount": "9"}}
# A command that says no more than it must, as a frame and as a form.
LEAST = {
    "approve": ({}, {}),
    "choose": ({"option_id": "voucher"}, {"option_id": "voucher"}),
    "edit": ({}, {}),
    "reject": ({}, {}),
    "respond": ({"message": "No."}, {"message": "No."}),
}
VERBS = tuple(LEAST)


def item(kind, **keys):
    return {"actions": [{"action_id": "a1", "type": kind, **keys}]}


EDITED = item("edit", edited={"name": "refund", "args": {"amount": "6.00"}})
BY_FRAME = {
    "approved": item("approve"), "turned down": item("reject"), "edited": EDITED,
    "said": item("respond", message="Ask."), "valued": item("respond", value="red"),
    "response": {"response": {"text": "Dear Inès, no."}}, "message": {"message": "Wait."},
    "option_id": {"option_id": "no"}, "reason_code": {"reason_code": "fraud"},
    "instructions": {"instructions": "Hurry."},
    "typo": {"acitons": EDITED["actions"]}, "loose": {"edited": {"name": "refund", "args": {}}},
    "kind": {"type": "command", "verdict": "reject"}, "reply": {"reply": "Dear Inès, no."},
    "contrary": item("approve", edited=WIRE), "unheard": item("approve", message="Only half."),
    "valued anyway": item("reject", value="red"), "misspelt": item("reject", mesage="No."),
    "kwargs": item("edit", edited={"name": "refund", "args": {"amount": "6.00"}, "kwargs": {}}),
    "call": item("approve", call=WIRE), "elsewhere": item("edit", edited=WIRE),
    "nobody": {"actions": [{"action_id": "zz", "type": "reject"}]},
    "beside": {"response": {"text": "Dear Inès, no.", "format": "text/html"}},
}  # fmt: skip
BY_FORM = {
    "approved": {"verdict:a1": "approve"}, "turned down": {"verdict:a1": "reject"},
    "answered": {"verdict:a1": "respond"}, "edited": {"edit:a1:/amount": "6.00"},
    "contrary": {"verdict:a1": "approve", "edit:a1:/amount": "6.00"},
    "against": {"verdict:a1": "reject", "edit:a1:/amount": "6.00"},
    "tool": {"tool:a1": "shred"}, "nobody": {"edit:zz:/amount": "6.00"}, "no tool": {"tool:zz": "x"},
    "no verdict": {"verdict:zz": "reject"}, "no item": {"drop:a1:/amount": "on"},
    "astray": {"edit:a1:amount": "6.00"}, "reply": {"reply": "Dear Inès, no."},
    "message": {"message": "Wait."}, "option_id": {"option_id": "no"},
    "reason_code": {"reason_code": "fraud"}, "instructions": {"instructions": "Hurry."},
    "actions": {"actions": "[]"}, "response": {"response": "x"}, "typo": {"mesage": "x"},
}  # fmt: skip


def case_of(*actions, options=True):
    offered = [{"id": "voucher", "label": "A voucher"}, {"id": "no", "label": "Nothing"}]
    return escalation(
        {"task_type": "refund", "summary": "Ok?", "proposed_actions": list(actions)},
        draft_response={"text": DRAFT}, **({"requested": {"options": offered}} if options else {}),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def dana():
    return viewer("dana")


def reader():
    return access.viewer_of(User.objects.get(username="dana"))


def framed(case, command, said):
    frame = {"type": "command", "command": command, "id": "x", "escalation": case.id,
             "version": case.version, "how": "key", "active_s": 3, "opened": [], **said}  # fmt: skip
    return deciding.choice(command, forms.of_frame(reader(), frame))


def posted(case, command, said):
    data = QueryDict(mutable=True)
    data.update({"version": str(case.version), "id": "x", "csrfmiddlewaretoken": "y", **said})
    return deciding.choice(command, forms.command(command, case, data, by=reader()).arguments)


def document(case, choice):
    package = case.packages.get().document
    made = answers.answer(package, choice, reject_reasons=["fraud"], now=NOW)
    return made.document()


def is_read(case, command, least, said, door):
    """Whether the document is another one than without it; None where it was refused."""
    before = document(case, door(case, command, least))
    faults = []
    try:
        return document(case, door(case, command, {**least, **said})) != before
    except Invalid as refused:
        faults = refused.errors
    assert faults
    assert all(fault.pointer and fault.detail for fault in faults)
    return None


def in_fields(case, command, said):
    return framed(case, command, {"fields": {"version": "1", "id": "x", **said}})


# What agrees with the command says nothing new, and nothing that is left out.
AGREES = {("approve", "approved"), ("edit", "approved"), ("respond", "answered")}


@pytest.mark.parametrize("command", VERBS)
def test_a_frame_is_read_or_refused(command):
    case = case_of(REFUND)
    found = {name: is_read(case, command, LEAST[command][0], said, framed)
             for name, said in BY_FRAME.items()}  # fmt: skip
    unread = {(command, name) for name, read in found.items() if read is False}
    assert unread - AGREES == set()
    wrong = ("typo", "loose", "reply", "contrary", "unheard", "valued anyway", "misspelt")
    for name in (*wrong, "kwargs", "call", "elsewhere", "nobody", "kind", "beside"):
        assert found[name] is None, name


@pytest.mark.parametrize("door", [posted, in_fields])
@pytest.mark.parametrize("command", VERBS)
def test_a_form_is_read_or_refused(command, door):
    case = case_of(REFUND)
    found = {name: is_read(case, command, LEAST[command][1], said, door)
             for name, said in BY_FORM.items()}  # fmt: skip
    unread = {(command, name) for name, read in found.items() if read is False}
    assert unread - AGREES == set()
    for name in ("contrary", "against", "tool", "nobody", "no tool", "no verdict", "no item",
                 "astray", "actions", "response", "typo"):  # fmt: skip
        assert found[name] is None, name


@pytest.mark.parametrize("door", [posted, in_fields])
def test_what_an_untouched_form_brings_along_says_nothing(door):
    case = case_of(REFUND)
    untouched = {"edit:a1:/amount": "20.00", "edit:a1:/order": "7", "tool:a1": "refund"}
    empty = {"verdict:a1": "", "message": "", "reason_code": "", "option_id": ""}
    for command, (_, least) in LEAST.items():
        sent = {**untouched, **empty, **({} if command == "edit" else {"reply": ""}), **least}
        assert is_read(case, command, least, sent, door) is False


def test_a_change_of_what_the_agent_fixed_is_not_dropped():
    case = case_of({**REFUND, "editable_args": ["order"]}, options=False)
    assert is_read(case, "edit", {}, {"edit:a1:/amount": "20.00"}, posted) is False
    assert is_read(case, "edit", {}, {"edit:a1:/amount": "6.00"}, posted) is None


def test_a_field_that_is_sent_twice_is_not_chosen_from():
    case = case_of(REFUND)
    data = QueryDict("version=1&verdict:a1=approve&verdict:a1=reject")
    with pytest.raises(Invalid) as refused:
        forms.command("approve", case, data, by=reader())
    assert [fault.pointer for fault in refused.value.errors] == ["/verdict:a1"]


def test_a_frame_says_it_by_name_or_by_fields():
    case = case_of(REFUND)
    with pytest.raises(Invalid):
        framed(case, "approve", {"fields": {"version": "1"}, "actions": item("reject")["actions"]})


@pytest.mark.parametrize("verdict", ["reject", "approve"])
def test_a_value_beside_another_verdict_is_not_dropped(verdict):
    case = case_of(ASKED, REFUND)
    each = {"verdict:q1": verdict, "verdict:a1": "approve", "edit:q1:/value": "red"}
    for door in (posted, in_fields):
        with pytest.raises(Invalid) as refused:
            door(case, "approve", each)
        assert [fault.pointer for fault in refused.value.errors] == ["q1:/value"]
    answered = document(case, posted(case, "approve", {**each, "verdict:q1": "respond"}))
    assert [one.get("value") for one in answered["actions"]] == ["red", None]


@pytest.mark.parametrize(
    "keys",
    [
        {"allowed_decisions": ["reject", "respond"]}, {"kind": "question"},
        {"expires_at": "2020-01-01T00:00:00Z"}, {},
    ],
)  # fmt: skip
def test_no_choice_of_an_option_clears_a_call(keys):
    case = case_of({**REFUND, **keys})
    every = [*BY_FRAME.values(), item("approve"), item("edit", edited=WIRE)]
    for said in every:
        # Past the doors as well: the one function that makes the answer holds it.
        choice = Choice("choose", option_id="voucher", actions=said.get("actions"))
        try:
            made = document(case, choice)
        except Invalid:
            continue
        assert not any("call" in one for one in made["actions"])
    assert all(
        "call" not in one
        for one in document(case, framed(case, "choose", LEAST["choose"][0]))["actions"]
    )


def test_words_that_would_reach_nobody_are_refused():
    case = case_of(REFUND)
    each = {"message": "Wait.", **item("respond", message="Ask.")}
    with pytest.raises(Invalid) as refused:
        document(case, framed(case, "respond", each))
    assert [fault.pointer for fault in refused.value.errors] == ["/message"]


def test_without_actions_words_for_the_agent_are_said_once():
    case = case_of(options=False)
    with pytest.raises(Invalid) as refused:
        document(case, framed(case, "respond", {"message": "Wait.", "instructions": "Hurry."}))
    assert [fault.pointer for fault in refused.value.errors] == ["/message"]


def test_ids_that_begin_alike_are_told_apart():
    case = case_of(REFUND, {**REFUND, "id": "a1:2"}, options=False)
    edit = document(case, posted(case, "edit", {"edit:a1:2:/amount": "6.00"}))
    assert [one["call"]["args"]["amount"] for one in edit["actions"]] == ["20.00", "6.00"]


def test_every_answer_declares_what_it_reads():
    deciding_verbs = {verb.name: verb for verb in commands.every() if verb.decides}
    # Only a case that is to be handed to another agent takes it: lifecycle/handing.
    assert set(deciding_verbs) == {*VERBS, "redirect"}
    for verb in deciding_verbs.values():
        assert verb.arguments.model_config["extra"] == "forbid"
