"""The shapes in which arguments hold amounts: pairs, parts of one amount, totals, numbered ones."""

import re
from decimal import Decimal
from typing import Any

from escalations.money import argument_names, currencies, writing
from escalations.money.counted import is_bare
from escalations.text import lookalikes

# Parts of an amount that is an object, such as `{"units": 5, "nanos": 0, "currency_code": "EUR"}`.
_NAMES = (
    "value units unit number figure raw text formatted display string decimal gross net base "
    "amountvalue int integer minor_units minorunits minor major content val whole #text _text "
    "@value"
)
PARTS = frozenset(_NAMES.split())
_KEYS = ("name", "key", "k", "field", "parameter", "param", "argument", "label", "path")
_VALUES = ("value", "val", "v", "content", "text", "new_value", "to")
_POWER, _FACTOR = ("0", "None", ""), ("1", "1.0", "None", "")
_SCALES = {
    **dict.fromkeys(("scale", "exponent", "power", "pow", "magnitude"), _POWER),
    **dict.fromkeys(("multiplier", "factor"), _FACTOR),
}
# In what an amount may be counted; `m` may be a length.
_IN = frozenset({"unit", "units", "in", "denomination", "suffix", "uom", "magnitude"})
_MULTIPLES = (writing.MULTIPLES.keys() | {"thousands", "hundred", "hundreds", "ks"}) - {"m", "b"}
_ASIDE = frozenset({"to", "from", "for", "when", "of", "with", "priority", "due", "seq"})
_PRICES = frozenset({"rate", "invoice"})
_CODES = ("code", "iso", "iso_code", "isoCode", "id", "name", "symbol", "value")
_TOTALS = frozenset({"total", "sum", "grand total", "subtotal", "gesamt", "summe", "totals"})


def group(key: str, part: Any, names: frozenset[str], *, is_entry: bool) -> str:
    """What adds up: `amount_1` and `amount_2`, objects of one form, entries under own keys."""
    plain = re.sub(r"\d+", "", key)
    if plain != key:
        return f"numbered {plain}"
    elif isinstance(part, dict) and not argument_names.about(key).is_total:
        return f"form {sorted(names)}"
    elif is_entry and key.casefold() not in PARTS and not code(key):
        return "entries"
    else:
        return f"key {key}"


def code(key: str) -> str:
    """The currency that a key is; in small letters only where it is no other word."""
    code = key.upper()
    if key in currencies.CODES or code in currencies.UNMISTAKABLE:
        return code
    return "" if key[:1].isalnum() else currencies.alone(key)


def currency_in(value: dict[str, Any]) -> str:
    return next(iter(_currencies(value).values()), "")


def other_currencies(value: dict[str, Any]) -> list[str]:
    """Those that stand there besides under another name for the same, `currency_code`. Whether
    `target_currency` is another or the same nobody knows."""
    stated = _currencies(value)
    first = currency_in(value)
    plain = [code for key, code in stated.items() if argument_names.about(key).is_plain_currency]
    return [code for code in dict.fromkeys(plain) if code and code != first]


def _currencies(value: dict[str, Any]) -> dict[str, str]:
    named = {
        key: currencies.code(_said(stated))
        for key, stated in value.items()
        if argument_names.about(key).is_currency and _said(stated)
    }
    if named or not any(number(key, part) is not None for key, part in value.items()):
        return named
    # Under whatever name: `{"unit": "EUR", "x": 5}`.
    return {key: code for key, stated in value.items() if (code := currencies.alone(stated))}


def _said(stated: Any) -> str:
    """The currency as it stands there: alone, as `{"code": "EUR"}`, or as the one of a list."""
    if isinstance(stated, dict):
        stated = next((stated[key] for key in _CODES if key in stated), "")
    elif isinstance(stated, list) and len(stated) == 1:
        stated = stated[0]
    return stated if isinstance(stated, str) else ""


def number(key: str, part: Any) -> Decimal | None:
    """The number under a key that may be an amount, or may not."""
    about, plain = argument_names.about(key), key.casefold()
    # A rate is a share and an invoice a number, but alone beside a currency they are amounts.
    # Of nights there are whole ones: `nights: "5000.00"` may be any amount.
    is_count = about.is_count and (about.counts in ("", argument_names.EACH) or is_bare(part))
    is_else = about.is_not and not about.is_count and plain not in _PRICES
    aside = is_count or is_else or plain in _ASIDE
    written = None if aside or isinstance(part, dict | list) else writing.read(part)
    return written.amount if written else None


def beside_amount(value: dict[str, Any]) -> dict[str, Any]:
    """What stands in the object of an amount and is no part of that amount."""
    return {key: part for key, part in value.items() if key.casefold() not in PARTS}


def in_whole(value: dict[str, Any]) -> dict[str, Any]:
    """`{"units": "5", "nanos": 500000000}` as one number."""
    units = writing.read(value["units"]) if "nanos" in value and "units" in value else None
    nanos = writing.read(value["nanos"]) if units else None
    if units is None or nanos is None:
        return value
    whole = units.amount + nanos.amount.scaleb(-9)
    return {key: one for key, one in value.items() if key != "nanos"} | {"units": whole}


def scaled(value: dict[str, Any], name: str, *, is_amount: bool) -> tuple[str, str] | None:
    """The amount in this object, or of its name, and what makes its number another one: a power or
    a factor that every maker of such objects counts in their own way. `{"mantissa": 9, "exponent":
    5}`, `{"amount": 6, "unit": "k"}`; None without one, or without an amount."""
    found = next(filter(None, (_scale(key, by) for key, by in value.items())), "")
    if not found or is_amount:
        return (name, found) if found else None
    amount = next((key for key in value if argument_names.about(key).is_amount), "")
    return (amount, found) if amount else None


def _scale(key: str, by: Any) -> str:
    plain = re.sub(r"[\W_]", "", lookalikes.seen(key).casefold())
    neutral = _SCALES.get(plain)
    if isinstance(by, dict | list):
        return ""
    elif neutral is not None:
        return f"{key} {by}" if str(by) not in neutral else ""
    is_currency = argument_names.about(key).is_currency
    if not isinstance(by, str) or not (is_currency or plain in _IN):
        return ""
    # `{"amount": 6, "currency": "kEUR"}`
    beside = writing.AroundNumber.of(by) if len(by) <= writing.LENGTH_MAX else None
    is_scaled = beside is not None and beside.is_money and beside.power > 0
    is_multiple = not is_currency and lookalikes.seen(by).strip().casefold() in _MULTIPLES
    return f"{key} {by}" if is_scaled or is_multiple else ""


def pair(value: dict[str, Any]) -> tuple[str, Any] | None:
    """`{"name": "amount", "value": 5}` as the argument and its value."""
    name = next((value[key] for key in _KEYS if isinstance(value.get(key), str)), None)
    found = next((value[key] for key in _VALUES if key in value), None)
    if name is None or found is None or len(name) > 64:
        return None
    name = name.rsplit("/", 1)[-1]
    about = argument_names.about(name)
    return (name, found) if about.is_money or about.is_maybe else None


def pairs(value: list[Any]) -> dict[str, Any]:
    """A list of names with their values as an object, so that an amount meets its currency."""
    found: dict[str, Any] = {}
    for entry in value:
        if isinstance(entry, dict):
            name = next((entry[key] for key in _KEYS if isinstance(entry.get(key), str)), None)
            part = next((entry[key] for key in _VALUES if key in entry), None)
        elif isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str):
            name, part = entry
        else:
            return {}
        if name is None:
            return {}
        found[name] = [*listed(found[name]), part] if name in found else part
    told = [argument_names.about(name) for name in found]
    tells = any(one.is_currency or one.counts for one in told)
    return found if tells or (value and isinstance(value[0], list)) else {}


def listed(value: Any) -> list[Any]:
    """The value as a list; one that is none as its only entry."""
    return value if isinstance(value, list) else [value]


def is_total(entry: Any) -> bool:
    """Whether an entry of a list says of itself that it is the sum of the others."""
    return isinstance(entry, dict) and any(
        isinstance(part, str) and part.strip().casefold() in _TOTALS for part in entry.values()
    )
