"""What a look-up brought, in words: which values are kept, how each is told, and whether the agent
said otherwise. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from escalations.lookups import templates
from escalations.masking import words
from escalations.money import writing
from escalations.proposal import call_parts, stated_facts
from escalations.text import formatting, untrusted
from escalations.text.mask import stands_in

JSON = Mapping[str, Any]
TEXT_MAX = 300
NOT_THERE = "not stated"
# Beside a currency these are amounts, whatever the answer calls its other numbers.
_AMOUNTS = ("amount", "value", "total", "price", "paid", "balance", "refund", "cost", "fee", "sum")
# Of a customer, what no other thing in a package is called.
_THEIRS = {"email", "phone", "tier", "language", "locale"}


def of_fields(answer: Any, fields: Sequence[Sequence[str]]) -> list[list[Any]]:
    """Each title with its value, small enough to be kept; None where the answer has none."""
    return [[title, _kept(answer, path)] for title, path in fields]


def told(value: Any) -> str:
    """A kept value as people read it."""
    if value is None:
        return NOT_THERE
    elif isinstance(value, str):
        return untrusted.line(formatting.value_in_words(value), TEXT_MAX) or "empty"
    else:
        return call_parts.summary(value)


def is_masked(package: JSON, title: str) -> bool:
    """Whether what the package has under this title is masked to whoever reads it like this: then
    so is what another system says of it, however it writes it."""
    wanted = _plain(title)
    facts = (
        (_plain(fact.label), fact.value)
        for action in package.get("proposed_actions") or ()
        for fact in stated_facts.of(action)
    )
    return any(
        stands_in(value) and wanted in {name, f"customer {name}"}
        for name, value in (*facts, *_below(package))
    )


def said_otherwise(package: JSON, title: str, value: Any) -> str:
    """What the agent said of it, where that is something else; empty where it said the same,
    nothing, or what this reader may not see."""
    if value is None:
        return ""
    said = [one for one in _said(package, title) if not stands_in(one)]
    if not said or any(_is_same(one, value) for one in said):
        return ""
    return told(said[0])


def _kept(answer: Any, path: str) -> Any:
    value = templates.at(answer, path)
    if isinstance(value, dict):
        amount, currency = value.get("amount", value.get("value")), value.get("currency")
        return _money(amount, currency) or _summary(value)
    elif isinstance(value, list):
        return _summary(value)
    elif isinstance(value, str):
        value = untrusted.line(value, TEXT_MAX)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        # A text, as no number of JSON is too long for one; cut, it would be another number.
        value, short = f"{Decimal(str(value)):f}", str(value)
        value = value if len(value) <= TEXT_MAX else short
    return _with_currency(answer, path, value) or value


def _summary(value: Any) -> str:
    return untrusted.line(call_parts.summary(value), TEXT_MAX)


def _with_currency(answer: Any, path: str, value: Any) -> JSON | None:
    """An amount whose currency stands beside it."""
    around, _, key = path.rpartition(".")
    beside = templates.at(answer, around) if around else answer
    if not isinstance(beside, dict) or not any(word in key.lower() for word in _AMOUNTS):
        return None
    return _money(value, beside.get("currency"))


def _money(amount: Any, currency: Any) -> JSON | None:
    if isinstance(amount, bool) or not isinstance(amount, int | float | str):
        return None
    if not isinstance(currency, str) or not (currency.isascii() and currency.isalpha()):
        return None
    named = currency.upper()
    if len(named) != 3 or not call_parts.money(amount, named):
        return None
    return {"value": str(amount), "currency": named}


def _said(package: JSON, title: str) -> Iterator[Any]:
    """What the package says under this title: facts, arguments of calls, the customer."""
    wanted = _plain(title)
    for action in package.get("proposed_actions") or ():
        for fact in stated_facts.of(action):
            if _plain(fact.label) == wanted:
                yield fact.value
        args = action.get("args") or {}
        for key, value in args.items():
            if wanted in {_plain(key), _plain(call_parts.label(key))} and _is_one(value):
                yield _with_own_currency(value, args.get("currency"))
    customer = (package.get("context") or {}).get("customer") or {}
    for key, value in customer.items():
        names = {f"customer {_plain(key)}"} | ({_plain(key)} & _THEIRS)
        if wanted in names and _is_one(value):
            yield value


def _below(package: JSON) -> Iterator[tuple[str, Any]]:
    """Every name within the customer and within the arguments of the calls, with its value."""
    waiting = [(package.get("context") or {}).get("customer")]
    waiting += [one.get("args") for one in package.get("proposed_actions") or ()]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            for key, value in found.items():
                yield _plain(str(key)), value
                yield _plain(call_parts.label(str(key))), value
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _is_one(value: Any) -> bool:
    return isinstance(value, str | int | float | bool) or bool(
        isinstance(value, dict) and value.keys() == {"value", "currency"}
    )


def _with_own_currency(value: Any, currency: Any) -> Any:
    is_number = writing.read(value) is not None and not isinstance(value, dict)
    return (_money(value, currency) or value) if is_number and currency else value


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").casefold().split())


def _is_same(one: Any, other: Any) -> bool:
    if told(one).casefold() == told(other).casefold():
        return True
    if words.is_long_number(str(one)) and words.signs(str(one)) == words.signs(str(other)):
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    read = formatting.read_moment
    days = [read(value) if isinstance(value, str) else None for value in (one, other)]
    if None not in days:
        return _is_same_day(*days)
    first, second = _amount(one), _amount(other)
    if first is None or second is None:
        return (
            not isinstance(one, dict)
            and not isinstance(other, dict)
            and (stated_facts.is_same(one, other))
        )
    same_currency = not first[1] or not second[1] or first[1] == second[1]
    return same_currency and first[0] == second[0]


def _is_same_day(one: Any, other: Any) -> bool:
    """Where one names no hour, both name the day."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return bool(one.replace(tzinfo=None) == other.replace(tzinfo=None))
    return bool(f"{one:%F}" == f"{other:%F}")


def _amount(value: Any) -> tuple[Decimal, str] | None:
    currency = ""
    if isinstance(value, dict):
        value, currency = value.get("value"), str(value.get("currency") or "")
    read = writing.read(value)
    if read is None:
        return None
    is_below = str(value).strip().startswith(("-", "−"))
    return -read.amount if is_below else read.amount, read.currency or currency
