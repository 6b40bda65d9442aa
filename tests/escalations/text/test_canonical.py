"""Canonical bytes and digests."""

import hashlib
import math
import struct

import orjson
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from escalations.text import canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
EXOTIC = st.text(st.sampled_from('aé\ue000\uffff\U00010000\U0010ffff\x7f\x01\n"\\/'), max_size=4)
DOUBLES = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("d", struct.pack("Q", bits))[0])
NUMBERS = st.one_of(
    st.integers(-canonical.INTEGER_MAX, canonical.INTEGER_MAX),
    st.floats(allow_nan=False, allow_infinity=False),
    DOUBLES.filter(math.isfinite),
    st.integers(-(10**6), 10**6).map(float),
    st.sampled_from([0.0, -0.0, 1e21, 1e-7, 1e-6, 1e-5, 1e-4, 9.99e-5, 1e15, 1e16, 123e15, 5e-324]),
)
DOCUMENTS = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, EXOTIC),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS | EXOTIC, inner),
    max_leaves=30,
)


@given(DOCUMENTS)
@example({"\U00010000": 1, "\ue000": 2})
@example({"whole": 1.0, "deep": [{"zero": -0.0}], "small": 0.00001})
def test_canonical_writes_what_the_reference_library_writes(document):
    assert canonical.canonical(document) == rfc8785.dumps(document)


@given(DOCUMENTS)
def test_canonical_is_the_same_with_the_literals_of_the_text(document):
    text = orjson.dumps(document)
    literals = canonical.literals_of(canonical.without_strings(text))

    assert canonical.canonical(orjson.loads(text), literals=literals) == rfc8785.dumps(document)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_canonical_of_a_number(number):
    assert canonical.canonical([number]) == rfc8785.dumps([number])


def test_digest_is_known():
    assert canonical.digest({"b": 1, "a": [True, None, "é"]}) == (
        hashlib.sha256('{"a":[true,null,"é"],"b":1}'.encode()).hexdigest()
    )


@pytest.mark.parametrize(
    "document", [2**53, -(2**53), float("nan"), float("inf"), "\ud800", {1: 2}, {"a": object()}]
)
def test_canonical_refuses_what_json_cannot_hold(document):
    with pytest.raises(ValueError):  # noqa: PT011
        canonical.canonical(document)


def test_event_bytes_takes_integers_and_texts():
    assert canonical.event_bytes({"b": "1.50", "a": [1, None, True]}) == (
        b'{"a":[1,null,true],"b":"1.50"}'
    )


@pytest.mark.parametrize("value", [1.0, 0.5, 2**53, b"x", {"inner": [0.1]}, {1: 2}, "\udfff"])
def test_event_bytes_refuses_floats_and_other_types(value):
    with pytest.raises(ValueError):  # noqa: PT011
        canonical.event_bytes({"value": value})
