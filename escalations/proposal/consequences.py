"""What a change of one field means, in a few words: "€12.00 less than proposed", "Was empty"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from escalations.money import argument_names, currencies, writing
from escalations.proposal import call_parts, calls
from escalations.proposal.edit_fields import ArgumentRow, InputField
from escalations.text import pointers

_AMOUNT = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,6})?")
# Beside an amount: what it counts stands there, and is not the whole unit for sure.
_SCALES = re.compile(
    r"scale|exponent|precision|decimal|digit|minor|power|multiplier|factor", re.IGNORECASE
)


def told(rows: Iterable[ArgumentRow], args: Mapping[str, Any]) -> tuple[ArgumentRow, ...]:
    """The rows with words beside each field that was changed; `args` are the proposed ones."""
    found = tuple(rows)
    changed = {entry.pointer for row in found for entry in row.entries if entry.changed}
    return tuple(
        row.having([_with_words(entry, args, changed) for entry in row.entries]) for row in found
    )


def _with_words(entry: InputField, args: Mapping[str, Any], changed: set[str]) -> InputField:
    is_typed = entry.changed and entry.pointer and not entry.fault
    tidy = _tidy(entry, _currency(entry.pointer, args, changed)) if is_typed else ""
    return replace(entry, so=_words(entry, args, changed), tidy=tidy)


def _tidy(entry: InputField, currency: str) -> str:
    """The amount written out, if that is how the proposed one was written: one counted in the
    smallest unit has no decimals."""
    digits = currencies.DIGITS.get(currency, 2) if currency else 0
    was = re.fullmatch(r"[0-9]{1,20}\.([0-9]+)", entry.was)
    now = re.fullmatch(r"[0-9]{1,20}(?:\.([0-9]*))?", entry.value.strip())
    if not digits or not was or len(was[1]) != digits or not now or len(now[1] or "") >= digits:
        return ""
    return f"{Decimal(entry.value.strip()):.{digits}f}"


def _words(entry: InputField, args: Mapping[str, Any], changed: set[str]) -> str:
    if not entry.changed:
        return "" if entry.spare else "Not changed"
    elif entry.dropped:
        return "Removed"
    elif entry.spare:
        return "Added"
    elif entry.kind == "place":
        return f"Moved from {entry.was} to {entry.value}"
    else:
        return _of_value(entry, args, changed)


def _of_value(entry: InputField, args: Mapping[str, Any], changed: set[str]) -> str:
    was, now = entry.was.strip(), entry.value.strip()
    if entry.value == "":
        return "Left empty"
    currency = _currency(entry.pointer, args, changed)
    is_money = calls.is_amount(pointers.steps(entry.pointer)[-1])
    is_minor = _is_minor(entry.pointer)
    read = [_is_number(one, currency, is_money=is_money or is_minor) for one in (was, now)]
    if entry.control != "select" and all(read):
        # A fraction of a cent is none: then nothing is said in whole units.
        are_whole = "." not in was + now
        return _difference(was, now, currency if are_whole or not is_minor else "", is_minor)
    elif entry.control in {"select", "area"}:
        return "Changed"
    else:
        return f"Was {entry.was or 'empty'}"


def _is_number(text: str, currency: str, *, is_money: bool) -> bool:
    """Whether it has one reading: of money, `99.999` may be a hundred thousand."""
    if not _AMOUNT.fullmatch(text):
        return False
    written = writing.read(text, currency)
    return not is_money or (written is not None and written.amount == abs(Decimal(text)))


def _difference(was: str, now: str, currency: str, is_minor: bool) -> str:
    by = Decimal(now) - Decimal(was)
    if currency and is_minor:
        by = currencies.in_whole_units(by, currency)
    # As many decimals as were written: 12.50 is not told as 12.5.
    amount = call_parts.money(abs(by), currency) if currency else f"{abs(by)}"
    return f"{amount} {'less' if by < 0 else 'more'} than proposed" if by else "The same amount"


def _currency(pointer: str, args: Mapping[str, Any], changed: set[str]) -> str:
    """The currency that stands beside an amount, unless that is changed as well, or something else
    there says what it counts."""
    around, key = pointer.rpartition("/")[0], pointers.steps(pointer)[-1]
    beside = f"{around}/currency"
    if beside in changed or not (calls.is_amount(key) or _is_minor(pointer)):
        return ""
    others = pointers.get(args, around)
    if isinstance(others, dict) and any(_SCALES.search(one) for one in others if one != key):
        return ""
    return calls.currency_code(pointers.get(args, beside))


def _is_minor(pointer: str) -> bool:
    """Whether it is counted in the smallest unit of its currency, as its name says or that of what
    it stands in."""
    return any(argument_names.about(key).is_minor for key in pointers.steps(pointer)[-2:])
