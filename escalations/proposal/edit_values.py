"""From what stands in a field of the edit form to a JSON value, and back."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from escalations.money import argument_names, currencies
from escalations.proposal import call_parts, edit_rows
from escalations.proposal.edit_fields import ArgumentRow, InputField
from escalations.refusals import Fault
from escalations.text import mask, untrusted

ABSENT = edit_rows.ABSENT
is_fixed = edit_rows.is_fixed
is_open_below = edit_rows.is_open_below
_NO_TEXT = re.compile(r"(?<!\\)(?:\\\\)*\\u0000|[\ud800-\udfff]")
_EXACT_MAX = 2**53 - 1
_TEXT_MAX = 200_000
_DEPTH_MAX = 30
_PLAIN_AMOUNT = re.compile(r"-?[0-9]{1,20}\.[0-9]{1,6}")
_WRITTEN_OUT = re.compile(r"-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?")


def parsed(text: str, entry: InputField, row: ArgumentRow) -> Any:
    """The value of a changed field. Raises ValueError with a sentence for the person."""
    if len(text) > _TEXT_MAX:
        raise ValueError(f"At most {_TEXT_MAX:,} characters.")
    elif text == "" and entry.empty == "null":
        return None
    elif text == "" and entry.empty == "absent" and entry.kind != "string":
        return ABSENT
    elif text == "" and entry.kind not in {"string", "null"}:
        raise ValueError("This is needed." if not entry.drop else "Tick “Remove” to take it out.")
    return _READ[entry.kind](text.strip() if entry.kind in {"integer", "number"} else text, entry)


def filled(row: ArgumentRow, entered: Mapping[str, str], faults: Sequence[Fault]) -> ArgumentRow:
    """The row with what a person entered and what is wrong with it."""
    if not entered and not faults:
        return row
    told = {fault.pointer: fault.detail for fault in faults}
    entries = [
        replace(
            entry,
            value=untrusted.lines(entered.get(entry.name, entry.was)),
            dropped=bool(entry.drop and entered.get(entry.drop)),
            fault=told.get(entry.pointer, ""),
        )
        for entry in row.entries
    ]
    if row.is_list and entries and entries[0].pointer:
        whole = told.get(entries[0].pointer.rpartition("/")[0], "")
        entries[-1] = replace(entries[-1], fault=entries[-1].fault or whole)
    elif row.speaks_for:
        whole = told.get(row.speaks_for, "")
        entries[0] = replace(entries[0], fault=entries[0].fault or whole)
    return row.having(entries)


def next_spare(entry: InputField) -> InputField:
    """The spare field after this one."""
    stem, _, index = entry.pointer.rpartition("/")
    pointer = f"{stem}/{int(index) + 1}"
    return replace(entry, pointer=pointer, name=f"edit:{entry.action_id}:{pointer}", value="")


def whole(action_id: str, args: Any) -> ArgumentRow:
    """All arguments as one JSON text, where they are too many for fields."""
    was = json.dumps(args, ensure_ascii=False, indent=2)
    entry = InputField(
        f"edit:{action_id}:", action_id, "", "json", was, was, control="area", empty="needed"
    )
    shown = (call_parts.Value(f"{len(args)} arguments"),)
    row = ArgumentRow("All arguments", "as JSON", shown, (entry,))
    return edit_rows.masked(row) if mask.stands_in(args) else row


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; 1 and true are not, 1 and 1.0 are."""
    # Before all else: in Python `True == 1`, in JSON it is not.
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    elif isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    elif isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    else:
        return bool(one == other)


def _string(text: str, entry: InputField) -> str:
    if _is_plain_amount(entry):
        return _amount(text.strip(), entry.was or entry.like)
    elif _is_currency(entry):
        return _currency(text.strip().upper(), entry.was or entry.like)
    return text


def _currency(text: str, was: str) -> str:
    if text not in currencies.CODES:
        raise ValueError(f"The code of a currency is needed, such as {was}.")
    return text


def _is_currency(entry: InputField) -> bool:
    """Whether the code of a currency was proposed, under the name of one."""
    named = argument_names.about(entry.pointer.rpartition("/")[2]).is_plain_currency
    return named and (entry.was or entry.like) in currencies.CODES


def _amount(text: str, was: str) -> str:
    """An amount with at least as many decimals as the proposed one. Words there would be sent as
    the sum, and so would `1e3`, which no two readers take for the same."""
    if not _WRITTEN_OUT.fullmatch(text):
        raise ValueError(f"An amount is needed, such as {was}.")
    decimals = len(was.rpartition(".")[2])
    few = re.fullmatch(r"-?[0-9]+(?:\.([0-9]+))?", text)
    return f"{Decimal(text):.{decimals}f}" if few and len(few[1] or "") < decimals else text


def _is_plain_amount(entry: InputField) -> bool:
    """Whether a text was proposed that is nothing but an amount, under the name of one; of what is
    added, in those that are there."""
    if not _PLAIN_AMOUNT.fullmatch(entry.was or entry.like):
        return False
    return any(argument_names.about(name).is_money for name in entry.pointer.split("/")[1:])


def _integer(text: str, entry: InputField) -> int:
    # `\d` takes the digits of every script, JSON only ours.
    if not re.fullmatch(r"-?\d{1,20}", text) or not text.isascii():
        raise ValueError("A whole number is needed, such as 12.")
    elif abs(int(text)) > _EXACT_MAX:
        raise ValueError(f"At most {_EXACT_MAX:,}: larger numbers lose digits on the way.")
    return int(text)


def _number(text: str, entry: InputField) -> int | float:
    if not _NUMBER.fullmatch(text) or not text.isascii():
        raise ValueError("A number with a decimal point is needed, such as 12.50.")
    value = json.loads(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("This number is too large.")
    return _integer(text, entry) if isinstance(value, int) else float(value)


def _boolean(text: str, entry: InputField) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("Choose yes or no.")
    return text == "true"


def _choice(text: str, entry: InputField) -> Any:
    if text not in {choice.value for choice in entry.choices}:
        raise ValueError("Choose one of the list.")
    return json.loads(text)


def _json(text: str, entry: InputField) -> Any:
    try:
        value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("This is nested too deeply.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"This is not JSON: {untrusted.line(error.msg, 80)} at {where}.") from None
    if _depth(value) > _DEPTH_MAX:
        raise ValueError("This is nested too deeply.")
    # Written as escapes, which a form cannot hold itself; nothing could store them.
    if _NO_TEXT.search(json.dumps(value, ensure_ascii=False)):
        raise ValueError("This holds a NUL, or half of a surrogate pair.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("A key stands twice in one object.")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number.")


def _depth(value: Any) -> int:
    # A list in place of recursion: how deep it is, is the question.
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        waiting.extend((entry, depth + 1) for entry in below)
    return deepest


_READ = {
    "string": _string,
    "null": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "choice": _choice,
    "place": _choice,
    "json": _json,
}
