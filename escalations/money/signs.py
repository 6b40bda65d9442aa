"""Amounts that an edit would turn round: a payment of less than nothing is a payment the other way,
and no limit judges it as what it is."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from escalations.money import argument_names, writing
from escalations.refusals import Fault
from escalations.text import differences, pointers

TURNED = "This is below zero; what was proposed is not. Turn it down, or write it above zero."


def faults(proposed: Mapping[str, Any], args: Mapping[str, Any]) -> Iterator[Fault]:
    """Each amount below zero in the place of one that is not, and each that is new where the call
    has none of its own."""
    before = set(_below_zero("", proposed))
    for change in differences.fields(proposed, args):
        now = json.loads(change.now) if change.now is not None else None
        for pointer in _below_zero(change.pointer, now):
            was = json.loads(change.was) if change.was is not None else None
            if was is None or isinstance(was, dict | list):
                is_turned = not before
            else:
                is_turned = not writing.is_below_zero(was)
            if is_turned:
                yield Fault(pointer, TURNED)


def _below_zero(pointer: str, value: Any) -> Iterator[str]:
    """Where in it an amount below zero stands."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _below_zero(f"{pointer}/{pointers.escaped(key)}", below)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _below_zero(f"{pointer}/{index}", below)
    elif _is_amount(pointer) and writing.is_below_zero(value):
        yield pointer


def _is_amount(pointer: str) -> bool:
    names = [argument_names.about(key) for key in pointers.steps(pointer)]
    own = names[-1] if names else argument_names.about("")
    return any(one.is_money or one.is_minor for one in names) and not own.is_not
