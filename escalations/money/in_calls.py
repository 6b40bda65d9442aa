"""Money that a call moves, read from its arguments: where the policy says, and what looks like it.

Pure, and takes a package as it comes, however broken. What an agent says of its risk may be less
than what it would do; so nothing here is ever less than what the arguments say, however they are
written, and what cannot be read is told.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from escalations.money import argument_names, currencies, in_names, writing
from escalations.money.search import NamedPlace, Path, Search
from escalations.money.worth import NONE, Worth
from escalations.text import formatting, pointers

# Where a call that is money by its name has how much.
_VALUES = ("value", "val", "worth", "sum", "size", "x", "v", "n")


class AmountPlace(Protocol):
    """Where the policy says that the amount of an action stands."""

    @property
    def amount(self) -> str | None: ...

    @property
    def currency(self) -> str: ...

    @property
    def minor_units(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class MoneyInCalls:
    """Amounts by currency, and what could not be read.

    `unnamed` are arguments that look like money and that the policy does not name, each with its
    action; `lost` are sentences about places where the policy looks in vain. `loose` is money of no
    known currency, and `shared` how much of it is that of a currency once more. `unreadable` says
    of what should be an amount why it cannot be read, and `unread` are its texts. `certain` is what
    it is at least: the rest may be money, or several of it.
    """

    amounts: dict[str, Decimal] = field(default_factory=dict)
    loose: Decimal = Decimal(0)
    unnamed: tuple[tuple[str, str], ...] = ()
    lost: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    shared: dict[str, Decimal] = field(default_factory=dict)
    certain: Worth = NONE
    unread: frozenset[str] = frozenset()

    def may_be_less(self, currency: str) -> bool:
        """Whether it is as much only by one of two readings."""
        amount, certain = self.amounts.get(currency), self.certain.amounts.get(currency)
        return amount != certain or self.loose != self.certain.loose

    @property
    def is_any(self) -> bool:
        """Whether it moves money, or may."""
        return bool(self.amounts or self.loose or self.unnamed or self.unreadable)


def read(
    action: Mapping[str, Any],
    place: AmountPlace | None,
    *,
    currency: str = "",
    was: Mapping[str, Any] | None = None,
) -> MoneyInCalls:
    """What one call moves; `currency` is that of its stated risk, for an amount that has none.

    `was` is the call as it was proposed: an amount of it that is emptied cannot be read.
    """
    if place is not None and place.amount is None:
        return MoneyInCalls()
    args = _args(action)
    known = _place(args, place)
    search = Search(args, currency, known)
    if not search.worth and not search.unread and known is None:
        args = _by_its_name(action, args) or args
        search = Search(args, currency, known)
    unreadable = [_told(*one) for one in search.unread.values()]
    if was is not None and was.get("name") == action.get("name"):
        unreadable += _emptied(search, args, Search(_args(was), currency, known))
    if search.is_cut_short:
        called = formatting.cut(action.get("name"))
        unreadable.append(f"The arguments of “{called}” are too many to be looked through")
    certain = Search(args, currency, known, only_certain=True) if search.is_in_doubt else search
    return MoneyInCalls(
        search.worth.amounts,
        search.worth.loose,
        tuple((formatting.cut(action.get("name")), argument) for argument in _unnamed(search)),
        tuple(_lost(action, place, known, search)),
        tuple(dict.fromkeys(unreadable)),
        search.worth.shared,
        certain.worth,
        frozenset(value for _, value in search.unread.values() if isinstance(value, str)),
    )


def decimal(value: Any) -> Decimal | None:
    """The number in a JSON value, without its sign: `184`, `"184.00"`, `"€1,925.00"`."""
    written = writing.read(value)
    return written.amount if written else None


def _args(action: Mapping[str, Any]) -> dict[str, Any]:
    args = action.get("args")
    return args if isinstance(args, dict) else {}


def _by_its_name(action: Mapping[str, Any], args: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments with the amount that the name of the call says, or says to be one: that of
    `refund_6000`, and the value of `refund(value=6000)`."""
    name = str(action.get("name") or "")
    if (told := in_names.largest(name)) is not None:
        more = {"currency": told.currency} if told.currency else {}
        return {**args, "amount": str(told.amount), **more}
    is_money = argument_names.about(name.rpartition(".")[2]).is_money
    value = next((args[key] for key in _VALUES if key in args), None) if is_money else None
    return {**args, "amount": value} if writing.read(value) else None


def _place(args: dict[str, Any], place: AmountPlace | None) -> NamedPlace | None:
    if place is None or place.amount is None:
        return None
    stated = place.currency
    found = pointers.get(args, stated) if stated.startswith("/") else stated
    steps = tuple(pointers.steps(place.amount))
    return NamedPlace(steps, currencies.code(found), place.minor_units)


def _unnamed(search: Search) -> dict[str, None]:
    """The arguments that say more than the place that the policy names."""
    named: dict[str, Decimal] = {}
    for one in search.found:
        if one.is_named:
            named[one.currency] = max(one.amount, named.get(one.currency, Decimal(0)))
    return dict.fromkeys(
        formatting.cut(one.name)
        for one in search.found
        if not one.is_named and (one.currency not in named or one.amount > named[one.currency])
    )


def _lost(
    action: Mapping[str, Any], place: AmountPlace | None, known: NamedPlace | None, search: Search
) -> Iterator[str]:
    if place is None or known is None:
        return
    name = formatting.cut(action.get("name"))
    at_place = [one for one in search.found if one.is_named]
    if not at_place and not any(known.is_at(path) for path in search.unread):
        yield f"“{name}” has no amount at {place.amount}"
    elif not all(one.currency for one in at_place):
        yield f"“{name}” has no currency at {place.currency}"


def _told(argument: str, value: Any) -> str:
    shown = formatting.cut(argument)
    if writing.is_empty(value):
        return f"“{shown}” is empty, so its amount cannot be read"
    words = json.dumps(value) if isinstance(value, bool) else formatting.cut(value)
    return f"“{shown}” is “{words}”, which cannot be read as an amount"


def _emptied(search: Search, args: dict[str, Any], was: Search) -> Iterator[str]:
    """What was an amount as proposed and is none any more; an entry less in a list is no loss."""
    for one in was.found:
        if one.sure and not search.has_at(one.path) and not _is_entry_less(args, one.path):
            plain = formatting.number(one.amount)
            amount = plain if one.may_count else currencies.written(one.amount, one.currency)
            yield f"“{formatting.cut(one.name)}” is no amount any more, where {amount} was proposed"


def _is_entry_less(args: Any, path: Path) -> bool:
    for key in path:
        if isinstance(args, list):
            place = pointers.number(key)
            if place is None or place >= len(args):
                return True
            args = args[place]
        elif isinstance(args, dict) and key in args:
            args = args[key]
        else:
            return False
    return False
