"""Amounts of which there are several: `{"price": 20, "quantity": 3}`, `price_per_night` and
`nights`, `voucher_value` and `vouchers`."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from escalations.money import argument_names, writing

ONCE = Decimal(1)


@dataclass(frozen=True, slots=True)
class HowMany:
    """How many there are of what, in one object; of a list, the most. `has_unit` says that one of
    its amounts is the price of one, so that no other is."""

    numbers: dict[str, Decimal]
    has_unit: bool

    @classmethod
    def of(cls, value: dict[str, Any]) -> "HowMany":
        found: dict[str, Decimal] = {}
        for key, part in value.items():
            what = argument_names.about(key).counts
            if what:
                found[what] = max([*_numbers(part), found.get(what, ONCE)])
        told = map(argument_names.about, value)
        return cls(found, any(one.is_unit and one.is_money for one in told))

    def times(self, part: Any, names: Iterable[str]) -> Decimal:
        """By how many an amount of these names counts that stands in this part. What is a total is
        none of one, and what has a count beside it has been counted."""
        told = [argument_names.about(name) for name in names]
        if not self.numbers or any(one.is_total for one in told) or _is_counted(part):
            return ONCE
        of = {what for one in told for what in one.each}
        if not self.has_unit or any(one.is_unit for one in told):
            of.add(argument_names.EACH)
        # `gift_vouchers` is not the price of a voucher.
        of -= {one.counts for one in told}
        return max((number for what, number in self.numbers.items() if what in of), default=ONCE)


def _is_counted(part: Any) -> bool:
    """Whether it has a count of its own, or entries, of which it may be the count."""
    if isinstance(part, list):
        return any(isinstance(one, dict) for one in part)
    return isinstance(part, dict) and any(argument_names.about(str(key)).counts for key in part)


def _numbers(part: Any) -> list[Decimal]:
    read = map(writing.read, part if isinstance(part, list) else [part])
    return [one.amount for one in read if one is not None and not one.marked]
