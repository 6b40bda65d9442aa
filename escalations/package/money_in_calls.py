"""Money that a call moves, read from its arguments: where the policy says, or what looks like it.

Pure, and takes a package as it comes, however broken. What an agent says of its risk may be less
than what it would do; so nothing here is ever less than what the arguments say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from escalations.text import formatting, pointers

NAMES = frozenset({"amount", "total", "sum", "price", "value", "cost", "cents"})
MAYBE_NO_MONEY = frozenset({"value"})
# Digits after the point in the smallest unit, where they are not two.
DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "JOD": 3, "TND": 3}
SYMBOLS = {symbol: code for code, symbol in formatting.SYMBOLS.items()}
LENGTH_MAX, PARTS_MAX, DEPTH_MAX = 120, 500, 8
MOST = Decimal(10) ** 18

_CODE = re.compile("[A-Z]{3}")
_MONEY = re.compile(
    r"(?P<before>[€£$]|[A-Z]{3})?\s?[-+−]?(?P<digits>[0-9][0-9.,’' ]*)\s?(?P<after>[€£$]|[A-Z]{3})?"
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


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
    known currency.
    """

    amounts: dict[str, Decimal] = field(default_factory=dict)
    loose: Decimal = Decimal(0)
    unnamed: tuple[tuple[str, str], ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """One amount in the arguments; `sure` that it is money."""

    name: str
    amount: Decimal
    currency: str
    sure: bool = True


def read(
    action: Mapping[str, Any], place: AmountPlace | None, *, currency: str = ""
) -> MoneyInCalls:
    """What one call moves; `currency` is that of its stated risk, for an amount that has none."""
    args = action.get("args")
    name = formatting.cut(action.get("name"))
    if not isinstance(args, dict):
        args = {}
    if place is None:
        return _unnamed(name, list(_looking_like_money(args, "", currency)))
    elif place.amount is None:
        return MoneyInCalls()
    else:
        return _named(name, args, place)


def decimal(value: Any) -> Decimal | None:
    """The number in a JSON value, without its sign: `184`, `"184.00"`, `"€1,925.00"`."""
    if isinstance(value, bool):
        return None
    elif isinstance(value, int | float):
        return abs(Decimal(str(value))) if abs(value) < MOST else MOST
    else:
        return _of_text(value)[0]


def _named(name: str, args: dict[str, Any], source: AmountPlace) -> MoneyInCalls:
    assert source.amount is not None, "An action that moves no money is not read."
    amount = decimal(pointers.get(args, source.amount))
    if amount is None:
        return MoneyInCalls(lost=(f"“{name}” has no amount at {source.amount}",))
    stated: Any = source.currency
    if stated.startswith("/"):
        stated = pointers.get(args, stated)
    if not isinstance(stated, str) or not _CODE.fullmatch(stated):
        return MoneyInCalls(
            loose=_in_whole(amount, "", source),
            lost=(f"“{name}” has no currency at {source.currency}",),
        )
    return MoneyInCalls({stated: _in_whole(amount, stated, source)})


def _in_whole(amount: Decimal, currency: str, source: AmountPlace) -> Decimal:
    return amount.scaleb(-DIGITS.get(currency, 2)) if source.minor_units else amount


def _unnamed(name: str, found: Sequence[_Found]) -> MoneyInCalls:
    """The largest of each currency: an amount and the total of a call are the same money."""
    amounts: dict[str, Decimal] = {}
    for one in found:
        if one.currency:
            amounts[one.currency] = max(one.amount, amounts.get(one.currency, one.amount))
    loose = max((one.amount for one in found if one.sure and not one.currency), default=Decimal(0))
    names = dict.fromkeys(formatting.cut(one.name) for one in found)
    return MoneyInCalls(amounts, loose, tuple((name, argument) for argument in names))


def _looking_like_money(args: dict[str, Any], name: str, currency: str) -> Iterator[_Found]:
    # A list that grows while it is gone through, as calls nest and Python's stack ends.
    left: list[tuple[str, Any, str, int]] = [(name, args, currency, 0)]
    for place, (key, value, known, depth) in enumerate(left):
        if place >= PARTS_MAX:
            return
        if isinstance(value, dict) and depth < DEPTH_MAX:
            inside = value.get("currency")
            inside = inside if isinstance(inside, str) and _CODE.fullmatch(inside) else known
            # `{"amount": {"value": "184.00"}}` is the amount, not some value.
            left += [
                (key if one in MAYBE_NO_MONEY and key else str(one), below, inside, depth + 1)
                for one, below in value.items()
            ]
        elif isinstance(value, list) and depth < DEPTH_MAX:
            left += [(key, below, known, depth + 1) for below in value]
        else:
            yield from _leaf(key, value, known)


def _leaf(name: str, value: Any, known: str) -> Iterator[_Found]:
    words = {word.lower() for word in _WORDS.findall(name[:200])}
    if not words & NAMES:
        return
    amount, stated = decimal(value), ""
    if isinstance(value, str):
        amount, stated = _of_text(value)
    if amount is not None:
        currency = stated or known
        yield _Found(name, amount, currency, sure=not words <= MAYBE_NO_MONEY)


def _of_text(value: Any) -> tuple[Decimal | None, str]:
    """The amount and the currency in a text that is nothing but money."""
    if not isinstance(value, str) or len(value) > LENGTH_MAX:
        return None, ""
    match = _MONEY.fullmatch(value.strip())
    if match is None:
        return None, ""
    written = match["before"] or match["after"] or ""
    return _number(match["digits"]), SYMBOLS.get(written, written)


def _number(digits: str) -> Decimal | None:
    """`1,925.00`, `1.925,00`, `1925.5`: the last mark is the point where it can be one."""
    plain = re.sub(r"[’' ]", "", digits).rstrip(".,")
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return Decimal(plain)
    mark, rest = plain[last], plain[last + 1 :]
    several = plain.count(mark) > 1
    # `1,925` groups thousands as people write them; `1.925` is a number as programs do.
    groups = several or (mark == "," and len(rest) == 3 and "." not in plain)
    whole = re.sub("[.,]", "", plain[:last])
    return Decimal(whole + rest) if groups else Decimal(f"{whole or 0}.{rest or 0}")
