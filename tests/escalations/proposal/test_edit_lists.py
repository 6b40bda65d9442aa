"""Lists of objects in the edit form: a field for each of theirs, added, taken out and moved."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalations.proposal import edit_form
from escalations.refusals import Fault, Invalid
from escalations.text import mask

LINES = [{"sku": "KTL-17", "qty": 1}, {"sku": "MUG-4", "qty": 2, "gift": True}, {"sku": "LID-9"}]
LINE = {
    "type": "object",
    "title": "Line",
    "required": ["sku"],
    "properties": {
        "sku": {"type": "string", "title": "SKU", "minLength": 3},
        "qty": {"type": "integer", "minimum": 1},
        "address": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def action(lines=LINES, **more):
    return {"id": "a1", "name": "orders.change", "args": {"lines": lines}, **more}


def described(lines=LINES):
    properties = {"lines": {"type": "array", "maxItems": 4, "items": LINE}}
    return action(lines, args_schema={"type": "object", "properties": properties})


def changed(one, drops=(), **fields):
    """The lines as they would be sent, with these fields entered by their pointers below `lines`."""
    data = {f"edit:a1:/lines/{pointer}": text for pointer, text in fields.items()}
    return edit_form.read(data | {f"drop:a1:/lines/{n}": "on" for n in drops}, one)["lines"]


def faults_of(one, drops=(), **fields):
    with pytest.raises(Invalid) as refused:
        changed(one, drops, **fields)
    return refused.value.errors


def test_each_object_is_drawn_with_its_place_and_its_fields():
    parts = [part for part in edit_form.draw(action()).parts if part.head]
    assert [(part.head.label, part.head.proposed[0].text) for part in parts] == [
        ("Line 1", "KTL-17 · 1"),
        ("Line 2", "MUG-4 · 2 · true"),
        ("Line 3", "LID-9"),
    ]
    kinds = [[row.entries[0].kind for row in part.rows] for part in parts]
    assert kinds == [["string", "integer"], ["string", "integer", "boolean"], ["string"]]


def test_what_would_be_added_has_the_fields_of_the_others():
    added = [part for part in edit_form.draw(action()).parts if part.is_spare]
    assert [row.label for row in added[0].rows] == ["Sku", "Qty", "Gift"]
    described_part = next(part for part in edit_form.draw(described([])).parts if part.is_spare)
    assert [row.label for row in described_part.rows] == ["SKU", "Qty", "City"]


@pytest.mark.parametrize(
    ("drops", "fields", "left"),
    [
        ((), {"0/qty": "3"}, [{"sku": "KTL-17", "qty": 3}, *LINES[1:]]),
        ((1,), {}, [LINES[0], LINES[2]]),
        ((0, 2), {"1/gift": "false"}, [{"sku": "MUG-4", "qty": 2, "gift": False}]),
        ((), {"2": "1"}, [LINES[2], LINES[0], LINES[1]]),
        ((), {"0": "3"}, [LINES[1], LINES[2], LINES[0]]),
        ((), {"0": "2", "1": "1"}, [LINES[1], LINES[0], LINES[2]]),
        ((0,), {"2": "1", "1/sku": "MUG-5"}, [LINES[2], {**LINES[1], "sku": "MUG-5"}]),
        ((), {"3/sku": "TEA-1", "3/qty": "6"}, [*LINES, {"sku": "TEA-1", "qty": 6}]),
        ((), {"4/sku": "TEA-1"}, [*LINES, {"sku": "TEA-1"}]),
        ((0, 1, 2), {"3/sku": "A", "5/sku": "B"}, [{"sku": "A"}, {"sku": "B"}]),
    ],
)  # fmt: skip
def test_objects_are_changed_removed_moved_and_added(drops, fields, left):
    assert changed(action(), drops, **fields) == left


def test_a_list_that_is_not_there_yet_begins_with_the_first_object():
    one = described()
    args = edit_form.read({"edit:a1:/lines/0/sku": "KTL-17"}, {**one, "args": {}})
    assert args == {"lines": [{"sku": "KTL-17"}]}
    args = edit_form.read({"edit:a1:/lines/0/address/city": "Faro", "edit:a1:/lines/0/sku": "TEA"},
                          {**one, "args": {}})  # fmt: skip
    assert args == {"lines": [{"sku": "TEA", "address": {"city": "Faro"}}]}


def test_two_are_not_moved_to_one_place():
    told = [Fault("/lines/1", "Two entries cannot stand in the same place.")]
    assert faults_of(action(), **{"0": "3", "1": "3"}) == told
    assert faults_of(action(), **{"0": "9"}) == [Fault("/lines/0", "Choose one of the list.")]


@pytest.mark.parametrize(
    ("drops", "fields", "pointer"),
    [
        ((), {"1/sku": "X"}, "/lines/1/sku"),
        ((0,), {"1/sku": "X"}, "/lines/1/sku"),
        ((), {"2": "1", "1/sku": "X"}, "/lines/1/sku"),
        ((), {"3/qty": "2"}, "/lines/3/sku"),
        ((0,), {"4/sku": "X"}, "/lines/4/sku"),
        ((), {"3/sku": "AAA", "4/sku": "BBB"}, "/lines"),
    ],
)
def test_a_fault_stands_where_it_was_typed(drops, fields, pointer):
    one = described()
    (fault,) = faults_of(one, drops, **fields)
    assert fault.pointer == pointer
    entered = {f"edit:a1:/lines/{name}": text for name, text in fields.items()}
    drawn = edit_form.draw(one, entered=entered, faults=[fault])
    shown = [entry.pointer for row in drawn.rows for entry in row.entries if entry.fault]
    assert shown == [pointer if pointer != "/lines" else "/lines/0"]


def test_there_is_always_one_more_to_add():
    entered = {f"edit:a1:/lines/{index}/sku": "TEA-1" for index in range(3, 15)}
    parts = list(edit_form.draw(action(), entered=entered).parts)
    assert [part.is_spare for part in parts[-2:]] == [True, True]
    assert parts[-2].rows[0].entries[0].value == "TEA-1"
    assert parts[-1].rows[0].entries[0].value == ""
    assert len(edit_form.read(entered, action())["lines"]) == 15


def test_what_a_move_or_removal_means_is_said():
    entered = {"edit:a1:/lines/2": "1", "drop:a1:/lines/0": "on", "edit:a1:/lines/3/sku": "TEA-1"}
    rows = edit_form.draw(action(), entered=entered).rows
    said = {e.pointer: e.so for row in rows for e in row.entries if e.so not in {"", "Not changed"}}
    assert said == {
        "/lines/0": "Removed", "/lines/2": "Moved from 3 to 1", "/lines/3/sku": "Added"
    }  # fmt: skip


def test_a_list_too_large_for_fields_stays_one_text():
    wide = [{f"key_{n}": n for n in range(20)} for _ in range(6)]
    assert [row.entries[0].kind for row in edit_form.draw(action(wide)).rows] == ["json"]
    # Each of them would fit; together they are more than a form of fields.
    many = {name: [{"sku": "A", "qty": 1}] * 20 for name in ("one", "two", "three", "four")}
    both = edit_form.draw({**action(), "args": many}).rows
    assert [row.entries[0].kind for row in both] == ["json"] * 4


@pytest.mark.parametrize("lines", [[[1]], [{"sku": "A"}, "B"], [{"sku": "A"}, None]])
def test_a_list_of_anything_else_stays_one_text(lines):
    assert [row.entries[0].kind for row in edit_form.draw(action(lines)).rows] == ["json"]


def test_what_the_agent_opened_inside_a_fixed_list_may_change_alone():
    one = action(editable_args=["/lines/0/qty"])
    drawn = edit_form.draw(one)
    assert [r.path for r in drawn.rows if not r.locked] == ["qty"]
    assert changed(one, **{"0/qty": "5"})[0] == {"sku": "KTL-17", "qty": 5}
    assert faults_of(one, **{"0/sku": "X"}) == [Fault("/lines/0/sku", edit_form.FIXED)]
    assert faults_of(one, drops=[1]) == [Fault("/lines/1", edit_form.FIXED)]
    for args in ({"lines": LINES[:2]}, {"lines": [{**LINES[0], "sku": "X"}, *LINES[1:]]}, {}):
        assert [f.detail for f in edit_form.check(one, args)] == [edit_form.FIXED]


def test_around_a_masked_value_nothing_moves():
    hidden = [{**LINES[0], "iban": "DE02"}, LINES[1]]
    seen = [{**LINES[0], "iban": mask.MASK}, LINES[1]]
    drawn = edit_form.draw(action(seen))
    assert all(part.head.locked for part in drawn.parts if part.head)
    data = {"drop:a1:/lines/1": "on"}
    with pytest.raises(Invalid):
        edit_form.read(data, action(hidden), drawn=action(seen))
    kept = edit_form.read({"edit:a1:/lines/0/qty": "2"}, action(hidden), drawn=action(seen))
    assert kept["lines"][0] == {"sku": "KTL-17", "qty": 2, "iban": "DE02"}


@given(st.integers(1, 6).flatmap(
    lambda n: st.tuples(st.permutations(range(n)), st.sets(st.integers(0, n - 1)))
))  # fmt: skip
@settings(max_examples=100)
def test_any_order_can_be_asked_for(asked):
    order, dropped = asked
    lines = [{"n": index} for index in range(len(order))]
    fields = {str(index): str(place + 1) for place, index in enumerate(order)}
    left = changed(action(lines), dropped, **fields)
    assert json.dumps(left) == json.dumps([lines[one] for one in order if one not in dropped])


def test_what_is_left_out_of_a_new_entry_is_named_where_all_others_have_it():
    """Where no schema says what may be left out."""
    lines = [{"sku": "A", "qty": 1, "note": ""}, {"sku": "B", "qty": 2, "note": "x", "gift": True}]
    assert faults_of(action(lines), **{"2/sku": "D"}) == [
        Fault("/lines/2/qty", "This is missing: all others have it.")
    ]
    assert changed(action(lines), **{"2/sku": "D", "2/qty": "3"})[2] == {"sku": "D", "qty": 3}
    assert changed(action(lines)) == lines
    # A schema knows better.
    assert changed(described(), **{"3/sku": "TEA-1"})[3] == {"sku": "TEA-1"}
