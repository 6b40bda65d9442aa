"""The arguments of a call that stand under another name than `args`: it is refused, for it would be
cleared without them. Nothing is guessed, whatever the name."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from escalations.money import argument_names
from escalations.package import unknown_keys
from escalations.package.shape import SURELY, Shape, meant
from escalations.refusals import Fault

ARGUMENTS = frozenset(
    {"arg", "args", "argument", "arguments", "param", "params", "parameter", "parameters"}
    | {"kwarg", "kwargs", "input", "inputs", "payload"}
)
IN_FRONT = ("", "tool", "function", "fn", "func", "action", "call", "method", "named", "keyword")
# `tool_input`, `toolInput` and `TOOLINPUT` are one name.
NAMES = frozenset(front + name for front in IN_FRONT for name in ARGUMENTS)
RENAME = "is not read: the arguments of a call are its `args`; rename it"
UNCLEAR = (
    "is not read, and this call has no `args`: rename it to `args` if these are its arguments. A "
    "call without any says `args: {}`; what is not for the desk goes into `metadata`"
)
JSON_MAX = 100_000


def faults(package: Mapping[str, Any], shape: Shape) -> Iterator[Fault]:
    """Each such name, by pointer and with its remedy, of a call and of what takes it back."""
    of_action = shape.parts["proposed_actions"]
    for place, action in enumerate(package.get("proposed_actions") or ()):
        yield from _of(action, of_action, f"/proposed_actions/{place}")
        back = action.get("compensation")
        if back:
            inside = of_action.parts["compensation"]
            yield from _of(back, inside, f"/proposed_actions/{place}/compensation")


def _of(call: Mapping[str, Any], shape: Shape, where: str) -> Iterator[Fault]:
    if call.get("args"):
        return
    for key, value in call.items():
        if key in shape.keys or not value:
            continue
        pointer = f"{where}/{key.replace('~', '~0').replace('/', '~1')}"
        if _folded(key) in NAMES or (_names_arguments(key) and _is_structured(value)):
            yield Fault(pointer, RENAME)
        elif "args" in call or _is_something_else(key, call, shape):
            continue
        elif _is_object(value) or _is_amount(key, value):
            yield Fault(pointer, UNCLEAR)


def _folded(key: str) -> str:
    return "".join(filter(str.isalnum, key.casefold()))


def _names_arguments(key: str) -> bool:
    return not ARGUMENTS.isdisjoint(unknown_keys.words(key))


def _is_structured(value: Any) -> bool:
    return isinstance(value, list) or _is_object(value)


def _is_object(value: Any) -> bool:
    """Whether it is an object, or the JSON text of one."""
    if isinstance(value, str) and value.lstrip()[:1] == "{" and len(value) <= JSON_MAX:
        try:
            return bool(orjson.loads(value))
        except ValueError:
            return False
    return isinstance(value, dict)


def _is_amount(key: str, value: Any) -> bool:
    """Whether it is money by its name, as `sum` in a call whose arguments stand beside its name."""
    name = argument_names.about(key)
    is_one = isinstance(value, int | float | str) and not isinstance(value, bool)
    return (name.is_money or name.is_maybe) and is_one and any(map(str.isdigit, str(value)))


def _is_something_else(key: str, call: Mapping[str, Any], shape: Shape) -> bool:
    """Whether it means another field, is kept for whoever wrote it, or belongs to what is no
    call."""
    no_call = call.get("kind", "tool_call") != "tool_call" or not call.get("name")
    other = meant(key, shape, alike=SURELY) in shape.keys - {"id", "kind", "name", "args"}
    return no_call or other or unknown_keys.OWN.match(key) is not None
