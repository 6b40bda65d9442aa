"""The rows of an edit form: one for each argument, worked out from its schema and its value."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from escalations.proposal import args_schema, call_parts
from escalations.proposal.edit_fields import ArgumentRow, InputField, ListedValue
from escalations.proposal.edit_objects import alike, spares, type_of
from escalations.proposal.labels import Names
from escalations.text import formatting, mask, pointers, untrusted

JSON = dict[str, Any]
# Not None, which is a value of JSON.
ABSENT: Any = ...
_DEPTH_MAX = 5
_ITEMS_MAX = 50
# What the objects of one list may fill with fields.
_OBJECT_FIELDS_MAX = 90
_CHOICES_MAX = 100
_LONG = 80
MASKED = "Masked, so it stays as it is"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the arguments a row is being drawn, and what is known there."""

    action: Mapping[str, Any]
    root: JSON
    names: Names
    pointer: str = ""
    schema: Any = None
    value: Any = ABSENT
    required: bool = False
    entered: Mapping[str, str] = field(default_factory=dict)
    with_objects: bool = True
    item: str = ""
    is_added: bool = False

    def below(self, key: str, schema: Any, value: Any, *, required: bool) -> "_Place":
        pointer = f"{self.pointer}/{pointers.escaped(key)}"
        return replace(self, pointer=pointer, schema=schema, value=value, required=required)

    def object_at(self, index: int, schema: Any, value: Any = ABSENT) -> "_Place":
        """One object of the list that stands here; without a value one that would be added."""
        found = self.below(str(index), schema, value, required=value is not ABSENT)
        return replace(found, item=found.pointer, is_added=value is ABSENT)


def rows_for(
    action: Mapping[str, Any],
    schema: JSON,
    names: Names,
    entered: Mapping[str, str],
    *,
    with_objects: bool = True,
) -> Iterator[ArgumentRow]:
    """A row for each argument: those of the schema in its order, then any others. Of a list of
    objects one for each of their fields, with as many to be added as were `entered` and some; or
    one row of JSON for each such list."""
    args = action.get("args") or {}
    place = _Place(action, schema, names, "", schema, args, False, entered, with_objects)
    yield from _object(place, args_schema.resolved(schema, schema), depth=0)


def _draw(place: _Place, depth: int) -> Iterator[ArgumentRow]:
    node = args_schema.resolved(place.schema or {}, place.root)
    kind, nullable = _kind(node, place.value)
    options = _options(node)
    if options:
        yield _choice(place, node, options)
    elif kind == "object" and depth < _DEPTH_MAX and _is_open(place.value, node):
        yield from _object(place, node, depth)
    elif kind == "array" and _item_kind(place, node):
        yield _list(place, node, _item_kind(place, node))
    elif kind == "array" and (like := _object_schema(place, node)):
        yield from _objects(place, node, like, depth)
    elif kind in {"string", "integer", "number", "boolean", "null"}:
        yield _scalar(place, node, kind, nullable=nullable)
    else:
        yield _json(place, node)


def _object(place: _Place, node: JSON, depth: int) -> Iterator[ArgumentRow]:
    value = place.value if isinstance(place.value, dict) else {}
    properties = node.get("properties") if isinstance(node.get("properties"), dict) else {}
    needed = node.get("required") if isinstance(node.get("required"), list) else []
    for key, schema in (properties or {}).items():
        below = place.below(key, schema, value.get(key, ABSENT), required=key in (needed or []))
        yield from _draw(below, depth + 1)
    for key in value:
        if key not in (properties or {}):
            yield from _draw(place.below(key, {}, value[key], required=False), depth + 1)


def _kind(node: JSON, value: Any) -> tuple[str, bool]:
    """The JSON type to draw and whether null may stand there."""
    stated = node.get("type")
    types = [stated] if isinstance(stated, str) else list(stated or [])
    nullable = "null" in types
    others = [kind for kind in types if kind != "null"]
    actual = type_of(value)
    if actual == "integer" and "integer" not in others and "number" in others:
        actual = "number"
    if len(others) == 1 and (value is ABSENT or value is None or actual == others[0]):
        return others[0], nullable
    elif actual:
        return actual, nullable
    elif isinstance(node.get("properties"), dict):
        return "object", nullable
    else:
        return "json", nullable


def _is_open(value: Any, node: JSON) -> bool:
    """Whether an object has fields to draw; an empty one without known fields is JSON text."""
    return bool(value if isinstance(value, dict) else False) or bool(node.get("properties"))


def _options(node: JSON) -> list[Any]:
    values = node.get("enum")
    if isinstance(values, list) and 0 < len(values) <= _CHOICES_MAX:
        return values if all(not isinstance(v, list | dict) for v in values) else []
    return []


def _item_kind(place: _Place, node: JSON) -> str:
    """The one plain type of a list's items, if it has one."""
    items = args_schema.resolved(node.get("items") or {}, place.root)
    stated = items.get("type")
    values = place.value if isinstance(place.value, list) else []
    kinds = {type_of(value) for value in values}
    if len(values) > _ITEMS_MAX or kinds - {"string", "integer", "number", "boolean"}:
        return ""
    elif isinstance(stated, str):
        fits = kinds <= ({stated, "integer"} if stated == "number" else {stated})
        return stated if fits and stated in {"string", "integer", "number"} else ""
    elif kinds == {"integer", "number"}:
        return "number"
    elif not kinds:
        return "string" if not items else ""
    else:
        only = kinds.pop()
        return "" if kinds or only == "boolean" else only


def _scalar(place: _Place, node: JSON, kind: str, *, nullable: bool) -> ArgumentRow:
    was = "" if place.value is ABSENT or place.value is None else text_of(place.value)
    control = {"boolean": "select"}.get(kind, "area" if _is_long(was, node) else "text")
    yes_or_no = (ListedValue("true", "Yes"), ListedValue("false", "No"))
    choices: tuple[ListedValue, ...] = yes_or_no if kind == "boolean" else ()
    if choices and (place.value is ABSENT or place.value is None or nullable):
        choices = (ListedValue("", "Not set"), *choices)
    empty = "null" if nullable or kind == "null" else _when_empty(place, kind)
    entry = _entry(place, kind, was, control=control, empty=empty, choices=choices)
    return _row(place, node, (entry,))


def _when_empty(place: _Place, kind: str) -> str:
    if kind == "string":
        return "text"
    return "needed" if place.required or place.value is not ABSENT else "absent"


def _choice(place: _Place, node: JSON, options: list[Any]) -> ArgumentRow:
    was = "" if place.value is ABSENT else json.dumps(place.value, ensure_ascii=False)
    values = [json.dumps(option, ensure_ascii=False) for option in options]
    choices = [
        ListedValue(v, untrusted.line(formatting.value_in_words(text_of(o)), 120))
        for v, o in zip(values, options, strict=True)
    ]
    if was not in values:
        choices.insert(
            0,
            ListedValue(
                was, "Not set" if was == "" else f"{untrusted.line(was, 80)} (as proposed)"
            ),
        )
    empty = "needed" if place.required else "absent"
    entry = _entry(place, "choice", was, control="select", empty=empty, choices=tuple(choices))
    return _row(place, node, (entry,))


def _list(place: _Place, node: JSON, kind: str) -> ArgumentRow:
    values = place.value if isinstance(place.value, list) else []
    entries = []
    for index, value in enumerate(values):
        item = place.below(str(index), {}, value, required=True)
        drop = f"drop:{place.action['id']}:{item.pointer}"
        control = "area" if _is_long(text_of(value), {}) else "text"
        entry = _entry(item, kind, text_of(value), control=control, empty="text")
        entries.append(replace(entry, drop=drop))
    spare = place.below(str(len(values)), {}, ABSENT, required=False)
    like = text_of(values[0]) if values else ""
    entries.append(replace(_entry(spare, kind, ""), spare=True, like=like))
    row = _row(place, node, tuple(entries))
    return replace(row, is_list=True, label=call_parts.singular(row.label))


def _object_schema(place: _Place, node: JSON) -> JSON:
    """What an object of this list looks like, by its schema or by those in it; nothing for a list
    of anything else, or of more than can be drawn."""
    values = place.value if isinstance(place.value, list) else []
    items = args_schema.resolved(node.get("items") or {}, place.root)
    is_stated = node.get("readOnly") is True or "const" in node
    if is_stated or place.item or not place.with_objects:
        return {}
    if len(values) > _ITEMS_MAX or any(not isinstance(one, dict) for one in values):
        return {}
    like = items if items.get("properties") else alike(values)
    widest = max([len(like.get("properties") or {}), *map(len, values)])
    return like if (len(values) + 1) * widest <= _OBJECT_FIELDS_MAX else {}


def _objects(place: _Place, node: JSON, like: JSON, depth: int) -> Iterator[ArgumentRow]:
    values = place.value if isinstance(place.value, list) else []
    items = node.get("items") or {}
    stem = f"edit:{place.action['id']}:{place.pointer}/"
    speaks_for = place.pointer
    for index, value in enumerate(values):
        there = place.object_at(index, items, value)
        yield replace(_head(there, node, values), speaks_for=speaks_for)
        yield from _object(there, args_schema.resolved(items, place.root), depth + 1)
        speaks_for = ""
    if is_fixed(place.action, place.pointer):
        return
    one = call_parts.singular(call_parts.label(pointers.steps(place.pointer)[-1]))
    added = f"One more {one.lower()}"
    for index in range(len(values), len(values) + spares(place.entered, stem, len(values), like)):
        for row in _object(place.object_at(index, like), like, depth + 1):
            yield replace(row, item_label=added, speaks_for=speaks_for)
            speaks_for = ""


def _head(place: _Place, node: JSON, values: list[JSON]) -> ArgumentRow:
    """The place of one object in its list."""
    count = len(values)
    was = str(int(pointers.steps(place.pointer)[-1]) + 1)
    choices = tuple(ListedValue(f"{n}", f"Place {n} of {count}") for n in range(1, count + 1))
    entry = _entry(place, "place", was, control="select", empty="needed", choices=choices)
    entry = replace(entry, drop=f"drop:{place.action['id']}:{place.pointer}")
    title = _row(place, node, (entry,))
    stated = [text_of(one) for one in place.value.values() if not isinstance(one, dict | list)]
    row = replace(
        title,
        label=call_parts.singular(title.label.removesuffix(f" {was}")) + f" {was}",
        proposed=(call_parts.Value(untrusted.line(" · ".join(filter(None, stated[:3])), 80)),),
        is_head=True,
        hint="",
        about="",
    )
    # Where one of them is masked, those around it keep their places as well.
    return masked(row) if mask.stands_in(values) else row


def _json(place: _Place, node: JSON) -> ArgumentRow:
    was = "" if place.value is ABSENT else json.dumps(place.value, ensure_ascii=False, indent=2)
    empty = "needed" if place.required or place.value is not ABSENT else "absent"
    entry = _entry(place, "json", was, control="area", empty=empty)
    return _row(place, node, (entry,))


def _entry(
    place: _Place,
    kind: str,
    was: str,
    *,
    control: str = "text",
    empty: str = "absent",
    choices: tuple[ListedValue, ...] = (),
) -> InputField:
    action_id = place.action["id"]
    name = f"edit:{action_id}:{place.pointer}"
    drawn = InputField(name, action_id, place.pointer, kind, was, was, control, empty, choices)
    if not place.is_added:
        return drawn
    inside = place.pointer.removeprefix(place.item)
    first = f"{place.item.rpartition('/')[0]}/0{inside}"
    like = pointers.get(place.action.get("args") or {}, first)
    like = like if isinstance(like, str) and not mask.stands_in(like) else ""
    return replace(drawn, spare=True, item=place.item, like=like)


def _row(place: _Place, node: JSON, entries: tuple[InputField, ...]) -> ArgumentRow:
    keys = pointers.steps(place.pointer)
    stated = node.get("title")
    label = untrusted.line(stated, 60) if isinstance(stated, str) else call_parts.label(keys[-1])
    entry = pointers.number(keys[-1])
    if entry is not None and len(keys) > 1:
        label = f"{call_parts.label(keys[-2])} {entry + 1}"
    about = node.get("description")
    locked = (
        is_fixed(place.action, place.pointer) or node.get("readOnly") is True or "const" in node
    )
    row = ArgumentRow(
        label=label[:1].upper() + label[1:],
        path=untrusted.line(" › ".join(keys[len(pointers.steps(place.item)) :] or keys[:-1]), 80),
        proposed=_proposed(place),
        entries=entries,
        locked="Fixed by the agent" if locked else "",
        required=place.required,
        hint=args_schema.words_for(node),
        about=untrusted.line(about, 200) if isinstance(about, str) else "",
        known=_known(place),
        item=place.item,
    )
    return masked(row) if mask.stands_in(place.value) else row


def masked(row: ArgumentRow) -> ArgumentRow:
    """The row with nothing to type: what is masked stays as it was proposed. What the value may be,
    and what it is called elsewhere, would tell of it."""
    return replace(row, locked=MASKED, known=(), hint="", about="")


def _known(place: _Place) -> tuple[call_parts.Value, ...]:
    """Other values that the package names in the place of the proposed ones."""
    values = place.value if isinstance(place.value, list) else [place.value]
    found = place.names.alike([value for value in values if isinstance(value, str)])
    return tuple(call_parts.Value(one, untrusted.line(place.names.get(one), 120)) for one in found)


def _proposed(place: _Place) -> tuple[call_parts.Value, ...]:
    if place.value is ABSENT:
        return ()
    values = place.value if isinstance(place.value, list) else [place.value]
    shown = [untrusted.line(text_of(value), 200) for value in values[:_ITEMS_MAX]]
    return tuple(
        call_parts.Value(text, place.names.get(value, "") if isinstance(value, str) else "")
        for text, value in zip(shown, values, strict=False)
    )


def is_fixed(action: Mapping[str, Any], pointer: str) -> bool:
    """Whether the agent allows no change here: `editable_args` names arguments or pointers."""
    editable = action.get("editable_args")
    if editable is None:
        return False
    keys = pointers.steps(pointer)
    ways = {pointer, ".".join(keys), *keys[:1]}
    ways |= {"/" + "/".join(map(pointers.escaped, keys[:n])) for n in range(1, len(keys) + 1)}
    return not ways & set(editable)


def is_open_below(action: Mapping[str, Any], pointer: str) -> bool:
    """Whether `editable_args` names something inside what stands here."""
    inside = (f"{pointer}/", ".".join(pointers.steps(pointer)) + ".")
    return any(one.startswith(inside) for one in action.get("editable_args") or ())


def text_of(value: Any) -> str:
    """A plain value as a field shows it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_long(text: str, node: JSON) -> bool:
    limit = node.get("maxLength")
    long_allowed = isinstance(limit, int) and limit > 4 * _LONG
    return len(text) > _LONG or "\n" in text or "\r" in text or long_allowed
