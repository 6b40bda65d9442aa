"""An answer that comes as the fields of its form, by socket as by post."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import QueryDict

from escalations import commands
from escalations.access import Viewer
from escalations.forms import commands as forms
from escalations.refusals import Invalid, NotFound
from tests.factories import escalation, viewer

READER = Viewer(id=0, username="nobody", name="Nobody", role="reviewer")
pytestmark = pytest.mark.django_db
NAMED = re.compile(r"""<(?:input|select|textarea|button)[^>]*?\sname="([a-z_]+)\"""")
DRAFT = "Dear Inès,\nwe have refunded €184.00."


def fields_of(case, **fields):
    return {"edit:a1:/amount": "184.00", "reply": DRAFT, "version": str(case.version)} | fields


@pytest.fixture
def case():
    return escalation(draft_response={"text": DRAFT.replace("\n", "\r\n")})


def framed(case, command="edit", **fields):
    frame = {"command": command, "escalation": case.id, "version": case.version}
    return frame | {"fields": fields_of(case, **fields)}


def posted(case, command="edit", **fields):
    data = QueryDict(mutable=True)
    data.update(fields_of(case, **fields))
    return forms.command(command, case, data, by=READER).arguments


def test_a_frame_is_read_as_the_form_is(case):
    changed = {"edit:a1:/amount": "68.00", "instructions": "Half of it arrived"}
    by_frame = forms.of_frame(viewer(), framed(case, **changed))
    for name, value in posted(case, **changed).items():
        assert by_frame[name] == value
    (edit,) = by_frame["actions"]
    assert edit["edited"]["args"]["amount"] == "68.00"


def test_what_nobody_changed_is_not_sent(case):
    assert "response" not in posted(case)
    assert not {"actions", "response"} & forms.of_frame(viewer(), framed(case)).keys()


def test_an_answer_is_the_reply_and_a_verdict_is_an_action(case):
    answer = forms.of_frame(viewer(), framed(case, "respond", reply="Ask.\r\nTwice."))
    assert answer["response"] == {"text": "Ask.\nTwice."}
    verdict = forms.of_frame(viewer("kofi"), framed(case, "approve", **{"verdict:a1": "reject"}))
    assert verdict["actions"] == [{"action_id": "a1", "type": "reject"}]


def test_faults_name_the_action_and_the_field(case):
    with pytest.raises(Invalid) as refused:
        forms.of_frame(viewer(), framed(case, **{"tool:a1": "shred"}))
    assert [fault.pointer for fault in refused.value.errors] == ["a1:"]


def test_an_older_form_is_not_read_into_a_newer_case(case):
    frame = framed(case, **{"edit:a1:/amount": "68.00"}) | {"version": case.version - 1}
    assert "actions" not in forms.of_frame(viewer(), frame)


def test_what_is_not_theirs_to_see_is_not_read(case):
    with pytest.raises(NotFound):
        forms.of_frame(viewer(), framed(case) | {"escalation": "esc_0"})


@pytest.mark.parametrize(
    ("command", "field"),
    [
        ("approve", "actions"), ("reject", "reason"), ("edit", "respons"),
        ("edit", "edit:a1:/amout"), ("edit", "drop:a1:/amount"),
    ],
)  # fmt: skip
def test_a_field_that_an_answer_does_not_have_is_refused(case, command, field):
    for sent in (framed, posted):
        with pytest.raises(Invalid) as refused:
            filled_in = sent(case, command, **{field: "x"})
            forms.of_frame(viewer(sent.__name__), filled_in)
        named = {one.pointer.rpartition(":")[2].strip("/") for one in refused.value.errors}
        assert any(name in field for name in named)


@pytest.mark.parametrize(
    ("command", "field", "meant"),
    [
        ("ask", "minuts", "minutes"), ("ask", "txt", "text"), ("snooze", "untill", "until"),
        ("snooze", "minute", "minutes"), ("call", "promise", "promises"),
    ],
)  # fmt: skip
def test_a_field_that_is_almost_one_is_refused_of_every_command(case, command, field, meant):
    data = QueryDict(mutable=True)
    data.update({"version": str(case.version), field: "5"})
    with pytest.raises(Invalid) as error:
        forms.command(command, case, data, by=READER)
    said = f"There is no field “{field}” here; {meant} may be meant. Nothing was done."
    assert [one.detail for one in error.value.errors] == [said]


def test_no_page_of_ours_sends_a_field_that_is_almost_one(case):
    pages = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    # Those that publish a policy are no forms of commands.
    drawn = [page for page in pages if not page.name.startswith(("_levels", "policy"))]
    names = {name for page in drawn for name in NAMED.findall(page.read_text())}
    assert {"minutes", "until", "again", "text"} <= names
    for verb in commands.every():
        if not verb.decides:
            data = QueryDict(mutable=True)
            data.update(dict.fromkeys(names, "") | {"version": str(case.version)})
            forms.command(verb.name, case, data, by=READER)


def test_what_is_taken_out_of_a_list_is_no_unknown_field():
    call = {"id": "a1", "name": "send", "args": {"items": ["one", "two"]}}
    case = escalation({"task_type": "mail", "summary": "Send it", "proposed_actions": [call]})
    data = QueryDict(mutable=True)
    data.update({"version": "1", "edit:a1:/items/0": "one", "drop:a1:/items/1": "on"})
    (edit,) = forms.command("edit", case, data, by=READER).arguments["actions"]
    assert edit["edited"]["args"] == {"items": ["one"]}


def test_the_value_of_a_question_is_read_by_its_form():
    asked = {
        "id": "q1", "kind": "question", "name": "ask",
        "response_schema": {"type": "object", "properties": {"days": {"type": "integer"}}},
    }  # fmt: skip
    case = escalation({"task_type": "mail", "summary": "When?", "proposed_actions": [asked]})
    data = QueryDict(mutable=True)
    data.update({"version": "1", "edit:q1:/value/days": "3", "message": "Three."})
    read = forms.command("respond", case, data, by=READER).arguments
    assert read["actions"] == [{"action_id": "q1", "type": "respond", "value": {"days": 3}}]
    data["edit:q1:/value/days"] = "soon"
    with pytest.raises(Invalid) as refused:
        forms.command("respond", case, data, by=READER)
    assert refused.value.errors[0].pointer == "q1:/value/days"


def test_the_same_words_are_known_again_however_they_came_and_the_case_stands(case):
    changed = {"edit:a1:/amount": "68.00", "id": "c1"}
    first = forms.said_in(framed(case, **changed))
    case.version += 1
    data = QueryDict(mutable=True)
    data.update(fields_of(case, **changed, how="key", active_s="3", csrfmiddlewaretoken="x"))
    assert forms.command("edit", case, data, by=READER).said == first
    assert forms.said_in(framed(case, **{"edit:a1:/amount": "69.00"})) != first
    assert forms.said_in({"command": "release", "id": "c2", "version": 2, "how": "key"}) == ""
