"""What somebody changed in one proposal, and the same change made in another."""

import copy

import pytest

from escalations.batch import changes
from escalations.text.mask import MASK

CALL = {
    "id": "a1",
    "name": "refund",
    "args": {"order": "HP-1", "amount": "50.00", "to": {"card": 1, "note": "x"}, "lines": [1, 2]},
}
DRAFT = "Dear Inès, we have refunded €50.00 to your card."


def package(draft=DRAFT, **args):
    action = copy.deepcopy(CALL)
    action["args"] |= args
    return {"proposed_actions": [action], "draft_response": {"text": draft}}


def decision(reply=DRAFT, name="refund", kind="edit", **args):
    call = {"name": name, "args": copy.deepcopy(CALL["args"]) | args}
    one = {"action_id": "a1", "type": kind, "call": call, "edited": call}
    return {"actions": [one], "response": {"text": reply} if reply else None}


def change(**keys):
    found = changes.read(package(), decision(**keys))
    assert found is not None
    return found


def test_the_same_value_is_changed_and_all_else_stays():
    sent = changes.actions(change(amount="45.00"), package(order="HP-2"))
    assert sent == [
        {
            "action_id": "a1",
            "type": "edit",
            "edited": {
                "name": "refund",
                "args": {**CALL["args"], "order": "HP-2", "amount": "45.00"},
            },
        }
    ]


OTHERWISE = {
    "another value": {"amount": "51.00"},
    "another kind of value": {"amount": 50},
    "none": {"amount": None},
}


@pytest.mark.parametrize("args", OTHERWISE.values(), ids=OTHERWISE)
def test_where_something_else_stood_there_is_no_same_change(args):
    assert changes.actions(change(amount="45.00"), package(**args)) is None


def test_what_was_added_removed_nested_or_a_list_is_changed_likewise():
    args = {"to": {"card": 2}, "lines": [2], "new": True}
    given = changes.actions(change(**args), package(order="HP-7"))
    assert given[0]["edited"]["args"] == {**CALL["args"], "order": "HP-7", **args}
    assert changes.actions(change(**args), package(new=False)) is None
    assert changes.actions(change(**args), package(lines=[1, 2, 3])) is None


def test_another_tool_is_a_change_by_itself():
    made = change(name="give_voucher")
    assert changes.actions(made, package())[0]["edited"]["name"] == "give_voucher"
    other = package()
    other["proposed_actions"][0]["name"] = "exchange"
    assert changes.actions(made, other) is None
    other = package()
    other["proposed_actions"] *= 2
    assert changes.actions(made, other) is None


def test_what_changes_no_call_turns_one_down_or_is_masked_is_no_model():
    assert changes.read(package(), decision(reply="Hello.")) is None
    assert changes.read(package(), decision(kind="reject", amount="45.00")) is None
    assert changes.read(package(order=MASK), decision(order="HP-2")) is None
    assert changes.read({"draft_response": {"text": "Hello."}}, {"actions": []}) is None


REPLIES = {
    "alone": (DRAFT, "Dear Amir, we have refunded €50.00.", "Dear Amir, we have refunded €50.00."),
    "words": (
        DRAFT.replace("50.00", "45.00"),
        "Dear Amir, we have refunded €50.00.",
        "Dear Amir, we have refunded €45.00.",
    ),
    "often": (DRAFT.replace("50.00", "45.00"), "€50.00, yes, €50.00.", "€45.00, yes, €45.00."),
    "part of a number": (DRAFT.replace("50.00", "45.00"), "We sent €150.00.", None),
    "not there": (DRAFT.replace("50.00", "45.00"), "We sent it.", None),
    "the same draft": ("Something else.", DRAFT, "Something else."),
    "rewritten": (f"{DRAFT} And a voucher.", "Dear Amir, we have refunded €50.00.", None),
    "none": ("", "Dear Amir, we have refunded €50.00.", ""),
}


@pytest.mark.parametrize("said", REPLIES.values(), ids=REPLIES)
def test_the_reply_gets_the_same_words_or_none(said):
    written, draft, expected = said
    assert changes.reply(change(amount="45.00", reply=written), package(draft)) == expected


def test_words_that_stand_elsewhere_too_are_not_known():
    drafted = package("€50.00 of €50.00 is yours.")
    made = changes.read(drafted, decision("€45.00 of €50.00 is yours.", amount="45.00"))
    assert changes.reply(made, package("Dear Amir, €50.00 of €50.00.")) is None
