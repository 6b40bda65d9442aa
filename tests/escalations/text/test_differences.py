import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.text import differences, rows
from escalations.text.differences import Chunk, FieldChange

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def test_words_marks_what_went_and_what_came():
    assert differences.words("We will pay €48,200.00 today.", "We will pay €46,275.00 today.") == [
        Chunk("same", "We will pay €"),
        Chunk("out", "48,200.00"),
        Chunk("in", "46,275.00"),
        Chunk("same", " today."),
    ]


def test_words_reads_neighbouring_changes_as_one():
    assert differences.words("Send it to me now", "Send them by post now") == [
        Chunk("same", "Send "),
        Chunk("out", "it to me"),
        Chunk("in", "them by post"),
        Chunk("same", " now"),
    ]


def test_words_of_equal_and_empty_texts():
    assert differences.words("a b", "a b") == [Chunk("same", "a b")]
    assert differences.words("", "") == []
    assert differences.words("", "a") == [Chunk("in", "a")]
    assert differences.words("a", "") == [Chunk("out", "a")]


@given(st.text(alphabet="ab .,\n"), st.text(alphabet="ab .,\n"))
def test_words_lose_nothing(was, now):
    chunks = differences.words(was, now)
    assert "".join(c.text for c in chunks if c.kind != "in") == was
    assert "".join(c.text for c in chunks if c.kind != "out") == now
    assert chunks == differences.words(was, now)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("a b " * 12_500, "a c " * 12_500),
        ("x" * 50_000, "y" * 50_000),
        ("a b c d " * 360, "d c b a " * 360),
        ("\n".join("ab" * 5 for _ in range(1400)), "\n".join("ba" * 5 for _ in range(1400))),
        (" ".join(f"w{i}" for i in range(700)), " ".join(f"w{i}" for i in reversed(range(700)))),
    ],
)
def test_words_is_quick_on_hostile_texts(was, now):
    started = time.process_time()
    differences.words(was, now)
    assert time.process_time() - started < 2


def test_fields_names_each_changed_field():
    proposed = {"order_id": "#W1", "items": ["1", "2"], "to": {"city": "Porto", "zip": "1"}}
    sent = {"order_id": "#W1", "items": ["1"], "to": {"city": "Lisbon", "zip": "1"}, "fast": True}
    assert differences.fields(proposed, sent) == [
        FieldChange("/items", '["1", "2"]', '["1"]'),
        FieldChange("/to/city", '"Porto"', '"Lisbon"'),
        FieldChange("/fast", None, "true"),
    ]


def test_fields_goes_into_lists_of_objects():
    assert differences.fields({"lines": [{"n": 1}, {"n": 2}]}, {"lines": [{"n": 1}]}) == [
        FieldChange("/lines/1", '{"n": 2}', None)
    ]


def test_fields_tells_types_apart():
    assert [c.pointer for c in differences.fields({"a": 1, "b": True}, {"a": "1", "b": 1})] == [
        "/a",
        "/b",
    ]


@given(json_values)
def test_fields_of_equal_values_is_empty(value):
    assert differences.fields(value, value) == []


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        ("Dear Ann, thanks.", "Dear Ann, thanks.", "none"),
        ("Dear Ann, thanks.", "dear Ann - Thanks!", "cosmetic"),
        ("Dear Ann,  thanks.\n", "Dear Ann, thanks.", "cosmetic"),
        ("Dont go", "Don’t go", "cosmetic"),
        ("It costs 1.50", "It costs 150", "material"),
        ("It costs 1,50", "It costs 1.50", "material"),
        ("It costs 50", "It costs -50", "material"),
        ("It costs 50%", "It costs 50", "material"),
        ("It costs €50", "It costs $50", "material"),
        ("We resign", "We re-sign", "material"),
        ("You will be paid", "You will not be paid", "material"),
        ("", "Hello", "material"),
        ("Hello", "", "material"),
    ],
)
def test_classify_weighs_a_changed_reply(was, now, change):
    assert differences.classify(was, now) == change


def lines(*rows):
    return [{"sku": sku, "amount": amount, "count": 1} for sku, amount in rows]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        # Moved and edited.
        (
            lines(("a", 10), ("b", 5), ("c", 7)), lines(("b", 5), ("c", 7), ("a", 12)),
            [("/2", (0, 2)), ("/2/amount", "10", "12")],
        ),
        # Both of two that changed places were edited.
        (
            lines(("a", 10), ("b", 5)), lines(("b", 6), ("a", 12)),
            [("/0/amount", "5", "6"), ("/1", (0, 1)), ("/1/amount", "10", "12")],
        ),
        # Moved alone, and moved by what came before it.
        (lines(("a", 1), ("b", 2)), lines(("b", 2), ("a", 1)), [("/0", (1, 0))]),
        (
            lines(("a", 1), ("b", 2)), lines(("x", 9), ("a", 3), ("b", 2)),
            [("/0", None, '{"amount": 9, "count": 1, "sku": "x"}'), ("/1/amount", "1", "3")],
        ),
        # A number that is the same makes it no other line.
        (
            [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}], [{"sku": "b", "n": 2}, {"sku": "c", "n": 1}],
            [("/0", '{"n": 1, "sku": "a"}', None), ("/1", None, '{"n": 1, "sku": "c"}')],
        ),
        # Nothing of it is the same: it took the place of the other.
        (
            [{"sku": "a"}, {"sku": "b"}], [{"sku": "c"}, {"sku": "b"}],
            [("/0/sku", '"a"', '"c"')],
        ),
    ],
)  # fmt: skip
def test_an_entry_that_was_moved_and_edited_is_told_as_both(was, now, told):
    found = [
        (one.pointer, one.moved) if one.moved else (one.pointer, one.was, one.now)
        for one in differences.fields({"l": was}, {"l": now})
    ]
    assert [(pointer.removeprefix("/l"), *rest) for pointer, *rest in found] == [*map(tuple, told)]


row = st.fixed_dictionaries({"sku": st.sampled_from("abc"), "n": st.integers(0, 2)})


@given(st.lists(row, max_size=6), st.lists(row, max_size=6))
def test_every_entry_is_told_of_once(was, now):
    old, new = [[json.dumps(one) for one in entries] for entries in (was, now)]
    found = rows.paired(old, new, was, now)
    gone = [one.was for one in found if one.was is not None]
    came = [one.now for one in found if one.now is not None]
    assert (len(gone), len(came)) == (len(set(gone)), len(set(came)))
    # Without them both lists are the same, in the same order.
    left = [one for at, one in enumerate(old) if at not in gone]
    assert left == [one for at, one in enumerate(new) if at not in came]


def test_two_long_lists_are_compared_quickly():
    was, now = ([{"sku": f"{side}{n}", "n": n} for n in range(180)] for side in "ab")
    started = time.process_time()
    assert len(differences.fields({"l": was}, {"l": now})) == 180
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("was", "now", "changed"),
    [
        ("ABC", "BC", [("/0", "A", None)]),
        ("ABC", "ABXC", [("/2", None, "X")]),
        ("ABC", "CAB", [("/0", None, None)]),
        ("ABC", "AXC", [("/1/n", "B", "X")]),
        ("ABC", "AXYC", [("/1/n", "B", "X"), ("/2", None, "Y")]),
    ],
)
def test_entries_around_a_changed_one_are_no_change(was, now, changed):
    first, second = [[{"n": letter} for letter in word] for word in (was, now)]
    found = [(c.pointer, c.was, c.now) for c in differences.fields(first, second)]
    told = [(p, *(one and one.removeprefix('{"n": ').strip('}"') for one in b)) for p, *b in found]
    assert told == changed
