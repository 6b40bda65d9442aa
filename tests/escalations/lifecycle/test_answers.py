"""What a person chose, and exactly what leaves by it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.lifecycle.answers import answer
from escalations.proposal import verdicts
from escalations.proposal.choices import Choice
from escalations.refusals import Invalid
from tests.factories import NOW, after

CLEARING = {"approve", "edit"}
OPTIONS = {"options": [{"id": "voucher", "label": "A voucher"}]}
COLOURS = {"type": "string", "enum": ["red", "blue"]}
NUMBERS = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def action(number=1, **keys):
    return {"id": f"a{number}", "name": f"tool_{number}", "args": {"amount": "10.00"}, **keys}


def question(number=1, **keys):
    return {"id": f"a{number}", "kind": "question", "name": f"ask_{number}", **keys}


def package(*actions, **keys):
    return {"task_type": "refund", "summary": "One", "proposed_actions": list(actions), **keys}


def answered(document, command, *, now=NOW, **said):
    return answer(document, Choice(command, **said), reject_reasons=[], now=now)


def refused(document, command, **said):
    with pytest.raises(Invalid) as error:
        answered(document, command, **said)
    return [fault.detail for fault in error.value.errors]


@pytest.mark.parametrize(
    ("allowed", "verdict"),
    [
        (["approve", "edit"], "reject"), (["approve", "reject"], "reject"),
        (["approve", "respond"], "respond"), (["approve", "edit", "reject", "respond"], "respond"),
    ],
)  # fmt: skip
def test_an_option_clears_nothing(allowed, verdict):
    document = package(action(allowed_decisions=allowed), requested=OPTIONS)
    chosen = answered(document, "choose", option_id="voucher")
    assert [(one["type"], "call" in one) for one in chosen.actions] == [(verdict, False)]
    assert (chosen.outcome, chosen.option_id, chosen.proceed) == ("responded", "voucher", True)


@pytest.mark.parametrize(
    ("schema", "allowed", "given"),
    [
        (NUMBERS, ["respond", "reject"], ("reject", None)),
        ({"type": "integer"}, ["respond"], None),
        ({"type": "string", "enum": ["voucher"]}, ["respond"], ("respond", "voucher")),
        ({"type": "string", "pattern": "^[uvceohr]+$"}, ["respond"], ("respond", "voucher")),
        ({"enum": ["A voucher", "None"]}, ["respond"], ("respond", "A voucher")),
        ({"type": "string"}, ["respond"], ("respond", "A voucher")),
        ({"type": "string", "maxLength": 7}, ["respond"], None),
        ({"type": "string", "maxLength": 7}, ["respond", "reject"], ("reject", None)),
        (None, ["respond"], ("respond", "A voucher")),
    ],
)
def test_an_option_answers_a_question_by_a_value_or_not_at_all(schema, allowed, given):
    asked = {"response_schema": schema} if schema else {}
    document = package(question(allowed_decisions=allowed, **asked), requested=OPTIONS)
    if given is None:
        (said,) = refused(document, "choose", option_id="voucher")
        assert "asks for a value" in said
    else:
        (one,) = answered(document, "choose", option_id="voucher").actions
        assert (one["type"], one.get("value")) == given
        assert given[0] == "reject" or one["message"] == "A voucher"


@pytest.mark.parametrize("allowed", [["respond"], ["respond", "reject"]])
@pytest.mark.parametrize("beside", [question(2), action(2)])
def test_an_option_is_no_answer_to_whatever_else_is_asked(allowed, beside):
    document = package(question(allowed_decisions=allowed), beside, requested=OPTIONS)
    one, _ = answered(document, "choose", option_id="voucher").actions
    assert "value" not in one
    if allowed == ["respond"]:
        assert (one["type"], one["message"]) == (
            "respond",
            "Not answered: “A voucher” was chosen instead.",
        )
    else:
        assert one["type"] == "reject"
    colours = {"response_schema": {"enum": ["voucher", "red"]}}
    document = package(question(**colours), question(2, **colours), requested=OPTIONS)
    given = answered(document, "choose", option_id="voucher").actions
    assert [(one["type"], one["value"]) for one in given] == [("respond", "voucher")] * 2


@pytest.mark.parametrize("blank", [" ", "\n\t", "\u200b", "\u2800", "\u3164"])
def test_blanks_are_no_answer_and_no_reply(blank):
    document = package(action(), draft_response={"text": "Dear Ines, done."})
    for command, said in (
        ("edit", {"reply": blank}), ("approve", {"reply": blank}), ("respond", {"message": blank}),
    ):  # fmt: skip
        assert refused(document, command, **said), command
    assert answered(document, "edit", reply="").response is None


def test_an_answer_to_the_agent_is_no_reply_to_the_customer():
    document = package(action(), draft_response={"text": "Dear Ines, done."})
    said = answered(document, "respond", message="Ask for a photo.")
    assert (said.actions[0]["message"], said.response) == ("Ask for a photo.", None)
    both = answered(document, "respond", message="Ask.", reply="Dear Ines, could you send a photo?")
    assert both.response["text"] == "Dear Ines, could you send a photo?"
    # As it came before there was a message.
    before = answered(document, "respond", reply="Ask for a photo.")
    assert (before.actions, before.response) == (said.actions, None)


def test_without_actions_the_answer_is_the_reply_or_an_instruction():
    document = package(draft_response={"text": "Dear Ines, done."})
    assert answered(document, "respond", reply="No.").response["text"] == "No."
    told = answered(document, "respond", message="Ask for a photo.")
    assert (told.instructions, told.response) == ("Ask for a photo.", None)


@pytest.mark.parametrize("verdict", ["reject", "respond"])
def test_a_draft_leaves_only_with_all_that_it_may_speak_of(verdict):
    document = package(action(1), action(2), draft_response={"text": "Both are done."})
    actions = [
        {"action_id": "a1", "type": "approve"},
        {"action_id": "a2", "type": verdict, "message": "No."},
    ]
    assert answered(document, "approve", actions=actions).response is None
    written = answered(document, "approve", actions=actions, reply="One is done.")
    assert written.response["text"] == "One is done."
    assert answered(document, "approve").response["text"] == "Both are done."


@pytest.mark.parametrize(
    ("schema", "value", "fault"),
    [
        (COLOURS, "red", None),
        (COLOURS, "green", "One of: red, blue."),
        (NUMBERS, {"n": 3}, None),
        (NUMBERS, {"n": "3"}, "This must be a whole number."),
        (NUMBERS, {}, "This is needed."),
        (None, "as you like", None),
    ],
)
def test_a_question_is_answered_by_a_value_of_its_form(schema, value, fault):
    asked = question(response_schema=schema) if schema else question()
    actions = [{"action_id": "a1", "type": "respond", "value": value}]
    if fault is not None:
        assert refused(package(asked), "respond", actions=actions) == [fault]
        return
    given_back = answered(package(asked), "respond", actions=actions).actions[0]
    assert given_back["value"] == value
    assert given_back["message"]
    assert "call" not in given_back


def test_words_are_the_value_of_a_question_that_takes_them():
    asked = question(response_schema=COLOURS)
    assert answered(package(asked), "respond", message="blue").actions[0]["value"] == "blue"
    assert "form" in refused(package(asked), "respond", message="green")[0]
    assert answered(package(question()), "respond", message="Yes.").actions[0]["value"] == "Yes."


@pytest.mark.parametrize("command", ["approve", "edit"])
def test_a_question_is_not_approved(command):
    assert "is a question" in refused(package(question()), command)[0]


def test_what_has_expired_can_only_be_turned_down():
    document = package(action(expires_at="2026-11-19T14:10:00Z"))
    assert answered(document, "approve", now=after(599)).proceed
    assert "has expired" in refused(document, "approve", now=after(600))[0]
    assert not answered(document, "reject", now=after(600)).proceed
    only = package(action(expires_at="2026-11-19T14:10:00Z", allowed_decisions=["approve"]))
    assert answered(only, "reject", now=after(600)).actions[0]["type"] == "reject"


def test_what_depends_on_something_not_cleared_is_not_cleared():
    document = package(action(1), action(2, depends_on=["a1"]))
    actions = [{"action_id": "a1", "type": "reject"}, {"action_id": "a2", "type": "approve"}]
    assert "depends on “tool_1”" in refused(document, "approve", actions=actions)[0]
    assert answered(document, "approve").proceed


IDS = [f"a{number}" for number in range(1, 7)]
TIMES = st.sampled_from([None, (NOW - timedelta(1)).isoformat(), (NOW + timedelta(1)).isoformat()])


@st.composite
def packages(draw):
    actions = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        keys = {}
        if draw(st.booleans()):
            keys["allowed_decisions"] = draw(
                st.lists(st.sampled_from(verdicts.VERDICTS), min_size=1, unique=True)
            )
        if draw(st.booleans()):
            keys["depends_on"] = draw(st.lists(st.sampled_from(IDS), max_size=2, unique=True))
        if expires := draw(TIMES):
            keys["expires_at"] = expires
        if draw(st.booleans()):
            keys["response_schema"] = draw(st.sampled_from([COLOURS, NUMBERS]))
        actions.append((question if draw(st.integers(0, 3)) == 0 else action)(number, **keys))
    keys = {"draft_response": {"text": "Done."}} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        keys["requested"] = OPTIONS
    return package(*actions, **keys)


@st.composite
def choices(draw):
    verdict = st.fixed_dictionaries(
        {"action_id": st.sampled_from(IDS), "type": st.sampled_from(verdicts.VERDICTS)},
        optional={
            "value": st.sampled_from(["red", {"n": 1}, 7]),
            "message": st.just("So."),
            "edited": st.just({"args": {"amount": "9.00"}}),
        },
    )
    return Choice(
        draw(st.sampled_from(["approve", "edit", "reject", "respond", "choose"])),
        actions=draw(st.none() | st.lists(verdict, max_size=6)),
        reply=draw(st.sampled_from([None, "", "Done.", "Otherwise."])),
        message=draw(st.sampled_from([None, "Do it so.", "red"])),
        option_id=draw(st.sampled_from([None, "voucher"])),
    )


@given(packages(), choices())
def test_each_action_has_one_verdict_that_it_allows_and_nothing_else_is_cleared(document, choice):
    actions = {one["id"]: one for one in document["proposed_actions"]}
    try:
        made = answer(document, choice, reject_reasons=[], now=NOW)
    except Invalid:
        return
    assert [one["action_id"] for one in made.actions] == list(actions)
    cleared = {one["action_id"] for one in made.actions if one["type"] in CLEARING}
    assert cleared == {one["action_id"] for one in made.actions if "call" in one}
    for one in made.actions:
        asked = actions[one["action_id"]]
        stated = asked.get("allowed_decisions", verdicts.VERDICTS)
        is_over = "expires_at" in asked and datetime.fromisoformat(asked["expires_at"]) <= NOW
        if one["action_id"] in cleared:
            assert one["type"] in stated
            assert asked.get("kind") != "question"
            assert not is_over
            assert cleared.issuperset(set(asked.get("depends_on", [])) & actions.keys())
        elif one["type"] not in stated:
            assert choice.command == "choose" or is_over or asked.get("kind") == "question"
        if one["type"] == "respond":
            assert one["message"]
    if choice.command == "choose":
        assert not cleared
        answers = {one["value"] for one in made.actions if "value" in one}
        assert answers <= {"voucher", "A voucher"}
    draft = document.get("draft_response", {}).get("text")
    if made.response and made.response["text"] != choice.reply:
        assert made.response["text"] == draft
        assert cleared == actions.keys()


def offering(*options):
    return package(
        action(), requested={"options": [{"id": i, "label": text} for i, text in options]}
    )


def test_an_option_named_like_a_button_is_chosen_by_what_stands_on_it():
    document = offering(("approve", "Do nothing"), ("reject", "Pay 5000 now"), ("wait", "Wait"))
    # Nobody read these labels on Approve and Reject.
    assert answered(document, "approve").option_id is None
    assert answered(document, "reject").option_id is None
    chosen = answered(document, "choose", option_id="reject")
    assert (chosen.option_id, chosen.outcome) == ("reject", "responded")
    assert ["call" in one for one in chosen.actions] == [False]


def test_an_option_that_only_names_a_button_is_that_button():
    document = offering(("approve", "Approve"), ("edit", "edit"), ("reject", "reject"))
    assert answered(document, "approve").option_id == "approve"
    assert answered(document, "reject").option_id == "reject"
    # One by one, where everything was turned down in the end.
    none = [{"action_id": "a1", "type": "reject"}]
    assert answered(document, "approve", actions=none).option_id == "reject"
    assert refused(document, "choose", option_id="approve")
