"""JSON pointers (RFC 6901): reading and changing one place of a document."""

from typing import Any

_MISSING = object()
_DIGITS_MAX = 9


def escaped(key: str) -> str:
    """A key as one step of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def steps(pointer: str) -> list[str]:
    """The keys along the way, unescaped."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def number(key: str) -> int | None:
    """The place in a list that this key is; None for one that no list has. Python refuses to read
    a number of thousands of digits, and reads digits of other scripts."""
    is_one = key.isascii() and key.isdecimal() and len(key) <= _DIGITS_MAX
    return int(key) if is_one else None


def get(document: Any, pointer: str, default: Any = None) -> Any:
    """What stands at `pointer`, or `default` where it leads nowhere."""
    if pointer and not pointer.startswith("/"):
        return default
    for key in steps(pointer):
        document = _child(document, key)
        if document is _MISSING:
            return default
    return document


def put(document: Any, pointer: str, value: Any) -> None:
    """Set one place; objects along the way are made where they are missing."""
    *way, last = steps(pointer)
    for key in way:
        below = _child(document, key)
        if below is _MISSING or below is None:
            below = document[key] = {}
        document = below
    if isinstance(document, list):
        document[int(last)] = value
    else:
        document[last] = value


def append(document: Any, pointer: str, value: Any) -> None:
    """Add to the list at `pointer`, which is made where it is missing."""
    entries = get(document, pointer)
    if not isinstance(entries, list):
        entries = []
        put(document, pointer, entries)
    entries.append(value)


def remove(document: Any, pointer: str) -> None:
    """Take away one place; nothing happens where there is none."""
    way, _, last = pointer.rpartition("/")
    parent = get(document, way)
    key = steps(f"/{last}")[0]
    place = number(key)
    if isinstance(parent, list) and place is not None and place < len(parent):
        del parent[place]
    elif isinstance(parent, dict):
        parent.pop(key, None)


def _child(document: Any, key: str) -> Any:
    if isinstance(document, dict):
        return document.get(key, _MISSING)
    place = number(key)
    if isinstance(document, list) and place is not None and place < len(document):
        return document[place]
    return _MISSING
