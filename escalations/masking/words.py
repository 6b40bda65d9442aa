"""Masked values in what people wrote: whoever may not see a value does not read it there either."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from escalations.text import pointers
from escalations.text.mask import MASK

JSON = dict[str, Any]
# A shorter text stands in many words that quote nothing.
LENGTH_MIN = 3


def texts(package: JSON, places: Iterable[str]) -> tuple[str, ...]:
    """What stands at these places, as people would write it; the longest first."""
    found = {text for place in places for text in _texts(pointers.get(package, place))}
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def covered(written: str, hidden: Iterable[str]) -> str:
    """The text with the mask in the place of each of these, however it is written."""
    for one in hidden:
        spaced = r"\s+".join(map(re.escape, one.split()))
        written = re.sub(spaced, MASK, written, flags=re.IGNORECASE)
    return written


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif value is not None and not isinstance(value, bool):
        text = str(value).strip()
        if len(text) >= LENGTH_MIN:
            yield text
