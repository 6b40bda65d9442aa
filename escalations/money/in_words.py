"""Money that a person names in words of their own, beyond what their case names already. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from typing import Any

from escalations.money import argument_names, in_sentences
from escalations.money.currencies import MoneyCertainty
from escalations.money.search import Found, Search
from escalations.money.writing import Written
from escalations.text import wrapped

_ONE = Decimal(1)
_DIGIT = re.compile(r"\d")


class NamedMoney:
    """Money that a case names: what was read as money, in its currency, and nothing else.

    A postcode, a date or the number of an order is no amount, and an amount in another currency is
    another one. A field that is money by its name and has no currency is of those that the case
    names; of any, where it names none.
    """

    def __init__(self) -> None:
        self._amounts: dict[str, set[Decimal]] = {}
        self._without: set[Decimal] = set()
        # Read when they are needed, and fields last: most of what is said stands in some text.
        self._texts: list[Iterator[str]] = []
        self._fields: list[Iterator[Mapping[str, Any]]] = []

    def add(self, amounts: Mapping[str, Decimal], loose: Decimal) -> None:
        """What was found in calls by their policy."""
        for currency, amount in amounts.items():
            self._of(currency).add(amount)
        self._without.add(loose)

    def read(self, value: Any) -> None:
        """Amounts with their currency in every text, and what stands in fields that are money."""
        self._texts.append(wrapped.texts(value))
        self.read_fields(value)

    def read_fields(self, value: Any) -> None:
        """The same, but for what its texts say among other words."""
        self._fields.append(_parts(value))

    def has(self, said: Written) -> bool:
        """Whether it names this amount, which may be rounded: €184 where it names €184.49."""
        if said.currency and any(
            _is_among(said.amount, self._amounts.get(said.currency, ())) for _ in self._reading()
        ):
            return True
        for _ in self._reading():
            pass
        stated = {currency for currency in self._amounts if currency}
        if said.currency and (said.currency in stated or not said.also):
            of = {said.currency}
        else:
            of = {said.currency, *said.also}
        known = set[Decimal]().union(*(self._amounts.get(currency, ()) for currency in of))
        if not stated or not of.isdisjoint(stated):
            known |= self._without
        return _is_among(said.amount, known)

    def _reading(self) -> Iterator[None]:
        """Reads on, step by step."""
        yield
        for text in chain.from_iterable(self._texts):
            if _DIGIT.search(text):
                self._read_text(text)
                yield
        for part in chain.from_iterable(self._fields):
            self._read_fields(part)
            yield

    def _read_text(self, text: str) -> None:
        for one in (one for one in in_sentences.named_in(text) if one.marked):
            for currency in (one.currency,) if one.currency else ("", *one.also):
                self._of(currency).add(one.amount)

    def _read_fields(self, part: Mapping[str, Any]) -> None:
        for found in map(_whole, Search(part, only_certain=True).found):
            if not found.may_count and (found.sure or found.currency):
                known = self._of(found.currency) if found.currency else self._without
                known.add(found.amount / found.times)
                if not found.may_be_once:
                    known.add(found.amount)

    def _of(self, currency: str) -> set[Decimal]:
        return self._amounts.setdefault(currency, set())


NOTHING = NamedMoney()


def added(said: Iterable[str], known: NamedMoney = NOTHING) -> tuple[Written, ...]:
    """The largest amount in each currency that these texts name, of those that are not known; those
    that are surely money by themselves. Empty is a currency that is not sure, as of `50 kr`."""
    most: dict[tuple[str, MoneyCertainty], Written] = {}
    for one in _marked(said):
        key = one.currency, one.certainty
        is_more = key not in most or one.amount > most[key].amount
        if is_more and not known.has(one):
            most[key] = one
    return tuple(most.values())


def each_added(said: Iterable[str], known: NamedMoney) -> Iterator[Written]:
    """Every such amount."""
    return (one for one in _marked(said) if not known.has(one))


def _marked(said: Iterable[str]) -> Iterator[Written]:
    return (one for text in said for one in in_sentences.named_in(text) if one.marked)


def _is_among(amount: Decimal, known: Collection[Decimal]) -> bool:
    exponent = amount.as_tuple().exponent
    step = _ONE.scaleb(min(exponent if isinstance(exponent, int) else 0, 0))
    return any(abs(one - amount) < step and one.quantize(step) == amount for one in known)


def _whole(one: Found) -> Found:
    """Cents of no known currency as hundredths, so that they name no larger amount."""
    told = argument_names.about(one.name)
    if one.currency or not told.is_minor:
        return one
    return replace(one, amount=one.amount.scaleb(-3 if told.is_thousandth else -2))


def _parts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Its objects one by one, as only so many parts of one are looked through."""
    for key, part in value.items() if isinstance(value, dict) else ():
        if key == "context" and isinstance(part, dict):
            yield from _parts(part)
        else:
            yield {key: part}
