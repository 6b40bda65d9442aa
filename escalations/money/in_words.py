"""Money that a person names in words of their own, beyond what their case names already. Pure."""

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from escalations.money import argument_names, writing

_ONE = Decimal(1)


def added(texts: Iterable[str], known: Collection[Decimal]) -> dict[str, Decimal]:
    """By currency the largest amount that these texts name with one, of those that are not known.

    A known one may be rounded: where €184.49 is known, so is €184. Empty is a currency that is not
    sure, as of `50 kr`.
    """
    most: dict[str, Decimal] = {}
    for one in (one for text in texts for one in writing.named_in(text) if one.marked):
        if not _is_known(one.amount, known):
            most[one.currency] = max(one.amount, most.get(one.currency, one.amount))
    return most


def numbers(values: Iterable[Any]) -> Iterator[Decimal]:
    """Every number that stands in these values, however deep; cents as whole units as well."""
    left = [("", value) for value in values]
    while left:
        name, value = left.pop()
        if isinstance(value, dict):
            left += value.items()
        elif isinstance(value, list):
            left += [(name, part) for part in value]
        elif isinstance(value, str):
            yield from _scaled(name, writing.numbers_in(value))
        elif (written := writing.read(value)) is not None:
            yield from _scaled(name, [written.amount])


def _scaled(name: str, amounts: Iterable[Decimal]) -> Iterator[Decimal]:
    told = argument_names.about(name) if name else argument_names.ArgumentName()
    for amount in amounts:
        yield amount
        if told.is_minor:
            yield amount.scaleb(-3 if told.is_thousandth else -2)


def _is_known(amount: Decimal, known: Collection[Decimal]) -> bool:
    exponent = amount.as_tuple().exponent
    step = _ONE.scaleb(min(exponent if isinstance(exponent, int) else 0, 0))
    return any(abs(one - amount) < step and one.quantize(step) == amount for one in known)
