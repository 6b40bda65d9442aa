"""Headers and parameters of an address that a call does not have. They are not refused, so that no
agent breaks by one that it has always sent, and none is left out without a word."""

import difflib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from console.serving import fields

NAMED_MAX = 10
HEADER = "Baton-Warnings"
KEY = "Idempotency-Key"
KEY_ALIKE = 0.8
# What else people call a parameter, told only where the call has it.
OTHER_NAMES = {
    **dict.fromkeys(
        ("timeout", "timeout_s", "timeout_seconds", "wait_s", "wait_seconds", "wait_for", "block",
         "longpoll", "long_poll", "poll", "seconds"),
        "wait",
    ),
    **dict.fromkeys(("since", "sequence", "seq", "last", "after_sequence", "from"), "after"),
    **dict.fromkeys(("status", "states"), "state"),
    **dict.fromkeys(("page", "offset", "next", "next_cursor"), "cursor"),
    **dict.fromkeys(("page_size", "per_page", "size", "count", "max"), "limit"),
}  # fmt: skip
AWAITED = "To wait, ask for the decision: GET …/decision?wait=60."
PREFERRED = "It is not read: to wait, ask with the parameter `wait`, of 0 to 60 seconds."
SEVERAL = "It stands there {times} times; only the last is read."
# Headers that are ours or ask for something, and that some calls read.
IF_MATCH = "Only PUT /policy reads it: a call about a case says in its body which version it means."
# The front of the server asks again in the place of an agent; no agent hears of these.
INSIDE = frozenset({"x-baton-again", "x-baton-typed"})


@dataclass(frozen=True, slots=True)
class Misnamed:
    """One of them, and what is said of it."""

    kind: str
    name: str
    detail: str

    def in_words(self) -> str:
        """For an answer that has only words."""
        return f"{self.kind.capitalize()} “{self.name}”: {self.detail}"


def parameters(request: HttpRequest, known: Collection[str]) -> list[Misnamed]:
    """Those that this call does not have, with the one that may be meant, and those of which it
    read but the last."""
    told = {name: _of_parameter(name, request.GET.getlist(name), known) for name in request.GET}
    found = [Misnamed("parameter", name[:64], detail) for name, detail in told.items() if detail]
    return found[:NAMED_MAX]


def headers(request: HttpRequest) -> list[Misnamed]:
    """Those that are meant for us and that nothing reads."""
    every = {**fields.left_out(request.META), **request.headers}
    sent = {name: value for name, value in every.items() if len(name) <= 64}
    told = {name: _of_header(name, sent, request) for name in sent}
    found = [Misnamed("header", name, detail) for name, detail in told.items() if detail]
    return found[:NAMED_MAX]


def told(found: Sequence[Misnamed], beside: Mapping[str, str]) -> dict[str, str]:
    """The header of the answer that names them, after what others of its headers say."""
    before = json.loads(beside.get(HEADER, "[]"))
    named = [*before, *({one.kind: one.name, "detail": one.detail} for one in found)]
    return {**beside, HEADER: json.dumps(named)} if named else dict(beside)


def _of_parameter(name: str, given: Sequence[str], known: Collection[str]) -> str:
    if name in known:
        return SEVERAL.format(times=len(given)) if len(given) > 1 else ""
    name = name[:64]
    near = difflib.get_close_matches(name, known, n=1)
    other = OTHER_NAMES.get(name.casefold().replace("-", "_"), name)
    meant = near[0] if near else other if other in known else ""
    if meant:
        return f"No such parameter; it is not read. Did you mean {meant}?"
    elif other == "wait" and not known:
        return f"No such parameter; it is not read. {AWAITED}"
    else:
        return "No such parameter; it is not read."


def _of_header(name: str, sent: Mapping[str, str], request: HttpRequest) -> str:
    plain = name.casefold().replace("_", "-")
    if plain == "prefer":
        return PREFERRED if "wait" in sent[name].casefold() else ""
    elif plain == "if-match":
        return "" if request.method == "PUT" else IF_MATCH
    elif _is_of_idempotency(plain) and name.casefold() != KEY.casefold():
        # Who says it twice is heard.
        is_said = sent.get(KEY) == sent[name]
        return "" if is_said else f"No such header; it is not read. Did you mean {KEY}?"
    elif plain.removeprefix("x-").startswith("baton-") and plain not in INSIDE:
        return "No such header; it is not read."
    else:
        return ""


def _is_of_idempotency(plain: str) -> bool:
    bare = plain.removeprefix("x-").replace("-", "")
    meant = KEY.casefold().replace("-", "")
    near = difflib.SequenceMatcher(None, bare, meant).ratio() >= KEY_ALIKE
    return near or "idempot" in bare or bare in {"idemkey", "idem"}
