"""Masked values in what people wrote: whoever may not see a value does not read it there either."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from escalations.text import pointers
from escalations.text.mask import MASK

JSON = dict[str, Any]
# A shorter text stands in many words that quote nothing.
LENGTH_MIN = 3
# So many digits are no amount and no date.
DIGITS_MIN = 9


def texts(package: JSON, places: Iterable[str]) -> tuple[str, ...]:
    """What stands at these places, as people would write it; the longest first."""
    found = {text for place in places for text in _texts(pointers.get(package, place))}
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def covered(written: str, hidden: Iterable[str]) -> str:
    """The text with the mask in the place of each of these, however it is written."""
    for one in hidden:
        written = re.sub(_as_written(one), MASK, written, flags=re.IGNORECASE)
    return written


def is_long_number(text: str) -> bool:
    """Whether it may be that of an account or a telephone, which is the same in groups of any
    size."""
    return sum(sign.isdigit() for sign in text) >= DIGITS_MIN


def signs(text: str) -> str:
    """Its letters and digits alone, in small letters."""
    return "".join(re.findall(r"[^\W_]", text)).casefold()


def _as_written(hidden: str) -> str:
    if is_long_number(hidden):
        return r"\+?" + r"[\W_]*".join(re.findall(r"[^\W_]", hidden))
    return r"\s+".join(map(re.escape, hidden.split()))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif value is not None and not isinstance(value, bool):
        text = str(value).strip()
        if len(text) >= LENGTH_MIN:
            yield text
