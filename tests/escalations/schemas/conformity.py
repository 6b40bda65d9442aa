"""Documents at and beyond every edge of a JSON Schema, to hold a model against it."""

import copy
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from hypothesis import strategies as st

MOMENTS = [
    "2026-11-21T09:30:00Z",
    "2026-11-21t09:30:00.123456789z",
    "2024-02-29T23:59:59+14:00",
    "2000-02-29T00:00:00-23:59",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-01:00",
    "2016-12-31T23:59:60Z",
    "2016-12-31T22:59:60-01:00",
    "2016-12-31T23:59:60+01:00",
    "2016-12-31T12:00:60Z",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-21T24:00:00Z",
    "2026-11-21T09:60:00Z",
    "2026-11-21T09:30:00",
    "2026-11-21 09:30:00Z",
    "2026-11-21T09:30Z",
    "2026-11-21T09:30:00+0100",
    "2026-11-21T09:30:00+24:00",
    "2026-11-21T09:30:00.Z",
    "2026-11-21T09:30:00,5Z",
    "２026-11-21T09:30:00Z",
    "2026-11-21T09:30:00Z\n",
    "2026-11-21",
    "2023-02-29",
    "20261121",
    "2026-W47-6",
]
ADDRESSES = [
    "https://example.org",
    "http://user:p%40ss@example.org:8080/a/b;c?d=e&f=/?#g/?",
    "https://[2001:db8::1]:443/x",
    "https://[v7.a:b]/",
    "https://[::ffff:192.0.2.1]",
    "https://",
    "https:///path",
    "https:",
    "HTTPS://EXAMPLE.ORG",
    "urn:x:y",
    "mailto:a@b.example",
    "javascript:alert(1)",
    "data:text/html,%3Cb%3E",
    "a:/",
    "a:/?q",
    "a:?q#f",
    "a:",
    "https://[::1",
    "https://::1]",
    "https://[::1%25eth0]/",
    "https://[1.2.3.4]/",
    "https://[zz]/",
    "https://a b",
    "https://é.example",
    "https://example.org/%zz",
    "https://example.org/%2",
    "https://example.org:port",
    "https://example.org/[",
    "https://example.org/#a#b",
    "https://example.org/\n",
    "https://a\\b",
    "https://a|b",
    "//example.org",
    "/a",
    "a",
    "1a:b",
    ":a",
    "ftp://example.org",
    " https://example.org",
]
PATTERNED = [
    *["refund", "retail/exchange", "0_./-", "a" * 64, "a" * 65, "Refund", "-a", "a b", "a\n", "é"],
    *["0", "-1.5", "1." + "0" * 6, "1." + "0" * 7, "9" * 18, "9" * 19, "1,0", ".5", "5.", "+1"],
    *["٣", "1e5", "--1", "EUR", "eur", "EURO", "EU", "EUR\n", "ab" * 32, "AB" * 32, "ab" * 31],
]
LEFT_OUT = object()
ANYTHING = [
    *[None, True, False, 0, 1, -1, 2, 10, 11, 0.0, 1.0, -1.0, 2.0, 0.5, 1.5, -0.5, 10**15],
    *["", "a", "ab", "abc", "😀" * 3, "\u202e", [], [1], ["a"], ["a", "a"], [None], [{}], [[]]],
    *[{}, {"a": 1}, {"a": None}, {"text": "x"}, {"id": "x", "label": "x"}, {"name": "x"}],
]


def fullest(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """A valid document that has every property of the schema."""
    schema = _resolved(schema, root)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    elif "anyOf" in schema:
        return fullest(schema["anyOf"][-1 if schema["anyOf"][0] == {"type": "null"} else 0], root)
    kind = schema.get("type", "string")
    if kind == "object" or "object" in kind:
        parts = schema.get("properties", {})
        return {key: fullest(part, root) for key, part in parts.items()}
    elif kind == "array":
        return [fullest(schema.get("items", {}), root)]
    elif "string" in kind:
        return _text(schema)
    else:
        return {"integer": 1, "number": 1, "boolean": True}[kind]


def mutations(schema: dict[str, Any], root: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fullest document with one place changed, for every place and edge; named by the place."""
    whole = fullest(schema, root)
    for place, part in _places(schema, root, ()):
        yield from _changed(whole, place, _edges(part, _at(whole, place), root))
        if place:
            yield f"{place} left out", _without(whole, place)
        if isinstance(_at(whole, place), dict):
            yield f"{place} with more", _with(whole, (*place, "unknown key"), {"kept": [1]})


def several_at_once(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """The fullest document with several places changed or left out."""
    whole = fullest(schema, schema)
    places = list(_places(schema, schema, ()))[1:]
    edits = {place: list(_edges(part, None, schema)) for place, part in places}
    change = st.sampled_from(places).flatmap(
        lambda found: st.tuples(st.just(found[0]), st.sampled_from([LEFT_OUT, *edits[found[0]]]))
    )
    return st.lists(change, max_size=40).map(lambda changes: _after(whole, changes))


def _after(whole: Any, changes: list[tuple[tuple[str | int, ...], Any]]) -> Any:
    for place, value in changes:
        try:
            whole = _without(whole, place) if value is LEFT_OUT else _with(whole, place, value)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    return whole


def _edges(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> Iterator[Any]:
    yield from ANYTHING
    for branch in [schema, *schema.get("anyOf", [])]:
        for word in branch.get("enum", []):
            yield from (word, f"{word} ", str(word).upper())
        for length in {branch.get("minLength", 0), branch.get("maxLength", 0)} - {0}:
            yield from ("é" * (length - 1), "😀" * length, "x" * (length + 1))
        for length in {branch.get("minItems", 0), branch.get("maxItems", 0)} - {0}:
            item = fullest(branch.get("items", {}), root)
            yield from ([item] * (length - 1), [item] * length, [item] * (length + 1))
        if "format" in branch:
            yield from MOMENTS + ADDRESSES
        if "pattern" in branch:
            yield from PATTERNED + ADDRESSES


def _places(
    schema: dict[str, Any], root: dict[str, Any], place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    schema = _resolved(schema, root)
    yield place, schema
    for branch in [schema, *(_resolved(part, root) for part in schema.get("anyOf", []))]:
        for key, part in branch.get("properties", {}).items():
            yield from _places(part, root, (*place, key))
        if "items" in branch:
            yield from _places(branch["items"], root, (*place, 0))


def _changed(whole: Any, place: tuple[str | int, ...], values: Iterator[Any]) -> Iterator[Any]:
    for value in values:
        yield f"{place} = {str(value)[:80]!r}", _with(whole, place, value)


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    target: Any = root
    for step in schema["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return target


def _text(schema: dict[str, Any]) -> str:
    if "format" in schema:
        return {"date-time": MOMENTS[0], "date": "2026-11-21"}.get(schema["format"], ADDRESSES[0])
    for text in PATTERNED:
        if text and _fits(schema, text):
            return text
    return "x" * max(1, schema.get("minLength", 1))


def _fits(schema: dict[str, Any], text: str) -> bool:
    return "pattern" in schema and jsonschema_rs.is_valid(schema, text)


def _at(whole: Any, place: tuple[str | int, ...]) -> Any:
    for key in place:
        whole = whole[key]
    return whole


def _with(whole: Any, place: tuple[str | int, ...], value: Any) -> Any:
    if not place:
        return value
    whole = copy.copy(whole)
    inner = whole.get(place[0]) if isinstance(whole, dict) else whole[place[0]]
    whole[place[0]] = _with(inner, place[1:], value)
    return whole


def _without(whole: Any, place: tuple[str | int, ...]) -> Any:
    holder = copy.copy(_at(whole, place[:-1]))
    del holder[place[-1]]
    return _with(whole, place[:-1], holder)
