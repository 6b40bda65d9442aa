"""Amounts of which there are several: `{"price": 20, "quantity": 3}`, `price_per_night` and
`nights`, `voucher_value` and `vouchers`."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from escalations.money import argument_names, counted, writing

ONCE = Decimal(1)


@dataclass(frozen=True, slots=True)
class HowMany:
    """How many there are of what, in one object; of a list, the most. `has_unit` says that one of
    its amounts is the price of one, so that no other is. `parts` is into how many payments an
    amount may be divided, or how many such payments there may be."""

    numbers: dict[str, Decimal]
    has_unit: bool
    parts: Decimal = ONCE

    @classmethod
    def of(cls, value: dict[str, Any]) -> "HowMany":
        found: dict[str, Decimal] = {}
        parts = ONCE
        told = {key: argument_names.about(key) for key in value}
        for key, part in value.items():
            what = told[key].counts
            if what:
                found[what] = max([*_numbers(part), found.get(what, ONCE)])
            if told[key].is_parts and counted.is_bare(part):
                parts = max([*_numbers(part), parts])
        has_unit = any(one.is_unit and one.is_money for one in told.values())
        return cls(found, has_unit, parts)

    def times(self, part: Any, names: Iterable[str], *, is_certain: bool = False) -> Decimal:
        """By how many an amount of these names counts that stands in this part. What is a total is
        none of one, and what has a count beside it has been counted. Of an `amount` beside a
        `quantity` it `is_certain` only where it says that it is the price of one."""
        told = [argument_names.about(name) for name in names]
        if any(one.is_total for one in told) or _is_counted(part):
            return ONCE
        of = {what for one in told for what in one.each}
        if any(one.is_unit for one in told) or not (self.has_unit or is_certain):
            of.add(argument_names.EACH)
        # `gift_vouchers` is not the price of a voucher.
        of -= {one.counts for one in told}
        return max((number for what, number in self.numbers.items() if what in of), default=ONCE)

    def at_most(self, part: Any, names: Iterable[str]) -> Decimal:
        """By how many it would count if it were what is paid each time."""
        told = [argument_names.about(name) for name in names]
        is_else = any(one.is_total or one.is_parts for one in told) or _is_counted(part)
        return ONCE if is_else or self.has_unit else self.parts


def _is_counted(part: Any) -> bool:
    """Whether it has a count of its own, or entries, of which it may be the count."""
    if isinstance(part, list):
        return any(isinstance(one, dict) for one in part)
    return isinstance(part, dict) and any(argument_names.about(str(key)).counts for key in part)


def _numbers(part: Any) -> list[Decimal]:
    read = map(writing.read, part if isinstance(part, list) else [part])
    return [one.amount for one in read if one is not None and not one.marked]
