"""Texts as whoever gets them reads them: without the tags of HTML, and taken out of what programs
wrap them in."""

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

import orjson

_TAG = re.compile(r"<!--.*?-->|</?([A-Za-z][A-Za-z0-9]*)[^<>]*>", re.DOTALL)
# What marks words inside of a line leaves nothing between them, a cell stands beside the next.
_INLINE = frozenset(
    {
        "a", "abbr", "b", "big", "bdi", "cite", "code", "del", "em", "font", "i", "ins", "mark",
        "q", "s", "small", "span", "strong", "u",
    }
)  # fmt: skip
_CELLS = frozenset({"td", "th"})
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_LENGTH_MAX = 200_000


def shown(text: str) -> str:
    """The text without tags, with the signs that its entities stand for."""
    if "<" in text:
        text = _TAG.sub(_instead, text)
    return html.unescape(text) if "&" in text else text


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep; also those inside of one that is JSON, of one that is
    encoded for an address, and keys that are more than a name."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += one.values()
            left += (key for key in one if " " in key)
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str):
            yield one
            left += _inside(one)


def _inside(text: str) -> list[Any]:
    if len(text) <= _LENGTH_MAX and text.lstrip()[:1] in ("{", "["):
        try:
            return [orjson.loads(text)]
        except orjson.JSONDecodeError:
            return []
    decoded = unquote_plus(text) if _ENCODED.search(text) and " " not in text.strip() else text
    return [decoded] if decoded != text else []


def _instead(tag: re.Match[str]) -> str:
    name = (tag[1] or "").lower()
    return "" if name in _INLINE or not name else " " if name in _CELLS else "\n"
