"""The short ways to write a package, and the full form that is stored."""

from collections.abc import Callable
from typing import Any

from escalations.refusals import Fault

_RENAMED = {"task": "task_type", "client": "customer"}
CONVERSATION = ("context", "conversation")
_MOVED = {
    "options": ("requested", "options"),
    "customer": ("context", "customer"),
    "confidence": ("context", "reasoning", "confidence"),
}


def expand(sent: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The package in full form, and a fault for each thing said twice and differently.

    `sent` itself is left as it is, and is itself the answer where it has no shorthand.
    """
    document = _rename(sent)
    faults: list[Fault] = []
    for name, path in _MOVED.items():
        document = _move(document, name, path, faults)
    document = _replace(document, ("draft_response",), _draft)
    document = _replace(document, ("flags",), _each(_flag))
    document = _replace(document, ("requested", "options"), _options)
    document = _replace(document, ("context", "customer"), _customer)
    document = _replace(document, CONVERSATION, _conversation)
    document = _replace(document, ("context", "reasoning", "alternatives"), _each(_alternative))
    return document, faults


def origin(sent: dict[str, Any]) -> Callable[[str], str]:
    """A function from a JSON pointer into the full form to the place in what was sent."""
    short_names = {
        "/" + "/".join(path): f"/{_as_sent(sent, name)}"
        for name, path in (("task_type", ("task_type",)), *_MOVED.items())
        if _as_sent(sent, name) in sent and _found(sent, path) is None
    }
    if isinstance(_found(sent, CONVERSATION), list):
        place = "/" + "/".join(CONVERSATION)
        short_names[f"{place}/messages"] = place

    def lead_back(pointer: str) -> str:
        for full, short in short_names.items():
            if pointer == full or pointer.startswith(full + "/"):
                pointer = short + pointer.removeprefix(full)
        return _up_to_text(sent, pointer)

    return lead_back


def _rename(sent: dict[str, Any]) -> dict[str, Any]:
    renamed = {
        short: full for short, full in _RENAMED.items() if short in sent and full not in sent
    }
    if not renamed:
        return sent
    return {renamed.get(key, key): value for key, value in sent.items()}


def _move(
    document: dict[str, Any], name: str, path: tuple[str, ...], faults: list[Fault]
) -> dict[str, Any]:
    if name not in document:
        return document
    moved = {key: value for key, value in document.items() if key != name}
    holder = _holder(moved, path)
    if holder is None:
        return document
    value = _widened(name, document[name])
    if path[-1] in holder and _widened(name, holder[path[-1]]) != value:
        faults.append(Fault(f"/{name}", f"must not differ from /{'/'.join(path)}; send only one"))
    holder[path[-1]] = value
    return moved


def _holder(document: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any] | None:
    """The object that holds the end of the path, all copied or made; None if it cannot be one."""
    for key in path[:-1]:
        inner = document.get(key, {})
        if not isinstance(inner, dict):
            return None
        document[key] = document = dict(inner)
    return document


def _replace(
    document: dict[str, Any], path: tuple[str, ...], change: Callable[[Any], Any]
) -> dict[str, Any]:
    value = _found(document, path)
    changed = change(value)
    if changed is value:
        return document
    document = dict(document)
    holder = _holder(document, path)
    assert holder is not None
    holder[path[-1]] = changed
    return document


def _found(document: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = document
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _widened(name: str, value: Any) -> Any:
    widen = {"customer": _customer, "options": _options}.get(name)
    return widen(value) if widen else value


def _each(widen: Callable[[str], dict[str, str]]) -> Callable[[Any], Any]:
    def change(values: Any) -> Any:
        if isinstance(values, list) and any(isinstance(value, str) for value in values):
            return [widen(value) if isinstance(value, str) else value for value in values]
        return values

    return change


def _draft(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


def _customer(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _conversation(value: Any) -> Any:
    return {"messages": value} if isinstance(value, list) else value


def _flag(text: str) -> dict[str, str]:
    return {"code": text}


def _alternative(text: str) -> dict[str, str]:
    return {"label": text}


_options = _each(lambda text: {"id": text, "label": text})


def _as_sent(sent: dict[str, Any], name: str) -> str:
    short = {full: short for short, full in _RENAMED.items()}.get(name, name)
    return name if name in sent else short


def _up_to_text(sent: dict[str, Any], pointer: str) -> str:
    value: Any = sent
    steps = pointer.split("/")[1:]
    for count, step in enumerate(steps):
        if isinstance(value, str):
            return "/" + "/".join(steps[:count])
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step.replace("~1", "/").replace("~0", "~"))
        else:
            return pointer
    return pointer
