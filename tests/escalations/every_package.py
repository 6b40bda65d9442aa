"""Packages of every form that the published schema allows, with any of its optional fields."""

import json
from typing import Any

from hypothesis import strategies as st

from escalations.schemas import published

SCHEMA = published.published()["handoff-package.v1.schema.json"]
# Valid, and at the edge of what can be counted, or written as few do.
ODD_TIMES = [
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.999999999Z", "2016-12-31T23:59:60Z",
    "2027-01-01t00:00:00z", "2027-01-01T00:00:00.0000000000000000000000000000000001-00:00",
]  # fmt: skip
FORMATS = {
    "date": ["2026-11-19", "0001-01-01", "9999-12-31"],
    "date-time": [
        *("2026-11-19T13:00:00Z", "2026-11-19T14:00:00.5+01:00", "2027-01-01T00:00:00Z"),
        *ODD_TIMES,
    ],
    "uri": ["https://shop.example/orders/1", "urn:order:1"],
}
PATTERNS = {
    r"^-?[0-9]{1,18}(\.[0-9]{1,6})?$": ["184.00", "-3", "999999999999999999.999999"],
    "^[0-9a-f]{64}$": ["a" * 64],
    "^[A-Z]{3}$": ["EUR", "JPY", "CHF"],
    "^[a-z0-9][a-z0-9_./-]{0,63}$": ["refund", "retail/exchange"],
    "^https?://": ["https://shop.example/", "http://[::1]/"],
}
WORDS = ["x", "Dear Inès", "مرحبا", "<b>no</b>", "a\u202eb", "  ", "https://x.example"]
ANYTHING = st.sampled_from(
    [None, True, 0, 1.5, "x", [], ["a", 2], {}, {"a": {"b": [1]}}, *ODD_TIMES[:4]]
)
LENGTH_MAX = 2
# Refer to another case, or to an address that only a registered endpoint covers.
LEFT_OUT = {"supersedes", "re_escalates", "callback", "idempotency_key"}


def packages() -> st.SearchStrategy[dict[str, Any]]:
    """Valid by the schema; what it does not hold, such as equal ids, may still be refused."""
    return _of(SCHEMA, LEFT_OUT)


def whole(text: str, left_out: set[str] = frozenset()) -> dict[str, Any]:
    """The package with every field that the schema knows but these: each text is this one, as far
    as the field takes it."""
    return _filled(SCHEMA, text, {*LEFT_OUT, *left_out})


def _filled(node: Any, text: str, left_out: set[str]) -> Any:
    if node is True or not node:
        return {text[:60]: text, "rows": [{"name": text, "note": text}] * 2}
    if "$ref" in node:
        return _filled(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]], text, left_out)
    if "anyOf" in node:
        return _filled(node["anyOf"][0], text, left_out)
    if "const" in node or "enum" in node:
        return (node.get("enum") or [node["const"]])[0]
    kind = node.get("type")
    if kind == "object":
        fields = _without(node.get("properties", {}), left_out)
        found = {name: _filled(one, text, left_out) for name, one in fields.items()}
        return found or {text[:60]: text, "amount": "450.00", "to": text}
    if kind == "array":
        return [_filled(node.get("items"), text, left_out)]
    if kind == "string" and not {"format", "pattern"} & node.keys():
        return text[: node.get("maxLength", 2_000)]
    if kind == "string":
        return FORMATS[node["format"]][0] if "format" in node else PATTERNS[node["pattern"]][0]
    return {"boolean": True, "null": None}.get(kind, node.get("minimum", 0))


def _of(node: Any, left_out: set[str] = frozenset()) -> st.SearchStrategy[Any]:
    if node is True or not node:
        return ANYTHING
    if "$ref" in node:
        return st.deferred(lambda: _of(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]]))
    if "anyOf" in node:
        return st.one_of([_of(one) for one in node["anyOf"]])
    if "const" in node or "enum" in node:
        return st.sampled_from(node.get("enum") or [node["const"]])
    return _KINDS.get(node.get("type"), lambda _: ANYTHING)(
        {**node, "properties": _without(node.get("properties", {}), left_out)}
    )


def _without(properties: dict[str, Any], left_out: set[str]) -> dict[str, Any]:
    return {name: one for name, one in properties.items() if name not in left_out}


def _object(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    fields = {name: _of(one) for name, one in node["properties"].items()}
    required = set(node.get("required", []))
    if not fields:
        return st.dictionaries(st.sampled_from(["a", "amount", "order_id"]), ANYTHING, max_size=2)
    return st.fixed_dictionaries(
        {name: one for name, one in fields.items() if name in required},
        optional={name: one for name, one in fields.items() if name not in required},
    )


def _array(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    least = node.get("minItems", 0)
    unique = json.dumps if node.get("uniqueItems") else None
    most = max(least, LENGTH_MAX)
    return st.lists(_of(node.get("items")), min_size=least, max_size=most, unique_by=unique)


def _string(node: dict[str, Any]) -> st.SearchStrategy[str]:
    if "format" in node:
        return st.sampled_from(FORMATS[node["format"]])
    if "pattern" in node:
        return st.sampled_from(PATTERNS[node["pattern"]])
    least, most = node.get("minLength", 0), node.get("maxLength", 100)
    return st.sampled_from(WORDS).map(lambda text: (text * least if least else text)[:most])


def _number(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    least, most = node.get("minimum", -5), node.get("maximum", 5)
    whole = node["type"] == "integer"
    return st.integers(least, most) if whole else st.sampled_from([least, most, 0.5])


_KINDS = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": lambda _: st.booleans(),
    "null": lambda _: st.none(),
}
