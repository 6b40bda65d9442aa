"""What the fields of an edit are called, so that no two of one object or call read alike. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from escalations.proposal import call_parts
from escalations.proposal.edit_fields import ArgumentRow
from escalations.text import pointers, untrusted


def told_apart(rows: Sequence[ArgumentRow]) -> list[ArgumentRow]:
    """The rows, those that have one label with what they stand in before it: “Fee › Amount”."""
    many = Counter((row.item, row.label) for row in rows if not row.is_head)
    return [
        replace(row, label=_within(row)) if many[row.item, row.label] > 1 else row for row in rows
    ]


def _within(row: ArgumentRow) -> str:
    if row.is_head or not row.entries:
        return row.label
    keys = pointers.steps(row.entries[0].pointer.removeprefix(row.item))
    outer = keys[: -2 if row.is_list else -1]
    whole = " › ".join([*map(call_parts.label, outer), row.label])
    return untrusted.line(whole[:1].upper() + whole[1:], 120)
