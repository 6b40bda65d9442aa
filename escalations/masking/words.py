"""Masked values in what people wrote: whoever may not see a value does not read it there either."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from escalations.text import pointers
from escalations.text.mask import MASK

JSON = dict[str, Any]
# A shorter text stands in many words that quote nothing.
LENGTH_MIN = 3
# What of a decision people typed, and what holds more of it.
_TYPED = frozenset(
    {"instructions", "message", "value", "first_line", "resume_at", "promises", "notes"}
    | {"text", "author"}
)
_AROUND = frozenset({"actions", "take_over", "transcript", "calls"})
# What of a message, log line or step is a word of a fixed list, a moment or an id, and no text;
# what an agent nests in one has keys of its own.
_FIXED = frozenset({"role", "level", "sentiment", "at", "id"})
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


def decision(document: JSON, package: JSON, hidden: Iterable[str]) -> JSON:
    """The document of a decision with these covered in whatever people typed into it. What stands
    there as the package had it stays: words that it shows in clear are no secret."""
    words = tuple(hidden)
    shown: JSON = _typed(document, words)
    if (reply := shown.get("response")) and reply.get("edited"):
        shown["response"] = {**reply, "text": covered(reply["text"], words)}
    proposed = {one["id"]: one.get("args") or {} for one in package.get("proposed_actions") or ()}
    shown["actions"] = [
        one
        | {
            name: {**one[name], "args": _changed(one[name].get("args") or {}, was, words)}
            for name in ("call", "edited")
            if one.get(name)
        }
        for one in shown.get("actions") or ()
        for was in [proposed.get(one["action_id"], {})]
    ]
    return shown


def addition(context: JSON, hidden: Iterable[str]) -> JSON:
    """What an agent appended to a case, with these covered in all its texts."""
    words = tuple(hidden)
    return {
        key: _said(value, words) if key == "answer" else [_item(one, words) for one in value or ()]
        for key, value in context.items()
    }


def _item(item: JSON, hidden: Iterable[str]) -> JSON:
    return {key: value if key in _FIXED else _said(value, hidden) for key, value in item.items()}


def _said(value: Any, hidden: Iterable[str]) -> Any:
    if isinstance(value, dict):
        return {key: _said(inner, hidden) for key, inner in value.items()}
    elif isinstance(value, list):
        return [_said(inner, hidden) for inner in value]
    return covered(value, hidden) if isinstance(value, str) else value


def _typed(value: Any, hidden: Iterable[str], *, within: bool = False) -> Any:
    if isinstance(value, dict):
        return {
            key: _typed(inner, hidden, within=within or key in _TYPED)
            if within or key in _TYPED or key in _AROUND
            else inner
            for key, inner in value.items()
        }
    elif isinstance(value, list):
        return [_typed(inner, hidden, within=within) for inner in value]
    return covered(value, hidden) if within and isinstance(value, str) else value


def _changed(args: Any, was: Any, hidden: Iterable[str]) -> Any:
    """Arguments, with these covered in every text that was not proposed there."""
    if isinstance(args, dict):
        before = was if isinstance(was, dict) else {}
        return {key: _changed(inner, before.get(key), hidden) for key, inner in args.items()}
    elif isinstance(args, list):
        at = dict(enumerate(was)) if isinstance(was, list) else {}
        return [_changed(inner, at.get(place), hidden) for place, inner in enumerate(args)]
    return covered(args, hidden) if isinstance(args, str) and args != was else args


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
