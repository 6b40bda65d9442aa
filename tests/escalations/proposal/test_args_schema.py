import time

import pytest

from escalations.proposal import args_schema
from escalations.refusals import Fault

ORDER = {
    "type": "object",
    "properties": {
        "amount": {"type": "string", "pattern": r"^\d+\.\d\d$"},
        "count": {"type": "integer", "minimum": 1, "maximum": 500},
        "day": {"type": "string", "format": "date"},
        "currency": {"enum": ["EUR", "USD"]},
        "note": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "minItems": 1},
    },
    "required": ["amount"],
    "additionalProperties": False,
    "$defs": {"line": {"type": "object", "required": ["sku"]}},
}


def test_a_value_that_fits_has_no_faults():
    value = {
        "amount": "68.00",
        "count": 1,
        "day": "2026-11-21",
        "note": None,
        "lines": [{"sku": 1}],
    }
    assert args_schema.faults(args_schema.usable(ORDER), value) == []


def test_every_fault_is_named_in_words_with_the_limit():
    value = {"count": 0, "day": "soon", "currency": "GBP", "note": "long", "lines": [{}], "x/y": 1}
    assert args_schema.faults(args_schema.usable(ORDER), value) == [
        Fault("/count", "At least 1."),
        Fault("/day", "A date such as 2026-11-23 is needed."),
        Fault("/currency", "One of: EUR, USD."),
        Fault("/note", "At most 3 characters; this has 4."),
        Fault("/lines/0/sku", "This is needed."),
        Fault("/amount", "This is needed."),
        Fault("", "There is a field here that the agent does not know."),
    ]


@pytest.mark.parametrize("raw", [None, {}])
def test_without_a_schema_there_is_nothing_to_check(raw):
    schema = args_schema.usable(raw)
    assert schema == args_schema.Schema(None)
    assert args_schema.faults(schema, {"a": 1}) == []


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "nonsense"},
        {"$ref": "https://evil.example/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "#"},
        {"$ref": "#/$defs/missing"},
        {"minimum": "one"},
        {"multipleOf": 0},
        {
            "$ref": "#/$defs/a0",
            "$defs": {f"a{i}": {"allOf": [{"$ref": f"#/$defs/a{i + 1}"}] * 2} for i in range(40)}
            | {"a40": {}},
        },
    ],
)
def test_a_schema_that_cannot_be_used_is_said_to_be_so(raw):
    schema = args_schema.usable(raw, {"a": 1})
    assert schema.document is None
    assert schema.trouble == "The agent’s description of the fields cannot be used."


def test_a_schema_that_is_too_long_is_not_read():
    assert args_schema.usable({"title": "x" * 70_000}).trouble == (
        "The agent’s description of the fields is too long to be used."
    )


@pytest.mark.parametrize(
    "pattern", [r"^\d{5}$", "^#W[0-9]{7}$", r"^(\+\d{1,3})?\s?\d+$", "^(a|b)$"]
)
def test_quick_patterns_are_checked(pattern):
    schema = args_schema.usable({"type": "string", "pattern": pattern})
    assert args_schema.faults(schema, "no such thing") == [
        Fault("", "This does not have the form that the agent asks for.")
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        "(a|a)*$",
        "^(a|aa)+$",
        "(x+x+)+y",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "a*a*b",
        "(a*)*b",
        "a{1,99}a{1,99}a{1,99}b",
        r"^(?:a?){30}a{30}$",
        ".*.*.*.*.*x",
        "(?=(a+))a*b",
    ],
)
def test_patterns_that_could_run_for_ever_do_not(pattern):
    started = time.process_time()
    for text in ("a" * 40, "a" * 2_000, "a" * 50_000):
        args_schema.faults(args_schema.usable({"type": "string", "pattern": pattern}), text)
        args_schema.faults(args_schema.usable({"patternProperties": {pattern: {}}}), {text: 1})
    assert time.process_time() - started < 1


def test_resolved_follows_local_references_and_folds_nullable():
    root = {"$defs": {"money": {"type": "string", "title": "Money"}}}
    node = {"anyOf": [{"$ref": "#/$defs/money"}, {"type": "null"}], "default": None}
    assert args_schema.resolved(node, root) == {
        "type": ["string", "null"],
        "title": "Money",
        "default": None,
    }
    assert args_schema.resolved({"$ref": "https://evil.example"}, root) == {}
    assert args_schema.resolved({"$ref": "#/loop"}, {"loop": {"$ref": "#/loop"}}) == {}


def test_words_for_says_the_limits():
    assert args_schema.words_for({"minimum": 1, "maximum": 500}) == "At least 1, at most 500"
    assert args_schema.words_for({"format": "date"}) == "A date such as 2026-11-23"
    assert args_schema.words_for({"minimum": True}) == ""
