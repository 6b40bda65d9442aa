"""JSON pointers (RFC 6901): reading and changing one place of a document."""

from typing import Any

_MISSING = object()


def escaped(key: str) -> str:
    """A key as one step of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def steps(pointer: str) -> list[str]:
    """The keys along the way, unescaped."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


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
    if isinstance(parent, list) and key.isdecimal() and int(key) < len(parent):
        del parent[int(key)]
    elif isinstance(parent, dict):
        parent.pop(key, None)


def _child(document: Any, key: str) -> Any:
    if isinstance(document, dict):
        return document.get(key, _MISSING)
    elif (
        isinstance(document, list)
        and key.isdecimal()
        and key.isascii()
        and int(key) < len(document)
    ):
        return document[int(key)]
    else:
        return _MISSING
