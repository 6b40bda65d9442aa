"""Turns Pydantic's faults into JSON pointers and plain sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from escalations.package import limits
from escalations.package.shape import Path
from escalations.refusals import Fault

FAULTS_MAX = 1000

_PATTERNS = {
    r"^[a-z0-9][a-z0-9_./-]{0,63}$": (
        "must be 1 to 64 small letters, digits or _ . / - and begin with a letter or digit"
    ),
    r"^-?[0-9]{1,18}(\.[0-9]{1,6})?$": "must be a decimal number as text, such as 184.00",
    "^[A-Z]{3}$": "must be a currency code of three capital letters, such as EUR",
    "^[0-9a-f]{64}$": "must be a SHA-256 as 64 small hexadecimal digits",
}
_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "is required",
    "extra_forbidden": lambda _: "is not known here",
    "string_type": lambda _: "must be a text",
    "int_type": lambda _: "must be a whole number",
    "int_parsing": lambda _: "must be a whole number",
    "float_type": lambda _: "must be a number",
    "bool_type": lambda _: "must be true or false",
    "list_type": lambda _: "must be a list",
    "dict_type": lambda _: "must be an object",
    "model_type": lambda _: "must be an object",
    "literal_error": lambda context: _one_of(context["expected"]),
    "string_too_short": lambda context: _at_least(context["min_length"], "character"),
    "string_too_long": lambda context: f"must have at most {context['max_length']:,} characters",
    "too_short": lambda context: _at_least(context["min_length"], "item"),
    "too_long": lambda context: f"must have at most {context['max_length']:,} items",
    "greater_than_equal": lambda context: f"must be at least {context['ge']:g}",
    "less_than_equal": lambda context: f"must be at most {context['le']:g}",
    "string_pattern_mismatch": lambda context: _PATTERNS.get(
        context["pattern"], f"must match {context['pattern']}"
    ),
}


def named(
    error: ValidationError,
    *,
    origin: Callable[[str], str] = str,
    instead: Callable[[Path], str] = lambda _: "",
) -> list[Fault]:
    """Each fault once, in the order of the document. `origin` leads a pointer to what was sent,
    `instead` says what stands beside a field that is missing."""
    details = error.errors(include_url=False, include_input=False)
    found = dict.fromkeys(_fault(detail, origin, instead) for detail in details[:FAULTS_MAX])
    if len(details) > FAULTS_MAX:
        found[Fault("", f"has {len(details) - FAULTS_MAX:,} more faults")] = None
    return list(found)


def sentence(kind: str, message: str, context: Mapping[str, Any]) -> str:
    """What is wrong in plain words; Pydantic's `message` where it is ours or there are none."""
    written = _SENTENCES.get(kind)
    return written(context) if written else message


def _fault(
    detail: ErrorDetails, origin: Callable[[str], str], instead: Callable[[Path], str]
) -> Fault:
    text = sentence(detail["type"], detail["msg"], detail.get("ctx", {}))
    if detail["type"] == "missing":
        text += instead(detail["loc"])
    return Fault(origin(limits.pointer(*detail["loc"])), text)


def _one_of(expected: str) -> str:
    values = expected.replace("'", "").replace(" or ", ", ").split(", ")
    return f"must be one of {', '.join(values)}" if len(values) > 1 else f"must be {values[0]}"


def _at_least(number: int, thing: str) -> str:
    return f"must have at least {number} {thing}{'' if number == 1 else 's'}"
