"""No field is accepted in silence: what a package says that has no effect here, by JSON pointer."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from escalations.refusals import Fault

JSON = Mapping[str, Any]
WARNINGS_MAX = 100
KEPT = "It is kept and shown as it was sent, and has no other effect."
# Where the value does not matter: the field, and what to do instead.
WITHOUT_EFFECT: dict[tuple[str, ...], str] = {
    ("hand_to_agent",): "A person decides it, but nothing is handed over here: do it yourself once "
    "the decision says `proceed`.",
    ("requested", "queue"): "There are no queues to name: skills and the task type say who is "
    "asked.",
    ("deadlines", "remind_at"): "Nobody is reminded then: the ladder of the policy says who is "
    "told, and when.",
    ("deadlines", "escalate_at"): "Nothing happens then: `expires_at` with `on_timeout` escalate "
    "takes it a level up.",
    ("context", "process", "graph"): "No map is drawn: `position`, `completed` and `pending` are "
    "shown.",
}
# Where only a value other than the usual one says something.
ONLY_IF_FALSE: dict[tuple[str, ...], str] = {
    ("requested", "blocking"): "Every case waits for its answer in the same way.",
    ("requested", "return_to_agent"): "The answer comes back to the agent in every case.",
}
NO_PREVIEW = "No difference is drawn: people see the call and its arguments."


def warnings(document: JSON, known: Mapping[str, Collection[str]]) -> list[Fault]:
    """What of this full form works for nothing; `known` are the keys of each part that has some.

    The parts are named `""` for the package and by their key: `requested`, `proposed_actions` ….
    """
    return list(_warnings(document, known))[:WARNINGS_MAX]


def _warnings(document: JSON, known: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    for path, detail in WITHOUT_EFFECT.items():
        if _at(document, path) not in (None, [], {}, ""):
            yield Fault(_pointer(path), detail)
    for path, detail in ONLY_IF_FALSE.items():
        if _at(document, path) is False:
            yield Fault(_pointer(path), detail)
    for index, action in enumerate(document.get("proposed_actions") or []):
        if action.get("preview"):
            yield Fault(f"/proposed_actions/{index}/preview", NO_PREVIEW)
    for part, keys in known.items():
        yield from _unknown(document, part, keys)


def _unknown(document: JSON, part: str, keys: Collection[str]) -> Iterator[Fault]:
    found = document.get(part) if part else document
    several = found if isinstance(found, list) else [found]
    for index, one in enumerate(several):
        place = (part, str(index)) if isinstance(found, list) else (part,) * bool(part)
        for key in one if isinstance(one, dict) else ():
            if key not in keys:
                near = difflib.get_close_matches(key[:64], keys, n=1)
                meant = f" Did you mean {near[0]}?" if near else ""
                yield Fault(_pointer((*place, key)), f"No such field.{meant} {KEPT}")


def _at(document: JSON, path: tuple[str, ...]) -> Any:
    found: Any = document
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _pointer(path: tuple[str, ...]) -> str:
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)
