"""The objects of a list in an edit form: what one more looks like, and how many there may be."""

from collections.abc import Mapping
from typing import Any

from escalations.text import pointers

JSON = dict[str, Any]
_FIELDS = 20
_SOME_MAX = 5
_MAX = 100


def alike(value: Any) -> JSON:
    """A schema for one more of the same: of objects with every key that one of them has."""
    kind = type_of(value)
    if kind == "array" and value and all(isinstance(one, dict) for one in value):
        together = {key: below for one in reversed(value) for key, below in one.items()}
        return alike(together)
    elif kind == "object":
        return {"type": "object", "properties": {k: alike(below) for k, below in value.items()}}
    elif kind == "array":
        return {"type": "array"}
    return {"type": ["string", "null"] if kind == "null" else kind}


def type_of(value: Any) -> str:
    """The JSON type of a value; nothing for what is absent."""
    for kind, types in (
        # Before numbers: in Python a bool is an int.
        ("boolean", bool),
        ("integer", int),
        ("number", float),
        ("string", str),
        ("array", list),
        ("object", dict),
    ):
        if isinstance(value, types):
            return kind
    return "null" if value is None else ""


def spares(entered: Mapping[str, str], stem: str, there: int, like: JSON) -> int:
    """How many empty ones to draw: some, and always one after the last that was filled in; `stem`
    begins the names of their fields, `there` are in the list already."""
    filled = [
        pointers.number(name[len(stem) :].partition("/")[0]) or 0
        for name, text in entered.items()
        if text and name.startswith(stem)
    ]
    some = min(_SOME_MAX, max(1, _FIELDS // max(1, len(like.get("properties") or {}))))
    return min(max(some, max(filled, default=0) + 2 - there), _MAX)
