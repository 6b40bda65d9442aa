"""Whether an agent's title of a call may stand where people read what the call does."""

import re
from collections.abc import Mapping
from typing import Any

# What the desk's own buttons say, and words for doing nothing, in their stems: on Approve they
# would say the opposite of what it does.
_OF_THE_DESK = (
    *(
        "approv",
        "accept",
        "reject",
        "declin",
        "deny",
        "denied",
        "refus",
        "respond",
        "repl",
        "answer",
    ),
    *("undo", "revert", "cancel", "skip", "ignor", "dismiss", "releas", "snooz", "pass", "keep"),
    *("nothing", "nobody", "no", "not", "don't", "dont", "never", "stop", "abort", "do nothing"),
)
_NUMBER = re.compile(r"\d[\d.,]*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_PARTS = re.compile(r"[^./:_]+(?:_[^./:_]+)*")
_STEM_MIN = 4


def is_true_to(title: str, action: Mapping[str, Any]) -> bool:
    """Whether it is no word of the desk, and every figure of it stands in the arguments: a title
    may not say less, nor the opposite."""
    if speaks_as_the_desk(title, action["name"]):
        return False
    known = figures(str(action.get("args") or {}))
    return all(
        # The last four digits may stand for a whole card or account.
        any(figure == k or (len(figure) == 4 and k.endswith(figure)) for k in known)
        for figure in figures(title)
    )


def figures(text: str) -> set[str]:
    """The numbers in a text, however many zeros they end in."""
    return {_figure(found) for found in _NUMBER.findall(text)}


def speaks_as_the_desk(title: str, tool: str) -> bool:
    """Whether it begins like a button of the desk, or like doing nothing, and the tool's own name
    does not: “Reject” for `wire`, but not “Cancel the order” for `orders.cancel`."""
    words, own = _words(title), _words(tool)
    first = " ".join(words[:2])
    return any(
        _begins(first, stem) and not any(word.startswith(stem) for word in own)
        for stem in _OF_THE_DESK
    )


def names_the_tool(title: str, tool: str) -> bool:
    """Whether it has a word of the tool's name, by their first letters."""
    own = {word[:_STEM_MIN] for word in _words(tool) if len(word) >= _STEM_MIN}
    return not own or any(word[:_STEM_MIN] in own for word in _words(title))


def does_several(tool: str) -> bool:
    """Whether its name has more parts than a group and a verb: `payments.refund/close_account`."""
    return len(_PARTS.findall(tool)) > 2 or any(sign in tool.strip("/:") for sign in "/:")


def names_each_part(title: str, tool: str) -> bool:
    """Whether the title has a word of each part of such a name but the first, which groups."""
    return all(names_the_tool(title, part) for part in _PARTS.findall(tool)[1:])


def _figure(text: str) -> str:
    plain = text.replace(",", "").rstrip(".")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _begins(first: str, stem: str) -> bool:
    # A short word is one only when it stands alone: “no”, but not “notify”.
    whole = len(stem) < _STEM_MIN + 1 or " " in stem
    return first == stem or first.startswith(f"{stem} ") or (not whole and first.startswith(stem))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("_", " ").replace(".", " "))
