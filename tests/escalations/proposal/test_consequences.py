import pytest

from escalations.proposal import edit_form
from escalations.proposal.edit_fields import ArgumentRow

ACTION = {
    "id": "a1",
    "name": "refund",
    "args": {
        "amount": "184.00",
        "currency": "EUR",
        "count": 2,
        "share": 0.5,
        "fast": True,
        "note": None,
        "reason": "damaged",
        "text": "one\r\ntwo",
        "item_ids": ["11", "12"],
        "fee": {"amount": "3.5", "currency": "JPY"},
        "odd": [[1]],
    },
    "args_schema": {"type": "object", "properties": {"currency": {"enum": ["EUR", "USD"]}}},
    "switchable_to": ["return_items"],
}


def so(**changes) -> dict[str, str]:
    """The words beside each field that does not say “Not changed”, by its pointer."""
    entered = {f"edit:a1:{pointer}": text for pointer, text in changes.items()}
    form = edit_form.draw(ACTION, entered=entered | {"drop:a1:/none": ""})
    return {
        entry.pointer: entry.so
        for row in form.rows
        for entry in row.entries
        if entry.so not in {"Not changed", ""}
    }


@pytest.mark.parametrize(
    ("pointer", "text", "words"),
    [
        ("/amount", "68.00", "€116.00 less than proposed"),
        ("/amount", "1184.5", "€1,000.50 more than proposed"),
        ("/amount", "184", "The same amount"),
        ("/amount", "a lot", "Was 184.00"),
        ("/amount", "", "Left empty"),
        ("/fee/amount", "3.75", "¥0.25 more than proposed"),
        ("/count", "12", "10 more than proposed"),
        ("/share", "0.25", "0.25 less than proposed"),
        ("/fast", "false", "Changed"),
        ("/note", "call her", "Was empty"),
        ("/reason", "wrong size", "Was damaged"),
        ("/text", "one\r\nthree", "Changed"),
        ("/odd", "[]", "Changed"),
        ("/item_ids/0", "99", "88 more than proposed"),
        ("/item_ids/2", "13", "Added"),
    ],
)
def test_each_kind_of_field_says_what_a_change_means(pointer, text, words):
    assert so(**{pointer: text}) == {pointer: words}


def test_an_amount_in_another_currency_is_told_without_one():
    told = so(**{"/amount": "68.00", "/currency": '"USD"'})
    assert told == {"/amount": "116.00 less than proposed", "/currency": "Changed"}


def test_an_amount_of_two_readings_is_not_told_as_less():
    assert so(**{"/amount": "99.999"}) == {"/amount": "Was 184.00"}


def test_what_a_browser_sends_unchanged_is_no_change():
    assert so(**{"/text": "one\r\ntwo", "/amount": "184.00", "/item_ids/2": ""}) == {}


def test_a_dropped_item_is_removed_whatever_stands_in_it():
    entered = {"drop:a1:/item_ids/0": "on", "edit:a1:/item_ids/0": "x"}
    row = next(row for row in edit_form.draw(ACTION, entered=entered).rows if row.is_list)
    assert [entry.so for entry in row.entries] == ["Removed", "Not changed", ""]
    assert [entry.changed for entry in row.entries] == [True, False, False]


def test_fields_are_counted_one_by_one_and_the_tool_with_them():
    entered = {
        "edit:a1:/item_ids/1": "99",
        "edit:a1:/item_ids/2": "13",
        "drop:a1:/item_ids/0": "on",
        "tool:a1": "return_items",
    }
    form = edit_form.draw(ACTION, entered=entered)
    assert (form.changed, form.tool, form.chosen) == (4, "refund", "return_items")
    assert edit_form.draw(ACTION).changed == 0


def test_each_item_stands_beside_what_was_proposed_in_its_place():
    entered = {"edit:a1:/item_ids/2": "13"}
    (row,) = [row for row in edit_form.draw(ACTION, entered=entered).rows if row.is_list]
    assert _proposed(row) == [["11"], ["12"], [], []]


def _proposed(row: ArgumentRow) -> list[list[str]]:
    return [[value.text for value in proposed] for _, proposed in row.pairs]
