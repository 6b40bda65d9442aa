"""The form in which a person changes a proposed call.

Drawn from the agent's `args_schema`, and where there is none from the values themselves. Reading
is the exact inverse of drawing: what a person left alone keeps its value and its JSON type.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from escalations.money import signs
from escalations.proposal import args_schema, consequences, edit_labels, edit_values
from escalations.proposal.args_schema import Schema
from escalations.proposal.edit_fields import ArgumentRow, EditForm, InputField
from escalations.proposal.edit_lists import ListChanges
from escalations.proposal.edit_rows import MASKED, rows_for
from escalations.proposal.labels import Names
from escalations.refusals import Fault, Invalid
from escalations.text import pointers
from escalations.text.untrusted import lines

JSON = dict[str, Any]
_ROWS_MAX = 120
_ADDED_MAX = 200
_SUGGESTING_MAX = 10
FIXED = "Fixed by the agent, not to be changed."


def draw(
    action: Mapping[str, Any],
    *,
    names: Names | None = None,
    entered: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
) -> EditForm:
    """The form for one action; `entered` and `faults` are those of an attempt that was refused."""
    args = action.get("args") or {}
    schema = args_schema.usable(action.get("args_schema"), args)
    rows = _rows(action, schema, names or Names(), entered or {}, faults)
    return EditForm(
        action_id=action["id"],
        tool=action["name"],
        tools=(action["name"], *(action.get("switchable_to") or ())),
        chosen=(entered or {}).get(f"tool:{action['id']}", action["name"]),
        rows=consequences.told(rows, args),
        trouble=schema.trouble,
        fault=next((f.detail for f in faults if f.pointer == ""), ""),
    )


def read(
    data: Mapping[str, str], action: Mapping[str, Any], *, drawn: Mapping[str, Any] | None = None
) -> JSON:
    """The arguments a person sends: the proposed ones with what was changed in `data`.

    `drawn` is the action as its form showed it, where some of it was masked: that stays as it was
    proposed. Raises Invalid with every fault by pointer into the arguments.
    """
    args = copy.deepcopy(action.get("args") or {})
    seen = drawn or action
    schema = args_schema.usable(action.get("args_schema"), seen.get("args") or {})
    faults: list[Fault] = []
    changes = ListChanges()
    rows = list(_rows(seen, schema, Names(), data, ()))
    faults += _unknown(data, action, rows)
    for row in rows:
        if row.locked:
            faults += _into_locked(data, row)
            continue
        for entry in row.entries:
            try:
                args = _put(args, entry, row, data, changes)
            except ValueError as error:
                faults.append(Fault(entry.pointer, str(error)))
            if entry.drop and data.get(entry.drop):
                changes.drop(entry.pointer)
    if not schema.document:
        faults += _half_filled(data, seen.get("args") or {}, rows)
    changes.carry_out(args)
    if not isinstance(args, dict):
        faults.append(Fault("", "The arguments must be a JSON object."))
    known = {fault.pointer for fault in faults}
    if "" not in known:
        found = [replace(f, pointer=changes.drawn_at(f.pointer)) for f in check(action, args)]
        faults += [f for f in _unquoted(found, rows) if f.pointer not in known]
    if faults:
        raise Invalid(faults[0].detail, errors=faults)
    return args


def _half_filled(
    data: Mapping[str, str], args: Mapping[str, Any], rows: Sequence[ArgumentRow]
) -> Iterator[Fault]:
    """What was left empty of an entry that is added, though every entry that is there has it: no
    schema says that it may be."""
    added = [entry for row in rows if not row.is_list for entry in row.entries if entry.item]
    begun = {one.item for one in added if lines(data.get(one.name, one.was)) != lines(one.was)}
    for entry in added:
        is_empty = lines(data.get(entry.name, entry.was)) == lines(entry.was)
        if entry.item in begun and is_empty:
            others = pointers.get(args, entry.item.rpartition("/")[0]) or []
            inside = entry.pointer.removeprefix(entry.item)
            if others and all(pointers.get(one, inside) not in (None, "") for one in others):
                yield Fault(entry.pointer, "This is missing: all others have it.")


def _into_locked(data: Mapping[str, str], row: ArgumentRow) -> Iterator[Fault]:
    """What was sent for a field that has no input, unless it says no more than what it shows."""
    why = "This is masked: reveal it before you change it." if row.locked == MASKED else FIXED
    for entry in row.entries:
        sent = lines(data.get(entry.name, entry.was))
        if sent != lines(entry.was) or (entry.drop and data.get(entry.drop)):
            yield Fault(entry.pointer, why)


def _unquoted(faults: Sequence[Fault], rows: Sequence[ArgumentRow]) -> Iterator[Fault]:
    """What is wrong, without the words of a schema about what is masked."""
    masked = [entry.pointer for row in rows if row.locked == MASKED for entry in row.entries]
    for fault in faults:
        hidden = any(f"{fault.pointer}/".startswith(f"{pointer}/") for pointer in masked)
        yield replace(fault, detail="What is masked here does not fit.") if hidden else fault


def _unknown(
    data: Mapping[str, str], action: Mapping[str, Any], rows: Sequence[ArgumentRow]
) -> Iterator[Fault]:
    """What was sent for this call and is none of its fields: misspelt, it would change nothing."""
    known = {name for row in rows for entry in row.entries for name in (entry.name, entry.drop)}
    starts = (f"edit:{action['id']}:", f"drop:{action['id']}:")
    for name in data:
        pointer = name[len(starts[0]) :]
        # Of an id that begins like this one, such as `a1:2`, are the others.
        is_of_it = name.startswith(starts) and pointer[:1] in {"", "/"}
        if is_of_it and name not in known:
            yield Fault(pointer, "This call has no such field.")


def tool(data: Mapping[str, str], action: Mapping[str, Any]) -> str:
    """The tool that a person chose. Raises Invalid for one that the agent does not offer."""
    name = data.get(f"tool:{action['id']}") or action["name"]
    if name != action["name"] and name not in (action.get("switchable_to") or ()):
        fault = Fault("", f"The agent does not offer “{name}” instead.")
        raise Invalid(fault.detail, errors=[fault])
    return str(name)


def check(action: Mapping[str, Any], args: Mapping[str, Any]) -> list[Fault]:
    """Everything wrong with edited arguments: changed fixed ones, amounts that were turned below
    zero, and what the schema refuses."""
    proposed = action.get("args") or {}
    faults = [*_into_fixed(action, proposed, args), *signs.faults(proposed, args)]
    schema = args_schema.usable(action.get("args_schema"), proposed)
    return faults + args_schema.faults(schema, args)


def _into_fixed(action: Mapping[str, Any], was: Any, now: Any, at: str = "") -> Iterator[Fault]:
    """What was changed though the agent fixed it; what is open below something fixed may change."""
    if edit_values.same(was, now) or (at and not edit_values.is_fixed(action, at)):
        return
    if not at or edit_values.is_open_below(action, at):
        was, now = _by_key(was), _by_key(now)
        if was is not None and now is not None and (not at or was.keys() == now.keys()):
            for key in sorted({*was, *now}):
                below = f"{at}/{pointers.escaped(key)}"
                yield from _into_fixed(action, was.get(key, ...), now.get(key, ...), below)
            return
    yield Fault(at, FIXED)


def _by_key(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, list):
        return {str(index): below for index, below in enumerate(value)}
    return value if isinstance(value, Mapping) else None


def _rows(
    action: Mapping[str, Any],
    schema: Schema,
    names: Names,
    entered: Mapping[str, str],
    faults: Sequence[Fault],
) -> Iterator[ArgumentRow]:
    args = action.get("args") or {}
    document = schema.document or {}
    rows = list(rows_for(action, document, names, entered))
    if len(rows) > _ROWS_MAX:
        rows = list(rows_for(action, document, names, entered, with_objects=False))
    if len(rows) > _ROWS_MAX:
        rows = [edit_values.whole(action["id"], args)]
    suggesting = _SUGGESTING_MAX
    for row in edit_labels.told_apart(rows):
        suggesting -= bool(row.known)
        told = row if suggesting >= 0 else replace(row, known=())
        yield edit_values.filled(_with_added(told, entered), entered, faults)


def _with_added(row: ArgumentRow, entered: Mapping[str, str]) -> ArgumentRow:
    """The row with an entry for each item that was added, and again a spare one."""
    entries = list(row.entries)
    while row.is_list and entries[-1].spare and len(entries) < _ADDED_MAX:
        following = edit_values.next_spare(entries[-1])
        # One left empty may stand before one that was filled in.
        if not entered.get(entries[-1].name) and following.name not in entered:
            break
        entries.append(following)
    return row if len(entries) == len(row.entries) else row.having(entries)


def _put(
    args: Any, entry: InputField, row: ArgumentRow, data: Mapping[str, str], changes: ListChanges
) -> Any:
    """The arguments with this entry's value, where a person gave another one. Raises ValueError
    with a sentence for the person."""
    text = lines(data.get(entry.name, entry.was))
    if text == lines(entry.was):
        return args
    value = edit_values.parsed(text, entry, row)
    if entry.pointer == "":
        return value
    elif entry.kind == "place":
        changes.move(entry.pointer, value)
    elif value is edit_values.ABSENT:
        pointers.remove(args, entry.pointer)
    elif entry.spare:
        changes.add(args, entry, value)
    else:
        pointers.put(args, entry.pointer, value)
    return args
