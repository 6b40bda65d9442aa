"""Addresses with variables, as `https://orders.example.com/orders/{args.order_id}`. Pure.

What a package says stands only behind the host, and only as one piece of a path or a query: an
agent chooses which order is read, never where.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from console.outside import outbound
from escalations.text import formatting, pointers

JSON = Mapping[str, Any]
URL_MAX = 1_000
VALUE_MAX = 200
# What each variable may begin with, and where its value stands.
BEGINNINGS = {
    "args": "an argument of the call",
    "action": "the `id` or `name` of the call",
    "customer": "the customer",
    "metadata": "`metadata` of the package",
    "context": "`context` of the package",
    "case": "`id`, `number` or `reference` of the case",
}
_BRACES = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_ORIGIN = re.compile(r"https?://[^/?#{}]+[/?]", re.IGNORECASE)
_DOTS = re.compile(r"(?:^|[/\\])\.{1,2}(?:$|[/\\])")


class NotFilled(Exception):
    """The address cannot be made of this package; the text says why, for a person to read."""


def variables(template: str) -> list[str]:
    """The variables in it, each once."""
    return list(dict.fromkeys(_BRACES.findall(template)))


def fault(template: str) -> str:
    """Why nothing can be read there, as a sentence; empty where it can."""
    plain = _BRACES.sub("x", template)
    if len(template) > URL_MAX:
        return f"An address has at most {URL_MAX} characters."
    if "{" in plain or "}" in plain:
        return "A brace is not closed, or not opened: write {args.order_id}."
    for name in variables(template):
        if said := _unknown(name):
            return said
    try:
        outbound.check(plain)
    except outbound.AddressRefused as refused:
        return str(refused)
    if variables(template) and not _ORIGIN.match(template):
        return "A variable stands behind the host: https://orders.example.com/{args.order_id}."
    return ""


def filled(template: str, value_of: Callable[[str], Any]) -> str:
    """The address with the value of each variable. Raises NotFilled."""
    return _BRACES.sub(lambda found: _written(found[1], value_of(found[1])), template)


def at(document: Any, path: str) -> Any:
    """What stands at a path like `total.amount` or `items.0.name`; None where nothing does."""
    found = document
    for part in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list) and (place := pointers.number(part)) is not None:
            found = found[place] if place < len(found) else None
        else:
            return None
    return found


def is_path(text: str) -> bool:
    """Whether it can lead to a value in an answer."""
    return _PATH.fullmatch(text) is not None


def value_in(package: JSON, name: str, *, action: JSON, case: JSON) -> Any:
    """What a variable stands for: in this call, else in this package and case."""
    first, _, rest = name.partition(".")
    context = package.get("context") or {}
    roots = {
        "args": action.get("args"),
        "action": {"id": action.get("id"), "name": action.get("name")},
        "customer": context.get("customer"),
        "metadata": package.get("metadata"),
        "context": context,
        "case": case,
    }
    return at(roots.get(first), rest)


def _written(name: str, value: Any) -> str:
    """One value as a piece of an address, which no `/` or `..` in it makes longer or shorter."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise NotFilled(f"This case has no text or number for {{{name}}}.")
    text = str(value).strip()
    if not text or len(text) > VALUE_MAX or not text.isprintable() or _DOTS.search(text):
        raise NotFilled(f"What this case has for {{{name}}} cannot stand in an address.")
    return quote(text, safe="")


def _unknown(name: str) -> str:
    first, _, rest = name.partition(".")
    if first in BEGINNINGS and rest and _PATH.fullmatch(name):
        return ""
    there = formatting.listed([f"{one}." for one in BEGINNINGS])
    meant = f" Did you mean {{args.{name}}}?" if _PATH.fullmatch(name) and not rest else ""
    return f"No case fills in {{{formatting.cut(name)}}}.{meant} A variable begins with {there}"
