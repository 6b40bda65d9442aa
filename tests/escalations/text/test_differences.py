import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.text import differences
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


@pytest.mark.parametrize(
    ("was", "now", "changed"),
    [
        ("ABC", "BC", [("/0", "A", None)]),
        ("ABC", "ABXC", [("/2", None, "X")]),
        ("ABC", "CAB", [("/0", None, "C"), ("/2", "C", None)]),
        ("ABC", "AXC", [("/1/n", "B", "X")]),
        ("ABC", "AXYC", [("/1/n", "B", "X"), ("/2", None, "Y")]),
    ],
)
def test_entries_around_a_changed_one_are_no_change(was, now, changed):
    first, second = [[{"n": letter} for letter in word] for word in (was, now)]
    found = [(c.pointer, c.was, c.now) for c in differences.fields(first, second)]
    told = [(p, *(one and one.removeprefix('{"n": ').strip('}"') for one in b)) for p, *b in found]
    assert told == changed
