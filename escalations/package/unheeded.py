"""No field is accepted in silence: what a package says that has no effect here, by JSON pointer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from escalations.package.shape import Path, Shape, blanks, unknown
from escalations.proposal import options
from escalations.refusals import Fault

JSON = Mapping[str, Any]
WARNINGS_MAX = 100
# Of one wrong key in the items of a list so many are named, and then how many there are.
ALIKE_MAX = 20
# What was probably meant is looked for by each of so many, whatever a body of a megabyte holds.
LOOKED_AT_MAX = 300
MORE = Fault("", "There are more of these: send it again without them to see the rest.")
KEPT = "It is kept and shown as it was sent, but not read."
# Where the value does not matter: the field, and what to do instead.
WITHOUT_EFFECT: dict[tuple[str, ...], str] = {
    ("requested", "queue"): "There are no queues to name: the task type and `requested.skills` "
    "say who is asked.",
    ("context", "process", "graph"): "No map is drawn: give `position`, `completed` and "
    "`pending`, which are shown.",
}
# Where only a value other than the usual one says something.
ONLY_IF_FALSE: dict[tuple[str, ...], str] = {
    ("requested", "blocking"): "Every case waits for its answer in the same way.",
    ("requested", "return_to_agent"): "The answer comes back to the agent in every case.",
}
NO_PREVIEW = (
    "No difference is drawn: people see the call and its arguments. Say what it changes in its "
    "`title` or `description`."
)
A_QUESTION = (
    "It does not keep people from answering: a question is answered, or not, and never approved."
)
BLANK = "There is nothing in it that anybody can read."
NO_EFFECT = (
    "Nobody reads it: this option is the button of that name. Give it a label of its own to be "
    "shown with it."
)


def at_most(found: Iterable[Fault]) -> list[Fault]:
    """The first so many, and that there are more: none is left out without a word."""
    told = list(islice(found, WARNINGS_MAX + 1))
    return [*told[:WARNINGS_MAX], MORE] if len(told) > WARNINGS_MAX else told


def unknown_fields(document: JSON, shape: Shape) -> list[Fault]:
    """Of something else than a package: what it says and no part of it has."""
    return at_most(_unknown(document, shape))


def warnings(document: JSON, shape: Shape) -> Iterator[Fault]:
    """What of this full form works for nothing; `shape` says which keys each part of it has."""
    for path, detail in WITHOUT_EFFECT.items():
        if _at(document, path) not in (None, [], {}, ""):
            yield Fault(_pointer(path), detail)
    for path, detail in ONLY_IF_FALSE.items():
        if _at(document, path) is False:
            yield Fault(_pointer(path), detail)
    yield from _of_actions(document)
    for index, option in enumerate(options.stated(document)):
        if option.get("effect") and options.names_a_button(option):
            yield Fault(f"/requested/options/{index}/effect", NO_EFFECT)
    for place in islice(blanks(document, shape), ALIKE_MAX):
        yield Fault(_pointer(place), BLANK)
    yield from _unknown(document, shape)


def _of_actions(document: JSON) -> Iterator[Fault]:
    for index, action in enumerate(document.get("proposed_actions") or []):
        if action.get("preview"):
            yield Fault(f"/proposed_actions/{index}/preview", NO_PREVIEW)
        allowed = action.get("allowed_decisions")
        if action.get("kind") == "question" and allowed and "respond" not in allowed:
            yield Fault(f"/proposed_actions/{index}/allowed_decisions", A_QUESTION)


def _unknown(document: JSON, shape: Shape) -> Iterator[Fault]:
    """A key that stands in every item of a list is told of in the first few."""
    alike: Counter[Path] = Counter()
    for place, meant in islice(unknown(document, shape), LOOKED_AT_MAX):
        kind: Path = tuple("*" if isinstance(key, int) else key for key in place)
        alike[kind] += 1
        if alike[kind] <= ALIKE_MAX:
            said = f"No such field. Did you mean {meant}?" if meant else "No such field."
            yield Fault(_pointer(place), f"{said} {KEPT}")
    for kind, count in alike.items():
        if count > ALIKE_MAX:
            yield Fault(_pointer(kind), f"No such field, in {count} places or more. {KEPT}")


def _at(document: JSON, path: tuple[str, ...]) -> Any:
    found: Any = document
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _pointer(path: Path) -> str:
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)
