"""No field is accepted in silence: what a package says that has no effect here, by JSON pointer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from escalations.package import unknown_keys, wanted_people
from escalations.package.shape import Path, Shape, blanks, unknown
from escalations.proposal import options
from escalations.refusals import Fault
from escalations.text.blanks import is_blank

JSON = Mapping[str, Any]
WARNINGS_MAX = 100
# Of one wrong key in the items of a list so many are named, and then how many there are.
ALIKE_MAX = 20
# What was probably meant is looked for by each of so many, whatever a body of a megabyte holds.
LOOKED_AT_MAX = 300
MORE = Fault("", "There are more of these: send it again without them to see the rest.")
YES = frozenset({"true", "yes", "y", "1", "on", "required", "always", "always_require"})
KEPT = "It is kept and shown as it was sent, but not read."
ONLY_AN_ID = "Nothing refers to it: it is kept, and shown in the raw package."
# Where the value does not matter: the field, `*` for each entry of a list, and what to do instead.
# Of several in one list the first is named.
WITHOUT_EFFECT: dict[tuple[str, ...], str] = {
    ("created_at",): "Nothing is reckoned from it: a case counts from when it comes.",
    (
        "context",
        "conversation",
        "messages",
        "*",
        "sentiment",
        "markers",
    ): "Nobody is shown what the mood was read from: say it in `sentiment.label`, or in a flag.",
    (
        "proposed_actions",
        "*",
        "correlation",
    ): "The answer does not repeat it: tell actions apart by their `id`.",
    ("context", "conversation", "messages", "*", "id"): ONLY_AN_ID,
    ("context", "reasoning", "alternatives", "*", "id"): ONLY_AN_ID,
    ("context", "process", "completed", "*", "id"): ONLY_AN_ID,
    ("context", "process", "pending", "*", "id"): ONLY_AN_ID,
    ("attachments", "*", "id"): ONLY_AN_ID,
    ("requested", "queue"): "There are no queues to name: the task type and `requested.skills` "
    "say who is asked.",
    ("context", "process", "graph"): "No map is drawn: give `position`, `completed` and "
    "`pending`, which are shown.",
}
# Texts that name something: blank, they name nothing.
NAMING: tuple[tuple[str, ...], ...] = (
    ("supersedes",), ("re_escalates",), ("hand_to_agent",), ("correlation_id",), ("customer_ref",),
    ("callback", "endpoint"), ("requested", "assignee"), ("requested", "queue"),
)  # fmt: skip
# Where only a value other than the usual one says something.
ONLY_IF_FALSE: dict[tuple[str, ...], str] = {
    ("requested", "blocking"): "Every case waits for its answer in the same way.",
    ("requested", "return_to_agent"): "The answer comes back to the agent in every case.",
}
# What is shown only where it is one value.
ONE_VALUE = (("trigger", "observed"), ("trigger", "threshold"))
NOT_ONE_VALUE = "People are shown one value here, a number, a text or a truth value, and not this."
ONLY_TOLD = "Nobody is only told: the case is judged, and waits for an answer, like any other."
NO_PREVIEW = (
    "No difference is drawn: people see the call and its arguments. Say what it changes in its "
    "`title` or `description`."
)
A_QUESTION = (
    "It does not keep people from answering: a question is answered, or not, and never approved."
)
BLANK = "There is nothing in it that anybody can read."
NOT_THERE = (
    "Nobody reads it here, where anything may stand: to get a person, say it at the top of the "
    "package, or as a flag."
)
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
    yield from _of_fields(document)
    yield from _of_actions(document)
    for index, option in enumerate(options.stated(document)):
        if option.get("effect") and options.names_a_button(option):
            yield Fault(f"/requested/options/{index}/effect", NO_EFFECT)
    for place in islice(blanks(document, shape), ALIKE_MAX):
        yield Fault(_pointer(place), BLANK)
    for path in NAMING:
        named = _at(document, path)
        if isinstance(named, str) and is_blank(named):
            yield Fault(_pointer(path), BLANK)
    yield from _wished(("metadata",), document)
    yield from _unknown(document, shape)


def _wished(path: Path, part: JSON) -> Iterator[Fault]:
    """A wish for a person, or a no to going on, in what is kept for the sender."""
    free = part.get("metadata")
    for key, value in free.items() if isinstance(free, dict) else ():
        # A text describes, and a number counts: only a yes asks.
        is_yes = value is True or (isinstance(value, str) and value.strip().casefold() in YES)
        if is_yes and (wanted_people.asks(key) or unknown_keys.forbids(key)):
            yield Fault(_pointer((*path, key)), NOT_THERE)


def _of_fields(document: JSON) -> Iterator[Fault]:
    for path, detail in WITHOUT_EFFECT.items():
        for place in islice(_places(document, path), 1):
            yield Fault(_pointer(place), detail)
    for path, detail in ONLY_IF_FALSE.items():
        if _at(document, path) is False:
            yield Fault(_pointer(path), detail)
    for path in ONE_VALUE:
        if isinstance(_at(document, path), dict | list):
            yield Fault(_pointer(path), NOT_ONE_VALUE)
    if _at(document, ("requested", "method")) == "notify":
        yield Fault("/requested/method", ONLY_TOLD)


def _of_actions(document: JSON) -> Iterator[Fault]:
    for index, action in enumerate(document.get("proposed_actions") or []):
        if action.get("preview"):
            yield Fault(f"/proposed_actions/{index}/preview", NO_PREVIEW)
        yield from _wished(("proposed_actions", index, "metadata"), action)
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


def _places(found: Any, path: tuple[str, ...], at: Path = ()) -> Iterator[Path]:
    """Where in it something stands at this path, in every entry of the lists along the way."""
    if not path:
        # Of a blank text it is said that nothing is in it.
        if found not in (None, [], {}) and not (isinstance(found, str) and is_blank(found)):
            yield at
    elif path[0] == "*":
        for place, one in enumerate(found if isinstance(found, list) else ()):
            yield from _places(one, path[1:], (*at, place))
    elif isinstance(found, dict) and path[0] in found:
        yield from _places(found[path[0]], path[1:], (*at, path[0]))


def _at(document: JSON, path: tuple[str, ...]) -> Any:
    found: Any = document
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _pointer(path: Path) -> str:
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)
