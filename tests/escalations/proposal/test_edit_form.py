import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalations.proposal import edit_form, edit_values
from escalations.refusals import Fault, Invalid

EXCHANGE = {
    "id": "call_1",
    "name": "exchange_delivered_order_items",
    "args": {
        "order_id": "#W2378156",
        "item_ids": ["1151293680", "4983901480"],
        "new_item_ids": [],
        "count": 2,
        "price": 184.0,
        "fast": True,
        "note": None,
        "address": {"city": "Porto", "zip": "4000"},
        "odd": [[1]],
    },
}
PAYMENT = {
    "id": "a1",
    "name": "payments.transfer",
    "args": {"amount": "48200.00", "currency": "EUR", "urgent": False},
    "editable_args": ["amount", "urgent", "memo", "lines", "pay_on", "count"],
    "args_schema": {
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "string", "title": "Amount", "maxLength": 12},
            "currency": {"enum": ["EUR", "USD"]},
            "urgent": {"type": "boolean"},
            "memo": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "On the bill"},
            "count": {"type": "integer", "minimum": 1, "maximum": 9},
            "pay_on": {"type": "string", "format": "date"},
            "lines": {"type": "array", "items": {"type": "integer"}},
        },
    },
}


def sent(action, **changes):
    """What a browser would send for the form as drawn, with some fields changed."""
    data = {
        entry.name: entry.value.replace("\n", "\r\n")
        for row in edit_form.draw(action).rows
        if not row.locked
        for entry in row.entries
    }
    return data | {f"edit:{action['id']}:{pointer}": text for pointer, text in changes.items()}


def rows(action):
    return {row.path: row for row in edit_form.draw(action).rows}


def faults_of(data, action):
    with pytest.raises(Invalid) as refused:
        edit_form.read(data, action)
    return refused.value.errors


@pytest.mark.parametrize("action", [EXCHANGE, PAYMENT])
def test_an_untouched_form_gives_the_proposed_arguments(action):
    assert json.dumps(edit_form.read(sent(action), action)) == json.dumps(action["args"])


def test_without_a_schema_fields_are_drawn_from_the_values():
    drawn = {
        path: [(entry.kind, entry.control, entry.value, entry.spare) for entry in row.entries]
        for path, row in rows(EXCHANGE).items()
    }
    assert drawn == {
        "order_id": [("string", "text", "#W2378156", False)],
        "item_ids": [
            ("string", "text", "1151293680", False),
            ("string", "text", "4983901480", False),
            ("string", "text", "", True),
        ],
        "new_item_ids": [("string", "text", "", True)],
        "count": [("integer", "text", "2", False)],
        "price": [("number", "text", "184.0", False)],
        "fast": [("boolean", "select", "true", False)],
        "note": [("null", "text", "", False)],
        "address › city": [("string", "text", "Porto", False)],
        "address › zip": [("string", "text", "4000", False)],
        "odd": [("json", "area", json.dumps([[1]], indent=2), False)],
    }
    assert rows(EXCHANGE)["item_ids"].label == "Item"


def test_changed_fields_keep_their_json_types():
    changes = {
        "/order_id": "123",
        "/item_ids/0": "9",
        "/count": "3",
        "/price": "12.50",
        "/fast": "false",
        "/note": "soon",
        "/address/city": "Lisbon",
        "/odd": "[1, 2]",
    }
    args = edit_form.read(sent(EXCHANGE, **changes), EXCHANGE)
    assert json.dumps(args) == json.dumps(
        {
            "order_id": "123",
            "item_ids": ["9", "4983901480"],
            "new_item_ids": [],
            "count": 3,
            "price": 12.5,
            "fast": False,
            "note": "soon",
            "address": {"city": "Lisbon", "zip": "4000"},
            "odd": [1, 2],
        }
    )


def test_list_items_are_added_by_the_spare_row_and_removed_by_a_tick():
    data = sent(EXCHANGE, **{"/item_ids/2": "new", "/item_ids/3": "newer", "/new_item_ids/0": "x"})
    data["drop:call_1:/item_ids/0"] = "on"
    args = edit_form.read(data, EXCHANGE)
    assert args["item_ids"] == ["4983901480", "new", "newer"]
    assert args["new_item_ids"] == ["x"]


def test_an_added_item_may_follow_an_empty_one():
    data = sent(EXCHANGE, **{"/item_ids/2": "", "/item_ids/3": "newer"})
    assert edit_form.read(data, EXCHANGE)["item_ids"][2:] == ["newer"]


def test_an_emptied_text_is_an_empty_text():
    assert edit_form.read(sent(EXCHANGE, **{"/order_id": ""}), EXCHANGE)["order_id"] == ""


@pytest.mark.parametrize("words", ["a lot", "will send a new one.Best, Dana", "", "12,50"])
def test_words_in_the_place_of_an_amount_are_refused(words):
    """They left as the sum of a payment; other texts, and versions, take any words."""
    args = {"amount": "18400.00", "sum": {"value": "5.00"}, "version": "3.11", "note": "Late"}
    transfer = {"id": "a1", "name": "transfer", "args": args}
    wrong = sent(transfer, **{"/amount": words})
    fault = Fault("/amount", "An amount is needed, such as 18400.00.")
    assert faults_of(wrong, transfer) == [fault]
    fine = sent(transfer, **{"/amount": "50", "/version": "latest", "/note": words})
    assert edit_form.read(fine, transfer)["amount"] == "50.00"


@pytest.mark.parametrize(
    ("pointer", "text", "detail"),
    [
        ("/count", "two", "A whole number is needed, such as 12."),
        ("/count", "2.5", "A whole number is needed, such as 12."),
        ("/count", "", "This is needed."),
        (
            "/count",
            "9007199254740993",
            "At most 9,007,199,254,740,991: larger numbers lose digits on the way.",
        ),
        ("/price", "12,50", "A number with a decimal point is needed, such as 12.50."),
        ("/price", "NaN", "A number with a decimal point is needed, such as 12.50."),
        ("/fast", "maybe", "Choose yes or no."),
        ("/odd", "[1,", "This is not JSON: Expecting value at line 1, column 4."),
        ("/odd", "NaN", "NaN is not a JSON number."),
        ("/odd", '{"a": 1, "a": 2}', "A key stands twice in one object."),
        ("/odd", r'["\ud800"]', "This holds a NUL, or half of a surrogate pair."),
        ("/odd", r'{"\u0000": 1}', "This holds a NUL, or half of a surrogate pair."),
        ("/odd", "[" * 5000, "This is nested too deeply."),
        ("/odd", "[" * 40 + "]" * 40, "This is nested too deeply."),
    ],
)
def test_faults_stand_beside_their_field_in_words(pointer, text, detail):
    assert faults_of(sent(EXCHANGE, **{pointer: text}), EXCHANGE) == [Fault(pointer, detail)]


def test_with_a_schema_fields_follow_it():
    drawn = rows(PAYMENT)
    assert list(drawn) == ["amount", "currency", "urgent", "memo", "count", "pay_on", "lines"]
    assert drawn["currency"].locked == "Fixed by the agent"
    assert drawn["currency"].entries[0].kind == "choice"
    assert drawn["memo"].about == "On the bill"
    assert drawn["count"].hint == "At least 1, at most 9"
    assert drawn["pay_on"].hint == "A date such as 2026-11-23"
    assert drawn["amount"].required


def test_fields_left_out_stay_out_and_filled_ones_come_in():
    assert "memo" not in edit_form.read(sent(PAYMENT), PAYMENT)
    changes = {"/memo": "Hi", "/count": "3", "/lines/0": "7", "/pay_on": "2026-11-23"}
    args = edit_form.read(sent(PAYMENT, **changes), PAYMENT)
    assert args == PAYMENT["args"] | {
        "memo": "Hi",
        "count": 3,
        "lines": [7],
        "pay_on": "2026-11-23",
    }


def test_the_schema_refuses_in_words():
    changes = {"/count": "10", "/pay_on": "Monday", "/amount": "1234567890.123"}
    assert faults_of(sent(PAYMENT, **changes), PAYMENT) == [
        Fault("/amount", "At most 12 characters; this has 14."),
        Fault("/count", "At most 9."),
        Fault("/pay_on", "A date such as 2026-11-23 is needed."),
    ]


def test_a_fixed_argument_cannot_be_changed_by_any_way():
    with pytest.raises(Invalid) as refused:
        edit_form.read(sent(PAYMENT) | {"edit:a1:/currency": '"USD"'}, PAYMENT)
    assert refused.value.errors == [Fault("/currency", "Fixed by the agent, not to be changed.")]
    assert edit_form.check(PAYMENT, PAYMENT["args"] | {"currency": "USD"}) == [
        Fault("/currency", "Fixed by the agent, not to be changed.")
    ]
    assert edit_form.check(PAYMENT, PAYMENT["args"] | {"new": 1}) == [
        Fault("/new", "Fixed by the agent, not to be changed.")
    ]


def test_a_nullable_field_that_is_emptied_becomes_null():
    action = {**PAYMENT, "args": PAYMENT["args"] | {"memo": "Hi"}}
    assert edit_form.read(sent(action, **{"/memo": ""}), action)["memo"] is None


def test_an_unusable_schema_is_told_and_the_values_are_drawn():
    action = {**EXCHANGE, "args_schema": {"$ref": "https://evil.example/x"}}
    form = edit_form.draw(action)
    assert form.trouble == "The agent’s description of the fields cannot be used."
    assert [row.path for row in form.rows] == list(rows(EXCHANGE))


def test_what_was_entered_and_what_is_wrong_is_shown_again():
    data = sent(EXCHANGE, **{"/count": "two", "/item_ids/2": "x"}) | {
        "drop:call_1:/item_ids/0": "on"
    }
    form = edit_form.draw(EXCHANGE, entered=data, faults=faults_of(data, EXCHANGE))
    shown = {row.path: row for row in form.rows}
    assert (shown["count"].entries[0].value, shown["count"].entries[0].fault) == (
        "two",
        "A whole number is needed, such as 12.",
    )
    assert shown["item_ids"].entries[0].dropped
    assert [e.value for e in shown["item_ids"].entries] == ["1151293680", "4983901480", "x", ""]
    assert form.changed == 3


def test_very_many_arguments_become_one_json_text():
    action = {"id": "a", "name": "n", "args": {f"k{i}": i for i in range(500)}}
    form = edit_form.draw(action)
    assert [(row.label, row.entries[0].kind) for row in form.rows] == [("All arguments", "json")]
    assert edit_form.read({"edit:a:": '{"k": 1}'}, action) == {"k": 1}
    assert faults_of({"edit:a:": "[1]"}, action) == [
        Fault("", "The arguments must be a JSON object.")
    ]


def test_tool_may_only_be_one_that_the_agent_offers():
    action = {**EXCHANGE, "switchable_to": ["return_items"]}
    assert edit_form.tool({}, action) == "exchange_delivered_order_items"
    assert edit_form.tool({"tool:call_1": "return_items"}, action) == "return_items"
    with pytest.raises(Invalid):
        edit_form.tool({"tool:call_1": "rm"}, action)


texts = st.text(st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"]))
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
arguments = st.dictionaries(
    texts,
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=10,
    ),
    max_size=6,
)


@given(arguments)
@settings(max_examples=300)
def test_any_arguments_survive_the_form(args):
    action = {"id": "a:1/~", "name": "n", "args": args}
    assert json.dumps(edit_form.read(sent(action), action)) == json.dumps(args)
    assert edit_values.same(args, edit_form.read({}, action))


@given(arguments, st.data())
@settings(max_examples=150)
def test_one_changed_text_changes_that_text_alone(args, data):
    action = {"id": "a", "name": "n", "args": args | {"text": "old"}}
    new = data.draw(texts.filter(lambda text: text != "old"))
    assert json.dumps(edit_form.read(sent(action, **{"/text": new}), action)) == json.dumps(
        args | {"text": new}
    )


def test_an_amount_is_sent_as_it_was_written_before():
    """A schema that asks for two decimals refused "20", which a hand on a phone types."""
    action = {
        "id": "a1", "name": "refund", "args": {"amount": "31.00", "currency": "EUR"},
        "args_schema": {"properties": {"amount": {"type": "string", "pattern": r"^\d+\.\d{2}$"}}},
    }  # fmt: skip
    for typed, leaves in [
        ("20", "20.00"),
        ("20.5", "20.50"),
        (" 31 ", "31.00"),
        ("20.55", "20.55"),
    ]:
        assert edit_form.read(sent(action, **{"/amount": typed}), action)["amount"] == leaves
    assert faults_of(sent(action, **{"/amount": "20.555"}), action)
