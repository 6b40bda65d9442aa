"""Looking through the arguments of a call for amounts, to their end or until it is too much.

Amounts beside each other in an object are the same money (an amount and its total), so the largest
counts; those of the entries of a list are different ones and add up.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from escalations.money import (
    argument_names,
    counted,
    currencies,
    in_short,
    in_texts,
    shapes,
    writing,
)
from escalations.money.argument_names import ArgumentName
from escalations.money.multiples import ONCE, HowMany
from escalations.money.worth import NONE, Worth
from escalations.money.writing import Written

PARTS_MAX, DEPTH_MAX = 5_000, 48
TEXT_MAX = 200_000
Path = tuple[str, ...]

_DIGIT = re.compile(r"\d")
_IDENTIFIER = re.compile(r"(?P<kind>[a-z]{2,12})_(?=\w*[A-Za-z])\w{6,}")
_LOOKS_LIKE_PAIR = re.compile(r"(?i)amount|total|sum|price|betrag|montant|importe")


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """Where the policy looks, with the currency that it says or that stands where it says."""

    steps: Path
    currency: str
    minor_units: bool

    def is_at(self, path: Path) -> bool:
        """Whether this is the place or in it, in whichever entry of the lists along the way."""
        return len(path) >= len(self.steps) and all(
            step == known or (step.isdigit() and known.isdigit())
            for step, known in zip(path, self.steps, strict=False)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One amount in the arguments; `sure` that it is money. `times` is how many of what is written
    there it is, if not `may_be_once`; `may_count` says that it may be no money, but a number."""

    name: str
    path: Path
    amount: Decimal
    currency: str
    sure: bool = True
    is_named: bool = False
    times: Decimal = ONCE
    may_be_once: bool = False
    may_count: bool = False


class _Where(NamedTuple):
    """The name under which a part stands, its path, and the currency beside it."""

    name: str
    path: Path
    currency: str

    def below(self, key: str, currency: str) -> "_Where":
        return _Where(key, (*self.path, key), currency)

    def part(self, key: str, currency: str) -> "_Where":
        """The name is that above: `{"amount": {"value": 5}}` is the amount, not some value."""
        return _Where(self.name, (*self.path, key), currency)


class Search:
    """What was found in the arguments of one call.

    `unread` are the places of what should be an amount and cannot be read, with what stands there.
    `is_in_doubt` says that something may be money, or several of it, and is none by itself;
    `only_certain` leaves that out.
    """

    def __init__(
        self,
        args: Mapping[str, Any],
        currency: str = "",
        place: NamedPlace | None = None,
        *,
        only_certain: bool = False,
    ) -> None:
        self.found: list[Found] = []
        self.unread: dict[Path, tuple[str, Any]] = {}
        self.empty: dict[Path, tuple[str, Any]] = {}
        self.is_cut_short = False
        self.is_in_doubt = False
        self._only_certain = only_certain
        self._left = PARTS_MAX
        self._place = place
        self._otherwise = (place.currency if place else "") or currency
        self.worth = self._of(args, _Where("", (), ""))
        # An amount that is left out beside another is a form not filled in; alone it may be all.
        if not self.found:
            self.unread |= self.empty

    def has_at(self, path: Path) -> bool:
        """Whether something was found there, in it, or in whose place it stands."""
        known = [*(one.path for one in self.found), *self.unread]
        return any(path[: len(one)] == one[: len(path)] for one in known)

    def _of(self, value: Any, where: _Where) -> Worth:
        self._left -= 1
        if self._left < 0 or len(where.path) > DEPTH_MAX:
            self.is_cut_short = True
            return NONE
        if isinstance(value, dict | list) and not value:
            return self._of_leaf(None, where)
        elif isinstance(value, dict):
            return self._of_object({str(key): part for key, part in value.items()}, where)
        elif isinstance(value, list):
            return self._of_list(value, where)
        elif isinstance(value, str):
            is_json = value.lstrip()[:1] in ("{", "[", '"')
            return (self._of_json if is_json else self._of_text)(value, where)
        else:
            return self._of_leaf(value, where)

    def _of_object(self, value: dict[str, Any], where: _Where) -> Worth:
        currency = shapes.currency_in(value) or where.currency
        above = argument_names.about(where.name)
        place = self._place_of(where, above)
        is_place = place is not None and len(where.path) == len(place.steps)
        by = shapes.scaled(value, where.name, is_amount=is_place or above.is_money)
        if by is not None:
            self.unread[where.path] = by
        passes_on = _passes_its_name_on(value, where, above)
        groups: dict[str, list[Worth]] = {}
        counts = HowMany.of(shapes.beside_amount(value) if above.is_money else value)
        for key, part in shapes.in_whole(value).items():
            below = _below(key, where, above, currency, passes_on=passes_on)
            if below is not None:
                worth = self._counted(part, below, counts)
                if worth:
                    group = shapes.group(key, part, worth.names, is_entry=below.name == where.name)
                    groups.setdefault(group, []).append(worth)
        pair = shapes.pair(value)
        if pair:
            groups["pair"] = [self._of(pair[1], where.below(pair[0], currency))]
        if not groups:
            return self._of_numbers(value, where, above)
        worth = Worth.largest([Worth.total(group) for group in groups.values()])
        return worth.also_in(shapes.other_currencies(value), currency)

    def _counted(self, part: Any, below: _Where, counts: HowMany) -> Worth:
        before = len(self.found)
        worth = self._of(part, below)
        if not worth or self._is_whole_by_policy(below, worth):
            return worth
        times = counts.times(part, worth.names)
        most = max(times, counts.at_most(part, worth.names))
        certain = counts.times(part, worth.names, is_certain=True)
        if times != ONCE:
            self.found[before:] = [
                replace(
                    one,
                    amount=one.amount * times,
                    times=one.times * times,
                    may_be_once=times != certain,
                )
                for one in self.found[before:]
            ]
        return worth.times(self._if_certain(most, certain))

    def _if_certain(self, most: Decimal, certain: Decimal) -> Decimal:
        self.is_in_doubt = self.is_in_doubt or most != certain
        return certain if self._only_certain else most

    def _is_whole_by_policy(self, where: _Where, worth: Worth) -> bool:
        """Whether the policy names it as the amount: then it is not that of one of several."""
        if self._place is None or any(argument_names.about(one).is_unit for one in worth.names):
            return False
        together = zip(where.path, self._place.steps, strict=False)
        return all(step == known or step.isdigit() for step, known in together)

    def _of_numbers(self, value: dict[str, Any], where: _Where, above: ArgumentName) -> Worth:
        """The largest number where no name says which is money, but what stands beside or above
        it says that one is: `{"currency": "EUR", "x": 5000}`, `{"vouchers": [{"v": 400}]}`."""
        currency = shapes.currency_in(value)
        is_entry = above.is_money and where.path[-1:] != () and where.path[-1].isdigit()
        # Beside a named place only where the currency is of these numbers, and of nothing else.
        is_own = bool(where.path and currency) and not above.is_fact
        if (self._place is not None and not is_own) or not (currency or is_entry):
            return NONE
        numbers = {key: shapes.number(key, part) for key, part in value.items()}
        read = {key: amount for key, amount in numbers.items() if amount is not None}
        if not read:
            return NONE
        if not is_entry:
            self.is_in_doubt = True
            if self._only_certain:
                return NONE
        key = max(read, key=lambda one: read[one])
        below = where.part(key, currency) if is_entry else where.below(key, currency)
        stated = currency or where.currency
        return self._take(Found(below.name, below.path, read[key], stated, sure=is_entry))

    def _of_list(self, value: list[Any], where: _Where) -> Worth:
        entries: list[Worth] = []
        totals: list[Worth] = []
        for index, entry in enumerate(value):
            worth = self._of(entry, where.part(str(index), where.currency))
            (totals if shapes.is_total(entry) else entries).append(worth)
        pairs = shapes.pairs(value) or in_texts.of_words(value)
        as_object = [self._of_object(pairs, where)] if pairs else self._of_priced(value, where)
        apart = Worth.largest([Worth.total(entries), *totals])
        # As one object they have their currency; each by itself has none.
        alone = Worth(apart.amounts, names=apart.names) if any(as_object) else apart
        return Worth.largest([alone, *as_object])

    def _of_priced(self, value: list[Any], where: _Where) -> list[Worth]:
        """Numbers beside a currency: `["EUR", 6000]`."""
        stated = next(filter(None, map(currencies.alone, value)), "")
        found = [
            self._take(Found(where.name, (*where.path, str(index)), written.amount, stated))
            for index, one in enumerate(value if stated else ())
            if (written := writing.read(one))
        ]
        return [Worth.total(found)] if found else []

    def _of_json(self, text: str, where: _Where) -> Worth:
        if len(text) > TEXT_MAX:
            self.is_cut_short = True
            return NONE
        try:
            return self._of(orjson.loads(text), where.part("", where.currency))
        except orjson.JSONDecodeError:
            worth = self._of_text(text, where)
            looks_like_one = _LOOKS_LIKE_PAIR.search(text) and text.lstrip()[0] in "{["
            if not worth and looks_like_one and _DIGIT.search(text):
                self.unread[where.path] = (where.name, text)
            return worth

    def _of_text(self, text: str, where: _Where) -> Worth:
        said = in_texts.arguments(text)
        worth = self._of_object(said, where.part("", where.currency)) if said else NONE
        return worth or self._of_leaf(text, where)

    def _of_leaf(self, value: Any, where: _Where) -> Worth:
        name = argument_names.about(where.name)
        place = self._place_of(where, name)
        if isinstance(value, bool) or writing.is_empty(value):
            is_place = place is not None and len(where.path) == len(place.steps)
            if is_place or (value is True and name.is_amount_itself):
                self.unread[where.path] = (where.name, value)
            elif name.is_amount and name.is_amount_itself and not value:
                self.empty[where.path] = (where.name, value)
            return NONE
        elif place is None and not (name.is_money or name.is_maybe):
            return self._of_marked(value, where)
        elif place is None and self._place is not None and name.is_fact:
            return NONE
        beside = where.currency if place and len(where.path) > len(place.steps) else ""
        beside = beside or (place.currency if place else name.currency or where.currency)
        return self._of_money(value, where, name, place, beside)

    def _place_of(self, where: _Where, name: ArgumentName) -> NamedPlace | None:
        if self._place is None or not self._place.is_at(where.path):
            return None
        is_within = len(where.path) > len(self._place.steps)
        return None if is_within and name.is_not else self._place

    def _of_money(
        self, value: Any, where: _Where, name: ArgumentName, place: NamedPlace | None, stated: str
    ) -> Worth:
        beside = stated or self._otherwise
        written = writing.read(value, beside)
        if written is None and isinstance(value, str):
            written = in_short.exact(value, beside)
        if written is None:
            is_place = place is not None and len(where.path) == len(place.steps)
            if is_place or _must_be_read(value, name):
                self.unread[where.path] = (where.name, value)
            return NONE
        # Beside a named place a mere value is money only in a currency of its own.
        sure = name.is_money or place is not None
        if not sure and self._place is not None and not (where.currency or written.currency):
            return NONE
        currency, amount = written.currency or beside, written.amount
        amount = amount.scaleb(name.power)
        counts_minor = place.minor_units if place else currency and _is_minor(name, where)
        if counts_minor and _is_whole(value, written):
            amount = currencies.in_whole_units(amount, currency)
        may_count = place is None and not written.marked and _may_count(value, name, where)
        one = Found(where.name, where.path, amount, currency, sure, place is not None)
        worth = self._take(replace(one, may_count=may_count))
        # Two currencies for one amount: it counts in both.
        both = one.sure and stated and written.currency not in ("", stated)
        return Worth({**worth.amounts, stated: amount}, names=worth.names) if both else worth

    def _of_marked(self, value: Any, where: _Where) -> Worth:
        """A text that is nothing but an amount with its currency is money under any name."""
        name = argument_names.about(where.name)
        is_else = name.is_model or (self._place is not None and name.is_fact)
        if is_else or not isinstance(value, str) or not in_short.is_money(value):
            return NONE
        written = in_short.largest(value, where.currency)
        if written is None:
            if in_short.is_numeral(value):
                self.unread[where.path] = (where.name, value)
            return NONE
        currency = written.currency or where.currency or self._otherwise
        # `6000 kr` is money of several currencies, and counts in each that has limits.
        sure = not currency
        return self._take(Found(where.name, where.path, written.amount, currency, sure=sure))

    def _take(self, one: Found) -> Worth:
        self.found.append(one)
        if one.may_count:
            self.is_in_doubt = True
        if one.may_count and self._only_certain:
            return NONE
        names = frozenset({one.name})
        if one.currency:
            return Worth({one.currency: one.amount}, names=names)
        return Worth(loose=one.amount, names=names) if one.sure else NONE


def _passes_its_name_on(value: dict[str, Any], where: _Where, above: ArgumentName) -> bool:
    """Whether entries under keys of their own are amounts: `{"payments": {"alice": 499}}`."""
    if not above.is_money or not (above.is_amount or above.is_several):
        return False
    # `{"payments": [{"to": "4417", …}]}`: each is a payment, and its parts are not.
    is_entry = where.path[-1].isdigit() and not above.is_amount
    return not is_entry and not any(
        key.casefold() in shapes.PARTS or shapes.code(key) or argument_names.about(key).is_money
        for key in value
    )


def _below(
    key: str, where: _Where, above: ArgumentName, currency: str, *, passes_on: bool
) -> _Where | None:
    """Where a part of an object stands; None for one that only describes the others."""
    own = argument_names.about(key)
    if own.is_currency:
        return None
    elif not above.is_money:
        return where.below(key, currency)
    elif key.casefold() in shapes.PARTS:
        return where.part(key, currency)
    elif code := shapes.code(key):
        return where.part(key, code)
    elif passes_on and not own.is_not:
        return where.part(key, currency)
    else:
        return where.below(key, currency)


def _may_count(value: Any, name: ArgumentName, where: _Where) -> bool:
    """Whether it may be a number or a share. It stands right there: the entries of a list are
    counted already."""
    if where.path[-1:] != (where.name,):
        return False
    elif name.may_count and counted.is_bare(value):
        return True
    return name.may_be_share and counted.may_be_percent(value)


def _is_minor(name: ArgumentName, where: _Where) -> bool:
    return name.is_minor or argument_names.about(where.path[-1]).is_minor


def _is_whole(value: Any, written: Written) -> bool:
    """Whether it is a whole number of cents: what says otherwise, by a sign of money or by
    decimals that were written, is not made less."""
    exponent = written.amount.as_tuple().exponent
    plain = not isinstance(value, str) or (isinstance(exponent, int) and exponent >= 0)
    return plain and not written.marked and written.amount == written.amount.to_integral_value()


def _must_be_read(value: Any, name: ArgumentName) -> bool:
    """Whether what stands there should be an amount, and not an id or a word."""
    text = str(value)
    digit = _DIGIT.search(text[:1000])
    if name.is_amount:
        known = _IDENTIFIER.fullmatch(text[:200])
        is_id = known is not None and known["kind"] not in currencies.MARKS
        return not is_id and (digit is not None or not name.may_be_words)
    else:
        marked = len(text) <= writing.LENGTH_MAX and currencies.is_told_in(text)
        return name.is_money and marked and (digit is not None or in_short.is_numeral(text))
