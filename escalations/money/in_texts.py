"""Amounts in a text that programs write: `amount=5000&currency=EUR`, `<amount>5000</amount>`,
lines of `amount: 5000`, and what `in_programs` reads. What people write is no such text, and is not
read."""

import html
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_plus

from escalations.money import argument_names, in_programs, shapes, writing

# Every run is taken whole and from its beginning, or a long text would take the square of its time.
_ELEMENT = re.compile(r"<(?P<name>[^\s<>/!?&]++)(?P<more>[^<>]*+)>(?P<text>[^<]*+)")
_ATTRIBUTE = re.compile(
    r"(?<![^\s\"'<>/=])(?P<name>[^\s=\"'<>/]++)\s*+=\s*+(?:\"(?P<one>[^\"]*)\"|'(?P<other>[^']*)')"
)
_EQUALS = re.compile(r"[&;|\n]|(?<![,\s])[,\s]++(?=[\w.\[\]%-]++=)")
_COLON = re.compile(r"\n|[,;]\s*+(?=[\"']?[\w.-]++[\"']?\s*+:)")
_KEY = r"\s*+-?\s*+[\"']?(?P<name>[\w.\[\]%-]++)[\"']?\s*+"
_EQUAL_PAIR, _COLON_PAIR = (
    re.compile(rf"{_KEY}{sign}\s*+(?P<value>.*+)", re.DOTALL) for sign in "=:"
)
_QUOTED_PAIR = re.compile(
    r"(?P<quote>[\"'])(?P<name>[\w.-]{1,64}+)(?P=quote)\s*+:\s*+"
    r"(?P<value>\"[^\"]*+\"|'[^']*+'|-?[\w.]++)"
)
_CODED = re.compile(r"\w%(?:3D|3A)", re.IGNORECASE)
_QUERY = re.compile(r"^(?:[a-z][a-z0-9+.-]*://[^?]*)?\?", re.IGNORECASE)


def arguments(text: str) -> dict[str, Any]:
    """The amounts that such a text names, with their currencies, as arguments; empty for others."""
    if not writing.has_digit(text):
        return {}
    elif "%" in text and _CODED.search(text):
        text = unquote_plus(text)
    return (
        _money(_elements(text))
        or _money(_equal(text))
        or _money(_lines(text))
        or _money(in_programs.pairs(text))
        or _money(_quoted(text))
    )


def of_words(words: Sequence[Any]) -> dict[str, Any]:
    """The same of a command that is given word by word: `["refund", "--amount", "5000"]`."""
    is_command = any(isinstance(word, str) and word.startswith("-") for word in words)
    return _money(in_programs.options([str(word) for word in words])) if is_command else {}


def _elements(text: str) -> list[tuple[str, str]]:
    plain = html.unescape(text) if "&lt;" in text else text
    found = []
    for element in _ELEMENT.finditer(plain) if "<" in plain else ():
        found.append((element["name"].rsplit(":", 1)[-1], html.unescape(element["text"])))
        attributes = _ATTRIBUTE.finditer(element["more"])
        found.extend(
            (one["name"], html.unescape(one["one"] or one["other"] or "")) for one in attributes
        )
    return found


def _equal(text: str) -> list[tuple[str, str]]:
    if "=" not in text:
        return []
    parts = _EQUALS.split(_QUERY.sub("", text))
    pairs = [_EQUAL_PAIR.fullmatch(part) for part in parts]
    return [(unquote_plus(one["name"]), unquote_plus(one["value"])) for one in pairs if one]


def _quoted(text: str) -> list[tuple[str, str]]:
    """Of what is nearly JSON, or has it in it: `Call {"amount": 5000}`, `{'amount': 5000}`."""
    pairs = _QUOTED_PAIR.finditer(text) if ":" in text else ()
    return [(one["name"], one["value"]) for one in pairs]


def _lines(text: str) -> list[tuple[str, str]]:
    """Every part of it is a name with a value, or it is what somebody wrote."""
    pairs = []
    for part in _COLON.split(text) if ":" in text else ():
        pair = _COLON_PAIR.fullmatch(part)
        if pair is not None:
            pairs.append((pair["name"], pair["value"]))
        elif part.strip():
            return []
    is_small = all(name[0].islower() for name, _ in pairs)
    told = [argument_names.about(name) for name, _ in pairs]
    return pairs if is_small or any(one.is_currency for one in told) else []


def _money(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Only what is money or beside it; what has one name several times is a list."""
    found: dict[str, Any] = {}
    is_any = False
    for name, value in pairs:
        about = argument_names.about(name)
        plain = value.strip().strip("\"'")
        is_any = is_any or (about.is_money and bool(plain))
        if plain and (about.is_money or about.is_currency or about.counts):
            found[name] = [*shapes.listed(found[name]), plain] if name in found else plain
    return found if is_any else {}
