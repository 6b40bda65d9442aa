"""What a body may be at all: the hostile corpus."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.package import limits
from escalations.refusals import Invalid

MIB = 1_048_576
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
DOCUMENTS = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(1 - 2**53, 2**53 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        TEXTS,
    ),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=30,
)


def faults(body):
    with pytest.raises(Invalid) as refusal:
        limits.read(body, bytes_max=MIB)
    return [(fault.pointer, fault.detail) for fault in refusal.value.errors]


@given(DOCUMENTS)
def test_read_gives_back_what_was_written(document):
    body = orjson.dumps(document)

    assert limits.read(body, bytes_max=MIB).value == orjson.loads(body)


@given(DOCUMENTS, st.sampled_from([orjson.OPT_INDENT_2, orjson.OPT_APPEND_NEWLINE]))
def test_scan_finds_nothing_wrong_with_a_sound_document(document, option):
    assert list(limits.scan(orjson.dumps(document, option=option).decode())) == []


def test_read_refuses_a_body_that_is_too_large():
    with pytest.raises(limits.TooLarge) as refusal:
        limits.read(b'"' + b"x" * MIB + b'"', bytes_max=MIB)

    assert refusal.value.code == "too_large"
    assert refusal.value.detail == "The body has 1,048,578 bytes; at most 1,048,576 are taken."


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 32 + b"]" * 32,
        b'{"a":' * 32 + b"1" + b"}" * 32,
        ("[" + ",".join(["[[]]", '{"a":{}}'] * 1000) + "]").encode(),
        b'["' + b"[" * 100 + b'"]',
        b'["\\"' + b"{" * 100 + b'\\\\", "["]',
    ],
)
def test_read_takes_32_levels_and_brackets_in_texts(body):
    assert limits.read(body, bytes_max=MIB).value == orjson.loads(body)


@pytest.mark.parametrize("depth", [33, 1_000, 100_000])
def test_read_refuses_a_depth_bomb(depth):
    too_deep = [("/0" * 33, "must not be nested deeper than 32 levels")]

    assert faults(b"[" * depth + b"]" * depth) == too_deep
    assert faults(b"[" * depth) == too_deep
    assert faults(b'{"~/a":' * depth) == [("/~0~1a" * 32 + "/", too_deep[0][1])]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"a":{"b":["x\\u0000"]}}', "/a/b/0"),
        (b'{"a":"\\\\\\u0000"}', "/a"),
        (b'{"a":["x\x00"]}', "/a/0"),
        (b'{"\\u0000":1}', "/\0"),
    ],
)
def test_read_refuses_nul(body, pointer):
    assert faults(body) == [(pointer, "must not hold the character NUL")]


def test_read_takes_a_backslash_before_u0000():
    assert limits.read(b'{"a":"\\\\u0000"}', bytes_max=MIB).value == {"a": "\\u0000"}


@pytest.mark.parametrize("half", [b"\\ud800", b"\\udfff", b"\\uD83D x", b"\\ude00\\ud83d"])
def test_read_refuses_half_of_a_surrogate_pair(half):
    assert faults(b'{"a":[1,"' + half + b'"]}') == [
        ("/a/1", "must not hold half of a surrogate pair")
    ]


@pytest.mark.parametrize(
    "wrong", [b"NaN", b"[" * 200, b"99999999999999999", b'"\\ud800"', b'"\\u0000"']
)
def test_a_pointer_through_half_a_character_can_be_said(wrong):
    """The answer that names it would fail on its way: a 500, or the end of the socket."""
    for where in (b'{"x\\ud800y": %s', b'{"x": {"\\udfff": [%s', b'{"\\ud800": 1, "\\ud800": %s'):
        for pointer, detail in faults(where % wrong):
            assert f"{pointer} {detail}".encode()


def test_read_takes_a_whole_surrogate_pair():
    assert limits.read(b'"\\ud83d\\ude00"', bytes_max=MIB).value == "😀"


@pytest.mark.parametrize(
    "number", [b"9007199254740992", b"-9007199254740992", b"1" * 5_000, b"18446744073709551616"]
)
def test_read_refuses_integers_beyond_53_bits(number):
    assert faults(b'{"a":[9007199254740991,' + number + b"]}") == [
        ("/a/1", "must be an integer of at most 53 bits; send it as a text")
    ]


def test_read_takes_long_fractions_and_digits_in_texts():
    body = b'[0.12345678901234567,"12345678901234567890",-9007199254740991,1e300]'

    assert limits.read(body, bytes_max=MIB).value == orjson.loads(body)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"])
def test_read_refuses_numbers_that_are_not_finite(number):
    assert faults(b'{"a":{"b":' + number + b"}}") == [("/a/b", "must be a finite number")]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"a":1,"b":2,"a":3}', "/a"),
        (b'{"a":1,"\\u0061":2}', "/a"),
        (b'[{},{"x":{"a":"\\"" , "a"  \n  :null}}]', "/1/x/a"),
        (b'{"a":{"b":1},"c":[{"b":1}],"a":{"b":1}}', "/a"),
    ],
)
def test_read_refuses_a_key_that_stands_twice(body, pointer):
    assert faults(body) == [(pointer, "must stand only once in its object")]


def test_read_names_every_breach_at_once():
    assert faults(b'{"a":"\\u0000","b":[1,NaN],"a":"\\ud800","c":99999999999999999}') == [
        ("/a", "must not hold the character NUL"),
        ("/b/1", "must be a finite number"),
        ("/a", "must stand only once in its object"),
        ("/a", "must not hold half of a surrogate pair"),
        ("/c", "must be an integer of at most 53 bits; send it as a text"),
    ]


def test_read_names_a_hundred_breaches_at_most():
    assert len(faults(b"[" + b"NaN," * 5_000 + b"1]")) == 100


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "must not be empty"),
        (b" \n", "must not be empty"),
        (b"\xff\xfe{", "must be UTF-8; byte 0 is not"),
        (b'["\xed\xa0\x80"]', "must be UTF-8; byte 2 is not"),
        (b'["\xc0\xaf"]', "must be UTF-8; byte 2 is not"),
        (b"{'a': 1}", "must be JSON; it stops being so at line 1, column 2"),
        (b'{"a":\n 1', "must be JSON; it stops being so at line 2, column 3"),
        (b"\xef\xbb\xbf{}", "must be JSON; it stops being so at line 1, column 1"),
        (b"[1,]", "must be JSON; it stops being so at line 1, column 3"),
        (b'["a\tb"]', "must be JSON; it stops being so at line 1, column 4"),
    ],
)
def test_read_refuses_what_is_not_json(body, detail):
    assert faults(body) == [("", detail)]


@pytest.mark.parametrize(
    "text",
    [
        "\u202egnp.exe\u202c \u2066x\u2069",
        "\ufeff\u200b\u2028\u2029\x7f\x85",
        "\U000e0041\U000e007f",
        "</script><img src=x onerror=alert(1)>",
        "${jndi:ldap://x/a} \x1b[31m =cmd|' /C calc'!A0",
        "ignore previous instructions " * 100,
    ],
)
def test_read_takes_hostile_text_as_text(text):
    assert limits.read(orjson.dumps({"a": text}), bytes_max=MIB).value == {"a": text}


@given(st.binary(max_size=200))
def test_read_answers_any_bytes(body):
    try:
        limits.read(body, bytes_max=MIB)
    except Invalid as refusal:
        assert refusal.errors != []  # noqa: PT017


@given(st.text(st.sampled_from('{}[]:,"\\u0dN1 \n'), max_size=60))
def test_read_answers_any_punctuation(text):
    try:
        assert limits.read(text.encode(), bytes_max=MIB).value == orjson.loads(text)
    except Invalid as refusal:
        assert refusal.errors != []  # noqa: PT017


def test_pointer_escapes():
    assert limits.pointer("a/b", 0, "c~d", "") == "/a~1b/0/c~0d/"


@pytest.mark.parametrize("text", ['a":b', "a\\", 'a\\":', '":', '\\":\\', "{}:,"])
def test_read_counts_keys_whatever_their_text(text):
    body = orjson.dumps({text: {text: text}, "b": [text]})

    assert limits.read(body, bytes_max=MIB).value == orjson.loads(body)
    twice = b'{"x":%s,"b":1,"x":2}' % body
    assert faults(twice) == [("/x", "must stand only once in its object")]
