"""The JSON Schema an agent may send with a call: read with care, since it is from outside.

Nothing is ever fetched for it, and no pattern runs that could take for ever. A schema that is
unfit is said to be so.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import referencing
import referencing.exceptions
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema import exceptions as schema_errors
from jsonschema.validators import extend

from escalations.refusals import Fault
from escalations.text import untrusted

JSON = dict[str, Any]
_BYTES_MAX = 64 * 1024
_REFERENCES_MAX = 5_000
_FAULTS_MAX = 50
# How long a text a pattern with so many repetitions is tried on: the time grows with their power.
_CHECKED_MAX = {0: 50_000, 1: 2_000, 2: 200, 3: 60}
# A count for each thread: checks at the same moment must not use up each other's.
_references_left: ContextVar[int] = ContextVar("references_left", default=_REFERENCES_MAX)
# Whatever the libraries raise on a schema from outside says no more than that it cannot be used.
_UNUSABLE = (
    schema_errors.SchemaError,
    schema_errors.UnknownType,
    referencing.exceptions.Unresolvable,
    RecursionError,
    OverflowError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    re.error,
)
_UNFIT = "The agent’s description of the fields cannot be used."
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}
_FORMATS = {
    "date": "A date such as 2026-11-23",
    "date-time": "A date and time such as 2026-11-23T14:30:00Z",
    "time": "A time such as 14:30:00",
    "email": "An e-mail address",
    "uri": "A web address",
    "uuid": "A UUID",
}


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema that can be used, or why not (`trouble`, a sentence for people)."""

    document: JSON | None
    trouble: str = ""


class _TooManyReferences(ValueError):
    """The schema refers to itself so often that checking would not end."""


def usable(raw: Any, proposed: Any = None) -> Schema:
    """The schema without what may not run; no document but the trouble where it is unfit.

    It is tried on what the agent proposed: what cannot be checked there cannot be later.
    """
    schema = sound(raw)
    if schema.document is None:
        return schema
    try:
        # Tried at once, as the description itself may be what never ends.
        list(_few(_validator(schema.document).iter_errors(proposed)))
    except _UNUSABLE:
        return Schema(None, _UNFIT)
    return schema


def sound(raw: Any) -> Schema:
    """The same by its form alone, without a trial of it."""
    if raw is None or raw == {}:
        return Schema(None)
    written = json.dumps(raw)
    if not isinstance(raw, dict) or len(written) > _BYTES_MAX:
        return Schema(None, "The agent’s description of the fields is too long to be used.")
    try:
        return Schema(_checked(written))
    except _UNUSABLE:
        return Schema(None, _UNFIT)


def faults(schema: Schema, value: Any) -> list[Fault]:
    """Everything wrong with `value`, by JSON pointer and in words; none without a usable schema."""
    if schema.document is None:
        return []
    found: dict[str, Fault] = {}
    try:
        for error in _few(_validator(schema.document).iter_errors(value)):
            for fault in _in_words(error):
                found.setdefault(fault.pointer, fault)
    except _UNUSABLE:
        return [Fault("", "These values cannot be checked against the agent’s description.")]
    return list(found.values())


def resolved(node: Any, root: JSON) -> JSON:
    """The node with its local `$ref` followed and a nullable `anyOf` folded into one type."""
    for _ in range(20):
        if not isinstance(node, dict):
            return {}
        elif isinstance(node.get("$ref"), str):
            node = _at(root, node["$ref"])
        elif (only := _only(node.get("allOf"))) is not None:
            node = {**{k: v for k, v in node.items() if k != "allOf"}, **only}
        else:
            return _nullable(node, root)
    return {}


def _only(schemas: Any) -> JSON | None:
    """The one object in this list, which may be anything where a reference led to it."""
    is_one = isinstance(schemas, list) and len(schemas) == 1 and isinstance(schemas[0], dict)
    return schemas[0] if is_one else None


def words_for(node: Mapping[str, Any]) -> str:
    """The limits of a field as a sentence: "At least 1, at most 500"."""
    said = []
    for key, words in (
        ("minimum", "at least {}"),
        ("exclusiveMinimum", "more than {}"),
        ("maximum", "at most {}"),
        ("exclusiveMaximum", "less than {}"),
        ("minLength", "at least {} characters"),
        ("maxLength", "at most {} characters"),
    ):
        limit = node.get(key)
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            said.append(words.format(limit))
    form = _FORMATS.get(str(node.get("format")), "")
    text = ", ".join(filter(None, [form, *said]))
    return text[:1].upper() + text[1:]


# Nine tenths of what a comparison costs, which is asked for at every pause of somebody's typing.
@lru_cache(maxsize=64)
def _checked(written: str) -> Any:
    tamed = _tamed(json.loads(written))
    Draft202012Validator.check_schema(tamed)
    return tamed


def _tamed(node: Any) -> Any:
    """A copy without patterns that could run for ever."""
    if isinstance(node, list):
        return [_tamed(entry) for entry in node]
    elif not isinstance(node, dict):
        return node
    kept = {}
    for key, value in node.items():
        if key == "pattern" and isinstance(value, str) and _repeats(value) not in _CHECKED_MAX:
            continue
        if key == "patternProperties" and isinstance(value, dict):
            kept[key] = {p: _tamed(s) for p, s in value.items() if _repeats(p) == 0}
        else:
            kept[key] = _tamed(value)
    return kept


def _repeats(pattern: str) -> int:
    """How many open-ended repetitions it has; -1 where one could stand inside another."""
    if len(pattern) > 200 or pattern.count("?") > 8 or re.search(r"\\[1-9]|\(\?[^:]", pattern):
        return -1
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "x", re.sub(r"\\.", "x", pattern))
    groups = [0]
    found = 0
    for at, character in enumerate(bare):
        if character == "(":
            groups.append(0)
        elif character == ")" and len(groups) > 1:
            inner = groups.pop()
            groups[-1] += inner
            if inner and re.match(r"[*+{]", bare[at + 1 :]):
                return -1
        elif character == "|" or (character == "?" and bare[at - 1 : at] != "("):
            groups[-1] += 1
        elif character in "*+" or re.match(r"\{\d*,\d*\}|\{\d{2,}\}", bare[at:]):
            groups[-1] += 1
            found += 1
    return found


def _pattern(validator: Any, pattern: str, instance: Any, schema: JSON) -> Iterator[Any]:
    if not isinstance(instance, str) or len(instance) > _CHECKED_MAX.get(_repeats(pattern), 0):
        return
    if not re.search(pattern, instance):
        yield schema_errors.ValidationError("does not have the form")


def _reference(validator: Any, reference: str, instance: Any, schema: JSON) -> Iterator[Any]:
    left = _references_left.get() - 1
    _references_left.set(left)
    if left < 0:
        raise _TooManyReferences
    yield from Draft202012Validator.VALIDATORS["$ref"](validator, reference, instance, schema)


_extend: Any = extend
_Validator: Any = _extend(Draft202012Validator, {"pattern": _pattern, "$ref": _reference})


def _validator(document: JSON) -> Any:
    # An empty registry, so that a reference to elsewhere is refused and not fetched.
    return _Validator(document, registry=referencing.Registry(), format_checker=_formats())


def _few(errors: Iterator[Any]) -> Iterator[Any]:
    _references_left.set(_REFERENCES_MAX)
    for count, error in enumerate(errors, 1):
        yield _deepest(error)
        if count >= _FAULTS_MAX:
            return


def _deepest(error: Any) -> Any:
    """Of alternatives that all failed, the fault that a person can do something about."""
    while error.context:
        told = [e for e in error.context if e.validator != "type"] or list(error.context)
        error = max(told, key=lambda e: len(e.absolute_path))
    return error


def _in_words(error: Any) -> Iterator[Fault]:
    pointer = "".join(
        f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in error.absolute_path
    )
    if error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                escaped = str(key).replace("~", "~0").replace("/", "~1")
                yield Fault(f"{pointer}/{escaped}", "This is needed.")
    else:
        yield Fault(pointer, _sentence(error.validator, error.validator_value, error.instance))


def _sentence(keyword: str, limit: Any, value: Any) -> str:
    said = _SENTENCES.get(keyword)
    return said(limit, value) if said else _OTHER


def _limit(keyword: str) -> Callable[[Any, Any], str]:
    return lambda limit, value: words_for({keyword: limit}) + "."


def _type(limit: Any, value: Any) -> str:
    kinds = limit if isinstance(limit, list) else [limit]
    return f"This must be {' or '.join(_TYPES.get(kind, str(kind)) for kind in kinds)}."


def _entries(word: str) -> Callable[[Any, Any], str]:
    return lambda limit, value: (
        f"At {word} {limit} {'entry' if limit == 1 else 'entries'}; this has {len(value)}."
    )


_OTHER = "This does not have the form that the agent asks for."
_UNKNOWN_FIELD = "There is a field here that the agent does not know."
_SENTENCES: dict[str, Callable[[Any, Any], str]] = {
    "minimum": _limit("minimum"),
    "maximum": _limit("maximum"),
    "exclusiveMinimum": _limit("exclusiveMinimum"),
    "exclusiveMaximum": _limit("exclusiveMaximum"),
    "minLength": _limit("minLength"),
    "maxLength": lambda limit, value: f"At most {limit} characters; this has {len(value)}.",
    "enum": lambda limit, value: f"One of: {untrusted.line(', '.join(map(str, limit)), 200)}.",
    "const": lambda limit, value: f"Only {untrusted.line(str(limit), 100)} is allowed.",
    "type": _type,
    "format": lambda limit, value: f"{_FORMATS.get(limit, 'Another form')} is needed.",
    "minItems": _entries("least"),
    "maxItems": _entries("most"),
    "uniqueItems": lambda limit, value: "The same entry stands here twice.",
    "additionalProperties": lambda limit, value: _UNKNOWN_FIELD,
    "unevaluatedProperties": lambda limit, value: _UNKNOWN_FIELD,
}


def _at(root: JSON, reference: str) -> Any:
    node: Any = root
    if not reference.startswith("#"):
        return {}
    for step in reference.lstrip("#").split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        node = node.get(key, {}) if isinstance(node, dict) else {}
    return node


def _nullable(node: JSON, root: JSON) -> JSON:
    for key in ("anyOf", "oneOf"):
        choices = node.get(key)
        if isinstance(choices, list) and len(choices) == 2 and {"type": "null"} in choices:
            other = resolved(next(c for c in choices if c != {"type": "null"}), root)
            kind = other.get("type")
            if isinstance(kind, str):
                rest = {k: v for k, v in node.items() if k != key}
                return {**other, **rest, "type": [kind, "null"]}
    return node


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, reads in (
        ("date", date.fromisoformat),
        ("date-time", _moment),
        ("uuid", UUID),
        ("email", _email),
        ("uri", _address),
    ):
        checker.checks(name, raises=ValueError)(_only_text(reads))
    return checker


def _only_text(reads: Any) -> Any:
    def fits(value: Any) -> bool:
        if isinstance(value, str):
            reads(value)
        return True

    return fits


def _moment(value: str) -> None:
    if datetime.fromisoformat(value).tzinfo is None:
        raise ValueError


def _email(value: str) -> None:
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,255}", value):
        raise ValueError


def _address(value: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:\S{1,4000}", value):
        raise ValueError
